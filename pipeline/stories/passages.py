"""Two signatures -> what they share, word by word, and where."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import compress, islice, pairwise
from operator import or_
from typing import TYPE_CHECKING

from pipeline.stories.signatures import BOILERPLATE, QUOTED, WORTH, discount
from pipeline.stories.words import NAME, NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.records import Signature

_REPEATED = bytes(flag & BOILERPLATE for flag in range(256))
_SHARED = 16  # a word that some shared shingle covers, as a bit beside a signature's own
_GAP = 40  # words; a longer interruption is other text, not other words in the same place
_MARGIN = 60  # words before the first and after the last passage in which figures are compared
_LEAD = 60  # words

Block = tuple[int, int, int]  # where a shared passage begins left and right, and its words


def levelled(left: Signature, right: Signature) -> tuple[Signature, Signature]:
    """Return both with what is boilerplate in either weighing nothing in both: one text is one text, whatever a title has learnt."""
    repeated = _repeated(left), _repeated(right)
    if not any(repeated) or repeated[0] == repeated[1]:
        return left, right
    here, there = repeated[1] - repeated[0], repeated[0] - repeated[1]
    if not here.isdisjoint(left.shingles):
        left = discount(left, repeated[0] | here)
    if not there.isdisjoint(right.shingles):
        right = discount(right, repeated[1] | there)
    return left, right


def _repeated(signature: Signature) -> frozenset[int]:
    """Return the shingles all of whose words are boilerplate."""
    if max(signature.flags, default=0) < BOILERPLATE:
        return frozenset()
    marks = signature.flags.translate(_REPEATED)
    all_of = int.from_bytes(marks, "little")
    for shift in range(1, signature.width):  # as one number, because words are many
        all_of &= int.from_bytes(marks[shift:], "little")
    whole = all_of.to_bytes(len(marks), "little")
    return frozenset(compress(signature.shingles, whole))


def common(left: Signature, right: Signature) -> set[int]:
    """Return the shingles that both have and that are boilerplate in neither."""
    return _worth(left).intersection(_worth(right))


def _worth(signature: Signature) -> set[int]:
    if max(signature.flags, default=0) < BOILERPLATE:
        return set(signature.shingles)
    return set(compress(signature.shingles, signature.flags.translate(WORTH)))


def places(signature: Signature, common: set[int]) -> list[int]:
    """Return where the shared shingles stand."""
    return list(compress(range(len(signature.shingles)), map(common.__contains__, signature.shingles)))


def said(signature: Signature, places: list[int]) -> set[int]:
    """Return the shared shingles that this side marks as a quotation: on the other the marks may be lost."""
    return {signature.shingles[place] for place in places if signature.flags[place] & QUOTED}


def code(signature: Signature, places: list[int], said: set[int]) -> bytes:
    """Return the words' flags, with what is shared and what either side quotes."""
    width, covered = signature.width, bytearray(len(signature.tokens))
    for start, end in _runs(places, width):
        covered[start:end] = bytes([_SHARED]) * (end - start)
    if said:
        for start, end in _runs([place for place in places if signature.shingles[place] in said], width):
            covered[start:end] = bytes([_SHARED | QUOTED]) * (end - start)
    return bytes(map(or_, signature.flags, covered))


def _runs(places: Iterable[int], width: int) -> Iterable[tuple[int, int]]:
    """Return the stretches of words that shingles at these places cover."""
    start = end = -1
    for place in places:
        if place > end:
            if end >= 0:
                yield start, end
            start = place
        end = place + width
    if end >= 0:
        yield start, end


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many of a text's words are what. Boilerplate is not counted."""

    words: int
    shared: int
    narrated: int  # shared and not quoted
    said: int  # quoted, shared or not
    alike: int  # numbers and names that are shared

    @property
    def kept(self) -> float:
        return self.shared / self.words if self.words else 0.0

    def told(self, quoted: float) -> float:
        """Return the share found in the other text if a quoted word weighs only so much."""
        weight = self.words - self.said + quoted * self.said
        return (self.narrated + quoted * (self.shared - self.narrated)) / weight if weight else 0.0


def count(code: bytes) -> Count:
    words = shared = narrated = said = alike = 0
    for flags, times in Counter(code).items():
        if flags & BOILERPLATE:
            continue
        words += times
        said += times if flags & QUOTED else 0
        if flags & _SHARED:
            shared += times
            narrated += 0 if flags & QUOTED else times
            alike += times if flags & (NUMBER | NAME) else 0
    return Count(words=words, shared=shared, narrated=narrated, said=said, alike=alike)


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


def differing(left: Signature, right: Signature, blocks: list[Block]) -> int:
    """Return how many numbers and names stand in the same place and are not the same.

    Before the first and after the last passage only numbers count, and only where both texts have as much there:
    every desk writes its own beginning and end, but a table of other figures is another table.
    """
    count = 0
    for (at, there, length), (next_at, next_there, _) in pairwise(blocks):
        gap = (at + length, next_at), (there + length, next_there)
        if all(0 < end - start <= _GAP for start, end in gap):
            count += _unlike(left, right, gap, (NUMBER, NAME))
    first, last = blocks[0], blocks[-1]
    ends = (len(left.tokens), len(right.tokens))
    head = (max(0, first[0] - _MARGIN), first[0]), (max(0, first[1] - _MARGIN), first[1])
    tail = (last[0] + last[2], min(ends[0], last[0] + last[2] + _MARGIN)), (last[1] + last[2], min(ends[1], last[1] + last[2] + _MARGIN))
    for gap in (head, tail):
        count += _unlike(left, right, gap, (NUMBER,))
    return count


def _unlike(left: Signature, right: Signature, gap: tuple[tuple[int, int], tuple[int, int]], kinds: tuple[int, ...]) -> int:
    mine, yours = (_told(side, *span) for side, span in zip((left, right), gap, strict=True))
    count = 0
    for kind in kinds:
        ours = {token for token, flag in mine.items() if flag & kind} - yours.keys()
        theirs = {token for token, flag in yours.items() if flag & kind} - mine.keys()
        count += min(len(ours), len(theirs))
    return count


def _told(signature: Signature, start: int, end: int) -> dict[int, int]:
    """Return the words of a stretch with what they are; boilerplate left out."""
    words = zip(signature.tokens[start:end], signature.flags[start:end], strict=True)
    return {token: flag for token, flag in words if not flag & BOILERPLATE}


def lead(code: bytes) -> float:
    """Return the share of the text's first words, quotations left out, that the other text has."""
    first = list(islice((flags for flags in code if not flags & (BOILERPLATE | QUOTED)), _LEAD))
    return sum(1 for flags in first if flags & _SHARED) / len(first) if first else 0.0
