"""The first page: is it well, what is to be looked at, the figures of now and of the last day."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.requests import Request  # noqa: TC002  FastAPI reads it
from starlette.responses import HTMLResponse  # noqa: TC002  likewise

from pipeline import clock
from pipeline.store import dicts
from pipeline.ui import charts, findings
from pipeline.ui.pages import page, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

routes = APIRouter()
DAY = timedelta(hours=24)
RUNS = 6
LATE = timedelta(minutes=30)
FIGURES = (  # column of ops.edition, what it means
    ("articles", "with a text, in a story"),
    ("stories", "independent texts"),
    ("copies", "of another article's text"),
    ("refused", "each for a named reason"),
    ("pending", "on their way to a page, a text, a story"),
)


@routes.get("/", response_model=None)
def overview(request: Request) -> HTMLResponse:
    with reading(request) as edges:
        now = edges.now()
        window = {"since": now - DAY, "now": now}
        connection = edges.connection
        editions = dicts(connection, "ui.editions", **window)
        latest = dicts(connection, "ui.last_edition")
        polls = _hours(dicts(connection, "ui.polls_by_hour", **window), now)
        feeds = dicts(connection, "ui.feeds_by_health", late=now - LATE)[0]
        reasons = dicts(connection, "ui.failing_by_reason")
        alarms = dicts(connection, "ui.alarms", now=now)
        refused = dicts(connection, "ui.refusals", **window)
        runs = dicts(connection, "publish.runs", now=now, limit=RUNS)
    came = sum(row["new"] for row in polls)
    rate = float((edges.settings.clock or "1").split()[-1])
    red = findings.red(request.app.state.house.red(clock.wall()))
    told = findings.found(feeds, latest[0] if latest else None, reasons, now=now, came=came, policy=findings.patient(rate))
    return page(
        request,
        "overview.html",
        now=now,
        findings=red + told,
        alarms=[alarm for alarm in alarms if not alarm["until"]],
        silenced=[alarm for alarm in alarms if alarm["until"]],
        figures=[_figure(figure, editions, latest[0] if latest else None) for figure in FIGURES],
        feeds=feeds,
        reasons=reasons,
        runs=runs,
        refused=refused[:6],
        edition=latest[0] if latest else None,
        day={name: sum(row[name] for row in polls) for name in ("polls", "failed", "seen", "new", "refused")},
        came=_came(polls),
    )


def _figure(figure: tuple[str, str], editions: Sequence[dict[str, Any]], latest: dict[str, Any] | None) -> dict[str, Any]:
    """Return a figure with its line: what was added hour by hour; of what is pending, how much there was."""
    name, means = figure
    values = [row[name] for row in editions]
    flow = [after - before for before, after in pairwise(values)]
    line = charts.spark(
        *((values, f"{name} in the last 24 hours") if name == "pending" else (flow, f"{name} added in each of the last 24 hours"))
    )
    change = sum(flow) if flow else None
    return {"name": name, "means": means, "value": latest[name] if latest else None, "change": change, "spark": line}


def _hours(rows: Sequence[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Return a row for each of the last 24 hours, those without a poll too."""
    known = {row["hour"]: row for row in rows}
    first = now.replace(minute=0, second=0, microsecond=0) - DAY + timedelta(hours=1)
    none = dict.fromkeys(("polls", "failed", "unchanged", "seen", "new", "refused"), 0)
    return [{**none, **known.get(hour, {}), "hour": hour} for hour in (first + timedelta(hours=step) for step in range(24))]


def _came(polls: Sequence[dict[str, Any]]) -> Markup:
    labels = [f"{row['hour']:%H:%M}" for row in polls]
    return charts.bars(labels, {"new articles": [float(row["new"]) for row in polls]}, "New articles in each of the last 24 hours")
