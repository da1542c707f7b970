"""Two texts as printed -> what of each stands in the other, word by word of the printed text, and what differs in the same places.

A signature counts words of the cleaned text, in which "1,234" and "per cent" are other words than on the page. The printed words
are laid beside the cleaned ones by longest common runs (difflib), so that what is shown is what was compared. Only a few words that two
sentences have by chance are not shown as shared, though a shingle or two counts them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.stories import passages, quotations, signatures, tiles, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.stories.passages import Block

_GAP = 40  # words; a longer interruption of a shared passage is other text
_SHORT = 2  # shingles' widths; a shorter passage in sentences that are mostly each one's own stands there by chance
_ENDS = re.compile(r"[.!?…。！？\n]")  # what parts sentences, between two words
Span = tuple[int, int]  # where something begins and ends: in the printed text, in characters, or in its words


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Which stretches of two printed texts are shared, in order, and the numbers and names that stand in the same place and differ."""

    passages: tuple[tuple[Span, Span], ...]  # each, left and right, in the left text's order
    left: tuple[Span, ...]  # the same of one text alone, those that touch put together
    right: tuple[Span, ...]
    differing: tuple[tuple[str, str], ...]


def show(left: str, right: str, languages: tuple[str, str], *, seed: int) -> Shown:
    """Return what the two texts share."""
    signed = [signatures.sign(text, language, seed=seed) for text, language in zip((left, right), languages, strict=True)]
    printed = [_printed(text, language) for text, language in zip((left, right), languages, strict=True)]
    common = passages.common(*signed)
    blocks = _told(tiles.laid(signed[0], signed[1], common), printed, (left, right), least=_SHORT * signed[0].width)
    here, there = ([(block[side], block[side] + block[2]) for block in blocks] for side in (0, 1))
    return Shown(
        passages=tuple(zip(_spans(here, printed[0]), _spans(there, printed[1]), strict=True)),
        left=tuple(_spans(_joined(here), printed[0])),
        right=tuple(_spans(_joined(there), printed[1])),
        differing=tuple(_differing(blocks, printed, (left, right))),
    )


def _told(blocks: Sequence[Block], printed: Sequence[Sequence[Span]], texts: tuple[str, str], *, least: int) -> list[Block]:
    """Return the passages without those that are short and stand in sentences which are mostly each text's own."""
    sentences = [_sentences(text, where) for text, where in zip(texts, printed, strict=True)]
    sizes = [Counter(places) for places in sentences]
    shared = [Counter(place for block in blocks for place in _in(block, side, sentences)) for side in (0, 1)]

    def kept(block: Block, side: int) -> bool:
        return any(shared[side][one] * 2 >= sizes[side][one] for one in _in(block, side, sentences))

    return [block for block in blocks if block[2] >= least or kept(block, 0) or kept(block, 1)]


def _in(block: Block, side: int, sentences: Sequence[Sequence[int]]) -> Sequence[int]:
    """Return the sentence of each word of a passage."""
    return sentences[side][block[side] : block[side] + block[2]]


def _sentences(text: str, printed: Sequence[Span]) -> list[int]:
    """Return the number of the sentence in which each word stands."""
    number, before, numbers = 0, 0, []
    for start, end in printed:
        number += bool(_ENDS.search(text[before:start]))
        numbers.append(number)
        before = end
    return numbers


def _printed(text: str, language: str) -> list[Span]:
    """Return where each word of the cleaned text stands in the printed one."""
    cleaned = words.clean(text, language)
    found = words.pattern(cleaned)
    told = [word.lower() for line, _ in quotations.split(cleaned) for word in found.findall(line)]
    spans = [match.span() for match in found.finditer(text)]
    if not spans:
        return [(0, 0)] * len(told)
    where: list[Span] = [(0, 0)] * len(told)
    matcher = SequenceMatcher(None, told, [text[start:end].lower() for start, end in spans], autojunk=False)
    for _, first, last, start, end in matcher.get_opcodes():
        stretch = spans[start:end] or [spans[min(start, len(spans) - 1)]]
        for place in range(first, last):
            at = (place - first) * len(stretch) // (last - first)
            where[place] = stretch[at]
            if place == last - 1:
                where[place] = (stretch[at][0], stretch[-1][1])
    return where


def _joined(stretches: Sequence[Span]) -> list[Span]:
    """Return stretches of words in the order of their text, those that touch put together."""
    found: list[Span] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


def _spans(stretches: Sequence[Span], printed: Sequence[Span]) -> list[Span]:
    """Return where stretches of words stand in the printed text."""
    return [(printed[start][0], printed[end - 1][1]) for start, end in stretches]


def _differing(blocks: Sequence[Block], printed: Sequence[Sequence[Span]], texts: tuple[str, str]) -> Iterator[tuple[str, str]]:
    for (at, there, length), (next_at, next_there, _) in pairwise(blocks):
        gaps = [(at + length, next_at), (there + length, next_there)]
        if not all(0 < end - start <= _GAP for start, end in gaps):
            continue
        said = [texts[side][printed[side][start][0] : printed[side][end - 1][1]] for side, (start, end) in enumerate(gaps)]
        if _telling(said[0], said[1]) and said[0] != said[1]:
            yield said[0], said[1]


def _telling(one: str, other: str) -> bool:
    """Say whether a number or a name is in one stretch and not in the other."""
    facts = [set(re.findall(r"\d[\d.,]*|\b[^\W\d_a-z]\w+", said)) for said in (one, other)]
    return facts[0] != facts[1]
