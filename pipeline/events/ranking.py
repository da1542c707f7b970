"""Happenings of the last day in figures -> top stories, best first, with every part of their scores.

Copies do not count: sources do (agencies, and owners that have a text of their own), then owners, then countries, then the
places that editors gave it in their feeds (an owner's best, one voice each), then growth. All but the last are logarithms: the
tenth of a kind says less than the second. The sum halves in six hours since the last article.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What counts how much."""

    sources: float = 2.0
    owners: float = 1.0
    countries: float = 0.5
    rank: float = 1.0
    growth: float = 1.0
    fastest: float = 2.0  # growth beyond this adds nothing: four times as many owners as in the hours before
    half: float = 6.0  # hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event, or a story that stands alone, in figures."""

    story_id: int  # of an event, the one that stands for it
    event_id: int | None
    stories: int
    sources: int
    articles: int
    titles: int
    owners: int
    countries: int
    best_rank: int | None
    prominence: float  # the sum over owners of 1 / the best place that their feeds gave it
    owners_lately: int
    owners_before: int
    hours: float  # since the last article
    section: str
    owner: str  # of the title of the canonical article


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A happening in its place."""

    place: int
    of: Happening
    sources_part: float
    owners_part: float
    countries_part: float
    rank_part: float
    growth_part: float
    age_part: float
    score: float


def rank(happenings: Iterable[Happening], policy: Policy = Policy()) -> list[Ranked]:
    """Return them best first; of equal ones the one that we had first."""
    scored = sorted((_scored(one, policy) for one in happenings), key=lambda one: (-one.score, one.of.story_id))
    return [replace(one, place=place) for place, one in enumerate(scored, 1)]


def _scored(one: Happening, policy: Policy) -> Ranked:
    parts = {
        "sources_part": policy.sources * math.log2(1 + one.sources),
        "owners_part": policy.owners * math.log2(1 + one.owners),
        "countries_part": policy.countries * math.log2(max(1, one.countries)),
        "rank_part": policy.rank * math.log2(1 + one.prominence),
        "growth_part": policy.growth * min(policy.fastest, max(0.0, math.log2((1 + one.owners_lately) / (1 + one.owners_before)))),
    }
    age = 0.5 ** (max(0.0, one.hours) / policy.half)
    return Ranked(place=0, of=one, **parts, age_part=age, score=math.fsum(parts.values()) * age)
