"""Signatures of one title's articles -> the shingles that its pages repeat, whatever the article.

Signed with them, those words weigh nothing: a text that is boilerplate only has no sample and matches nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.records import Signature

LEAST = 3  # articles that share a shingle before it is the title's and not the story's
SAME = 0.5  # an article of which so much stands in another one is an update or a second address: both count as one


def learn(signatures: Iterable[Signature], *, least: int = LEAST) -> frozenset[int]:
    """Return the shingles that at least so many different articles of the title hold."""
    posted: dict[int, list[int]] = defaultdict(list)
    different = 0
    for signature in sorted(signatures, key=lambda one: (-len(one.tokens), one.tokens, one.flags)):
        shingles = set(signature.shingles)
        met = Counter(other for shingle in shingles for other in posted.get(shingle, ()))
        if met and max(met.values()) > SAME * len(shingles):
            continue
        for shingle in shingles:
            if len(posted[shingle]) < least:
                posted[shingle].append(different)
        different += 1
    return frozenset(shingle for shingle, articles in posted.items() if len(articles) >= least)
