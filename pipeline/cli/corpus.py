"""Lines of documents -> rows of stories, by as many processes as there are cores. Whatever the order of the lines, the rows are the same.

What is known of a document waits in a file (corpus_shelf.py); each neighbourhood is worked out by itself.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, TypeVar

from pipeline.cli import corpus_jobs, corpus_parts, corpus_told
from pipeline.cli.corpus_jobs import Read
from pipeline.cli.corpus_known import Corpus
from pipeline.stories import boilerplate
from pipeline.stories.documents import Wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pipeline.children import Children
    from pipeline.cli.corpus_shelf import Place

    Item = TypeVar("Item")
    Result = TypeVar("Result")
    Report = Callable[[int, int], None]
    Refuse = Callable[[int, Wrong, int | None], None]  # line, why, the line that is kept in its stead

LINES = 100  # that one call of a child reads
SECONDS = 3600.0  # for one call; a neighbourhood of thousands takes a while


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Children, and how many."""

    children: Children
    workers: int

    def each(self, function: Callable[..., Result], jobs: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
        """Yield what the function returns of each job, in order; few jobs wait at a time."""
        waiting: deque[Any] = deque()
        with ThreadPoolExecutor(self.workers) as threads:
            for job in jobs:
                waiting.append(threads.submit(self.children.call, function, *job, seconds=SECONDS))
                if len(waiting) > 2 * self.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


def gather(lines: Iterable[tuple[int, bytes]], pool: Pool, spool: IO[bytes], *, refuse: Refuse, report: Report, total: int = 0) -> Corpus:
    """Read every line; of documents with one id the one with the most words is kept, of these the one with the smallest digest."""
    corpus, known = Corpus(spool), dict[bytes, tuple[int, int, int, bytes]]()  # number, line; fewer is better: words below none, digest
    for done, found in enumerate(pool.each(corpus_jobs.read, ((some,) for some in _lots(lines, LINES))), start=1):
        for one in found:
            if not isinstance(one, Read):
                refuse(*one, None)
                continue
            line, fullness = one.copy.article, (-one.copy.words, one.digest)
            number, before, *rank = known.get(one.copy.url_key, (len(known), 0))
            if rank and tuple(rank) <= fullness:
                refuse(line, Wrong.DUPLICATE_ID, before)
                continue
            if rank:
                refuse(before, Wrong.DUPLICATE_ID, line)
            known[one.copy.url_key] = (number, line, *fullness)
            corpus.put(number, one)
        report(done * LINES, max(done * LINES, total))
    spool.flush()
    corpus.arrange([known[key][0] for key in sorted(known)])
    return corpus


def discount(corpus: Corpus, pool: Pool, spool: IO[bytes], report: Report) -> None:
    """Learn what each title's pages repeat, and take it out of its signatures."""
    by_title: dict[int, list[int]] = defaultdict(list)
    for article in corpus.in_time(range(len(corpus))):
        by_title[corpus.titles[article]].append(article)
    lots = [(title, lot) for title, articles in by_title.items() if len(articles) >= boilerplate.LEAST
            for lot in _lots(articles, boilerplate.ENOUGH)]  # fmt: skip
    times = Counter(title for title, _ in lots)
    large = [(title, lot) for title, lot in lots if times[title] > 1]
    learnt: dict[int, set[int]] = defaultdict(set)
    learning = pool.each(corpus_jobs.learn, ((_places(corpus, lot),) for _, lot in large))
    for (title, _), found in zip(large, learning, strict=True):
        learnt[title] |= found
    packed = {title: array("q", sorted(shingles)).tobytes() for title, shingles in learnt.items()}
    total, done = sum(len(lot) for _, lot in lots), 0
    changing = pool.each(corpus_jobs.discount, ((_places(corpus, lot), packed.get(title)) for title, lot in lots))
    for (_, lot), changed in zip(lots, changing, strict=True):
        for article, new in zip(lot, changed, strict=True):
            if new:
                corpus.change(article, new)
        done += len(lot)
        report(done, total)
    spool.flush()


def _places(corpus: Corpus, articles: Iterable[int]) -> list[Place]:
    return [corpus.signed.place(article) for article in articles]


def tell(corpus: Corpus, pool: Pool, report: Report) -> None:
    """Find each document's story: its canonical article, and what it is to that."""
    firsts, several = corpus.firsts()
    corpus.begin()
    with TemporaryFile(prefix="wiredesk-fold-") as file:
        pairs = corpus_parts.pairs(corpus, firsts, file)
    lone, total = len(corpus), len(corpus)
    jobs = corpus_parts.filled(corpus_parts.neighbourhoods(corpus, firsts, several, pairs))
    for found in pool.each(corpus_told.tell, ((job,) for job in jobs)):
        for row in found:
            corpus.tell(row)
        lone -= len(found)
        report(total - lone, total)
    corpus.file.flush()


def _lots(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    lot: list[Item] = []
    for item in items:
        lot.append(item)
        if len(lot) == size:
            yield lot
            lot = []
    if lot:
        yield lot
