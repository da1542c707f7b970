"""How many articles a second the whole product reads, and what each stage costs: `python -m benchmarks.throughput [--minutes N] [--check]`.

Scheduler, workers, Postgres and the newsstand on a fast clock run on this machine, more news than it can read coming; counted is what
reaches its story. Then the usual pipeline (benchmarks/throughput_naive.py) reads the same newsstand. Other work on the same cores slows the
clock's figures, and hardly those of CPU: articles/s that the cores would allow = cores / seconds of CPU an article.

What each task's process takes before its step begins is Airflow's: as much as a task `settle` takes in all, which does next to nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from benchmarks import throughput_naive as naive
from benchmarks.throughput_parts import Account, Product, newsstand, product
from benchmarks.throughput_split import share_of_signing
from pipeline.machine.postgres import Server

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CORES = os.cpu_count() or 1
FLOORS = {  # the run in docs/scale.md gave 1.70, 1.09 and 1.00
    "CPU an article, of the naive one's": 2.1,
    "articles/s by the clock, of the naive one's": 0.85,
    "memory of what runs throughout, at the end, of the middle's": 1.10,
}
DONE = """SELECT (SELECT count(*) FROM core.story_article), (SELECT count(*) FROM core.article),
    (SELECT count(*) FROM ops.poll), (SELECT count(*) FROM ops.intake WHERE state = 'waiting')"""
STAGES = {  # of a task's own process, and of its children
    "ingest.poll": ("poll: ask and store", "parse"),
    "articles.fetch": ("fetch", "fetch"),
    "articles.extract": ("extract: store", "extract"),
    "articles.follow": ("extract: store", "extract"),  # the same, beside the fetching
    "stories.cluster": ("cluster", "cluster"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a run came to."""

    articles: int
    seconds: float
    cpu: Mapping[str, float]  # seconds by stage, the newsstand's not among them
    memory: tuple[float, float, float]  # megabytes: in the middle, at the end, at most
    lasting: tuple[float, float]  # the same of who ran throughout, in the middle and at the end

    @property
    def apiece(self) -> float:
        """Seconds of CPU an article."""
        return sum(self.cpu.values()) / max(self.articles, 1)


def ours(running: Product, minutes: float, warm: float) -> Row:
    """Watch the product for so many minutes, once it has been warm."""
    with psycopg.connect(running.urls.news, autocommit=True) as connection:
        while not _done(connection)[0]:
            time.sleep(1)
        time.sleep(60 * warm)
        account, turns = Account(), 0
        begun, before = time.monotonic(), _done(connection)
        while (now := time.monotonic()) < begun + 60 * minutes:
            account.look(running, weigh=turns % 20 == 0)
            if turns % 60 == 0:
                print(
                    f"  {now - begun:4.0f} s: {dict(zip(('in stories', 'seen', 'polls', 'waiting'), _done(connection), strict=True))}",
                    file=sys.stderr,
                )
            turns += 1
            time.sleep(max(0.0, now + 0.5 - time.monotonic()))
        account.look(running, weigh=True)
        after, seconds = _done(connection), time.monotonic() - begun
    memory = (*_ends(account.memory), max(account.memory))
    print(f"  {after[2] - before[2]:,} polls, {after[1] - before[1]:,} new articles seen, {after[3]:,} pages wait at the end")
    cpu = _stages(account, running)
    return Row(articles=after[0] - before[0], seconds=seconds, cpu=cpu, memory=memory, lasting=_ends(account.lasting()))


def _ends(weights: Sequence[float]) -> tuple[float, float]:
    """Return the median of the first two thirds, and of the last sixth."""
    return statistics.median(weights[: max(1, len(weights) * 2 // 3)]), statistics.median(weights[-max(1, len(weights) // 6) :])


def _done(connection: psycopg.Connection) -> tuple[int, ...]:
    row = connection.execute(DONE).fetchone()
    assert row
    return tuple(row)


def _stages(account: Account, running: Product) -> Counter[str]:
    """Return the seconds of CPU of each stage."""
    with psycopg.connect(running.urls.airflow) as connection:
        tasks: dict[str, str] = dict(connection.execute("SELECT id::text, dag_id || '.' || task_id FROM task_instance").fetchall())
    alone = [account.used[key] for key, kind in account.kind.items() if tasks.get(kind, "").endswith((".settle", ".plan"))]
    start = statistics.median(alone) if alone else 0.0
    cpu: Counter[str] = Counter({"unseen": account.unseen()})
    for key, kind in account.kind.items():
        used, name = account.used[key], tasks.get(kind.removeprefix("child "))
        if name is None:
            cpu[{"airflow": "Airflow", "news": "load: Postgres", "stand": "newsstand"}.get(kind, "Airflow")] += used
        elif kind.startswith("child "):
            cpu[STAGES.get(name, (name, name))[1]] += used
        else:
            cpu["Airflow"] += min(start, used)
            cpu[STAGES.get(name, (name, name))[0]] += max(0.0, used - start)
    signing = share_of_signing()
    cpu["sign"] = cpu["extract"] * signing
    cpu["extract"] -= cpu["sign"]
    del cpu["newsstand"]
    return cpu


def theirs(room: Path, stand: dict, seconds: float) -> Row:
    with Server(room / "naive", durable=True) as server:
        found = naive.read(stand, server.create("naive"), naive.feeds(Path(stand["registry"])), seconds)
    cpu = {"read": found["reading"], "load: Postgres": found["loading"]}
    return Row(articles=int(found["articles"]), seconds=found["seconds"], cpu=cpu, memory=(found["memory"],) * 3, lasting=(0.0, 0.0))


def show(name: str, row: Row) -> None:
    print(f"\n{name}: {row.articles:,} articles in {row.seconds:.0f} s: {row.articles / row.seconds:.1f} articles/s by the clock")
    print(f"  {1000 * row.apiece:.1f} ms of CPU an article: {CORES} cores allow {CORES / row.apiece:.1f} articles/s")
    print(f"  memory {row.memory[0]:.0f} MB, at the end {row.memory[1]:.0f}, at most {row.memory[2]:.0f}", end="")
    print(f"; of what runs throughout {row.lasting[0]:.0f} MB, at the end {row.lasting[1]:.0f}")
    busy = sum(row.cpu.values())
    for stage, seconds in sorted(row.cpu.items(), key=lambda item: (-item[1], item[0])):
        print(f"  {stage:24} {1000 * seconds / max(row.articles, 1):7.2f} ms an article  {seconds / busy:6.1%}")
    print(f"  {busy / row.seconds:.2f} of {CORES} cores busy with it", flush=True)


def judge(mine: Row, usual: Row) -> int:
    figures = {
        "CPU an article, of the naive one's": mine.apiece / usual.apiece,
        "articles/s by the clock, of the naive one's": (mine.articles / mine.seconds) / (usual.articles / usual.seconds),
        "memory of what runs throughout, at the end, of the middle's": mine.lasting[1] / mine.lasting[0],
    }
    wrong = 0
    print()
    for name, floor in FLOORS.items():
        holds = figures[name] >= floor if "clock" in name else figures[name] <= floor
        wrong += not holds
        print(f"{'ok ' if holds else 'NO '} {name}: {figures[name]:.2f} (floor {floor:g})")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--warm", type=float, default=2, help="minutes after the first story")
    parser.add_argument("--titles", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=200, help="of the newsstand's clock: even by night more comes than is read")
    parser.add_argument("--room", type=Path, help="kept; else a temporary folder")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    days = (given.minutes + given.warm + 4) * 60 * given.rate / 86400
    with tempfile.TemporaryDirectory(prefix="throughput-", ignore_cleanup_errors=True) as temporary:
        room = (given.room or Path(temporary)).resolve()
        room.mkdir(parents=True, exist_ok=True)
        room.chmod(0o755)
        with newsstand(room, titles=given.titles, days=days, rate=given.rate) as (stand, spec):
            with product(room, stand, spec, given.rate) as running:
                mine = ours(running, given.minutes, given.warm)
            show("Wiredesk", mine)
            usual = theirs(room, stand, min(60 * given.minutes, 120))
            show("the usual pipeline", usual)
    return 1 if judge(mine, usual) and given.check else 0


if __name__ == "__main__":
    sys.exit(main())
