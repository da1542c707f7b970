"""The feeds: how each is doing; and one feed: its rhythm, its polls, what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException
from starlette.requests import Request  # noqa: TC002  FastAPI reads it
from starlette.responses import HTMLResponse  # noqa: TC002  likewise

from pipeline.reasons import MEANING, Reason
from pipeline.store import dicts
from pipeline.ui import asked, charts
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
    "newest": "longest without an article",
    "next": "next poll",
    "polled": "last poll",
    "interval": "most often polled",
}
EACH = 50
POLLS, EVENTS, REFUSALS = 60, 30, 15
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
    with reading(request) as edges:
        now = edges.now()
        found = dicts(edges.connection, "ui.feed", feed_id=feed_id)
        if not found:
            raise HTTPException(404, f"There is no feed {feed_id}.")
        polls = dicts(edges.connection, "ui.feed_polls", feed_id=feed_id, limit=POLLS)
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
        polls=polls,
        events=events,
        refusals=refusals,
        missed=missed[0] if missed else None,
        meaning=MEANING.get(Reason(one["reason"])) if one["reason"] in set(Reason) else None,
        hours=_hours(one),
        came=_came(polls),
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
        [f"{hour:02}" for hour in range(HOURS)], {"entries an hour": hours}, "Entries to be expected in each hour of the day, UTC"
    )


def _came(polls: Sequence[Mapping[str, Any]]) -> Markup | str:
    told = list(reversed(polls))
    if not any(row["seen"] for row in told):
        return ""
    series = {name: [float(row[name]) for row in told] for name in ("new", "refused")}
    return charts.bars([f"{row['at']:%H:%M}" for row in told], series, "New and refused entries, poll by poll", each=10)
