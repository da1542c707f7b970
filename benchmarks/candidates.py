"""python -m benchmarks.candidates [--check] [--most N]: what finding copies costs as history grows.

Fills a Postgres of its own with 100,000 and then 1,000,000 stored articles, all within the 30 days that are looked through, and
puts new ones into stories: in batches as the writer does, and one by one. Needs 6 GB of disk and some minutes. What history costs is
judged by the seconds of CPU that client and server take, since the machine is shared; times by the clock are printed beside it.
"""

from __future__ import annotations

import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import psutil

from benchmarks import candidates_history as history
from pipeline.machine.postgres import Server
from pipeline.settings import Settings
from pipeline.steps import compared
from pipeline.steps.cluster import cluster
from pipeline.steps.edges import Edges, Wanted, opened
from pipeline.store import migrate

SIZES = (100_000, 1_000_000)
BATCHES, SINGLES = 4_000, 300  # articles put into stories in batches, and one by one
FLOORS = {"recall": 0.999, "candidates an article": 5.0, "cost at ten times the history": 1.2, "articles/s": 400.0, "p95 ms": 25.0}

JOINED = b"""SELECT count(*) FROM unnest(%s::bigint[], %s::bigint[]) AS pair (one, other)
    JOIN core.story_article AS x ON x.article_id = one JOIN core.story_article AS y ON y.article_id = other WHERE x.story_id = y.story_id"""


def filled(edges: Edges, have: int, size: int) -> float:
    """Store what is missing, tidy as autovacuum would, and return the seconds."""
    started = time.monotonic()
    history.store(edges.connection, have + 1, size)
    edges.connection.autocommit = True
    for table in (
        "core.sample",
        "core.signature",
        "core.article",
        "core.article_version",
        "core.story_article",
        "core.story",
        "core.match",
    ):
        edges.connection.execute(f"VACUUM (ANALYZE) {table}".encode())
    edges.connection.autocommit = False
    return time.monotonic() - started


def measure(edges: Edges, seed: int) -> dict[str, float]:
    """Put new articles into stories and return what that took."""
    some = history.fresh(BATCHES + SINGLES, 10_000_000 * seed, seed)
    history.arrive(edges.connection, some)
    with edges.connection.transaction():
        edges.connection.execute("ANALYZE core.signature")
        rows = [{"article_id": one.article, "packed": one.packed, "happened_at": one.at} for one in some]
        started = time.perf_counter()
        pairs = set(compared.found(edges.connection, [one.article for one in some], compared.unpacked(rows)))  # the lookup alone
        looking = time.perf_counter() - started
    true = {(some[one.of].article, one.article) for one in some if one.of is not None}
    started, busy = time.perf_counter(), cpu(edges)
    done = cluster(edges, Wanted(limit=BATCHES))["story"].seen
    batched, busy = time.perf_counter() - started, cpu(edges) - busy
    singly, alone = one_by_one(edges)
    with edges.connection.transaction():
        query = JOINED
        joined = edges.connection.execute(query, [[a for a, _ in true], [b for _, b in true]]).fetchone()
    assert joined
    return {
        "recall": len(true & pairs) / len(true),
        "candidates an article": len(pairs) / len(some),
        "lookup ms an article": looking * 1000 / len(some),
        "ms an article": batched * 1000 / done,
        "ms of CPU an article": busy * 1000 / done,
        "articles/s": done / batched,
        "p50 ms": singly[len(singly) // 2],
        "p95 ms": singly[len(singly) * 95 // 100],
        "ms of CPU of one alone": alone,
        "in one story": joined[0] / len(true),
    }


def one_by_one(edges: Edges) -> tuple[list[float], float]:
    """Return the milliseconds of each article that still waits, the shortest first, and those of CPU that one took."""
    busy, singly = cpu(edges), list[float]()
    while True:
        started = time.perf_counter()
        if not cluster(edges, Wanted(limit=1))["story"].seen:
            return sorted(singly), (cpu(edges) - busy) * 1000 / len(singly)
        singly.append((time.perf_counter() - started) * 1000)


def cpu(edges: Edges) -> float:
    """Return the seconds of CPU that this process and its session's server process have taken."""
    server = psutil.Process(edges.connection.info.backend_pid).cpu_times()
    return time.process_time() + server.user + server.system


def main() -> int:
    most = int(sys.argv[sys.argv.index("--most") + 1]) if "--most" in sys.argv else SIZES[-1]
    sizes = [size for size in SIZES if size <= most] or [most]
    found: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="candidates-") as folder, Server(Path(folder), durable=False) as server:
        url = server.create("candidates")
        migrate.up(url)
        with opened(Settings(var=Path(folder) / "var", database_url=url), url, now=lambda: history.NOW) as edges:
            with edges.connection.transaction():
                edges.connection.execute(history.SCHEMA.encode(), [history.TITLES])
                edges.connection.execute("ALTER TABLE core.story ALTER story_id RESTART 50000000")
                edges.connection.execute(
                    "SELECT core.turn_samples(%s, '70 days', '30 days')", [history.NOW - history.DAYS * history.timedelta(days=1)]
                )
            for have, size in pairwise([0, *sizes]):
                seconds = filled(edges, have, size)
                found.append(measure(edges, len(found) + 1))
                print(
                    f"{size:>9,} stored articles (filled in {seconds:.0f} s): "
                    + ", ".join(f"{name} {figure:.4g}" for name, figure in found[-1].items()),
                    flush=True,
                )
    return judge(found)


def judge(found: list[dict[str, float]]) -> int:
    last = found[-1] | {"cost at ten times the history": found[-1]["ms of CPU an article"] / found[0]["ms of CPU an article"]}
    print(f"by the clock the cost at ten times the history is {found[-1]['ms an article'] / found[0]['ms an article']:.3g}")
    wrong = 0
    for name, floor in FLOORS.items():
        holds = last[name] >= floor if name in {"recall", "articles/s"} else last[name] <= floor
        wrong += not holds
        print(f"{'ok ' if holds else 'NO '} {name}: {last[name]:.4g} (floor {floor:g})")
    return int("--check" in sys.argv and wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
