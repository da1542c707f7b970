"""Copies and matches -> groups, each the copies of one text. A pure function of the two sets: order does not matter.

Average link: two groups become one while more than half of the pairs between them are matches, the surest first.
A page that shares its text with two stories therefore stays with the one it shares more with, and joins them never.
Pages that hold several texts (live blogs, round-ups) stay alone; what they hold stays visible as matches.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.records import Level  # noqa: TC001
from pipeline.stories.canonical import SEVERAL_TEXTS
from pipeline.stories.matches import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipeline.records import Copy, Match

Pair = tuple[int, int]
Groups = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When two groups are one. Measured by benchmarks/copies.py."""

    linked: float = 0.5  # more than this share of the pairs between two groups must be matches
    held: float = 0.5  # a page holds a text if so much of it stands there
    part: float = 0.5  # and it makes up no more of the page than this
    texts: int = 3  # a page that holds so many texts that have nothing in common is a round-up


def group(
    copies: Iterable[Copy],
    matches: Iterable[Match],
    *,
    level: Level = "normal",
    together: Iterable[Pair] = (),
    apart: Iterable[Pair] = (),
    policy: Policy = Policy(),
) -> Groups:
    """Return every copy in exactly one group, members and groups in the order of their url_keys.

    `together` and `apart` are people's decisions; where they contradict each other, `apart` holds.
    Matches of which an end is not among the copies are ignored.
    """
    copies = tuple(copies)
    keys = {copy.article: copy.url_key for copy in copies}
    known = [match for match in matches if match.left in keys and match.right in keys]
    alone = roundups(copies, known, policy=policy)
    strict_enough = LEVELS[: LEVELS.index(level) + 1]
    merging = _Merging(keys, apart, policy)
    merging.link(match for match in known if match.level in strict_enough and alone.isdisjoint((match.left, match.right)))
    for left, right in sorted(together, key=lambda pair: sorted(keys.get(article, b"") for article in pair)):
        if left in keys and right in keys:
            merging.join(left, right)
    return merging.run()


def roundups(copies: Iterable[Copy], matches: Iterable[Match], *, policy: Policy = Policy()) -> frozenset[int]:
    """Return the articles that hold several texts: by their flags, or because texts that have nothing in common stand in them.

    Matches of every level say so, whichever the dial is set to.
    """
    linked: dict[int, set[int]] = defaultdict(set)
    holds: dict[int, set[int]] = defaultdict(set)
    for match in matches:
        linked[match.left].add(match.right)
        linked[match.right].add(match.left)
        if match.left_in_right >= policy.held and match.right_in_left <= policy.part:
            holds[match.right].add(match.left)
        if match.right_in_left >= policy.held and match.left_in_right <= policy.part:
            holds[match.left].add(match.right)
    flagged = {copy.article for copy in copies if not SEVERAL_TEXTS.isdisjoint(copy.flags)}
    return frozenset(flagged | {page for page, held in holds.items() if _apart(held, linked) >= policy.texts})


def _apart(articles: set[int], linked: Mapping[int, set[int]]) -> int:
    """Return how many sets these articles fall into if those are put together that match."""
    left, count = set(articles), 0
    while left:
        reached = [left.pop()]
        count += 1
        while reached:
            near = linked[reached.pop()] & left
            left -= near
            reached += near
    return count


class _Merging:
    """Groups on their way. A group is named by its smallest member, in the order of url_keys."""

    def __init__(self, keys: Mapping[int, bytes], apart: Iterable[Pair], policy: Policy) -> None:
        order = sorted(keys, key=lambda article: keys[article])
        self.articles = order
        self.place = {article: place for place, article in enumerate(order)}
        self.members = {place: [place] for place in self.place.values()}
        self.named = list(range(len(order)))  # which group an article is in
        self.near: dict[int, dict[int, Pair]] = defaultdict(dict)  # matches between two groups, and how much they share
        self.apart: dict[int, set[int]] = defaultdict(set)
        self.policy = policy
        for pair in apart:
            if pair[0] in self.place and pair[1] in self.place:
                left, right = (self.place[article] for article in pair)
                self.apart[left].add(right)
                self.apart[right].add(left)
        self.heap: list[tuple[float, float, int, int, int, int]] = []

    def link(self, matches: Iterable[Match]) -> None:
        for match in matches:
            left, right = self.place[match.left], self.place[match.right]
            both_ways = round((match.left_in_right + match.right_in_left) * 1e6)  # whole numbers add up the same in any order
            self.near[left][right] = self.near[right][left] = (1, both_ways)

    def join(self, left: int, right: int) -> None:
        """Put the groups of two articles together, unless people said that they are apart."""
        first, second = sorted((self.named[self.place[left]], self.named[self.place[right]]))
        if first != second and second not in self.apart[first]:
            self._merge(first, second)

    def run(self) -> Groups:
        for first, others in self.near.items():
            for second in others:
                if first < second:
                    self._propose(first, second)
        while self.heap:
            _, _, first, second, *sizes = heapq.heappop(self.heap)
            if sizes == [len(self.members.get(first, ())), len(self.members.get(second, ()))]:
                self._merge(first, second)
                for other in self.near[first]:
                    self._propose(*sorted((first, other)))
        return tuple(tuple(self.articles[place] for place in sorted(self.members[name])) for name in sorted(self.members))

    def _propose(self, first: int, second: int) -> None:
        sizes = len(self.members[first]), len(self.members[second])
        links, both_ways = self.near[first][second]
        pairs = sizes[0] * sizes[1]
        if links > self.policy.linked * pairs and second not in self.apart[first]:
            heapq.heappush(self.heap, (-links / pairs, -both_ways / pairs, first, second, *sizes))

    def _merge(self, first: int, second: int) -> None:
        """Put the second group into the first, whose name is the smaller."""
        moved = self.members.pop(second)
        self.members[first] += moved
        for place in moved:
            self.named[place] = first
        gone = self.near.pop(second, {})
        self.near[first].pop(second, None)
        for other, (links, both_ways) in gone.items():
            if other != first:
                of_first = self.near[first].get(other, (0, 0))
                self.near[first][other] = self.near[other][first] = (of_first[0] + links, of_first[1] + both_ways)
                del self.near[other][second]
        for other in self.apart.pop(second, ()):
            self.apart[first].add(other)
            self.apart[other].add(first)
