"""Samples of signatures -> pairs worth comparing: what the query over core.sample does, in memory."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    Pair = tuple[int, int]

_PARTS = 8  # of the shingles, one after the other: of most of them only one article has each, and that need not be remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Which pairs are compared. Measured by benchmarks/copies.py."""

    shared: int = 2  # sampled shingles that both have
    hot: int = 80  # a shingle in more articles than this, within the window, says nothing
    window: timedelta = timedelta(days=30)


def pairs(
    samples: Mapping[int, Iterable[int]], at: Mapping[int, datetime] | None = None, *, policy: Policy = Policy()
) -> frozenset[tuple[int, int]]:
    """Return the pairs of articles, lower id first, that share enough of their samples and are near enough in time, if times are given."""
    met = Counter[tuple[int, int]]()
    order = sorted(samples, key=lambda article: (at[article], article)) if at else sorted(samples)
    for part in range(_PARTS):
        posted: dict[int, list[int]] = defaultdict(list)
        for article in order:
            for shingle in {shingle for shingle in samples[article] if shingle % _PARTS == part}:
                posted[shingle].append(article)
        for articles in posted.values():
            if len(articles) > 1:
                met.update(_near(articles, at, policy))
    return frozenset(pair for pair, times in met.items() if times >= policy.shared)


def _near(articles: Sequence[int], at: Mapping[int, datetime] | None, policy: Policy) -> Iterator[Pair]:
    """Yield the pairs of articles, in the order of time, that one shingle makes: for one of them at least it is not hot."""
    if at is None or (len(articles) <= policy.hot and at[articles[-1]] - at[articles[0]] <= policy.window):
        if len(articles) <= policy.hot:
            yield from (pair if pair[0] < pair[1] else pair[::-1] for pair in combinations(articles, 2))
        return
    times = [at[article] for article in articles]
    found: set[Pair] = set()
    for article, time in zip(articles, times, strict=True):
        first, last = bisect_left(times, time - policy.window), bisect_right(times, time + policy.window)
        if last - first <= policy.hot:
            found.update((min(article, other), max(article, other)) for other in articles[first:last] if other != article)
    yield from found
