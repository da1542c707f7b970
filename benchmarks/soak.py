"""Months of news of a thousand titles, on a clock that is moved: `python -m benchmarks.soak [--days N] [--titles N] [--hours H] [--check]`.

All steps run in this process, on a Postgres of their own, every `--hours` of the news' time, and upkeep once a day. Each tenth of the way
it is noted what memory this process and its readers have, how large each table is, and how long planning a run takes. In the end: memory is
flat, a table without retention grows no faster than what came in, planning takes no longer, and no feed was left due. 90 days of 1,000
titles, 0.25 articles a title and day (`soak_world.py`), fit an hour; a short try: --days 6 --titles 60.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psutil

from benchmarks import soak_world as world
from pipeline import steps
from pipeline.machine.postgres import Server
from pipeline.newsstand.enrolment import enrol
from pipeline.settings import Settings
from pipeline.steps import batches, rounds
from pipeline.steps.edges import Edges, opened
from pipeline.steps.upkeep import upkeep
from pipeline.store import dicts, migrate

NOTES = 10
PLANS = 20  # of a run, for a p95
SMALL = 2 << 20  # bytes: what a smaller table does says nothing
FLOORS = {"memory": 1.05, "table": 1.25, "planning": 1.5}
TABLES = """SELECT n.nspname || '.' || c.relname, sum(pg_total_relation_size(p.oid))::bigint
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    JOIN pg_class p ON p.oid = c.oid OR p.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = c.oid)
    WHERE n.nspname IN ('core', 'ops', 'raw') AND c.relkind IN ('r', 'p') AND NOT c.relispartition GROUP BY 1"""
DUE = """SELECT count(*) FROM ops.schedule JOIN core.feed USING (feed_id) WHERE feed.active AND state <> 'gone' AND NOT paused
    AND next_poll_at <= %s"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What is seen at one time."""

    articles: int
    memory: float  # megabytes, of this process and its readers
    planning: float  # p95, milliseconds
    quickest: float  # the same, of the quickest: what another's load does not change
    tables: dict[str, int]  # bytes
    left: int  # feeds that were due before a run and are after it


def soak(url: str, folder: Path, given: argparse.Namespace) -> list[Note]:
    settings = Settings(var=folder / "var", registry=folder / "registry", database_url=url, spacing=0.0)
    enrol(settings.registry, world.titles(given.titles), [world.AGENCY])
    at, step, notes = [world.START], timedelta(hours=given.hours), list[Note]()
    settings = settings.model_copy(update={"clock": f"{at[0].isoformat()} {at[0].isoformat()} 0"})
    steps.sync(settings, url)
    many, left, begun = round(given.days * 24 / given.hours), 0, time.monotonic()
    with opened(settings, url, now=lambda: at[0]) as edges:
        edges.door = world.Web(edges.now)  # type: ignore[assignment, misc]  a web that needs no sockets
        for run in range(1, many + 1):
            at[0] += step
            rounds.run(edges)
            left += _left(edges, at[0])
            if run * given.hours % 24 < given.hours:
                upkeep(edges)
            if run * NOTES // many > (run - 1) * NOTES // many:
                notes.append(_note(edges, left))
                print(f"day {run * given.hours / 24:5.1f}, {time.monotonic() - begun:5.0f} s: {_told(notes[-1])}", flush=True)
                left = 0
    return notes


def _told(one: Note) -> str:
    size = sum(one.tables.values()) >> 20
    planning = f"planning {one.quickest:.1f} ms, p95 {one.planning:.1f}"
    return f"{one.articles:,} articles, {one.memory:.0f} MB, {planning}, {size:,} MB of tables, {one.left} feeds left due"


def _left(edges: Edges, at: datetime) -> int:
    with edges.connection.transaction():
        row = edges.connection.execute(DUE.encode(), [at]).fetchone()
    return int(row[0]) if row else 0


def _note(edges: Edges, left: int) -> Note:
    edges.connection.autocommit = True
    for table in ("core.article", "ops.intake", "ops.schedule", "ops.poll", "raw.page", "raw.entry"):
        edges.connection.execute(f"VACUUM {table}".encode())  # as autovacuum does in its own time, which here goes too fast for it
    edges.connection.autocommit = False
    with edges.connection.transaction():
        (articles,) = edges.connection.execute("SELECT count(*) FROM core.article").fetchone() or (0,)
        tables = dict(edges.connection.execute(TABLES.encode()).fetchall())
    own = psutil.Process()
    memory = sum(process.memory_full_info().pss for process in (own, *own.children(recursive=True)) if "postgres" not in process.name())
    p95, quickest = _planning(edges)
    return Note(articles=articles, memory=memory / 2**20, planning=p95, quickest=quickest, tables=tables, left=left)


def _planning(edges: Edges) -> tuple[float, float]:
    """Return how long planning a run of `ingest` and of `articles` takes in milliseconds: the p95, and the quickest."""
    spans = []
    for _ in range(PLANS):
        started = time.perf_counter()
        with edges.connection.transaction():
            for name, noun in (("poll.due_hosts", "feeds"), ("fetch.due_hosts", "pages")):
                rows = dicts(edges.connection, name, now=edges.now() + timedelta(hours=2), titles=None, **edges.lease())
                batches.plan([(row["host"], row[noun]) for row in rows], noun)
        spans.append(1000 * (time.perf_counter() - started))
    return statistics.quantiles(spans, n=20)[-1], min(spans)


def judge(notes: list[Note]) -> list[str]:
    """Say what is wrong, the last third against the middle one."""
    middle, last = notes[len(notes) // 2 - 1], notes[-1]
    found, grown = [], last.articles / middle.articles
    memory = statistics.median(note.memory for note in notes[-3:]) / statistics.median(note.memory for note in notes[3:6] or notes)
    planning = statistics.median(note.quickest for note in notes[-3:]) / statistics.median(note.quickest for note in notes[3:6] or notes)
    print(f"\nfrom the middle to the end articles grew {grown:.2f} times, memory {memory:.3f}, planning {planning:.2f}")
    for table, size in sorted(last.tables.items(), key=lambda item: (-item[1], item[0])):
        ratio = size / max(middle.tables.get(table, 0), 1) / grown
        if size > SMALL:
            print(f"  {table:24} {size / 2**20:8.1f} MB {size / last.articles:8.0f} bytes an article, grown {ratio:.2f} times as articles")
            found += [f"{table} grows faster than what comes in"] if ratio > FLOORS["table"] else []
    found += ["memory grows"] if memory > FLOORS["memory"] else []
    found += ["planning takes longer"] if planning > FLOORS["planning"] else []
    return found + ([f"{sum(note.left for note in notes)} feeds were left due"] if any(note.left for note in notes) else [])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=float, default=90)
    parser.add_argument("--titles", type=int, default=1000)
    parser.add_argument("--hours", type=float, default=24, help="of news between two rounds")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    os.nice(10)
    with tempfile.TemporaryDirectory(prefix="soak-") as name, Server(Path(name) / "postgres", durable=False) as server:
        Path(name).chmod(0o755)
        url = server.create("soak")
        migrate.up(url)
        found = judge(soak(url, Path(name), given))
    print("\n".join(found) or "flat")
    return int(given.check and bool(found))


if __name__ == "__main__":
    sys.exit(main())
