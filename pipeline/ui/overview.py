"""The first page: is it well, what is to be looked at, the figures of now and of the last day."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.requests import Request  # noqa: TC002  FastAPI reads it
from starlette.responses import HTMLResponse  # noqa: TC002  likewise

from pipeline import clock
from pipeline.steps.resting import PAUSED
from pipeline.store import dicts
from pipeline.ui import charts, findings
from pipeline.ui.pages import page, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

routes = APIRouter()
DAY = timedelta(hours=24)
RUNS = 6
FEW = 3  # alarms of a kind that are shown at once; more are folded
LATE = timedelta(minutes=30)
FIGURES = (  # column of ops.edition, its name here, what it means
    ("articles", "articles", "with a text, in a story"),
    ("stories", "stories", "independent texts"),
    ("copies", "copies", "of another article's text"),
    ("refused", "pages refused", "each for a named reason"),
    ("pending", "pending", "wait for their page or text"),
)
HEADS = {  # kind of an alarm -> how its line begins
    "silent_title": "Silent",
    "layout_changed": "New layout",
    "refusals": "Pages refused",
    "missed_entries": "Entries missed",
    "copies_jumped": "Copies",
    "late_run": "A run is late",
    "dag_paused": "Paused",
}


@routes.get("/", response_model=None)
def overview(request: Request) -> HTMLResponse:
    with reading(request) as edges:
        now, rate = edges.now(), clock.rate(edges.settings.clock)
        window = {"since": now - DAY, "now": now}
        connection = edges.connection
        editions = _since_nothing(dicts(connection, "ui.editions", **window), window["since"])
        latest = dicts(connection, "ui.last_edition")
        polls = _hours(dicts(connection, "ui.polls_by_hour", **window), now)
        feeds = dicts(connection, "ui.feeds_by_health", late=now - LATE * max(rate, 1.0))[0]
        reasons = dicts(connection, "ui.failing_by_reason")
        alarms = dicts(connection, "ui.alarms", now=now)
        refused = dicts(connection, "ui.refusals", **window)
        runs = dicts(connection, "publish.runs", now=now, limit=RUNS)
    came = sum(row["new"] for row in polls)
    house = request.app.state.house
    red = findings.red(house.red(clock.wall()))
    paused = set(house.paused())
    again = [alarm for alarm in alarms if alarm["kind"] == PAUSED and alarm["subject"] not in paused]
    alarms = [alarm for alarm in alarms if alarm not in again]
    rest = findings.resting(paused - {alarm["subject"] for alarm in alarms if alarm["kind"] == PAUSED})
    told = findings.found(feeds, latest[0] if latest else None, reasons, now=now, came=came, policy=findings.patient(rate))
    return page(
        request,
        "overview.html",
        now=now,
        findings=findings.placed(red + rest + told, house.settings),
        alarms=grouped([alarm for alarm in alarms if not alarm["until"]]),
        silenced=[alarm for alarm in alarms if alarm["until"]],
        loud=sum(not alarm["until"] for alarm in alarms),
        heads=HEADS,
        again=again,
        rests=PAUSED,
        figures={figure[0]: _figure(figure, editions, latest[0] if latest else None) for figure in FIGURES},
        feeds=feeds,
        reasons=reasons,
        runs=runs,
        refused=refused[:6],
        edition=latest[0] if latest else None,
        day={name: sum(row[name] for row in polls) for name in ("polls", "failed", "seen", "new", "refused")},
        came=_came(polls),
    )


def grouped(alarms: Sequence[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]], list[dict[str, Any]]]]:
    """Return each kind of alarm in the order of its first: its head, those that are shown, those that are folded."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for alarm in alarms:
        kinds.setdefault(alarm["kind"], []).append(alarm)
    return [(HEADS.get(kind, kind), told[:FEW], told[FEW:]) for kind, told in kinds.items()]


def _since_nothing(editions: list[dict[str, Any]], since: datetime) -> list[dict[str, Any]]:
    """Return the editions after one of nothing, unless there was one before these hours."""
    nothing = {"at": since, **dict.fromkeys((column for column, *_ in FIGURES), 0)}
    told = sorted(editions, key=lambda row: row["at"])
    return told if not told or told[0]["at"] <= since else [nothing, *told]


def _figure(figure: tuple[str, str, str], editions: Sequence[dict[str, Any]], latest: dict[str, Any] | None) -> dict[str, Any]:
    """Return a figure with its line: what was added hour by hour; of what is pending, how much there was."""
    column, name, means = figure
    values = [row[column] for row in editions]
    flow = [after - before for before, after in pairwise(values)]
    line = charts.spark(
        *((values, f"{name} in the last 24 hours") if column == "pending" else (flow, f"{name} added in each of the last 24 hours"))
    )
    change = sum(flow) if flow else None
    return {"name": name, "means": means, "value": latest[column] if latest else None, "change": change, "spark": line}


def _hours(rows: Sequence[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Return a row for each of the last 24 hours, those without a poll too."""
    known = {row["hour"]: row for row in rows}
    first = now.replace(minute=0, second=0, microsecond=0) - DAY + timedelta(hours=1)
    none = dict.fromkeys(("polls", "failed", "unchanged", "seen", "new", "refused"), 0)
    return [{**none, **known.get(hour, {}), "hour": hour} for hour in (first + timedelta(hours=step) for step in range(24))]


def _came(polls: Sequence[dict[str, Any]]) -> Markup:
    labels = [f"{row['hour']:%H:%M}" for row in polls]
    return charts.bars(labels, {"new entries": [float(row["new"]) for row in polls]}, "New entries in each of the last 24 hours")
