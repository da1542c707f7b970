"""The tables as they are -> rows of ops.alarm: what begins is new, what still holds is seen again, what holds no more has ended.

An alarm is about a title: it is silent against its own rhythm, its layout has changed, or its pages are refused as they were not before.
What is wrong with all of us at once (nothing is polled, no edition) is seen by looking, in pipeline/ui/findings.py: who does not run
cannot write a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from pipeline.feeds import silence
from pipeline.records import Tally
from pipeline.steps.edges import Edges, Report, Wanted, silent
from pipeline.store import committed, dicts, value, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeline.store import Connection

SINCE = timedelta(days=14)  # what is silent for longer is no news: it stays, and its hours are not counted anew


Tell = Callable[[str], None]  # a line for people


def _nobody(_line: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When refusals are many."""

    enough: int = 10  # articles of a day
    many: float = 0.5  # share of them refused
    before: float = 0.2  # share in the fortnight before, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that somebody should look at."""

    kind: str
    subject: str
    title_id: int
    cause: str
    step: str
    anchor: str


def watch(
    edges: Edges,
    _wanted: Wanted = Wanted(),  # noqa: B008  frozen
    report: Report = silent,
    *,
    tell: Tell = _nobody,
) -> Mapping[str, Tally]:
    """Look for what is to be looked at, keep it, and tell of what begins and is not silenced.

    Tally: new, held, ended, and silenced (of the first two).
    """
    now = edges.now()
    doors = committed(edges.connection, partial(_watched, edges.connection, now))
    report(1, 1)
    with edges.connection.transaction():
        for row in dicts(edges.connection, "alarms.begun", at=now):
            tell("{kind} {subject}: {cause} First: {step} See docs/runbook.md#{anchor}".format(**row))
    return {"alarm": Tally(seen=doors["new"] + doors["held"] + doors["ended"], doors=doors)}


def _watched(connection: Connection, now: datetime) -> Counter[str]:
    value(connection, "alarms.lock")
    found = [*_silent(connection, now), *_layouts(connection), *_refused(connection, now)]
    hushed = {(row["kind"], row["subject"]) for row in dicts(connection, "alarms.silenced", at=now)}
    doors: Counter[str] = Counter(new=0, held=0, ended=0, silenced=0)
    for alarm in found:
        doors["new" if value(connection, "alarms.hold", **asdict(alarm), at=now) else "held"] += 1
        doors["silenced"] += (alarm.kind, alarm.subject) in hushed
    still = {(alarm.kind, alarm.subject) for alarm in found}
    over = [row["alarm_id"] for row in dicts(connection, "alarms.open") if (row["kind"], row["subject"]) not in still]
    doors["ended"] = write(connection, "alarms.end", alarms=over, at=now)
    return doors


def _silent(connection: Connection, now: datetime, policy: silence.Policy = silence.DEFAULT) -> Iterator[Alarm]:
    back = now - timedelta(weeks=policy.weeks)
    heard: dict[int, list[int]] = {}
    for row in dicts(connection, "alarms.heard", since=back, until=now):
        heard.setdefault(row["title_id"], [0] * silence.WEEK)[row["slot"]] = row["weeks"]
    read = {row["hour"] for row in dicts(connection, "alarms.read_hours", since=now - SINCE)}
    for title in dicts(connection, "alarms.titles", before=policy.before):
        last = title["last_at"]
        weeks = min((last - max(title["first_at"], back)) / timedelta(weeks=1), float(policy.weeks))
        if weeks < policy.enough or title["title_id"] not in heard:
            continue
        chance = silence.chances(heard[title["title_id"]], weeks, policy)
        quiet = silence.judge(chance, max(last, now - SINCE), now, heard_before=title["heard_before"], read=read, policy=policy)
        if quiet.silent:
            yield Alarm(
                kind="silent_title",
                subject=title["title"],
                title_id=title["title_id"],
                cause=f"Nothing new since {last:%Y-%m-%d %H:%M} UTC, for {quiet.hours} hours in which its feeds were read; "
                f"{quiet.usual} of them are hours in which it usually has something.",
                step="Open its feed in a browser: are there newer articles on its site? Then it has left this feed for another.",
                anchor="a-title-is-silent-though-all-is-green",
            )


def _layouts(connection: Connection) -> Iterator[Alarm]:
    for row in dicts(connection, "alarms.layouts"):
        yield Alarm(
            kind="layout_changed",
            subject=row["title"],
            title_id=row["title_id"],
            cause=f"Its newest texts are unlike its own: {row['detail']}.",
            step="Read one of its newest pages by hand: ./wiredesk extract and its address.",
            anchor="a-titles-layout-has-changed",
        )


def _refused(connection: Connection, now: datetime, policy: Policy = Policy()) -> Iterator[Alarm]:
    for row in dicts(connection, "alarms.refused", day=now - timedelta(days=1)):
        share = row["refused"] / row["lately"]
        known = row["before"] >= policy.enough and row["refused_before"] <= policy.before * row["before"]
        if known and row["lately"] >= policy.enough and share >= policy.many:
            yield Alarm(
                kind="refusals",
                subject=row["title"],
                title_id=row["title_id"],
                cause=f"{row['refused']} of {row['lately']} articles of the last day were refused, most for {row['reason']}; "
                f"of the fortnight before, {row['refused_before']} of {row['before']}.",
                step=f"Look at the refusals for {row['reason']}, and at one of the pages.",
                anchor="reasons",
            )
