"""Two signatures -> Match, or nothing: are these copies of one text, and what says so.

Coverage is measured both ways, word by word: a word is shared if some shared shingle covers it. Boilerplate weighs
nothing and quotations little. Where a shared passage is interrupted on both sides, the words in between are
compared: a template comes back with other numbers and names in the same places, a copy does not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from operator import or_
from typing import TYPE_CHECKING

from pipeline.records import Level, Match, Signature
from pipeline.stories.signatures import BOILERPLATE, QUOTED
from pipeline.stories.words import NAME, NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHARED = 16  # a word that some shared shingle covers, as a bit beside a signature's own
_GAP = 40  # words; a longer interruption is other text, not other words in the same place
_LEAD = 60  # words
_PASSAGES = 8  # the longest shared passages are kept, to show them

Block = tuple[int, int, int]  # where a shared passage begins left and right, and its words


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How alike is alike. Measured by benchmarks/copies.py."""

    quoted: float = 0.2  # what a quoted word weighs beside a narrated one
    kept: tuple[float, float, float] = (0.75, 0.45, 0.3)  # least share of one text found in the other: strict, normal, loose
    differing: tuple[float, float, float] = (0.1, 0.2, 0.3)  # most of the numbers and names in shared passages that differ
    shared: int = 20  # least narrated words shared
    far: timedelta = timedelta(hours=72)  # texts further apart than this
    far_kept: float = 0.8  # are copies only if so much is kept
    far_differing: float = 0.05
    short: int = 60  # words; a text shorter than this
    short_kept: float = 0.75  # is a copy only if so much is kept
    lone: float = 0.85  # one passage and no part of either lead is boilerplate, unless so much is kept


def compare(
    left: Signature, right: Signature, *, pair: tuple[int, int] = (0, 1), apart: timedelta | None = None, policy: Policy = Policy()
) -> Match | None:
    """Return how alike the two are, or None if not even the loosest setting of the dial calls them copies.

    `pair` are the articles' ids, in the order of the signatures; `apart` is the time between them, if known.
    """
    if not left.sample or not right.sample or left.width != right.width:
        return None
    turned = (len(left.tokens), left.tokens) > (len(right.tokens), right.tokens)
    match = _measure(*((right, left) if turned else (left, right)), policy)
    if match is None:
        return None
    level = judge(match, apart=apart, policy=policy)
    if level == "none":
        return None
    return _between(match, pair, turned=turned, level=level)


def judge(match: Match, *, apart: timedelta | None = None, policy: Policy = Policy()) -> Level:
    """Return the strictest setting of the dial at which the two are copies."""
    kept = max(match.left_in_right, match.right_in_left)
    if match.shared < policy.shared:
        return "none"
    if min(match.left_words, match.right_words) < policy.short and kept < policy.short_kept:
        return "none"
    if len(match.passages) == 1 and match.lead == 0 and kept < policy.lone:
        return "none"
    if apart is not None and abs(apart) > policy.far and (kept < policy.far_kept or match.differing > policy.far_differing):
        return "none"
    levels: tuple[Level, Level, Level] = ("strict", "normal", "loose")
    for level, least, most in zip(levels, policy.kept, policy.differing, strict=True):
        if kept >= least and match.differing <= most:
            return level
    return "none"


def _measure(left: Signature, right: Signature, policy: Policy) -> Match | None:
    """Return the evidence, not yet judged; None if next to nothing is shared."""
    width = left.width
    common = set(left.shingles).intersection(right.shingles)
    if len(common) + width <= policy.shared:
        return None
    said = _said(left, common) | _said(right, common)
    left_code, right_code = _code(left, common, said), _code(right, common, said)
    left_weights, right_weights = _weights(left_code, policy), _weights(right_code, policy)
    blocks = _blocks(left, right, common)
    differing, total = _differing(left, right, blocks), _marked(left_code)
    passages = sorted(blocks, key=lambda block: (-block[2], block))[:_PASSAGES]
    return Match(
        left=0,
        right=1,
        left_in_right=left_weights[0],
        right_in_left=right_weights[0],
        left_words=left_weights[1],
        right_words=right_weights[1],
        shared=min(left_weights[2], right_weights[2]),
        longest=passages[0][2],
        lead=max(_lead(left_code), _lead(right_code)),
        differing=differing / (differing + total) if differing else 0.0,
        passages=tuple(passages),
        level="none",
    )


def _said(signature: Signature, common: set[int]) -> set[int]:
    """Return the shared shingles that one side marks as a quotation: on the other the marks may be lost."""
    if not any(flag & QUOTED for flag in set(signature.flags)):
        return set()
    return {shingle for shingle, flag in zip(signature.shingles, signature.flags, strict=False) if flag & QUOTED and shingle in common}


def _code(signature: Signature, common: set[int], said: set[int]) -> bytes:
    """Return the words' flags, with what is shared and what either side quotes."""
    width, covered = signature.width, bytearray(len(signature.tokens))
    places = [place for place, shingle in enumerate(signature.shingles) if shingle in common]
    for start, end in _runs(places, width):
        covered[start:end] = bytes([_SHARED]) * (end - start)
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


def _weights(code: bytes, policy: Policy) -> tuple[float, int, int]:
    """Return the share found in the other text, the words that are no boilerplate, and the narrated words shared."""
    total = found = 0.0
    count = shared = 0
    for flags, times in Counter(code).items():
        if flags & BOILERPLATE:
            continue
        weight = times * (policy.quoted if flags & QUOTED else 1)
        total += weight
        count += times
        if flags & _SHARED:
            found += weight
            shared += 0 if flags & QUOTED else times
    return (found / total if total else 0.0), count, shared


def _blocks(left: Signature, right: Signature, common: set[int]) -> list[Block]:
    """Return the shared passages in the left text's order; a repeated passage is taken where it first stands."""
    first: dict[int, int] = {}
    for place, shingle in enumerate(right.shingles):
        if shingle in common:
            first.setdefault(shingle, place)
    blocks: list[Block] = []
    at, ends = 0, (len(left.shingles), len(right.shingles))
    while at < ends[0]:
        there = first.get(left.shingles[at])
        if there is None:
            at += 1
            continue
        length = 1
        while at + length < ends[0] and there + length < ends[1] and left.shingles[at + length] == right.shingles[there + length]:
            length += 1
        blocks.append((at, there, length + left.width - 1))
        at += length
    return blocks


def _differing(left: Signature, right: Signature, blocks: list[Block]) -> int:
    """Return how many numbers and names stand in the same place and are not the same."""
    count = 0
    for (at, there, length), (next_at, next_there, _) in pairwise(blocks):
        gap = (at + length, next_at), (there + length, next_there)
        if all(0 < end - start <= _GAP for start, end in gap):
            mine, yours = (_told(side, *span) for side, span in zip((left, right), gap, strict=True))
            for kind in (NUMBER, NAME):
                ours = {token for token, flag in mine.items() if flag & kind} - yours.keys()
                theirs = {token for token, flag in yours.items() if flag & kind} - mine.keys()
                count += min(len(ours), len(theirs))
    return count


def _told(signature: Signature, start: int, end: int) -> dict[int, int]:
    return dict(zip(signature.tokens[start:end], signature.flags[start:end], strict=True))


def _marked(code: bytes) -> int:
    """Return how many numbers and names are shared."""
    return sum(times for flags, times in Counter(code).items() if flags & _SHARED and flags & (NUMBER | NAME) and not flags & BOILERPLATE)


def _lead(code: bytes) -> float:
    """Return the share of the text's first words that the other text has."""
    first = [flags for flags in code if not flags & BOILERPLATE][:_LEAD]
    return sum(1 for flags in first if flags & _SHARED) / len(first) if first else 0.0


def _between(match: Match, pair: tuple[int, int], *, turned: bool, level: Level) -> Match:
    """Return the match with its articles' ids, the lower one on the left."""
    ids = pair[::-1] if turned else pair
    match = replace(match, left=ids[0], right=ids[1], level=level)
    if match.left < match.right:
        return match
    return replace(
        match,
        left=match.right,
        right=match.left,
        left_in_right=match.right_in_left,
        right_in_left=match.left_in_right,
        left_words=match.right_words,
        right_words=match.left_words,
        passages=tuple((there, at, length) for at, there, length in match.passages),
    )
