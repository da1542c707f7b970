"""The events: latest and largest; one event: who tells it, who broke it, what people said of it; and the buttons by which they say it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, cast

from fastapi import APIRouter, HTTPException
from starlette.requests import Request  # noqa: TC002  FastAPI reads it
from starlette.responses import HTMLResponse, RedirectResponse

from pipeline.errors import DecisionError
from pipeline.steps import said
from pipeline.steps.edges import opened
from pipeline.steps.reviews import LONGEST
from pipeline.store import dicts
from pipeline.ui import asked
from pipeline.ui.faults import in_words
from pipeline.ui.orders import Form  # noqa: TC001  FastAPI reads it
from pipeline.ui.pages import page, reading
from pipeline.ui.refusals import WINDOWS, window
from pipeline.ui.wording import short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.steps.edges import Edges
    from pipeline.store import Connection

    Word = Literal["one_event", "two_events"]

routes = APIRouter()
EACH = 24
MOST = 300  # stories, and versions of articles, that a page shows
WORDS = {"one_event", "two_events"}
_NUMBERED = re.compile(r"(story|event)?\s*(?:no\.)?\s*(\d{1,18})", re.IGNORECASE)
_PAGE = re.compile(r"https?://\S+/(stor(?:ies|y)|events?)/(\d{1,18})/?(?:[?#]\S*)?", re.IGNORECASE)


@routes.get("/events", response_model=None)
def events(request: Request) -> HTMLResponse:
    days = window(request)
    sort = asked.choice(request, "sort", ("latest", "largest"), "latest")
    number = asked.number(request, "page", 1, asked.DEEPEST) or 1
    with reading(request) as edges:
        now = edges.now()
        wanted: Mapping[str, Any] = {"since": now - WINDOWS[days], "now": now, "sort": sort}
        rows = dicts(edges.connection, "ui.happenings", **wanted, limit=EACH + 1, offset=(number - 1) * EACH)
    told: dict[str, Any] = {"days": days, "windows": list(WINDOWS), "sort": sort, "number": number}
    return page(request, "events.html", now=now, rows=rows[:EACH], more=len(rows) > EACH, **told)


@routes.get("/events/{event_id}", response_model=None)
def event(request: Request, event_id: int) -> HTMLResponse | RedirectResponse:
    with reading(request) as edges:
        now, connection = edges.now(), edges.connection
        found = dicts(connection, "ui.happening", event_id=event_id)
        if found and found[0]["merged_into"]:
            return _to(request, f"/events/{found[0]['merged_into']}")
        if not found or found[0]["event_id"] is None:
            raise HTTPException(404, f"There is no event {event_id}: none had this number, or fewer than two stories are left of it.")
        tellers = dicts(connection, "ui.tellers", event_id=event_id, limit=MOST)
        rows = dicts(connection, "ui.timeline", event_id=event_id, limit=MOST)
        words = said_of(connection, [row["story_id"] for row in tellers])
    return page(request, "event.html", now=now, event=found[0], tellers=tellers, rows=rows, words=words, joined=joined(words), most=MOST)


@routes.post("/stories/{story_id}/event", response_model=None)
def say(request: Request, story_id: int, fields: Form) -> RedirectResponse:
    what, why, who = fields.get("what", ""), short(fields.get("why"), LONGEST), request.state.visitor.name
    if not why or what not in WORDS | {"withdraw"}:
        raise HTTPException(422, "A word on events needs a reason.")
    house = request.app.state.house
    with opened(house.settings, house.where()) as edges:
        try:
            if what == "withdraw":
                said.withdraw(edges, _decision(edges, story_id, fields), who=who, why=why)
            else:
                said.say(edges, cast("Word", what), _articles(edges, story_id, fields.get("other", "")), who=who, why=why)
        except DecisionError as error:
            raise HTTPException(409, in_words(error)) from error
        with edges.connection.transaction():
            happened = told_of(edges.connection, story_id)
    return _to(request, f"/events/{happened['event_id']}" if happened and "event" in fields else f"/stories/{story_id}")


def told_of(connection: Connection, story_id: int) -> dict[str, Any] | None:
    """Return the event of a story, if there is one."""
    return next(iter(dicts(connection, "ui.told_of", story_id=story_id)), None)


def said_of(connection: Connection, stories: Sequence[int]) -> list[dict[str, Any]]:
    """Return what people said of the events of these stories, as long as it holds."""
    return dicts(connection, "ui.words", stories=[*stories])


def joined(words: Sequence[Mapping[str, Any]]) -> set[int]:
    """Return the stories that somebody said are one event with another."""
    return {row[side] for row in words if row["what"] == "one_event" for side in ("story_id", "other_story_id")}


def _articles(edges: Edges, story_id: int, other: str) -> tuple[int, int]:
    """Return the article that stands for the story, and the one that is meant, by number or address."""
    with edges.connection.transaction():
        mine = _canonical(edges.connection, story_id)
        if mine is None:
            raise HTTPException(404, f"There is no story {story_id}.")
        return mine, _meant(edges.connection, other.strip(), mine)


def _meant(connection: Connection, other: str, mine: int) -> int:
    """Return the article at an address, or the one that stands for a story or an event: "story 154", "12", the address of its page."""
    if numbered := _NUMBERED.fullmatch(other):
        return _numbered(connection, (numbered[1] or "event").lower(), int(numbered[2]), mine)
    try:
        return said.article(connection, other, mine)
    except DecisionError:  # an article's own address may look like that of a page of ours
        if page_of := _PAGE.fullmatch(other):
            return _numbered(connection, "event" if page_of[1].lower().startswith("event") else "story", int(page_of[2]), mine)
        raise


def _numbered(connection: Connection, kind: str, number: int, mine: int) -> int:
    if kind == "event":
        try:
            return said.article(connection, str(number), mine)
        except DecisionError as error:
            hint = f"If you mean the story of this number, write “story {number}”."
            raise DecisionError(f"there is no event {number}, or only this story tells it", hint=hint) from error
    article = _canonical(connection, number)
    if article is None:
        raise DecisionError(f"there is no story {number}")
    return article


def _canonical(connection: Connection, story_id: int) -> int | None:
    """Return the article that stands for a story, or for the one that it was merged into."""
    found = dicts(connection, "ui.story", story_id=story_id)
    if found and found[0]["merged_into"]:
        found = dicts(connection, "ui.story", story_id=found[0]["merged_into"])
    return found[0]["canonical_article_id"] if found else None


def _decision(edges: Edges, story_id: int, fields: Mapping[str, str]) -> int:
    with edges.connection.transaction():
        known = {str(row["decision_id"]) for row in said_of(edges.connection, [story_id])}
    if fields.get("decision") not in known:
        raise HTTPException(404, "This word is none on the story's event, or holds no longer.")
    return int(fields["decision"])


def _to(request: Request, path: str) -> RedirectResponse:
    return RedirectResponse(request.scope.get("root_path", "") + path, 303)
