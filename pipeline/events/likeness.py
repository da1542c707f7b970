"""Sketches of a window -> how alike any two of them are, 0..1, and by what.

Rare terms weigh more (the logarithm of the inverse share of stories that have them), names more than words. Texts of one
language are compared by all terms, of two by names and numbers. What they are about - names and numbers of headline and
lead - must stand in the other too, or they are two matches of one league. Texts of one form with other names are none
of them the other's: a weather report is not about the same weather as the next town's. Likeness fades with time.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.records import Sketch

HOUR = timedelta(hours=1)
NOUNS = frozenset({"de", "lb"})  # languages in which every noun has a capital


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What weighs how much. Measured by benchmarks/events.py on the half that is not reported; see docs/events.md."""

    name: float = 1.5
    number: float = 0.8
    window: timedelta = timedelta(hours=72)  # stories further apart are not of one event
    half: timedelta = timedelta(hours=48)  # likeness halves in
    expected: float = 100.0  # stories that stand for all others while a window holds few
    unled: float = 0.4  # what is left of likeness where neither's protagonists are in the other
    led: float = 0.6  # share of protagonists from which nothing is lost
    form: float = 0.25  # share of phrases from which two texts are of one form
    agreed: float = 0.75  # and then so many protagonists must be the same
    counted: float = 0.5  # and so many numbers among them
    abroad: int = 3  # terms that two languages must share
    floor: float = 0.05  # likeness that is as good as none


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A sketch whose terms have weights; both norms are those of the weights."""

    sketch: Sketch
    weights: Mapping[str, float]
    abroad: Mapping[str, float]  # names and numbers alone
    about: Mapping[str, float]
    phrases: frozenset[int]
    norm: float
    norm_abroad: float


def weigh(sketches: Sequence[Sketch], policy: Policy = Policy()) -> list[Weighed]:
    """Return the sketches with each term's weight by its rarity among them."""
    told = Counter(one.language for one in sketches)
    had = Counter(key for one in sketches for key in ((term, _where(term, one.language)) for term in one.terms))
    rare = {
        (term, where): math.log(((told[where] if where else len(sketches)) + policy.expected) / (times + policy.expected * usual(term)))
        for (term, where), times in had.items()
    }
    return [_weighed(one, rare, policy) for one in sketches]


def usual(term: str) -> float:
    """Return the share of texts in which a term is to be expected before anything was read: short words are everywhere."""
    if term[0] == "#":
        return 0.01 if len(term) > 3 else 0.03  # noqa: PLR2004  of two digits or fewer
    if term[0] == "@":
        return 0.004
    return (0.3, 0.3, 0.25, 0.06, 0.02)[len(term) - 1] if len(term) < 6 else 0.008  # noqa: PLR2004  letters


def likeness(one: Weighed, other: Weighed, policy: Policy = Policy()) -> float:
    """Return how much alike two stories are, 0..1; the order does not matter. What is under `policy.floor` is 0."""
    gap = abs(one.sketch.at - other.sketch.at)
    if gap > policy.window:
        return 0.0
    same = one.sketch.language == other.sketch.language
    alike = (_cosine(one, other) if same else _cosine_abroad(one, other, policy)) * 0.5 ** (gap / policy.half)
    if alike < policy.floor:
        return 0.0
    led = _led(one, other)
    if same and _form(one.phrases, other.phrases) >= policy.form and not _agreed(one, other, led, policy):
        return 0.0
    return float(alike * (policy.unled + (1 - policy.unled) * min(1.0, led / policy.led)))


def because(one: Weighed, others: Iterable[Weighed], most: int = 5) -> tuple[str, ...]:
    """Return what a story shares with others, as it is printed: what makes them alike most first, names before all else."""
    worth: dict[str, float] = {}
    for other in others:
        mine, theirs = (one.weights, other.weights) if one.sketch.language == other.sketch.language else (one.abroad, other.abroad)
        for term, weight in mine.items():
            if shared := weight * theirs.get(term, 0.0):
                worth[term] = worth.get(term, 0.0) + shared
    best = sorted(worth, key=lambda term: (term[0] != "@", -worth[term], term))[:most]
    shown = dict(zip(one.sketch.terms, one.sketch.shown, strict=True))
    return tuple(shown[term] for term in best)


def _where(term: str, language: str) -> str:
    """Names and numbers are the same everywhere (""), words are a language's."""
    return "" if term[0] in "@#" else language


def _weighed(one: Sketch, rare: Mapping[tuple[str, str], float], policy: Policy) -> Weighed:
    named = (1 + policy.name) / 2 if one.language in NOUNS else policy.name
    boost = {"@": named, "#": policy.number}
    weights = {
        term: (1 + math.log(count)) * max(0.0, rare[term, _where(term, one.language)]) * boost.get(term[0], 1.0)
        for term, count in zip(one.terms, one.counts, strict=True)
    }
    abroad = {term: weight for term, weight in weights.items() if term[0] in "@#"}
    return Weighed(
        sketch=one,
        weights=weights,
        abroad=abroad,
        about={term: weights[term] for term in one.about},
        phrases=frozenset(one.phrases),
        norm=_norm(weights),
        norm_abroad=_norm(abroad),
    )


def _norm(weights: Mapping[str, float]) -> float:
    return math.sqrt(math.fsum(weight * weight for weight in weights.values()))


def _cosine(one: Weighed, other: Weighed) -> float:
    few, many = sorted((one.weights, other.weights), key=len)
    norms = one.norm * other.norm
    return math.fsum(weight * many[term] for term, weight in few.items() if term in many) / norms if norms else 0.0


def _cosine_abroad(one: Weighed, other: Weighed, policy: Policy) -> float:
    few, many = sorted((one.abroad, other.abroad), key=len)
    shared = [weight * many[term] for term, weight in few.items() if term in many]
    return math.fsum(shared) / (one.norm_abroad * other.norm_abroad) if len(shared) >= policy.abroad and any(shared) else 0.0


def _led(one: Weighed, other: Weighed) -> float:
    """Return which share of what each is about stands in the other, the mean of both; half where neither names anything."""
    shares = [share for share in (_found(one, other), _found(other, one)) if share is not None]
    return sum(shares) / len(shares) if shares else 0.5


def _found(one: Weighed, other: Weighed, kinds: str = "@#") -> float | None:
    about = {term: weight for term, weight in one.about.items() if term[0] in kinds}
    whole = math.fsum(about.values())
    return math.fsum(weight for term, weight in about.items() if term in other.weights) / whole if whole else None


def _agreed(one: Weighed, other: Weighed, led: float, policy: Policy) -> bool:
    """Return whether two texts of one form name the same names and numbers, so that they may be of one happening."""
    figures = [share for share in (_found(one, other, "#"), _found(other, one, "#")) if share is not None]
    return led >= policy.agreed and (not figures or sum(figures) / len(figures) >= policy.counted)


def _form(mine: frozenset[int], theirs: frozenset[int]) -> float:
    """Return the share of phrases that both have, as the lowest hashes of both together tell it (Broder 1997)."""
    shared = mine & theirs
    if not shared:
        return 0.0
    lowest = sorted(mine | theirs)[: max(len(mine), len(theirs))]
    return sum(phrase in shared for phrase in lowest) / len(lowest)
