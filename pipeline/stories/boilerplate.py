"""Signatures of one title's articles -> the shingles that its pages repeat, whatever the article.

Discounted by them (signatures.discount), those words weigh nothing: a text that is boilerplate only has no sample and matches
nothing. What was learnt is a snapshot: a match is a function of two signatures and of the snapshots of their titles.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import xxhash

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.records import Signature

LEAST = 3  # articles that share a shingle before it is the title's and not the story's
SAME = 0.5  # an article of which so much stands in another one is an update or a second address: both count as one
ENOUGH = 200  # articles to learn from at a time: what a page repeats stands in many of so many


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What one title's pages repeat, as learnt at one moment."""

    version: int  # a signed 64-bit number that follows from the shingles: snapshots of one version are the same; 0: nothing is repeated
    shingles: frozenset[int]


NOTHING = Snapshot(version=0, shingles=frozenset())


def snapshot(signatures: Iterable[Signature], *, least: int = LEAST) -> Snapshot:
    """Return what the articles of one title repeat. Any number of them may be given; about `ENOUGH` of the newest are enough."""
    return snapshot_of(learn(signatures, least=least))


def pack(snapshot: Snapshot) -> bytes:
    """Return the snapshot as bytes, 8 a shingle."""
    return array("q", sorted(snapshot.shingles)).tobytes()


def unpack(data: bytes) -> Snapshot:
    """Return the snapshot that `pack` was given."""
    shingles = array("q")
    shingles.frombytes(data)
    return snapshot_of(frozenset(shingles))


def snapshot_of(shingles: frozenset[int]) -> Snapshot:
    """Return these shingles as a snapshot."""
    if not shingles:
        return NOTHING
    digest = xxhash.xxh3_64_intdigest(array("q", sorted(shingles)).tobytes())
    return Snapshot(version=(digest or 1) - (1 << 63), shingles=shingles)


def learn(signatures: Iterable[Signature], *, least: int = LEAST) -> frozenset[int]:
    """Return the shingles that at least so many different articles of the title hold."""
    ordered = sorted(signatures, key=lambda one: (-len(one.tokens), one.tokens, one.flags))
    held = [frozenset(signature.shingles) for signature in ordered]
    met_again = frozenset(shingle for shingle, times in Counter(chain.from_iterable(held)).items() if times > 1)  # of most there is one
    posted: dict[int, list[int]] = defaultdict(list)
    different = 0
    for shingles in held:
        repeated = shingles & met_again
        met = Counter(chain.from_iterable([posted[shingle] for shingle in repeated if shingle in posted]))
        if met and max(met.values()) > SAME * len(shingles):
            continue
        for shingle in repeated:
            if len(posted[shingle]) < least:
                posted[shingle].append(different)
        different += 1
    return frozenset(shingle for shingle, articles in posted.items() if len(articles) >= least)
