"""Samples of signatures -> pairs worth comparing: what the query over core.sample does (sql/queries/cluster.sql), in memory.

A text in more articles than a shingle may be in is no phrase that all use but a story that so many run: where most of its sample is hot,
the first articles that share it are its candidates after all. The query knows an article only as it arrives and its batch's window of time;
here all are known at once. So of a text that later came to be in so many, this may find pairs that the query did not look at.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    Times = Mapping[int, datetime] | Sequence[datetime] | None

Pair = tuple[int, int]
_PARTS = 8  # of the shingles, one after the other: of most of them only one article has each, and that need not be remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Which pairs are compared. Measured by benchmarks/copies.py and benchmarks/candidates.py."""

    shared: int = 2  # sampled shingles that both have
    hot: int = 80  # a shingle in more articles than this, within the window, says nothing
    most: int = 400  # articles looked at for a shingle of a text of whose sample more than half is hot: the first ones
    window: timedelta = timedelta(days=30)


def pairs(
    samples: Mapping[int, Sequence[int]], at: Times = None, *, inside: AbstractSet[int] | None = None, policy: Policy = Policy()
) -> frozenset[Pair]:
    """Return the pairs of articles, lower id first, that share enough of their samples and are near enough in time, if times are given.

    If only the articles `inside` have whole samples, only they are looked up as texts that very many run.
    """
    return frozenset(meet(_posted(samples, at), lambda article: len(set(samples[article])), at, inside=inside, policy=policy))


def meet(
    posted: Iterable[Sequence[int]],
    size: Callable[[int], int],
    at: Times = None,
    *,
    inside: AbstractSet[int] | None = None,
    policy: Policy = Policy(),
) -> Iterator[Pair]:
    """Yield what `pairs` returns, in order, of the articles that have each shingle, in the order of time, and of how many an article has.

    The same articles mostly have many shingles: they are remembered once, and pairs for one article at a time.
    """
    groups, apart, hot = Counter[tuple[int, ...]](), Counter[Pair](), Counter[int]()
    crowds: list[Sequence[int]] = []
    for articles in posted:
        if _close(articles, at, policy):
            groups[tuple(articles)] += 1
            continue
        found, for_whom = _near(articles, at, policy)
        apart.update(found)
        if for_whom:
            hot.update(for_whom)
            crowds.append(articles)
    drowned = {article for article, times in hot.items() if times * 2 > size(article) and (inside is None or article in inside)}
    for articles in crowds:
        if not drowned.isdisjoint(articles):
            apart.update(_first(articles, at, policy, drowned).difference(_near(articles, at, policy)[0]))
    yield from _enough(groups, apart, policy.shared)


def _enough(groups: Mapping[tuple[int, ...], int], apart: Mapping[Pair, int], least: int) -> Iterator[Pair]:
    """Yield the pairs that are in so many groups, or were found apart from them so many times, or both together."""
    near: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    others: dict[int, list[int]] = defaultdict(list)
    for group in groups:
        for article in group:
            near[article].append(group)
    for left, right in apart:
        others[left].append(right)
    for left in sorted(near.keys() | others.keys()):
        met = Counter({right: apart[left, right] for right in others.get(left, ())})
        for group in near.get(left, ()):
            times = groups[group]
            for right in group:
                if right > left:
                    met[right] += times
        yield from ((left, right) for right in sorted(met) if met[right] >= least)


def _posted(samples: Mapping[int, Iterable[int]], at: Times) -> Iterator[list[int]]:
    """Yield, of each shingle in two articles and more, its articles in the order of time."""
    order = sorted(samples, key=lambda article: (at[article], article)) if at else sorted(samples)
    for part in range(_PARTS):
        posted: dict[int, list[int]] = defaultdict(list)
        for article in order:
            for shingle in {shingle for shingle in samples[article] if shingle % _PARTS == part}:
                posted[shingle].append(article)
        yield from (articles for articles in posted.values() if len(articles) > 1)


def _close(articles: Sequence[int], at: Times, policy: Policy) -> bool:
    """Return whether a shingle's articles are few, and all within one window."""
    return len(articles) <= policy.hot and (at is None or at[articles[-1]] - at[articles[0]] <= policy.window)


def _near(articles: Sequence[int], at: Times, policy: Policy) -> tuple[set[Pair], Sequence[int]]:
    """Return the pairs that one shingle makes, for one article of each of which it is not hot; and the articles for which it is."""
    found, hot = set[Pair](), list[int]()
    for article, first, last in _windows(articles, at, policy):
        if last - first > policy.hot:
            hot.append(article)
        else:
            found.update(_each(article, articles[first:last]))
    return found, hot


def _first(articles: Sequence[int], at: Times, policy: Policy, drowned: AbstractSet[int]) -> set[Pair]:
    """Return the pairs of those that drown in one shingle with the first in their windows."""
    found = set[Pair]()
    for article, first, last in _windows(articles, at, policy):
        if article in drowned:
            found.update(_each(article, articles[first : min(last, first + policy.most)]))
    return found


def _windows(articles: Sequence[int], at: Times, policy: Policy) -> Iterator[tuple[int, int, int]]:
    """Yield each article, in the order of time, and where those begin and end that are near enough to it, itself among them."""
    if at is None:
        yield from ((article, 0, len(articles)) for article in articles)
        return
    times = [at[article] for article in articles]
    for article, time in zip(articles, times, strict=True):
        yield article, bisect_left(times, time - policy.window), bisect_right(times, time + policy.window)


def _each(article: int, others: Iterable[int]) -> Iterator[Pair]:
    return ((min(article, other), max(article, other)) for other in others if other != article)
