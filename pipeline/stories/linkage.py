"""Numbered things and the links between some of them -> groups, by average link.

The numbers are the order in which ties are broken, so that the result is a function of the links alone.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipeline.stories import cliques

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pipeline.stories.cliques import Pair

    Links = Mapping[Pair, int]

LARGE = 200  # things that hang together, from which cliques are taken as one: average link alone takes minutes for thousands


def average(
    count: int,
    links: Mapping[Pair, int],
    *,
    doubts: Mapping[Pair, int] = MappingProxyType({}),
    apart: Collection[Pair] = (),
    least: float = 0.5,
    large: int = LARGE,
) -> tuple[tuple[int, ...], ...]:
    """Return 0 .. count - 1 in groups, each sorted, in the order of their smallest members.

    Two groups become one if more than `least` of the pairs between them are linked, a doubt counting half: those with
    the largest share first, then those with the largest sum of strengths per pair. A strength is a whole number, because
    these add up to the same in any order. Pairs that are `apart` never get into one group. `links` and `doubts` name the
    lower one first, and share no pair.
    """
    near = cliques.neighbours(links)
    bound = {place for pair in apart for place in pair}
    whole = [members for part in cliques.parts(near) if len(part) > large for members in cliques.cover(part, near, links, bound)]
    taken = {place for members in whole for place in members}
    alone = [(place,) for place in range(count) if place not in taken]
    del near
    return _Merging(sorted([*whole, *alone]), {2: links, 1: doubts}, apart, least).run()


class _Merging:
    """Groups on their way. A group is named by its smallest member."""

    def __init__(self, groups: Sequence[Sequence[int]], votes: Mapping[int, Links], apart: Collection[Pair], least: float) -> None:
        self.members = {min(group): list(group) for group in groups}
        self.near: dict[int, dict[int, Pair]] = defaultdict(dict)  # votes for two groups to be one, two a link, and their strengths
        self.apart: dict[int, set[int]] = defaultdict(set)
        self.least = least
        self.heap: list[tuple[float, float, int, int, int, int]] = []
        name = {place: first for first, group in self.members.items() for place in group}
        for worth, links in votes.items():
            for (left, right), strength in links.items():
                one, other = name[left], name[right]
                if one != other:
                    before = self.near[one].get(other, (0, 0))
                    self.near[one][other] = self.near[other][one] = (before[0] + worth, before[1] + strength)
        for left, right in apart:
            self.apart[name[left]].add(name[right])
            self.apart[name[right]].add(name[left])

    def propose(self, first: int, second: int) -> None:
        sizes = len(self.members[first]), len(self.members[second])
        votes, strength = self.near[first][second]
        pairs = sizes[0] * sizes[1]
        if votes > 2 * self.least * pairs and second not in self.apart[first]:
            heapq.heappush(self.heap, (-votes / pairs, -strength / pairs, first, second, *sizes))

    def run(self) -> tuple[tuple[int, ...], ...]:
        for first in list(self.near):
            for second in self.near[first]:
                if first < second:
                    self.propose(first, second)
        while self.heap:
            _, _, first, second, *sizes = heapq.heappop(self.heap)
            if sizes == [len(self.members.get(first, ())), len(self.members.get(second, ()))]:  # or one has grown since
                self._merge(first, second)
                for other in self.near[first]:
                    self.propose(*sorted((first, other)))
        return tuple(tuple(sorted(self.members[name])) for name in sorted(self.members))

    def _merge(self, first: int, second: int) -> None:
        """Put the second group into the first, whose name is the smaller."""
        self.members[first] += self.members.pop(second)
        self.near[first].pop(second)
        for other, (votes, strength) in self.near.pop(second).items():
            if other != first:
                before = self.near[first].get(other, (0, 0))
                self.near[first][other] = self.near[other][first] = (before[0] + votes, before[1] + strength)
                del self.near[other][second]
        for other in self.apart.pop(second, ()):
            self.apart[first].add(other)
            self.apart[other].add(first)
