"""Two texts as printed -> what of each stands in the other, word by word of the printed text, and what differs in the same places.

A signature counts words of the cleaned text, in which "1,234" and "per cent" are other words than on the page. The printed words
are laid beside the cleaned ones by longest common runs (difflib), so that what is shown is what was compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.stories import passages, quotations, signatures, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GAP = 40  # words; a longer interruption of a shared passage is other text
Span = tuple[int, int]  # where words begin and end in the printed text, in characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Which stretches of two printed texts are shared, in order, and the numbers and names that stand in the same place and differ."""

    left: tuple[Span, ...]
    right: tuple[Span, ...]
    differing: tuple[tuple[str, str], ...]


def show(left: str, right: str, languages: tuple[str, str], *, seed: int) -> Shown:
    """Return what the two texts share."""
    signed = [signatures.sign(text, language, seed=seed) for text, language in zip((left, right), languages, strict=True)]
    printed = [_printed(text, language) for text, language in zip((left, right), languages, strict=True)]
    common = passages.common(*signed)
    if not common:
        return Shown(left=(), right=(), differing=())
    places = [passages.places(one, common) for one in signed]
    spans = [_spans(at, one.width, where) for at, one, where in zip(places, signed, printed, strict=True)]
    blocks = passages.blocks(signed[0], signed[1], *places)
    return Shown(left=spans[0], right=spans[1], differing=tuple(_differing(blocks, printed, (left, right))))


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


def _spans(places: Sequence[int], width: int, printed: Sequence[Span]) -> tuple[Span, ...]:
    """Return the stretches of the printed text that shingles at these places cover, those that touch put together."""
    found: list[list[int]] = []
    for place in places:
        start, end = place, min(place + width, len(printed))
        if found and start <= found[-1][1]:
            found[-1][1] = end
        else:
            found.append([start, end])
    return tuple((printed[start][0], printed[end - 1][1]) for start, end in found)


def _differing(blocks: Sequence[passages.Block], printed: Sequence[Sequence[Span]], texts: tuple[str, str]) -> Iterator[tuple[str, str]]:
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
