"""Two signatures -> what they share, word by word, and where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING

from pipeline.stories.signatures import BOILERPLATE, QUOTED, WORTH, covered, mark, repeats
from pipeline.stories.words import NAME, NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.records import Signature

_REPEATED = bytes(flag & BOILERPLATE for flag in range(256))
_SHARED = 16  # a word that some shared shingle covers, as a bit beside a signature's own
LEAD = 60  # words
_SAID = bytes(flag & QUOTED > 0 for flag in range(256))
_IS_SHARED = bytes(flag & _SHARED > 0 for flag in range(256))
_NOT_TOLD = bytes(flag for flag in range(256) if flag & (BOILERPLATE | QUOTED))

Block = tuple[int, int, int]  # where a shared passage begins left and right, and its words


def levelled(left: Signature, right: Signature) -> tuple[Signature, Signature]:
    """Return both with what is boilerplate in either weighing nothing in both: one text is one text, whatever a title has learnt.

    They are to be compared, not to be found: whose boilerplate changes has no sample.
    """
    repeated = _repeated(left), _repeated(right)
    if not any(repeated) or repeated[0] == repeated[1]:
        return left, right
    here, there = repeated[1] - repeated[0], repeated[0] - repeated[1]
    if not here.isdisjoint(left.shingles):
        left = replace(left, flags=mark(left, repeated[0] | here), sample=())
    if not there.isdisjoint(right.shingles):
        right = replace(right, flags=mark(right, repeated[1] | there), sample=())
    return left, right


def _repeated(signature: Signature) -> frozenset[int]:
    """Return the shingles all of whose words are boilerplate."""
    if not repeats(signature.flags):
        return frozenset()
    marks = signature.flags.translate(_REPEATED)
    all_of = int.from_bytes(marks, "little")
    for shift in range(1, signature.width):  # as one number, because words are many
        all_of &= int.from_bytes(marks[shift:], "little")
    whole = all_of.to_bytes(len(marks), "little")
    return frozenset(compress(signature.shingles, whole))


def common(left: Signature, right: Signature) -> set[int]:
    """Return the shingles that both have and that are boilerplate in neither."""
    return set(_worth(left)).intersection(_worth(right))


def _worth(signature: Signature) -> Iterable[int]:
    return compress(signature.shingles, signature.flags.translate(WORTH)) if repeats(signature.flags) else signature.shingles


def places(signature: Signature, common: set[int]) -> list[int]:
    """Return where the shared shingles stand."""
    return list(compress(range(len(signature.shingles)), map(common.__contains__, signature.shingles)))


def said(signature: Signature, common: set[int]) -> set[int]:
    """Return the shared shingles that this side marks as a quotation: on the other the marks may be lost."""
    return common.intersection(compress(signature.shingles, signature.flags.translate(_SAID)))


def code(signature: Signature, shared: list[int], said: set[int]) -> bytes:
    """Return the words' flags, with what is shared, by the places of it, and what either side quotes."""
    marked = int.from_bytes(signature.flags, "little") | covered(signature, shared, _SHARED)
    if said:
        marked |= covered(signature, places(signature, said), QUOTED)
    return marked.to_bytes(len(signature.flags), "little")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many of a text's words are what. Boilerplate is not counted."""

    words: int
    shared: int
    narrated: int  # shared and not quoted
    said: int  # quoted, shared or not
    numbers: int  # shared
    names: int  # shared

    @property
    def kept(self) -> float:
        return self.shared / self.words if self.words else 0.0

    def told(self, quoted: float) -> float:
        """Return the share found in the other text if a quoted word weighs only so much."""
        weight = self.words - self.said + quoted * self.said
        return (self.narrated + quoted * (self.shared - self.narrated)) / weight if weight else 0.0


def count(code: bytes) -> Count:
    words = shared = narrated = said = numbers = names = 0
    for flags in set(code):
        times = code.count(flags)
        if flags & BOILERPLATE:
            continue
        words += times
        said += times if flags & QUOTED else 0
        if flags & _SHARED:
            shared += times
            narrated += 0 if flags & QUOTED else times
            numbers += times if flags & NUMBER else 0
            names += times if flags & NAME else 0
    return Count(words=words, shared=shared, narrated=narrated, said=said, numbers=numbers, names=names)


def blocks(left: Signature, right: Signature, left_places: list[int], right_places: list[int]) -> list[Block]:
    """Return the shared passages in the left text's order; a repeated passage is taken where it first stands."""
    first = {right.shingles[place]: place for place in reversed(right_places)}
    blocks: list[Block] = []
    start, there, last = -1, -1, -2
    for place in left_places:
        found = first[left.shingles[place]]
        follows = there + place - start
        if place == last + 1 and (found == follows or (follows < len(right.shingles) and right.shingles[follows] == left.shingles[place])):
            last = place
            continue
        if start >= 0:
            blocks.append((start, there, last - start + left.width))
        start, there, last = place, found, place
    blocks.append((start, there, last - start + left.width))
    return blocks


def lead(code: bytes) -> float:
    """Return the share of the text's first words, quotations left out, that the other text has."""
    first = code.translate(_IS_SHARED, _NOT_TOLD)[:LEAD]
    return first.count(1) / len(first) if first else 0.0
