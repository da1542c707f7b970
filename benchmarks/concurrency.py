"""python -m benchmarks.concurrency [--check] [--pairs N]: copies that arrive together, workers killed, a database that falls.

16 processes bring articles and put them into stories; the two copies of a pair are always brought by two of them, at the same time.
40 are killed with SIGKILL and replaced, Postgres is stopped with "immediate" three times and recovers. In the end every pair must be
one story (not split), no story may hold articles of two pairs (not lumped), and every article must be in one (not lost).
Pairs, not crowds: with more copies a later one heals what was torn.
"""

from __future__ import annotations

import multiprocessing
import random
import signal
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks import candidates_history as history
from pipeline.errors import WiredeskError
from pipeline.machine.postgres import Server
from pipeline.settings import Settings
from pipeline.steps.cluster import cluster
from pipeline.steps.edges import opened
from pipeline.store import connect, migrate

if TYPE_CHECKING:
    from collections.abc import Sequence

PAIRS, WORKERS, KILLS, FALLS = 10_000, 16, 40, 3
CHUNK = 20  # articles that a worker brings in one transaction
FLAWS = """
SELECT count(*) FILTER (WHERE a.story_id <> b.story_id) AS split,
    count(*) FILTER (WHERE a.story_id IS NULL OR b.story_id IS NULL) AS lost,
    (SELECT count(*) FROM (SELECT FROM core.story_article GROUP BY story_id
        HAVING count(DISTINCT article_id %% %(pairs)s) > 1) AS l) AS lumped
FROM generate_series(%(pairs)s::bigint, 2 * %(pairs)s - 1) AS n
    LEFT JOIN core.story_article AS a ON a.article_id = n LEFT JOIN core.story_article AS b ON b.article_id = n + %(pairs)s
"""
Done = Any  # an array of multiprocessing, which has no public type


def pairs_of(size: int) -> tuple[list[history.Fresh], list[history.Fresh]]:
    """Return so many texts, numbered from `size` on, and a copy of each, numbered `size` higher."""
    chance = random.Random(size)
    texts = [[chance.getrandbits(32) for _ in range(200)] for _ in range(size)]
    sides = []
    for side, some in enumerate((texts, [text[: chance.randint(150, 200)] for text in texts])):
        packed = [history.pack(text) for text in some]
        base = [
            history.Fresh(article=0, at=history.NOW, packed=one, sample=history.signatures.unpack(one).sample, of=None) for one in packed
        ]
        sides.append([replace(one, article=size * (1 + side) + place) for place, one in enumerate(base)])
    return sides[0], sides[1]


def work(url: str, folder: Path, chunks: Sequence[Sequence[history.Fresh]], done: Done, *, number: int) -> None:
    """Bring what has not been brought, and after each chunk put what waits into stories."""
    try:
        with opened(Settings(var=folder, database_url=url), url, now=lambda: history.NOW) as edges:
            for place, chunk in enumerate(chunks, 1):
                with edges.connection.transaction():
                    query = "SELECT FROM core.article WHERE article_id = %s"
                    known = edges.connection.execute(query, [chunk[0].article]).rowcount
                    if not known:
                        history.arrive(edges.connection, chunk)
                if not known:
                    cluster(edges)
                done[number] = place  # without a lock: who is killed with one in hand stops all others
    except (psycopg.Error, WiredeskError):
        sys.exit(1)  # the database fell: the next worker of this number goes on


class Crowd:
    """The workers: who was killed, or lost the database, is replaced."""

    def __init__(self, server: Server, chunks: Sequence[Sequence[Sequence[history.Fresh]]]) -> None:
        self._server, self._chunks, self._fork = server, chunks, multiprocessing.get_context("fork")
        self._done = self._fork.RawArray("i", len(chunks))
        self.running = {number: self._start(number) for number in range(len(chunks))}

    def share(self) -> float:
        """Return how much has been brought."""
        return sum(self._done) / sum(map(len, self._chunks))

    def replace(self) -> None:
        for number, one in list(self.running.items()):
            if one.exitcode == 0:
                del self.running[number]
            elif one.exitcode is not None:
                self.running[number] = self._start(number)

    def _start(self, number: int) -> multiprocessing.process.BaseProcess:
        known = self._server.url("concurrency"), self._server.folder, self._chunks[number], self._done
        one = self._fork.Process(target=work, args=known, kwargs={"number": number})
        one.start()
        return one


def fall(server: Server) -> None:
    """Stop Postgres with "immediate": what it had in memory is gone; and start it."""
    postmaster = server.cluster.postmaster()
    assert postmaster
    postmaster.send_signal(signal.SIGQUIT)
    postmaster.wait()
    server.start()


def run(size: int, *, workers: int = WORKERS, kills: int = KILLS, falls: int = FALLS) -> dict[str, float]:
    """Let the pairs arrive, kill and fall, and count what is wrong."""
    chance = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="concurrency-") as folder, Server(Path(folder) / "postgres") as server:
        url = server.create("concurrency")
        migrate.up(url)
        with connect(url) as connection:
            connection.execute(history.SCHEMA.encode(), [history.TITLES])
        crowd = Crowd(server, handed_out(size, workers))
        started, killed, fell = time.monotonic(), 0, 0
        while crowd.running:
            time.sleep(0.02)
            crowd.replace()
            if crowd.running and killed < kills and crowd.share() >= (killed + 1) / (kills + 2):
                chance.choice(list(crowd.running.values())).kill()
                killed += 1
                if fell < falls and killed >= (fell + 1) * kills // (falls + 1):
                    fell += 1
                    fall(server)
        seconds = time.monotonic() - started
        split, lost, lumped = flaws(server.url("concurrency"), Path(folder), size)
    return {
        "split": split,
        "lumped": lumped,
        "lost": lost,
        "killed": killed,
        "fell": fell,
        "seconds": seconds,
        "articles/s": 2 * size / seconds,
    }


def handed_out(size: int, workers: int) -> list[list[list[history.Fresh]]]:
    """Return what each worker brings, in chunks: the copies of a chunk are another worker's, at the same time."""
    sides = pairs_of(size)
    chunks: list[list[list[history.Fresh]]] = [[] for _ in range(workers)]
    for number, start in enumerate(range(0, size, CHUNK)):
        for side in (0, 1):
            chunks[(number + side * workers // 2) % workers].append(sides[side][start : start + CHUNK])
    return chunks


def flaws(url: str, folder: Path, size: int) -> tuple[int, int, int]:
    """Put what still waits into stories and return the pairs split, the pairs lost, and the stories of more than one pair."""
    with opened(Settings(var=folder, database_url=url), url, now=lambda: history.NOW) as edges:
        cluster(edges)
        with edges.connection.transaction():
            row = edges.connection.execute(FLAWS.encode(), {"pairs": size}).fetchone()
    assert row
    return row[0], row[1], row[2]


def main() -> int:
    size = int(sys.argv[sys.argv.index("--pairs") + 1]) if "--pairs" in sys.argv else PAIRS
    found = run(size)
    print(f"{size:,} pairs, {WORKERS} workers: " + ", ".join(f"{name} {figure:.4g}" for name, figure in found.items()))
    return int("--check" in sys.argv and any(found[flaw] for flaw in ("split", "lumped", "lost")))


if __name__ == "__main__":
    sys.exit(main())
