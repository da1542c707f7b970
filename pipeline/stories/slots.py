"""Two signatures and the passages they share -> how much differs in the same places: a template changes that, a copy does not.

Where a shared passage is interrupted on both sides, numbers and names are compared. In scripts without capital letters no
word is known for a name, so that every word counts there, but few of a longer stretch, which is written anew rather than filled.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from pipeline.stories.passages import LEAD
from pipeline.stories.signatures import BOILERPLATE, QUOTED
from pipeline.stories.words import NAME, NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Signature
    from pipeline.stories.passages import Block, Count

    Gap = tuple[tuple[int, int], tuple[int, int]]  # where words begin and end left and right

_GAP = 40  # words; a longer interruption is other text, not other words in the same place
_LIST = 120  # words; unless it is about as long on both sides, as lists in a frame are
_AS_LONG = 0.6
_STRAY = 8  # words; a shorter passage that stands so far from where it is expected is in both texts by chance
_MARGIN = 60  # words before the first and after the last passage in which figures are compared
_NAMES = 6  # one word in so many is a name: no more are taken for one where all nouns have capitals, no fewer where nothing has
_CAPITALS = 50  # one shared word in so many has one, or the script knows none
_FACTS = 16  # one word in so many is a number or a name, or the text is poor in them and one that differs says little
_FIGURES = 4  # one shared word in so many is a number: a table, which is about its figures
_FILLED = 2  # words that one filling may have in scripts without capitals
_SAID = 2  # times that a text names what it is about, and what such a name counts
_IS_ONE: dict[tuple[int, ...], bytes] = {kinds: bytes(one & sum(kinds) > 0 for one in range(256)) for kinds in ((NUMBER,), (NUMBER, NAME))}


def differing(left: Signature, right: Signature, blocks: list[Block], shared: Count, *, most: float = 1.0) -> float:
    """Return the share of numbers and names that differ, of those that differ in the same places or are shared.

    Once it is more than `most`, it is not counted to the end.
    """
    cased = shared.names * _CAPITALS >= shared.shared
    usual, names = shared.shared // _NAMES, shared.names
    about = 0
    if not cased:
        names = max(names, usual)
    elif shared.numbers * _FIGURES < shared.shared:
        about = _SAID * subjects(left, right)
        names = min(names, usual)
    alike = max(shared.numbers + names, shared.shared // _FACTS)
    share = 0.0
    for unlike in accumulate(_unlike(left, right, blocks, cased=cased), initial=about):
        share = unlike / (unlike + alike) if unlike else 0.0
        if share > most:
            break
    return share


def subjects(left: Signature, right: Signature) -> int:
    """Return how many names each text gives in its beginning, and again, that the other never gives: each is about somebody else."""
    first = _only(left, right)
    return min(first, _only(right, left)) if first else 0


def _only(mine: Signature, yours: Signature) -> int:
    found, told = set[int](), 0
    for token, flag in zip(mine.tokens, mine.flags, strict=True):
        if flag & (BOILERPLATE | QUOTED):
            continue
        told += 1
        if flag & NAME:
            found.add(token)
        if told >= LEAD:
            break
    only = found.difference(yours.tokens)
    times = Counter(mine.tokens) if only else {}
    return sum(1 for token in only if times[token] >= _SAID)


def _unlike(left: Signature, right: Signature, blocks: list[Block], *, cased: bool) -> Iterator[int]:
    """Yield how many numbers and names stand in the same place and are not the same, place by place.

    Before the first and after the last passage only numbers count, and only where both texts have as much there:
    every desk writes its own beginning and end, but a table of other figures is another table.
    """
    for (at, there, length), (next_at, next_there, _) in pairwise(_anchors(blocks)):
        gap = (at + length, next_at), (there + length, next_there)
        if _in_one_place(next_at - at - length, next_there - there - length):
            yield _facts(left, right, gap, (NUMBER, NAME)) if cased else _words(left, right, gap)
    first, last = blocks[0], blocks[-1]
    ends = (len(left.tokens), len(right.tokens))
    head = (max(0, first[0] - _MARGIN), first[0]), (max(0, first[1] - _MARGIN), first[1])
    tail = (last[0] + last[2], min(ends[0], last[0] + last[2] + _MARGIN)), (last[1] + last[2], min(ends[1], last[1] + last[2] + _MARGIN))
    for gap in (head, tail):
        yield _facts(left, right, gap, (NUMBER,))


def _anchors(blocks: list[Block]) -> Iterator[Block]:
    """Yield the passages, those left out that are short and stand elsewhere in the other text: between them nothing is in one place."""
    shift = blocks[0][1] - blocks[0][0]
    for block in blocks:
        moved = block[1] - block[0]
        if block[2] >= _STRAY or abs(moved - shift) <= _STRAY:
            shift = moved
            yield block


def _in_one_place(here: int, there: int) -> bool:
    """Return whether stretches of so many words may be other words in the same place."""
    short, long = min(here, there), max(here, there)
    return short > 0 and (long <= _GAP or (long <= _LIST and short >= _AS_LONG * long))


def _facts(left: Signature, right: Signature, gap: Gap, kinds: tuple[int, ...]) -> int:
    (start, end), (since, until) = gap
    is_one = _IS_ONE[kinds]
    if 1 not in left.flags[start:end].translate(is_one) or 1 not in right.flags[since:until].translate(is_one):
        return 0
    mine, yours = _told(left, start, end), _told(right, since, until)
    count = 0
    for kind in kinds:
        ours = sum(1 for token, flag in mine.items() if flag & kind and token not in yours)
        theirs = sum(1 for token, flag in yours.items() if flag & kind and token not in mine) if ours else 0
        count += min(ours, theirs)
    return count


def _words(left: Signature, right: Signature, gap: Gap) -> int:
    """Return how many names may differ where any word may be one."""
    mine, yours = (_told(side, *span) for side, span in zip((left, right), gap, strict=True))
    count = min(len(mine.keys() - yours.keys()), len(yours.keys() - mine.keys()))
    return min(count, max(_FILLED, count // _NAMES))


def _told(signature: Signature, start: int, end: int) -> dict[int, int]:
    """Return the words of a stretch with what they are; boilerplate left out."""
    words = zip(signature.tokens[start:end], signature.flags[start:end], strict=True)
    return {token: flag for token, flag in words if not flag & BOILERPLATE}
