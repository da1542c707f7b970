"""What an article costs at each step, and whether history adds to it: `python -m benchmarks.apiece [--check] [--stored N]... [--titles N]`.

A Postgres of its own is filled with so many stored articles (benchmarks/apiece_stored.py): none, 100,000, a million, all within the thirty
days in which copies are looked for; a million take some minutes. Then the newsstand's news of a day come, and each step takes all of it,
one step after the other in one process, without Airflow. Told are seconds of CPU: of the step's own process, of its readers (the children
that parse and extract), and of its sessions in Postgres. The same work takes a fifth more a minute later on some machines, so that the
first size is measured again at the end, and what the largest costs is compared with the mean of both.

`publish` and `events` are told for a run, not an article: they look at the books, at what changed and at the last days once a run.
"of a day" is the first edition of a day, which counts all articles there are; here nothing has come before it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from benchmarks.apiece_stored import fill
from pipeline import steps
from pipeline.machine.postgres import Server
from pipeline.settings import Settings
from pipeline.steps.cluster import cluster
from pipeline.steps.edges import opened
from pipeline.steps.events import events
from pipeline.steps.extract import extract
from pipeline.steps.fetch import fetch
from pipeline.steps.poll import poll
from pipeline.steps.publish import publish

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeline.steps.edges import Edges

SIZES = (0, 100_000, 1_000_000)
CEILING = 1.2  # what an article may cost beside a million stored ones, of what it costs beside none
EDITION = 1.5  # and an edition of the same news; most of it is what it counts for analysts, so it is measured less exactly
START = datetime(2026, 3, 30, 6, tzinfo=UTC)
NOW = START + timedelta(hours=18)
STANDING = f"{NOW.isoformat()} {NOW.isoformat()} 0"
STEPS = (poll, fetch, extract, cluster, publish, events)
WHOLE = "of a day"  # the first edition of a day, which counts everything, before anything has come
ONCE = {"publish", "events", WHOLE}  # a run's, not an article's
SIDES = ("own", "readers", "Postgres")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the steps cost beside so many stored articles: seconds of CPU."""

    stored: int
    articles: int
    cost: Mapping[str, Mapping[str, float]]

    def apiece(self, step: str) -> float:
        """Return milliseconds an article."""
        return 1000 * sum(self.cost[step].values()) / self.articles

    @property
    def whole(self) -> float:
        return sum(self.apiece(step) for step in self.cost if step not in ONCE)


@contextmanager
def newsstand(folder: Path, titles: int) -> Iterator[dict[str, Any]]:
    options = {"titles": titles, "days": 1, "seed": 5, "start": START.isoformat(), "clock": STANDING, "folder": folder}
    command = [sys.executable, "-m", "pipeline.newsstand.serve", "--with-parent"]
    command += [piece for name, value in options.items() for piece in (f"--{name}", str(value))]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            yield json.loads(process.stdout.readline()) | {"pid": process.pid}
        finally:
            process.terminate()


def measure(room: Path, stored: int, titles: int) -> Row:
    with Server(room / "postgres", durable=False) as server, newsstand(room / "stand", titles) as stand:
        url = server.create("news")
        with server._superuser() as connection:  # noqa: SLF001  filling is not what an owner does
            connection.execute("GRANT SET ON PARAMETER session_replication_role TO news")
            connection.execute("GRANT pg_checkpoint TO news")
        started = time.monotonic()
        fill(url, stored, NOW)
        print(f"  filled with {stored:,} in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
        settings = Settings(
            var=room / "var", registry=stand["registry"], hosts=stand["hosts"], clock=STANDING, database_url=url, spacing=0.001
        )
        steps.sync(settings, url)
        with opened(settings, url) as edges:
            edges.ready("door", "shelf", "children")
            first = _cost(publish, edges, server, stand["pid"])
            cost = {step.__name__: _cost(step, edges, server, stand["pid"]) for step in STEPS} | {WHOLE: first}
            with edges.connection.transaction():
                (articles,) = edges.connection.execute("SELECT count(*) FROM core.story_article").fetchone() or (0,)
    return Row(stored=stored, articles=articles - stored, cost=cost)


def _cost(step: Any, edges: Edges, server: Server, stand: int) -> Counter[str]:
    before = _cpu(server, stand)
    step(edges)
    after = _cpu(server, stand)
    after.subtract(before)
    return after


def _cpu(server: Server, stand: int) -> Counter[str]:
    """Return the seconds of CPU used so far: our own, our children's but the newsstand's, those of sessions in Postgres."""
    own, postmaster = psutil.Process(), server.cluster.postmaster()
    assert postmaster
    used = Counter({"own": _seconds(own), "readers": 0.0, "Postgres": 0.0})
    serving = {process.pid for process in postmaster.children()} | {postmaster.pid, stand}
    for child in own.children(recursive=True):
        with suppress(psutil.Error):
            used["readers"] += _seconds(child, ended=True) if child.pid not in serving else 0.0
    for session in postmaster.children():
        with suppress(psutil.Error):
            used["Postgres"] += _seconds(session) if " news " in " ".join(session.cmdline()) else 0.0
    return used


def _seconds(process: psutil.Process, *, ended: bool = False) -> float:
    """Return what a process has used, and, if asked, its children that have `ended`: a reader is replaced after its share of pages."""
    times = process.cpu_times()
    return times.user + times.system + (times.children_user + times.children_system if ended else 0.0)


def show(row: Row) -> None:
    print(f"\n{row.stored:,} stored, {row.articles:,} come: {row.whole:.1f} ms of CPU an article, but for what is done once a run")
    for step, cost in row.cost.items():
        sides = "  ".join(f"{side} {1000 * cost[side] / row.articles:6.2f}" for side in SIDES)
        once = f"  ({sum(cost.values()):.2f} s a run)" if step in ONCE else ""
        print(f"  {step:<8} {sides}   together {row.apiece(step):6.2f} ms{once}", flush=True)


def judge(rows: list[Row], again: Row) -> int:
    first, last = rows[0], rows[-1]
    print(f"\n  the same at {first.stored:,}, measured again: {again.whole / first.whole:.2f} times; below, the mean of both")
    ratios = {step: 2 * last.apiece(step) / (first.apiece(step) + again.apiece(step)) for step in first.cost if step != WHOLE}
    for step, ratio in ratios.items():
        print(f"  {step:<8} at {last.stored:,}: {ratio:.2f} times what it costs at {first.stored:,}")
    print(f"  everything is counted in {sum(last.cost[WHOLE].values()):.2f} s at {last.stored:,}, once a day")
    bad, whole = 0, 2 * last.whole / (first.whole + again.whole)
    for what, ratio, ceiling in (("an article", whole, CEILING), ("an edition", ratios["publish"], EDITION)):
        how = "ok " if ratio <= ceiling else "NO "
        print(f"{how} {what} at {last.stored:,}, of one at {first.stored:,}: {ratio:.2f} (ceiling {ceiling:g})")
        bad += ratio > ceiling
    return int(bad > 0)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stored", type=int, action="append")
    parser.add_argument("--titles", type=int, default=120)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    sizes = given.stored or SIZES
    rows = []
    for stored in (*sizes, sizes[0]) if given.check and len(sizes) > 1 else sizes:
        with tempfile.TemporaryDirectory(prefix="apiece-", ignore_cleanup_errors=True) as room:
            Path(room).chmod(0o755)
            rows.append(measure(Path(room), stored, given.titles))
        show(rows[-1])
    return judge(rows[:-1], rows[-1]) if len(rows) > len(sizes) else 0


if __name__ == "__main__":
    sys.exit(main())
