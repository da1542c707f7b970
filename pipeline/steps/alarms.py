"""The tables as they are -> rows of ops.alarm: what begins is new, what still holds is seen again, what holds no more has ended.

What there is to find is in pipeline/steps/watched.py. People are told of an alarm once, when it has begun and nobody has silenced it; if
they could not be told, it is tried again. What is wrong with all of us at once (nothing is polled, no edition) is seen by looking, in
pipeline/ui/findings.py: who does not run cannot write a row. A paused DAG is seen there at once, and is a row from the next look on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline import clock
from pipeline.machine import place
from pipeline.records import Tally
from pipeline.steps import resting, watched
from pipeline.steps.edges import Edges, Report, Wanted, silent
from pipeline.steps.watched import Alarm
from pipeline.store import committed, dicts, value, write

if TYPE_CHECKING:
    from datetime import datetime

Told = Mapping[str, str]  # an alarm's kind, subject, cause, step, anchor
Tell = Callable[[Told], None]
LATE_RUN = "late_run"
HUNG = timedelta(minutes=10)  # who hears nothing of a notifier for so long tells no more, and others may
HOLDS = timedelta(hours=1)  # a late run is an alarm for so long after the last one, by the clock on the wall: runs go by that


def line(told: Told) -> str:
    """Return an alarm as a line for people."""
    return "{kind} {subject}: {cause} First: {step} See docs/runbook.md#{anchor}".format(**told)


def _nobody(_told: Told) -> None:
    """Tell nobody."""


def watch(
    edges: Edges,
    _wanted: Wanted = Wanted(),  # noqa: B008  frozen
    report: Report = silent,
    *,
    tell: Tell = _nobody,
    paused: Collection[str] | None = None,
) -> Mapping[str, Tally]:
    """Look for what is to be looked at, keep it, and tell of what is not silenced and was not told yet.

    `paused` are the DAGs that Airflow says are; None: it was not asked. Tally: new, held, ended, and silenced (of the first two).
    """
    now = edges.now()
    doors = committed(edges.connection, partial(_watched, edges, now, paused))
    report(1, 1)
    _tell(edges, now, tell)
    return {"alarm": Tally(seen=doors["new"] + doors["held"] + doors["ended"], doors=doors)}


def late(edges: Edges, dag: str, minutes: int, tell: Tell = _nobody) -> None:
    """Keep that a run of a DAG did not go well within so many minutes, and tell."""
    now = edges.now()
    alarm = Alarm(
        kind=LATE_RUN,
        subject=dag,
        title_id=None,
        cause=f"A run of {dag} had not gone well {minutes} minutes after it was queued.",
        step=f"Look at the DAG {dag}: which of its tasks is red, runs or waits? Is the scheduler healthy (`./wiredesk doctor`)?",
        anchor="a-run-is-late",
    )
    committed(edges.connection, lambda: _hold(edges, alarm, now))
    _tell(edges, now, tell)


def _tell(edges: Edges, now: datetime, tell: Tell) -> None:
    """Tell all that are untold. Who finds another at it goes home: that one looks again when it has let go."""
    while _untold(edges, now) and _alone(edges):
        try:
            _told(edges, now, tell)
        finally:
            with edges.connection.transaction():
                value(edges.connection, "alarms.told_all")


def _untold(edges: Edges, now: datetime) -> list[dict[str, Any]]:
    with edges.connection.transaction():
        return dicts(edges.connection, "alarms.untold", at=now)


def _alone(edges: Edges) -> bool:
    """Tell whether nobody else tells. A notifier may take long, so a session holds that, and no transaction; one that hangs loses it."""
    with edges.connection.transaction():
        return bool(value(edges.connection, "alarms.telling", hung=f"{HUNG // timedelta(milliseconds=1)}ms"))


def _told(edges: Edges, now: datetime, tell: Tell) -> None:
    """Tell each alarm, then note that it was told: who fails between the two tells it again."""
    for row in _untold(edges, now):
        number = row.pop("alarm_id")
        tell(row)
        with edges.connection.transaction():
            write(edges.connection, "alarms.told", alarm_id=number, at=now)


def _watched(edges: Edges, now: datetime, paused: Collection[str] | None) -> Counter[str]:
    connection = edges.connection
    value(connection, "alarms.lock")
    found = [*watched.found(connection, now, closed=edges.settings.hosts is not None), *resting.alarms(paused or ())]
    hushed = {(row["kind"], row["subject"]) for row in dicts(connection, "alarms.silenced", at=now)}
    doors: Counter[str] = Counter(new=0, held=0, ended=0, silenced=0)
    for alarm in found:
        doors["new" if _hold(edges, alarm, now) else "held"] += 1
        doors["silenced"] += (alarm.kind, alarm.subject) in hushed
    still = {(alarm.kind, alarm.subject) for alarm in found}
    since = now - HOLDS * max(clock.rate(edges.settings.clock), 1.0)
    gone = [row for row in dicts(connection, "alarms.open") if (row["kind"], row["subject"]) not in still]
    over = [row["alarm_id"] for row in gone if _past(row, since) and (row["kind"] != resting.PAUSED or paused is not None)]
    doors["ended"] = write(connection, "alarms.end", alarms=over, at=now)
    return doors


def _hold(edges: Edges, alarm: Alarm, now: datetime) -> bool:
    """Keep an alarm, its commands as they have to be given here, and tell whether it has begun."""
    step = place.told(alarm.step, edges.settings)
    return bool(value(edges.connection, "alarms.hold", **asdict(alarm) | {"step": step}, at=now))


def _past(row: Mapping[str, str | datetime], since: datetime) -> bool:
    """Tell whether an alarm that was not found again has ended: a late run is not looked for, but told by Airflow."""
    return row["kind"] != LATE_RUN or row["seen_at"] < since  # type: ignore[operator]  # it is a time
