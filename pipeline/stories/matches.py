"""Two signatures -> Match, or nothing: are these copies of one text, and what says so.

Coverage is measured both ways, word by word: a word is shared if some shared shingle covers it. Boilerplate weighs
nothing, and for the judgement quotations weigh little. Where a shared passage is interrupted on both sides, the words
in between are compared: a template comes back with other numbers and names in the same places, a copy does not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.records import Level, Match
from pipeline.stories import passages, slots

if TYPE_CHECKING:
    from pipeline.records import Signature

_PASSAGES = 8  # the longest shared passages are kept, to show them
Dial = tuple[float, float, float]
LEVELS: tuple[Level, ...] = ("strict", "normal", "loose")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How alike is alike. Measured by benchmarks/copies.py."""

    quoted: float = 0.2  # what a quoted word weighs beside a narrated one
    shared: int = 20  # least narrated words shared
    tiny: int = 60  # words; a text shorter than this
    tiny_told: float = 0.75  # is a copy only if so much is shared
    lone: float = 0.85  # one passage and no part of either lead is boilerplate, unless so much is shared
    # Least share of one text found in the other, at strict, normal, loose.
    told: Dial = (0.75, 0.45, 0.3)
    lead: float = 0.8  # if so much of either lead is shared
    led: Dial = (0.6, 0.3, 0.25)  # less will do
    both: float = 0.3  # if at least this is shared of both texts: a round-up too holds the beginning of a text, and little else of it
    brief: int = 150  # words; if one of the texts is shorter
    run: int = 30  # words; or the longest shared passage is
    thin: Dial = (0.75, 0.6, 0.45)  # more is needed: agencies write one kind of news in the same phrases
    crumb: int = 12  # words; if no shared passage of a brief text has so many, it was told anew in the same terms
    crumbs: Dial = (0.85, 0.85, 0.45)
    # Most of the numbers and names in shared passages that differ.
    differing: Dial = (0.15, 0.25, 0.3)
    brief_differing: Dial = (0.1, 0.15, 0.2)
    later: timedelta = timedelta(hours=12)  # other figures in a brief text are a correction within hours, a template after a day
    later_differing: Dial = (0.05, 0.1, 0.15)
    far: timedelta = timedelta(hours=47)  # texts from two days or more apart
    far_told: float = 0.8  # are copies only if so much is shared
    far_differing: float = 0.05


def compare(
    left: Signature, right: Signature, *, pair: tuple[int, int] = (0, 1), apart: timedelta | None = None, policy: Policy = Policy()
) -> Match | None:
    """Return how alike the two are, or None if not even the loosest setting of the dial calls them copies.

    `pair` are the articles' ids, in the order of the signatures; `apart` is the time between them, if known.
    """
    match = measure(left, right, pair=pair, policy=policy, hopeful=True)
    if match is None:
        return None
    level = judge(match, apart=apart, policy=policy)
    return None if level == "none" else replace(match, level=level)


def judge(match: Match, *, apart: timedelta | None = None, policy: Policy = Policy()) -> Level:
    """Return the strictest setting of the dial at which the two are copies."""
    if refusal(match, apart, policy):
        return "none"
    for level, told, differing in zip(LEVELS, *needed(match, apart, policy), strict=True):
        if match.told >= told and match.differing <= differing:
            return level
    return "none"


def needed(match: Match, apart: timedelta | None, policy: Policy = Policy()) -> tuple[Dial, Dial]:
    """Return the least share of one text found in the other, and the most numbers and names that differ, at strict, normal and loose."""
    least, most = policy.told, policy.differing
    if match.lead >= policy.lead and min(match.left_in_right, match.right_in_left) >= policy.both:
        least = policy.led
    if match.longest < policy.run:
        least = policy.thin
    if min(match.left_words, match.right_words) < policy.brief:
        later = apart is not None and abs(apart) > policy.later
        least = policy.crumbs if match.longest < policy.crumb else policy.thin
        most = policy.later_differing if later else policy.brief_differing
    return least, most


def refusal(match: Match, apart: timedelta | None, policy: Policy = Policy()) -> str:
    """Return why no setting of the dial could call them copies; nothing, if one could."""
    if match.shared < policy.shared:
        return f"they share {match.shared} narrated words, fewer than {policy.shared}"
    if min(match.left_words, match.right_words) < policy.tiny and match.told < policy.tiny_told:
        return f"one has fewer than {policy.tiny} words, and less than {policy.tiny_told:.0%} of them are shared"
    if len(match.passages) == 1 and match.lead == 0 and match.told < policy.lone:
        return "one passage that is in neither beginning is a notice of the title, not the news"
    if apart is not None and abs(apart) > policy.far and (match.told < policy.far_told or match.differing > policy.far_differing):
        return f"they are {abs(apart).days} days apart, and texts so far apart are copies only if nearly all of one is in the other"
    return ""


def measure(
    left: Signature, right: Signature, *, pair: tuple[int, int] = (0, 1), policy: Policy = Policy(), hopeful: bool = False
) -> Match | None:
    """Return the evidence, not judged; None if next to nothing is shared.

    If only the `hopeful` matter, None, too, for what is no copy whatever the time between the two. Most candidates are none, and what
    differs in them, which takes longest to find, need not be found to the end.
    """
    if not left.sample or not right.sample or left.width != right.width:
        return None
    left, right = passages.levelled(left, right)
    common = passages.common(left, right)
    if len(common) + left.width <= policy.shared:
        return None
    # In one order, whichever way they are asked about: where a passage is repeated, the order decides where it is found.
    turned = (len(left.tokens), left.tokens, left.flags) > (len(right.tokens), right.tokens, right.flags)
    if turned:
        left, right, pair = right, left, pair[::-1]
    found = _evidence(left, right, common, policy, hopeful=hopeful)
    return _between(found, pair) if found else None


def _evidence(left: Signature, right: Signature, common: set[int], policy: Policy, *, hopeful: bool) -> Match | None:
    places = passages.places(left, common), passages.places(right, common)
    said = passages.said(left, common) | passages.said(right, common)
    codes = passages.code(left, places[0], said), passages.code(right, places[1], said)
    counts = passages.count(codes[0]), passages.count(codes[1])
    told = max(counts[0].told(policy.quoted), counts[1].told(policy.quoted))
    if hopeful and told < _least(policy):
        return None
    blocks = passages.blocks(left, right, *places)
    longest = tuple(sorted(blocks, key=lambda block: (-block[2], block))[:_PASSAGES])
    match = Match(
        left=0,
        right=1,
        left_in_right=counts[0].kept,
        right_in_left=counts[1].kept,
        left_words=counts[0].words,
        right_words=counts[1].words,
        shared=min(counts[0].narrated, counts[1].narrated),
        longest=longest[0][2],
        lead=max(passages.lead(codes[0]), passages.lead(codes[1])),
        told=told,
        differing=0.0,
        passages=longest,
        level="none",
    )
    if not hopeful:
        return replace(match, differing=slots.differing(left, right, blocks, counts[0]))
    if judge(match, policy=policy) == "none":  # though nothing differs, and they came together
        return None
    most = max(needed(match, None, policy)[1])
    differing = slots.differing(left, right, blocks, counts[0], most=most)
    return replace(match, differing=differing) if differing <= most else None


@lru_cache(maxsize=8)
def _least(policy: Policy) -> float:
    """Return the least share of one text found in the other with which two can be copies."""
    return min(*policy.told, *policy.led, *policy.thin, *policy.crumbs)


def _between(match: Match, pair: tuple[int, int]) -> Match:
    """Return the match with its articles' ids, the lower one on the left."""
    left, right = pair
    if left < right:
        return replace(match, left=left, right=right)
    return replace(
        match,
        left=right,
        right=left,
        left_in_right=match.right_in_left,
        right_in_left=match.left_in_right,
        left_words=match.right_words,
        right_words=match.left_words,
        passages=tuple((there, at, length) for at, there, length in match.passages),
    )
