"""Matches -> which copies are linked and how strongly, and which are linked by a doubt only: what average link weighs.

A match at the dial's setting or a stricter one is a link. One at the next looser setting is a doubt and counts half: no two
articles are one story by a doubt, but a text that matches some members of a story and is in doubt with the others belongs there.

A text that stands in a longer one shares that text's links, if these are about the same words. The two paragraphs that a desk kept
of a write-through have little in common with the first version of the wire; the write-through that they stand in has enough.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.stories.matches import LEVELS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pipeline.records import Evidence, Level

Pair = tuple[int, int]
Links = dict[Pair, int]
Near = dict[int, dict[int, "Evidence"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When a text stands in another. Measured by benchmarks/copies.py and copies_languages.py."""

    stands: float = 0.8  # so much of a text is found, at the strict setting, in a longer one that holds it
    same: float = 0.33  # and so much of it also in what the longer one is linked with, through that,
    own: int = 80  # while no more words of it are not: a lead is written anew; more is another story with the same background


def between(matches: Iterable[Evidence], place: Mapping[int, int], level: Level, policy: Policy = Policy()) -> tuple[Links, Links]:
    """Return the links of places and the doubts, lower place first: how much both texts share, in millionths of either text.

    Articles without a place are left out. What one text shares through another counts as a share of the shorter one.
    """
    at = LEVELS.index(level)
    near: Near = defaultdict(dict)
    firm, doubts = Links(), Links()
    for match in matches:
        if match.level == "none" or match.left not in place or match.right not in place:
            continue
        rank = LEVELS.index(match.level)
        strength = round((match.left_in_right + match.right_in_left) * 1_000_000)
        if rank <= at:
            firm[_pair(match.left, match.right, place)] = strength
            near[match.left][match.right] = near[match.right][match.left] = match
        elif rank == at + 1:
            doubts[_pair(match.left, match.right, place)] = strength
    firm |= _through(near, place, policy)
    return firm, {pair: strength for pair, strength in doubts.items() if pair not in firm}


def _pair(one: int, other: int, place: Mapping[int, int]) -> Pair:
    first, second = place[one], place[other]
    return (first, second) if first < second else (second, first)


def _through(near: Near, place: Mapping[int, int], policy: Policy) -> Links:
    """Return the links that texts have through the one that holds them, where they have none of their own."""
    found = Links()
    for text, linked in near.items():
        holder = _holder(text, near, place, policy)
        if holder is None:
            continue
        stands, words = _spans(linked[holder], holder), _words(linked[holder], text)
        for other in near[holder].keys() - linked.keys() - {text}:
            shared = _common(stands, _spans(near[holder][other], holder))
            if shared >= policy.same * words and words - shared <= policy.own:
                pair = _pair(text, other, place)
                found[pair] = max(found.get(pair, 0), round(shared / words * 1_000_000))
    return found


def _holder(text: int, near: Near, place: Mapping[int, int], policy: Policy) -> int | None:
    """Return the longer article that the text stands in; of several, the one with the most links."""
    holders = [
        other
        for other, match in near[text].items()
        if match.level == "strict" and _share(match, text) >= policy.stands and _words(match, other) > _words(match, text)
    ]
    return min(holders, key=lambda other: (-len(near[other]), place[other]), default=None)


def _share(match: Evidence, article: int) -> float:
    return match.left_in_right if match.left == article else match.right_in_left


def _words(match: Evidence, article: int) -> int:
    return match.left_words if match.left == article else match.right_words


def _spans(match: Evidence, article: int) -> list[Pair]:
    """Return where the passages of a match begin and end in one of its articles."""
    side = 0 if match.left == article else 1
    return [(passage[side], passage[side] + passage[2]) for passage in match.passages]


def _common(some: Collection[Pair], others: Collection[Pair]) -> int:
    """Return how many words stand in both."""
    return sum(max(0, min(end, until) - max(start, since)) for start, end in some for since, until in others)
