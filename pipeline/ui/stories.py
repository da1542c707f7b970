"""The stories: latest and largest; one story: its copies in time, the evidence, what became of it; two of its copies side by side."""

from __future__ import annotations

import math
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException
from starlette.requests import Request  # noqa: TC002  FastAPI reads it
from starlette.responses import HTMLResponse, RedirectResponse

from pipeline.articles import changes
from pipeline.records import Copy
from pipeline.steps import why
from pipeline.store import dicts, read
from pipeline.stories import canonical
from pipeline.stories.decisions import Decision
from pipeline.ui import asked, charts, events, wording
from pipeline.ui.pages import page, reading
from pipeline.ui.refusals import WINDOWS, window
from pipeline.ui.sides import beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markupsafe import Markup

    from pipeline.store import Connection

routes = APIRouter()
EACH = 24
MOST = 300  # copies that a page shows
LINES = 60  # of a difference between two versions
CREDITED = {  # agency_method of mart.article -> in words
    "byline": "its byline",
    "dateline": "its dateline",
    "signoff": "its last line",
    "source_line": "its line on sources",
    "copyright": "its line on rights",
    "self_reference": "its own words",
    "json_ld": "what it tells machines",
    "meta": "what it tells machines",
    "feed": "its feed",
    "domain": "its site",
    "story": "its story’s other copies",
}
RELATIONS = ("origin", "verbatim", "trimmed", "edited", "expanded", "partial")


@routes.get("/stories", response_model=None)
def stories(request: Request) -> HTMLResponse:
    days = window(request)
    sort = asked.choice(request, "sort", ("latest", "largest"), "latest")
    number = asked.number(request, "page", 1, asked.DEEPEST) or 1
    single, agency, title = asked.word(request, "single") == "1", asked.word(request, "agency")[:80], asked.word(request, "title")[:80]
    with reading(request) as edges:
        now = edges.now()
        wanted: dict[str, Any] = {"since": now - WINDOWS[days], "now": now, "sort": sort, "single": single, "agency": agency}
        wanted |= {"limit": EACH + 1, "offset": (number - 1) * EACH} | ({"title": title} if title else {})
        rows = dicts(edges.connection, "ui.stories_of" if title else "ui.stories", **wanted)
        agencies = dicts(edges.connection, "ui.agency_names")
        names = dicts(edges.connection, "ui.title_name", title=title) if title else []
    told: dict[str, Any] = {"days": days, "windows": list(WINDOWS), "sort": sort, "number": number, "single": single, "agency": agency}
    told |= {"title": title, "title_name": names[0]["name"] if names else title}
    return page(request, "stories.html", now=now, rows=rows[:EACH], more=len(rows) > EACH, agencies=agencies, **told)


@routes.get("/stories/{story_id}", response_model=None)
def story(request: Request, story_id: int) -> HTMLResponse | RedirectResponse:
    with reading(request) as edges:
        now, connection = edges.now(), edges.connection
        found = dicts(connection, "ui.story", story_id=story_id)
        if not found:
            raise HTTPException(404, f"There is no story {story_id}.")
        if found[0]["merged_into"]:
            return RedirectResponse(f"{request.scope.get('root_path', '')}/stories/{found[0]['merged_into']}", 303)
        members = dicts(connection, "ui.members", story_id=story_id, limit=MOST)
        past = dicts(connection, "ui.story_events", story_id=story_id)
        decided = dicts(connection, "ui.decided", story_id=story_id, now=now)
        event, words = events.told_of(connection, story_id), events.said_of(connection, [story_id])
        stands = _stands(connection, found[0]["canonical_article_id"], members)
        text = dicts(connection, "ui.text", article_id=found[0]["canonical_article_id"])[0]
        edited = [row["article_id"] for row in members if row["version"] > 1][:10]
        versions = dicts(connection, "ui.versions", articles=edited) if edited else []
    text |= {"standfirst": _standfirst(text)}
    told: dict[str, Any] = {"story": found[0], "members": members, "past": past, "text": text, "relations": RELATIONS, "stands": stands}
    told |= {"event": event, "words": words, "credited": CREDITED, "decided": decided, "joined": events.joined(words)}
    return page(request, "story.html", now=now, time_line=_time_line(members), versions=list(_changed(versions)), most=MOST, **told)


@routes.get("/stories/{story_id}/compare", response_model=None)
def compare(request: Request, story_id: int) -> HTMLResponse:
    left, right = asked.number(request, "left"), asked.number(request, "right")
    with reading(request) as edges:
        now = edges.now()
        members = dicts(edges.connection, "ui.members", story_id=story_id, limit=MOST)
        known = {row["article_id"]: row for row in members}
        if left not in known or right not in known or left == right:
            raise HTTPException(404, "These two are not in this story.")
        told = why.explain(edges, left, right)
    both, differences = beside(told)
    sides = [known[article] | side for article, side in zip((left, right), both, strict=True)]
    return page(request, "compare.html", now=now, story_id=story_id, sides=sides, differences=differences, why=told, members=members)


def _stands(connection: Connection, chosen: int, members: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return why the canonical article stands for the story: the decision if it is one, else what puts it before each of the others."""
    decisions = read(connection, "decisions.about", Decision, articles=[chosen])
    decided = next((one for one in decisions if one.what == "set_canonical" and one.article_id == chosen), None)
    copies = read(connection, "cluster.copies", Copy, articles=[row["article_id"] for row in members])
    ranked = sorted(copies, key=canonical.rank)
    best = next((copy for copy in ranked if copy.article == chosen), None)
    others = [copy for copy in ranked if copy.article != chosen] if best else []
    return {
        "decided": decided,
        "best": best,
        "next": others[0] if others else None,
        "because": {copy.article: canonical.because(best, copy) for copy in others if best},
        "seen_at": {copy.article: copy.first_seen_at for copy in copies},
    }


def _standfirst(text: Mapping[str, Any]) -> str:
    """Return the standfirst, unless the text begins with it."""
    said, begins = (" ".join(part.split()).rstrip(".… ").casefold() for part in (text["standfirst"] or "", text["text"][:2000]))
    return "" if begins.startswith(said) else text["standfirst"]


def _time_line(members: Sequence[Mapping[str, Any]]) -> Markup | str:
    """Return the copies as dots: time after the first across, by its root, for most come early; close ones stand on each other."""
    if len(members) < 2:  # noqa: PLR2004  one copy has no time line
        return ""
    start = min(row["happened_at"] for row in members)
    minutes = {row["article_id"]: (row["happened_at"] - start) / timedelta(minutes=1) for row in members}
    longest = max(*minutes.values(), 1.0)
    across = {article: math.sqrt(at) for article, at in minutes.items()}
    free: list[float] = []
    rows: dict[int, int] = {}
    for article, at in sorted(across.items(), key=lambda item: (item[1], item[0])):
        rows[article] = next((place for place, until in enumerate(free) if until <= at), len(free))
        free[rows[article] : rows[article] + 1] = [at + math.sqrt(longest) / 70]
    points: dict[str, list[tuple[float, float, str]]] = {relation: [] for relation in RELATIONS}
    for row in members:
        said = f"{wording.short(row['title_name'], 60)} · {row['relation']} · {wording.span(timedelta(minutes=minutes[row['article_id']]))}"
        points[row["relation"]].append((across[row["article_id"]], rows[row["article_id"]], said))
    label = f"{len(members)} articles in the order of time"
    return charts.dots(points, label, ticks=list(_ticks(longest)), rows=len(free))


def _ticks(longest: float) -> Iterator[tuple[float, str]]:
    yield 0.0, "first"
    before = 0.0
    for minutes in (1, 5, 15, 30, 60, 120, 240, 480, 1440, 2880, 5760, 11520, 23040, 46080):
        if minutes <= longest and math.sqrt(minutes) - before > math.sqrt(longest) / 14:
            before = math.sqrt(minutes)
            yield before, f"+{wording.span(timedelta(minutes=minutes))}"


def _changed(versions: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Return each version that changed an article's text, with what it changed."""
    for before, after in pairwise(versions):
        if before["article_id"] == after["article_id"]:
            lines = list(changes.lines((before["headline"], before["text"]), (after["headline"], after["text"])))[:LINES]
            yield after | {"lines": lines}
