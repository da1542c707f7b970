"""Lines of documents -> rows of stories, by as many processes as there are cores. Whatever the order of the lines, the rows are the same.

In memory stay the ids, the samples and the pairs of candidates; signatures wait in a file, each neighbourhood is worked out by itself.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import IO, TYPE_CHECKING, Any, TypeVar

from pipeline.cli import corpus_jobs
from pipeline.cli.corpus_jobs import Neighbourhood, Read
from pipeline.stories import boilerplate, candidates
from pipeline.stories.documents import Wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pipeline.children import Children
    from pipeline.cli.corpus_jobs import Place, Row
    from pipeline.records import Copy

    Item = TypeVar("Item")
    Result = TypeVar("Result")
    Report = Callable[[int, int], None]
    Refuse = Callable[[int, Wrong], None]

LINES = 100  # that one call of a child reads
ARTICLES = 200  # that one call compares, whole neighbourhoods
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


@dataclass(slots=True)
class Corpus:
    """What is known of each document, in the order of lines, then of their keys."""

    ids: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    samples: list[array[int]] = field(default_factory=list)
    same: list[bytes] = field(default_factory=list)


def gather(lines: Iterable[tuple[int, bytes]], pool: Pool, spool: IO[bytes], *, refuse: Refuse, report: Report, total: int = 0) -> Corpus:
    """Read every line; of two documents with one id the one with the smaller digest is kept."""
    kept: dict[str, tuple[Read, Place]] = {}
    for done, found in enumerate(pool.each(corpus_jobs.read, ((some,) for some in _lots(lines, LINES))), start=1):
        for one in found:
            if not isinstance(one, Read):
                refuse(*one)
                continue
            before = kept.get(one.id)
            if before and before[0].digest <= one.digest:
                refuse(one.copy.article, Wrong.DUPLICATE_ID)
                continue
            if before:
                refuse(before[0].copy.article, Wrong.DUPLICATE_ID)
            kept[one.id] = replace(one, packed=b""), _keep(spool, one.packed)
        report(done * LINES, max(done * LINES, total))
    spool.flush()
    return _ordered(kept)


def _ordered(kept: Mapping[str, tuple[Read, Place]]) -> Corpus:
    """Give the documents numbers by their keys, so that nothing depends on the order of lines."""
    corpus, titles = Corpus(), dict[str, str]()
    for number, (one, place) in enumerate(sorted(kept.values(), key=lambda pair: pair[0].copy.url_key)):
        corpus.ids.append(one.id)
        corpus.titles.append(titles.setdefault(one.title, one.title))
        corpus.copies.append(replace(one.copy, article=number))
        corpus.places.append(place)
        corpus.samples.append(_numbers(one.sample))
        corpus.same.append(one.same)
    return corpus


def discount(corpus: Corpus, pool: Pool, spool: IO[bytes], report: Report) -> None:
    """Learn what each title's pages repeat, and take it out of its signatures."""
    by_title: dict[str, list[int]] = defaultdict(list)
    for article in sorted(range(len(corpus.ids)), key=lambda article: (corpus.copies[article].happened_at, article)):
        by_title[corpus.titles[article]].append(article)
    lots = [(title, lot) for title, articles in sorted(by_title.items()) if len(articles) >= boilerplate.LEAST
            for lot in _lots(articles, boilerplate.ENOUGH)]  # fmt: skip
    times = Counter(title for title, _ in lots)
    large = [(title, lot) for title, lot in lots if times[title] > 1]
    learnt: dict[str, set[int]] = defaultdict(set)
    learning = pool.each(corpus_jobs.learn, (([corpus.places[article] for article in lot],) for _, lot in large))
    for (title, _), found in zip(large, learning, strict=True):
        learnt[title] |= found
    packed = {title: array("q", sorted(shingles)).tobytes() for title, shingles in learnt.items()}
    total, done = sum(len(lot) for _, lot in lots), 0
    changing = pool.each(corpus_jobs.discount, (([corpus.places[article] for article in lot], packed.get(title)) for title, lot in lots))
    for (_, lot), changed in zip(lots, changing, strict=True):
        for article, new in zip(lot, changed, strict=True):
            if new:
                corpus.places[article], corpus.samples[article], corpus.same[article] = _keep(spool, new[0]), _numbers(new[1]), new[2]
        done += len(lot)
        report(done, total)
    spool.flush()


def tell(corpus: Corpus, pool: Pool, report: Report) -> list[Row]:
    """Return a row for each document: its story's canonical article, and what it is to it."""
    same: dict[bytes | int, list[int]] = defaultdict(list)
    for article, key in enumerate(corpus.same):
        same[key or article].append(article)
    firsts = {members[0]: tuple(members) for members in same.values()}
    at = {first: corpus.copies[first].happened_at for first in firsts} if all(copy.precise for copy in corpus.copies) else None
    pairs = candidates.pairs({first: corpus.samples[first] for first in firsts}, at)
    corpus.samples.clear()
    parts = _parts(firsts, sorted(pairs))
    rows: list[Row] = [(article, article, "origin", 1.0, 0.0, corpus.copies[article].agency, None) for part, _ in parts
            if len(part) == len(firsts[part[0]]) == 1 for article in part]  # fmt: skip
    jobs = _filled(_neighbourhood(corpus, firsts, *part) for part in parts if len(part[0]) > 1 or len(firsts[part[0][0]]) > 1)
    for found in pool.each(corpus_jobs.tell, ((job,) for job in jobs)):
        rows += found
        report(len(rows), len(corpus.ids))
    return rows


def _parts(firsts: Iterable[int], pairs: Sequence[tuple[int, int]]) -> list[tuple[list[int], list[tuple[int, int]]]]:
    """Return the sets of articles that pairs hold together, each with its pairs."""
    parent = {first: first for first in firsts}

    def root(article: int) -> int:
        while parent[article] != article:
            parent[article] = article = parent[parent[article]]
        return article

    for pair in pairs:
        left, right = map(root, pair)
        parent[max(left, right)] = min(left, right)
    parts: dict[int, tuple[list[int], list[tuple[int, int]]]] = defaultdict(lambda: ([], []))
    for first in sorted(parent):
        parts[root(first)][0].append(first)
    for pair in pairs:
        parts[root(pair[0])][1].append(pair)
    return list(parts.values())


def _neighbourhood(
    corpus: Corpus, firsts: Mapping[int, tuple[int, ...]], part: Sequence[int], pairs: Sequence[tuple[int, int]]
) -> Neighbourhood:
    members = [article for first in part for article in firsts[first]]
    return Neighbourhood(
        copies=tuple(corpus.copies[article] for article in members),
        places=tuple(corpus.places[article] for article in members),
        same=tuple(firsts[first] for first in part),
        pairs=tuple(pairs),
    )


def _filled(neighbourhoods: Iterable[Neighbourhood]) -> Iterator[list[Neighbourhood]]:
    """Yield neighbourhoods in lots of about as many articles."""
    lot, size = list[Neighbourhood](), 0
    for one in neighbourhoods:
        lot.append(one)
        size += len(one.copies)
        if size >= ARTICLES:
            yield lot
            lot, size = [], 0
    if lot:
        yield lot


def _lots(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    lot: list[Item] = []
    for item in items:
        lot.append(item)
        if len(lot) == size:
            yield lot
            lot = []
    if lot:
        yield lot


def _keep(spool: IO[bytes], packed: bytes) -> Place:
    return spool.write(packed) and spool.tell() - len(packed), len(packed)


def _numbers(data: bytes) -> array[int]:
    numbers = array("q")
    numbers.frombytes(data)
    return numbers
