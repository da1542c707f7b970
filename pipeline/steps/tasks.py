"""What the DAGs call: a step on this process's settings, with plain values in and out, for XCom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipeline.errors import SettingsError
from pipeline.machine.databases import news
from pipeline.settings import Settings
from pipeline.steps import batches, here, leases
from pipeline.steps.batches import Batch
from pipeline.steps.edges import Wanted
from pipeline.store import dicts, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.steps.alarms import Tell

PAGES = 900  # fetched by one task: it ends within minutes, and the next run goes on
READ = batches.MOST * PAGES  # pages read by one task: as many as a run can fetch, or what waits to be read grows; some minutes
FOLLOWED = 2  # fetching tasks; pages of fewer are read when they have ended
CLUSTERED = 6000  # articles put into stories by one task: some minutes; what is told by then is published, and the next run goes on
AGAIN = 2000  # pages read again by one task
DAY = timedelta(days=1)
MOST_DAYS = timedelta(days=30)  # for so long pages are kept


def sync() -> dict[str, int]:
    """Bring the registry into the tables."""
    from pipeline import steps

    settings = Settings()
    return here.plain({"block": steps.sync(settings, news(settings))})


def plan_polls(*, titles: Sequence[str] = (), batch: int = batches.ITEMS, force: bool = False, past: bool = False) -> list[Batch]:
    """Return the hosts of due feeds in batches; `force` makes them due first. Of the past nothing is asked: feeds have none."""
    if past:
        return []
    with here.edges() as edges, edges.connection.transaction():
        now, only = edges.now(), list(titles) or None
        if force:
            write(edges.connection, "poll.make_due", now=now, titles=only)
        rows = dicts(edges.connection, "poll.due_hosts", now=now, titles=only, **edges.lease())
    return _only(batches.plan([(row["host"], row["feeds"]) for row in rows], "feeds", items=batch), titles)


def poll(batch: Batch, *, again: bool = False) -> dict[str, int]:
    """Poll the due feeds of a batch of hosts; `again`, with those that the last try may still hold."""
    from pipeline.steps.poll import poll as step

    with here.edges() as edges:
        if again:
            leases.outlast(edges, "poll", batch["hosts"])
        return here.plain(step(edges, _wanted(batch), here.printer("feeds")))


def plan_fetches(*, titles: Sequence[str] = (), batch: int = batches.ITEMS, past: bool = False) -> list[Batch]:
    """Return the hosts of waiting pages in batches; of the past nothing is asked."""
    if past:
        return []
    with here.edges() as edges, edges.connection.transaction():
        rows = dicts(edges.connection, "fetch.due_hosts", now=edges.now(), titles=list(titles) or None, **edges.lease())
    return _only(batches.plan([(row["host"], row["pages"]) for row in rows], "pages", items=batch), titles)


def fetch(batch: Batch, *, again: bool = False) -> dict[str, int]:
    """Fetch the waiting pages of a batch of hosts; `again`, with those that the last try may still hold."""
    from pipeline.steps.fetch import fetch as step

    with here.edges() as edges:
        if again:
            leases.outlast(edges, "fetch", batch["hosts"])
        return here.plain(step(edges, _wanted(batch, PAGES), here.printer("pages")))


def days(*, since: str | None, until: str | None) -> list[str]:
    """Return the days from one to the other, at most as many as bytes are kept for; yesterday if none is said."""
    with here.edges() as edges:
        today = edges.now().date()
    first, last = date.fromisoformat(since or until or f"{today - DAY}"), date.fromisoformat(until or since or f"{today - DAY}")
    if not first <= last <= first + MOST_DAYS:
        raise SettingsError("days", f"{first} to {last} are none, or more than {MOST_DAYS.days}", hint="Pages are kept for 30 days.")
    return [f"{first + DAY * number}" for number in range((last - first).days + 1)]


def derive(day: str) -> dict[str, int]:
    """Read a day's stored pages anew, and write what is read otherwise now. The web is not asked."""
    from pipeline.steps.reextract import reextract

    with here.edges() as edges:
        read, others = reextract(edges, date.fromisoformat(day), here.printer("versions"), apply=True)
    return {"version": read, "version changed": len(others)}


def extract(*, again: bool = False) -> dict[str, int]:
    """Read the pages that wait; `again`, with those that the last try may still hold."""
    from pipeline.steps.extract import extract as step

    with here.edges() as edges:
        if again:
            leases.outlast(edges, "extract")
        return here.plain(step(edges, Wanted(limit=READ), here.printer("pages")))


def follow(fetching: Sequence[Batch]) -> dict[str, int]:
    """Read pages while others fetch them, if these are more than one task: processors have little to do meanwhile."""
    from pipeline.steps.extract import extract as step

    if len(fetching) < FOLLOWED:
        return {}
    with here.edges() as edges:
        return here.plain(step(edges, Wanted(limit=READ), here.printer("pages"), follow=True))


def reread() -> dict[str, int]:
    """Read again the pages that are due again."""
    from pipeline.steps.reread import reread as step

    with here.edges() as edges:
        return here.plain(step(edges, Wanted(limit=AGAIN), here.printer("pages")))


def learn() -> dict[str, int]:
    """Learn what titles' pages repeat."""
    from pipeline.steps.learn import learn as step

    with here.edges() as edges:
        return here.plain(step(edges, Wanted(), here.printer("titles")))


def cluster() -> dict[str, int]:
    """Put the articles that wait into stories."""
    from pipeline.steps.cluster import cluster as step

    with here.edges() as edges:
        return here.plain(step(edges, Wanted(limit=CLUSTERED), here.printer("articles")))


def publish() -> dict[str, int]:
    """Check the books and publish an edition. Its three numbers come first: entries seen, articles new, copies."""
    from pipeline.steps.publish import publish as step

    with here.edges() as edges:
        counts = here.plain(step(edges))
        with edges.connection.transaction():
            (run,) = dicts(edges.connection, "publish.runs", now=edges.now(), limit=1)
    return {name: int(run[name]) for name in ("seen", "new", "copies")} | counts


def events() -> dict[str, int]:
    """Tell the events of the last days, rank what is on top, and pick."""
    from pipeline.steps.events import events as step

    with here.edges() as edges:
        return here.plain(step(edges))


def watch(tell: Tell, paused: Sequence[str] | None = None) -> dict[str, int]:
    """Look for what somebody should look at, and tell what has begun; `paused` are the DAGs that Airflow says are."""
    from pipeline.steps.alarms import watch as step

    with here.edges() as edges:
        return here.plain(step(edges, tell=tell, paused=paused))


def upkeep() -> dict[str, int]:
    """Prune what is kept for a while only."""
    from pipeline.steps.upkeep import upkeep as step

    with here.edges() as edges:
        return here.plain(step(edges))


def _wanted(batch: Batch, limit: int | None = None) -> Wanted:
    titles = tuple(batch.get("titles") or ())
    return Wanted(hosts=tuple(batch["hosts"]), titles=titles or None, limit=limit)


def _only(planned: list[Batch], titles: Sequence[str]) -> list[Batch]:
    return [Batch(label=batch["label"], hosts=batch["hosts"], titles=list(titles)) for batch in planned] if titles else planned
