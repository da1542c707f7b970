"""What is in the tables now -> what somebody should look at, each with what to do first and where the runbook says more. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pipeline.machine import place
from pipeline.steps.resting import GRAVE, alarms
from pipeline.ui.wording import plural, span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipeline.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How late is late, and how many are many."""

    poll: timedelta = timedelta(minutes=30)  # since the last poll of any feed: six runs of `ingest`
    edition: timedelta = timedelta(hours=1)  # since the last edition: four runs of `stories`
    failing: float = 0.5  # share of the feeds: so many do not fail by their own fault
    enough: int = 20  # feeds, below which that is not judged
    overdue: float = 0.1  # share of the feeds whose poll is late
    pending: float = 0.5  # share of a day's new articles that wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Red:
    """A task that failed and has not gone well since."""

    dag: str
    task: str
    ago: timedelta  # by the clock on the wall
    run: str = ""
    place: int = -1  # of a mapped task, from 0


DEFAULT = Policy()
STEPS = {  # what to do first about a red task; all others: the log
    ("feeds", "sync"): "A block of the registry is not valid: `./wiredesk titles check` names file and line.",
    ("ingest", "settle"): "If its log says that most feeds failed, see to network and resolver first; if nothing, somebody marked it so.",
    ("stories", "publish"): "The ledger does not balance: its log says which line, the runbook how to look.",
}
ANCHORS = {("stories", "publish"): "the-ledger-does-not-balance"}  # of all others: the entry of the task


def patient(rate: float, policy: Policy = DEFAULT) -> Policy:
    """Return the policy for a clock of the news that runs so many times as fast: tasks run by the clock on the wall."""
    return replace(policy, poll=policy.poll * max(rate, 1.0), edition=policy.edition * max(rate, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at."""

    what: str
    cause: str
    step: str
    anchor: str  # of docs/runbook.md
    grave: bool = False
    log: str = ""  # path of our page of its last lines
    airflow: str = ""  # path within Airflow's own pages


def found(
    feeds: Mapping[str, Any],
    edition: Mapping[str, Any] | None,
    reasons: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
    came: int = 0,
    policy: Policy = DEFAULT,
) -> list[Finding]:
    """Return what is to be looked at, the gravest first. `came` is how many articles came in the last day."""
    told = [
        *_polls(feeds, now, policy),
        *_failing(feeds, reasons, policy),
        *_edition(feeds, edition, now, policy),
        *_pending(edition, came, policy),
    ]
    return sorted(told, key=lambda finding: (not finding.grave, finding.what))


def red(tasks: Sequence[Red]) -> list[Finding]:
    """Return the red tasks as findings."""
    log = "Read the end of its log, then `./wiredesk doctor`. Clearing it is safe: in Airflow, the round arrow at the top right."
    return [
        Finding(
            what=f"Red: {task.task} of {task.dag}",
            cause=f"It failed {span(task.ago)} ago, and has not gone well since.",
            step=STEPS.get((task.dag, task.task), log),
            anchor=ANCHORS.get((task.dag, task.task), entry(task.dag, task.task)),
            grave=True,
            log=f"/red/{task.dag}/{task.task}",
            airflow=_shown(task),
        )
        for task in tasks
    ]


def entry(dag: str, task: str) -> str:
    """Return the anchor of a task's entry in the runbook; a group that a task is in plays no part."""
    return f"{dag}-{task.rpartition('.')[2]}"


def resting(paused: Iterable[str]) -> list[Finding]:
    """Return the paused DAGs as findings."""
    return [
        Finding(
            what=f"Paused: {alarm.subject}",
            cause=alarm.cause,
            step=alarm.step,
            anchor=alarm.anchor,
            grave=alarm.subject in GRAVE,
            airflow=f"/dags/{alarm.subject}",
        )
        for alarm in alarms(paused)
    ]


def placed(findings: Iterable[Finding], settings: Settings) -> list[Finding]:
    """Return findings whose commands ask the Wiredesk that they are about."""
    return [replace(finding, step=place.told(finding.step, settings)) for finding in findings]


def _shown(task: Red) -> str:
    """Return where Airflow shows the task that failed; without its run, all of them."""
    run = f"/runs/{quote(task.run, safe='')}" if task.run else ""
    return f"/dags/{task.dag}{run}/tasks/{task.task}" + (f"/mapped/{task.place}" if run and task.place >= 0 else "")


def _polls(feeds: Mapping[str, Any], now: datetime, policy: Policy) -> Iterator[Finding]:
    last = feeds["polled_at"]
    if not feeds["every"]:
        yield Finding(
            what="There are no feeds",
            cause="The registry has not been read into the tables, or it is empty.",
            step="Look at the last run of the DAG feeds.",
            anchor="the-dags-and-what-red-means",
        )
    elif last is None or now - last > policy.poll:
        yield Finding(
            what="Nothing is being polled",
            cause=f"The last poll of any feed was {span(now - last)} ago." if last else "No feed has been polled yet.",
            step="Is the DAG ingest paused, or red? Is the scheduler healthy? Run `./wiredesk doctor`.",
            anchor="the-dags-and-what-red-means",
            grave=True,
        )
    elif feeds["every"] >= policy.enough and feeds["overdue"] > policy.overdue * feeds["every"]:
        yield Finding(
            what="Polls are late",
            cause=f"{plural(feeds['overdue'], 'feed')} of {feeds['every']:,} should have been polled more than half an hour ago.",
            step="Do runs of ingest take longer than the time between two of them? Give it another worker, or poll fewer feeds.",
            anchor="polls-are-late",
        )


def _failing(feeds: Mapping[str, Any], reasons: Sequence[Mapping[str, Any]], policy: Policy) -> Iterator[Finding]:
    failing = feeds["failing"] + feeds["probation"]
    if feeds["every"] >= policy.enough and failing > policy.failing * feeds["every"]:
        most = ", ".join(f"{row['feeds']} {row['reason']}" for row in reasons[:3])
        yield Finding(
            what="Most feeds fail",
            cause=f"{failing:,} of {feeds['every']:,} feeds failed when they were last polled: {most}.",
            step="So many do not fail by their own fault: look at the network and the resolver of this machine first.",
            anchor="most-feeds-fail",
            grave=True,
        )


def _edition(feeds: Mapping[str, Any], edition: Mapping[str, Any] | None, now: datetime, policy: Policy) -> Iterator[Finding]:
    if edition is None and feeds["polled_at"] is not None:
        yield Finding(
            what="No edition yet",
            cause="Feeds have been polled, and nothing has been published.",
            step="Look at the DAG stories: has publish run?",
            anchor="no-edition-for-long",
        )
    elif edition is not None and now - edition["at"] > policy.edition:
        yield Finding(
            what="No edition for long",
            cause=f"The last one is {span(now - edition['at'])} old; one is due every quarter of an hour.",
            step="Look at the DAG stories: publish is red if the ledger does not balance, and says which line.",
            anchor="no-edition-for-long",
            grave=True,
        )


def _pending(edition: Mapping[str, Any] | None, came: int, policy: Policy) -> Iterator[Finding]:
    if edition is not None and came >= policy.enough and edition["pending"] > policy.pending * came:
        yield Finding(
            what="Articles pile up",
            cause=f"{edition['pending']:,} articles wait for their page or their text; {came:,} came in the last day.",
            step="Look at the DAG articles: is it red, or does it take longer than ten minutes?",
            anchor="articles-pile-up",
        )
