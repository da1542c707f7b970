"""Links between many things -> sets in which all are linked with all: what average link begins with where very many hang together.

A text that thousands of titles ran has millions of links. Average link looks at them one after the other; but it takes
what is wholly linked first, and that can be found by intersecting sets.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

Pair = tuple[int, int]

ELSEWHERE = 0.5  # a thing with a larger share of its links outside of a neighbourhood may belong there
STRONGER = 1.05  # as may one whose links there are so much stronger


def neighbours(links: Mapping[Pair, int]) -> Mapping[int, set[int]]:
    """Return what each thing that has links is linked with."""
    near: dict[int, set[int]] = defaultdict(set)
    for left, right in links:
        near[left].add(right)
        near[right].add(left)
    return near


def parts(near: Mapping[int, AbstractSet[int]]) -> Iterator[set[int]]:
    """Yield the sets of things that hang together."""
    left = set(near)
    while left:
        reached, waiting = set[int](), [left.pop()]
        while waiting:
            place = waiting.pop()
            reached.add(place)
            found = near[place] & left
            left -= found
            waiting += found
        yield reached


def cover(
    part: set[int], near: Mapping[int, AbstractSet[int]], links: Mapping[Pair, int], bound: AbstractSet[int]
) -> list[tuple[int, ...]]:
    """Return disjoint cliques of two or more, beginning with the thing that is linked most; `bound` things are in none.

    A thing that might belong elsewhere is left out: average link decides about it.
    """
    net = _Net(near, links)
    left, found = part - bound, list[tuple[int, ...]]()
    for seed in sorted(part - bound, key=lambda place: (-net.weight(place, near[place]), place)):
        if seed in left:
            members = _grown(seed, left, net)
            left.difference_update(members)
            if len(members) > 1:
                found.append(tuple(sorted(members)))
    return found


@dataclass(frozen=True, slots=True)
class _Net:
    near: Mapping[int, AbstractSet[int]]
    links: Mapping[Pair, int]

    def strength(self, one: int, other: int) -> int:
        return self.links[(one, other) if one < other else (other, one)]

    def weight(self, place: int, others: AbstractSet[int]) -> int:
        """Return the sum of the strengths of a thing's links to some others."""
        return sum(self.links[(place, other) if place < other else (other, place)] for other in others)


def _grown(seed: int, left: set[int], net: _Net) -> Sequence[int]:
    """Return the seed with those that are linked to it and to each other, the most strongly linked first."""
    allowed = net.near[seed] & left
    members = [seed]
    for other in sorted(allowed, key=lambda other: (-net.strength(seed, other), other)):
        if other in allowed and not _drawn(other, seed, net):
            members.append(other)
            allowed &= net.near[other]
    return members


def _drawn(other: int, seed: int, net: _Net) -> bool:
    """Return whether a thing has more or stronger links outside of the seed's neighbourhood."""
    mine = net.near[other]
    outside = mine - net.near[seed] - {seed}
    if not outside:
        return False
    strength, inside = net.weight(other, outside), len(mine) - len(outside)
    most = STRONGER * (net.weight(other, mine) - strength)
    return len(outside) > ELSEWHERE * len(mine) or strength * inside > most * len(outside)
