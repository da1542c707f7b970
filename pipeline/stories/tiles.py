"""Two signatures -> the passages that stand in both, each word in one of them at most: what a reader would mark in the two texts.

Shingles alone cannot tell: "the end of the" stands in many sentences, and a sentence that was cut would seem to be kept in parts. So the
longest passage is taken first, then the longest of what is left (M. J. Wise, "String similarity via greedy string tiling", 1993).
"""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pipeline.records import Signature
    from pipeline.stories.passages import Block

MOST = 20  # places of one shingle in the right text that are tried, the nearest: a text that repeats itself must not take for ever


def laid(left: Signature, right: Signature, common: Collection[int]) -> list[Block]:
    """Return the passages in the left text's order: where each begins left and right, and its words."""
    runs = [(-length, start, there) for start, there, length in _runs(left, right, common)]
    heapify(runs)
    free = bytearray(b"\1") * len(left.tokens), bytearray(b"\1") * len(right.tokens)
    found: list[Block] = []
    while runs:
        length, start, there = heappop(runs)
        pieces = list(_free(free, start, there, -length))
        if pieces == [(start, there, -length)]:
            found += pieces
            for side, at in zip(free, (start, there), strict=True):
                side[at : at - length] = bytes(-length)
        else:
            for begins, stands, words in pieces:
                if words >= left.width:
                    heappush(runs, (-words, begins, stands))
    return sorted(found)


def _runs(left: Signature, right: Signature, common: Collection[int]) -> Iterator[Block]:
    """Yield every stretch of words that is the same in both and cannot be made longer."""
    places: dict[int, list[int]] = defaultdict(list)
    for place, shingle in enumerate(right.shingles):
        if shingle in common:
            places[shingle].append(place)
    apart: dict[int, list[int]] = defaultdict(list)  # how much further right it stands -> where, left
    for place, shingle in enumerate(left.shingles):
        for there in _nearest(places.get(shingle, []), place):
            apart[there - place].append(place)
    for shift, starts in sorted(apart.items()):
        first = before = starts[0]
        for place in (*starts[1:], -1):
            if place != before + 1:
                yield first, first + shift, before - first + left.width
                first = place
            before = place


def _nearest(places: list[int], place: int) -> list[int]:
    if len(places) <= MOST:
        return places
    first = max(0, min(bisect(places, place) - MOST // 2, len(places) - MOST))
    return places[first : first + MOST]


def _free(free: tuple[bytearray, bytearray], start: int, there: int, length: int) -> Iterator[Block]:
    """Yield the parts of a run of which no word has been taken on either side."""
    both = bytes(map(min, free[0][start : start + length], free[1][there : there + length]))
    at = both.find(1)
    while at >= 0:
        end = both.find(0, at)
        end = length if end < 0 else end
        yield start + at, there + at, end - at
        at = both.find(1, end)
