"""python -m benchmarks.orders [--check] [--articles N]: one corpus put into stories through Postgres, in many orders.

20 random orders of 5,000 invented articles; each time they arrive in lots of other sizes, and one to four workers put them into stories,
in batches of other sizes, while others arrive. The stories and their canonical articles must be the same each time. Articles get their
ids by arrival, so those differ; what an article is known by is its address. benchmarks/copies_orders.py does it without Postgres.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import candidates_history as history
from benchmarks import copies_news
from pipeline.machine.postgres import Server
from pipeline.settings import Settings
from pipeline.steps.cluster import cluster
from pipeline.steps.edges import Edges, Wanted, opened
from pipeline.store import migrate
from pipeline.stories import signatures

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ORDERS, ARTICLES, WORKERS = 20, 5_000, 4
TOLD = b"""
SELECT array_agg(page ORDER BY page), min(page) FILTER (WHERE article_id = canonical_id)
FROM (SELECT article_id, substring(url FROM '\\d+$')::int AS page FROM core.article) AS article
    JOIN core.story_article USING (article_id) JOIN core.story USING (story_id)
GROUP BY story_id
"""
Outcome = frozenset[tuple[tuple[int, ...], int]]  # of each story its pages and the canonical one


def corpus(size: int) -> list[history.Fresh]:
    """Return invented articles, signed."""
    found = []
    for place, one in enumerate(list(copies_news.corpus(size, 21))[:size]):
        signature = signatures.sign(one.text, one.language, seed=7)
        at = one.at.replace(minute=0, second=0, microsecond=0)  # many at once: ties, too, are broken by address
        found.append(history.Fresh(article=place, at=at, packed=signatures.pack(signature), sample=signature.sample, of=None, page=place))
    return [one for one in found if one.sample]


def outcome(workers: Sequence[Edges], articles: Sequence[history.Fresh], seed: int) -> Outcome:
    """Let the articles arrive in a random order, in random lots, to a random number of workers; return the stories."""
    chance, first = random.Random(seed), workers[0]
    with first.connection.transaction():
        first.connection.execute("TRUNCATE core.article, core.story CASCADE")
        first.connection.execute("TRUNCATE core.sample")
    at_it = workers[: chance.randint(1, len(workers))]
    with ThreadPoolExecutor(len(at_it)) as pool:
        for lot in _lots(chance.sample(articles, len(articles)), chance):
            history.arrive(first.connection, lot)
            limits = [chance.randint(1, 2 * len(lot)) for _ in at_it]
            list(pool.map(lambda edges, limit: cluster(edges, Wanted(limit=limit)), at_it, limits))
    while cluster(first, Wanted(limit=chance.randint(100, 1000)))["story"].seen:
        pass
    with first.connection.transaction():
        return frozenset((tuple(pages), canonical) for pages, canonical in first.connection.execute(TOLD))


def _lots(articles: Sequence[history.Fresh], chance: random.Random) -> Iterator[list[history.Fresh]]:
    """Yield the articles in lots, with ids in the order of arrival."""
    start = 0
    while start < len(articles):
        size = chance.choice((1, 10, 100, 500))
        yield [replace(one, article=start + place) for place, one in enumerate(articles[start : start + size], 1)]
        start += size


def outcomes(url: str, folder: Path, articles: Sequence[history.Fresh], times: int) -> Counter[Outcome]:
    """Return how often each outcome came out."""
    settings = Settings(var=folder, database_url=url)
    with ExitStack() as stack:
        workers = [stack.enter_context(opened(settings, url, now=lambda: history.NOW)) for _ in range(WORKERS)]
        with workers[0].connection.transaction():
            workers[0].connection.execute(history.SCHEMA.encode(), [history.TITLES])
        return Counter(outcome(workers, articles, seed) for seed in range(times))


def main() -> int:
    size = int(sys.argv[sys.argv.index("--articles") + 1]) if "--articles" in sys.argv else ARTICLES
    articles = corpus(size)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="orders-") as folder, Server(Path(folder), durable=False) as server:
        url = server.create("orders")
        migrate.up(url)
        found = outcomes(url, Path(folder) / "var", articles, ORDERS)
    seconds, stories = time.monotonic() - started, "/".join(sorted(str(len(one)) for one in found))
    print(f"{ORDERS} random orders of {len(articles):,} articles: {len(found)} outcome(s), {stories} stories, in {seconds:.0f} s")
    return int("--check" in sys.argv and len(found) > 1)


if __name__ == "__main__":
    sys.exit(main())
