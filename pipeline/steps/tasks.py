"""What the DAGs call: a step on this process's settings, with plain values in and out, for XCom."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from pipeline.errors import MachineError
from pipeline.machine.databases import news
from pipeline.settings import Settings
from pipeline.steps import batches, here
from pipeline.steps.edges import Wanted
from pipeline.store import dicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.steps.batches import Batch

PAGES = 300  # fetched by one task: it ends within minutes, and the next run goes on
READ = 2000  # pages read by one task
Counts: TypeAlias = "Iterable[Mapping[str, int] | None]"
FEW = 20  # below so many feeds a run is not judged
FAILED = "feed refused:"
HALF = 0.5  # of the feeds polled; when more fail, it is not their fault


def sync() -> dict[str, int]:
    """Bring the registry into the tables."""
    from pipeline import steps

    settings = Settings()
    return here.plain({"block": steps.sync(settings, news(settings))})


def plan_polls() -> list[Batch]:
    """Return the hosts of due feeds in batches."""
    with here.edges() as edges, edges.connection.transaction():
        rows = dicts(edges.connection, "poll.due_hosts", now=edges.now(), titles=None, **edges.lease())
    return batches.plan([(row["host"], row["feeds"]) for row in rows], "feeds")


def poll(batch: Batch) -> dict[str, int]:
    """Poll the due feeds of a batch of hosts."""
    from pipeline.steps.poll import poll as step

    with here.edges() as edges:
        return here.plain(step(edges, Wanted(hosts=tuple(batch["hosts"])), here.printer("feeds")))


def plan_fetches() -> list[Batch]:
    """Return the hosts of waiting pages in batches."""
    with here.edges() as edges, edges.connection.transaction():
        rows = dicts(edges.connection, "fetch.due_hosts", now=edges.now(), **edges.lease())
    return batches.plan([(row["host"], row["pages"]) for row in rows], "pages")


def fetch(batch: Batch) -> dict[str, int]:
    """Fetch the waiting pages of a batch of hosts."""
    from pipeline.steps.fetch import fetch as step

    with here.edges() as edges:
        return here.plain(step(edges, Wanted(hosts=tuple(batch["hosts"]), limit=PAGES), here.printer("pages")))


def extract() -> dict[str, int]:
    """Read the pages that wait."""
    from pipeline.steps.extract import extract as step

    with here.edges() as edges:
        return here.plain(step(edges, Wanted(limit=READ), here.printer("pages")))


def reread() -> dict[str, int]:
    """Read again the pages that are due again."""
    from pipeline.steps.reread import reread as step

    with here.edges() as edges:
        return here.plain(step(edges, Wanted(limit=READ), here.printer("pages")))


def learn() -> dict[str, int]:
    """Learn what titles' pages repeat."""
    from pipeline.steps.learn import learn as step

    with here.edges() as edges:
        return here.plain(step(edges, Wanted(), here.printer("titles")))


def cluster() -> dict[str, int]:
    """Put the articles that wait into stories."""
    from pipeline.steps.cluster import cluster as step

    with here.edges() as edges:
        return here.plain(step(edges, Wanted(), here.printer("articles")))


def publish() -> dict[str, int]:
    """Check the books and publish an edition."""
    from pipeline.steps.publish import publish as step

    with here.edges() as edges:
        return here.plain(step(edges))


def watch() -> dict[str, int]:
    """Look for what somebody should look at; what begins is a line of the task's log."""
    from pipeline.steps.alarms import watch as step

    with here.edges() as edges:
        return here.plain(step(edges, tell=print))


def upkeep() -> dict[str, int]:
    """Prune what is kept for a while only."""
    from pipeline.steps.upkeep import upkeep as step

    with here.edges() as edges:
        return here.plain(step(edges))


def settle(batches: Sequence[Batch] | None, counts: Counts, read: Counts = (), *, readers: int = 0) -> dict[str, int]:
    """Add the counters of mapped tasks, one for each batch and one for each reader.

    MachineError if a task before this one has failed, which would else be hidden by our being green; or if most feeds of
    the run failed: then it is the network, the resolver or a block, and not the feeds.
    """
    done, also = ([part for part in parts if part is not None] for parts in (counts, read))
    summed: Counter[str] = Counter()
    for part in (*done, *also):
        summed.update(part)
    if batches is None or len(done) < len(batches) or len(also) < readers:
        problem = (
            "the plan failed"
            if batches is None
            else f"{len(done)} of {len(batches)} batches came to their end, or what follows them failed"
        )
        raise MachineError(
            "this run", problem, hint="Read the log of the red task; clearing it is safe, and the next run takes what is left."
        )
    _judge(summed)
    return dict(sorted(summed.items()))


def _judge(counts: Mapping[str, int]) -> None:
    polled = counts.get("feed", 0)
    failed = {name.removeprefix(FAILED): count for name, count in counts.items() if name.startswith(FAILED)}
    if polled >= FEW and sum(failed.values()) > HALF * polled:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(failed.items()))
        hint = "See 'Most feeds fail' in docs/runbook.md."
        raise MachineError("polling", f"{sum(failed.values())} of {polled} feeds failed ({reasons})", hint=hint)
