"""Samples of signatures -> pairs worth comparing: what the query over core.sample does, in memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Which pairs are compared. Measured by benchmarks/copies.py."""

    shared: int = 2  # sampled shingles that both have
    hot: int = 80  # a shingle in more articles than this says nothing
    window: timedelta = timedelta(days=30)


def pairs(
    samples: Mapping[int, Iterable[int]], at: Mapping[int, datetime] | None = None, *, policy: Policy = Policy()
) -> frozenset[tuple[int, int]]:
    """Return the pairs of articles, lower id first, that share enough of their samples and are near enough in time, if times are given."""
    posted: dict[int, list[int]] = defaultdict(list)
    for article in sorted(samples):
        for shingle in set(samples[article]):
            posted[shingle].append(article)
    met = Counter(pair for articles in posted.values() if 1 < len(articles) <= policy.hot for pair in combinations(articles, 2))
    return frozenset(
        pair for pair, times in met.items() if times >= policy.shared and (at is None or abs(at[pair[0]] - at[pair[1]]) <= policy.window)
    )
