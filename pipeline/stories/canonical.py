"""Copies -> the one that stands for their story.

The rule, in words (the first point on which two copies differ decides):

1. full text before a stub or what a paywall leaves, even the agency's own;
2. the agency itself: its own site;
3. a copy of one text before a page that holds several (live blogs, round-ups);
4. the first that our clock saw: a publisher's word on its own times counts for nothing;
5. the most complete;
6. the title's weight in the registry;
7. the smallest url_key, so that there are no ties.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pipeline.records import Copy

SEVERAL_TEXTS = frozenset({"live_blog", "roundup"})  # flags of pages that hold more than one text

POINTS = (  # what speaks for the lower of two ranks, point by point
    "its text is whole",
    "it is the agency's own",
    "it holds one text only",
    "it was seen first",
    "its text is the longest",
    "its title weighs more",
    "its address sorts first",
)
Rank = tuple[bool, bool, bool, "datetime", int, int, bytes]


def choose(copies: Iterable[Copy]) -> int:
    """Return the canonical article. Raises ValueError where there are no copies."""
    return min(copies, key=rank).article


def rank(copy: Copy) -> Rank:
    """Return where a copy stands: the lowest is canonical. Compare two, point by point, to say why."""
    full = copy.access == "full"
    return (
        not full,
        not copy.by_agency,
        not SEVERAL_TEXTS.isdisjoint(copy.flags),
        copy.first_seen_at,
        -copy.words,
        -copy.weight,
        copy.url_key,
    )


def because(better: Copy, other: Copy) -> str:
    """Return the point on which the one stands before the other."""
    return next((point for point, mine, yours in zip(POINTS, rank(better), rank(other), strict=True) if mine != yours), "it is the same")
