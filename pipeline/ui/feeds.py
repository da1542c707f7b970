"""The feeds: how each is doing; and one feed: its rhythm, its polls, what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException
from starlette.requests import Request  # noqa: TC002  FastAPI reads it
from starlette.responses import HTMLResponse  # noqa: TC002  likewise

from pipeline.reasons import MEANING, Reason
from pipeline.store import dicts
from pipeline.ui import asked, charts, wording
from pipeline.ui.overview import LATE
from pipeline.ui.pages import page, reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

routes = APIRouter()
HEALTH = {  # in the order of gravity
    "gone": "it answered 410, and is never asked again",
    "probation": "it kept failing, and is asked seldom",
    "failing": "the last poll failed",
    "paused": "by somebody, until it is resumed",
    "new": "not polled yet",
    "well": "read when last polled",
}
SORTS = {
    "health": "worst first",
    "title": "title",
    "newest": "longest without a new entry",
    "next": "next poll",
    "polled": "last poll",
    "interval": "most often polled",
}
EACH = 30
POLLS, LISTED, EVENTS, REFUSALS = 60, 12, 30, 15
STEPS = tuple(timedelta(minutes=minutes) for minutes in (10, 30, 60, 180, 360, 1440))  # that a bar of polls may stand for
BARS = 36
HOURS = 24
WEEK = timedelta(days=7)


@routes.get("/feeds", response_model=None)
def feeds(request: Request) -> HTMLResponse:
    health = asked.choice(request, "health", HEALTH, "")
    country = asked.word(request, "country")[:2]
    sort = asked.choice(request, "sort", SORTS, "health")
    number = asked.number(request, "page", 1, asked.DEEPEST) or 1
    wanted: Mapping[str, Any] = {"health": health, "country": country, "words": asked.word(request, "q")[:80], "sort": sort}
    with reading(request) as edges:
        now = edges.now()
        rows = dicts(edges.connection, "ui.feeds", **wanted, limit=EACH, offset=(number - 1) * EACH)
        counts = dicts(edges.connection, "ui.feeds_by_health", late=now - LATE)[0]
        countries = [row["country"] for row in dicts(edges.connection, "ui.countries")]
    return page(
        request,
        "feeds.html",
        now=now,
        feeds=[row | {"rhythm": _rhythm(row, row["title_name"])} for row in rows],
        found=rows[0]["found"] if rows else 0,
        number=number,
        each=EACH,
        wanted=wanted,
        counts=counts,
        countries=countries,
        health=HEALTH,
        sorts=SORTS,
    )


@routes.get("/feeds/{feed_id}", response_model=None)
def feed(request: Request, feed_id: int) -> HTMLResponse:
    number = asked.number(request, "page", 1, asked.DEEPEST) or 1
    with reading(request) as edges:
        now = edges.now()
        found = dicts(edges.connection, "ui.feed", feed_id=feed_id)
        if not found:
            raise HTTPException(404, f"There is no feed {feed_id}.")
        polls = dicts(edges.connection, "ui.feed_polls", feed_id=feed_id, limit=POLLS, offset=0)
        listed = dicts(edges.connection, "ui.feed_polls", feed_id=feed_id, limit=LISTED + 1, offset=(number - 1) * LISTED)
        events = dicts(edges.connection, "ui.feed_events", feed_id=feed_id, limit=EVENTS)
        refusals = dicts(edges.connection, "ui.feed_refusals", feed_id=feed_id, limit=REFUSALS)
        missed = dicts(edges.connection, "alarms.missed", feed_id=feed_id, since=now - WEEK)
    one = found[0]
    return page(
        request,
        "feed.html",
        now=now,
        feed=one,
        health=HEALTH | {"retired": "no longer in the registry"},
        polls=listed[:LISTED],
        number=number,
        more=len(listed) > LISTED,
        events=events,
        refusals=refusals,
        missed=missed[0] if missed else None,
        meaning=MEANING.get(Reason(one["reason"])) if one["reason"] in set(Reason) else None,
        rests="ingest" in request.app.state.house.paused(),
        hours=_hours(one),
        came=_came(polls, now),
        since=over_time(polls[-1]["at"], now)[1][0] if polls else now,
    )


def expected(row: Mapping[str, Any]) -> list[float]:
    """Return how many entries a feed brings in each hour of the day, as far as is known."""
    came, watched = row["came"][:HOURS], row["watched"][:HOURS]
    return [count / hours if hours > 0 else 0.0 for count, hours in zip(came, watched, strict=True)]


def _rhythm(row: Mapping[str, Any], name: str) -> Markup | str:
    hours = expected(row)
    return charts.spark(hours, f"{name}: entries by hour of the day") if any(hours) else ""


def _hours(row: Mapping[str, Any]) -> Markup | str:
    hours = expected(row)
    if not any(hours):
        return ""
    return charts.bars(
        [f"{hour:02}:00" for hour in range(HOURS)], {"entries an hour": hours}, "Entries to be expected in each hour of the day, UTC"
    )


def _came(polls: Sequence[Mapping[str, Any]], now: datetime) -> Markup | str:
    """Return what the last polls brought, over time: as many bars as the shortest step that reaches back to the first of them needs."""
    if not any(row["seen"] for row in polls):
        return ""
    step, starts = over_time(min(row["at"] for row in polls), now)
    series = {name: [0.0] * len(starts) for name in ("new entries", "entries refused")}
    for row in polls:
        if row["at"] >= starts[0]:
            place = min(int((row["at"] - starts[0]) / step), len(starts) - 1)
            series["new entries"][place] += row["new"]
            series["entries refused"][place] += row["refused"]
    axis = [f"{at:%-d %b}" if step >= STEPS[-1] else f"{at:%H:%M}" for at in starts]
    label = f"New and refused entries from {wording.clock(starts[0])} until now"
    return charts.bars([wording.clock(at) for at in starts], series, label, axis=axis)


def over_time(first: datetime, now: datetime) -> tuple[timedelta, list[datetime]]:
    """Return a step, and where each begins: whole ones by the clock, the last with now in it, no more than BARS."""
    step = next((step for step in STEPS if (now - first) / step <= BARS - 1), STEPS[-1])
    last = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % step
    count = min(int((last - first) / step) + 2, BARS) if first <= last else 1
    return step, [last - step * back for back in reversed(range(count))]
