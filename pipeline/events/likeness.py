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
    whole: float  # weight of all that it is about
    phrases: frozenset[int]
    norm: float
    norm_abroad: float


def weigh(sketches: Sequence[Sketch], policy: Policy = Policy()) -> list[Weighed]:
    """Return the sketches with each term's weight by its rarity among them."""
    told = Counter(one.language for one in sketches)
    had = {language: Counter[str]() for language in told}
    for one in sketches:
        had[one.language].update(one.terms)
    named: Counter[str] = Counter()
    for counts in had.values():
        named.update({term: times for term, times in counts.items() if term[0] in "@#"})  # they are the same in every language
    worth = {}
    for language, counts in had.items():
        boost = {"@": (1 + policy.name) / 2 if language in NOUNS else policy.name, "#": policy.number}
        worth[language] = {
            term: boost[term[0]] * _rarity(term, named[term], len(sketches), policy)
            if term[0] in "@#"
            else _rarity(term, times, told[language], policy)
            for term, times in counts.items()
        }
    louder = {count: 1 + math.log(count) for count in {count for one in sketches for count in one.counts}}
    return [_weighed(one, worth[one.language], louder) for one in sketches]


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


def _rarity(term: str, times: int, among: int, policy: Policy) -> float:
    return max(0.0, math.log((among + policy.expected) / (times + policy.expected * usual(term))))


def _weighed(one: Sketch, worth: Mapping[str, float], louder: Mapping[float, float]) -> Weighed:
    weights = {term: louder[count] * worth[term] for term, count in zip(one.terms, one.counts, strict=True)}
    abroad = {term: weight for term, weight in weights.items() if term[0] in "@#"}
    about = {term: weights[term] for term in one.about}
    return Weighed(
        sketch=one,
        weights=weights,
        abroad=abroad,
        about=about,
        whole=math.fsum(about.values()),
        phrases=frozenset(one.phrases),
        norm=_norm(weights),
        norm_abroad=_norm(abroad),
    )


def _norm(weights: Mapping[str, float]) -> float:
    return math.hypot(*weights.values())


def _cosine(one: Weighed, other: Weighed) -> float:
    mine, theirs, norms = one.weights, other.weights, one.norm * other.norm
    return math.fsum([mine[term] * theirs[term] for term in mine.keys() & theirs.keys()]) / norms if norms else 0.0


def _cosine_abroad(one: Weighed, other: Weighed, policy: Policy) -> float:
    mine, theirs = one.abroad, other.abroad
    shared = [mine[term] * theirs[term] for term in mine.keys() & theirs.keys()]
    return math.fsum(shared) / (one.norm_abroad * other.norm_abroad) if len(shared) >= policy.abroad and any(shared) else 0.0


def _led(one: Weighed, other: Weighed) -> float:
    """Return which share of what each is about stands in the other, the mean of both; half where neither names anything."""
    shares = [_found(mine.about, theirs, mine.whole) for mine, theirs in ((one, other), (other, one)) if mine.whole]
    return sum(shares) / len(shares) if shares else 0.5


def _found(about: Mapping[str, float], other: Weighed, whole: float) -> float:
    return math.fsum([about[term] for term in about.keys() & other.weights.keys()]) / whole


def _figures(one: Weighed) -> tuple[Mapping[str, float], float]:
    about = {term: weight for term, weight in one.about.items() if term[0] == "#"}
    return about, math.fsum(about.values())


def _agreed(one: Weighed, other: Weighed, led: float, policy: Policy) -> bool:
    """Return whether two texts of one form name the same names and numbers, so that they may be of one happening."""
    told = ((*_figures(one), other), (*_figures(other), one))
    figures = [_found(about, theirs, whole) for about, whole, theirs in told if whole]
    return led >= policy.agreed and (not figures or sum(figures) / len(figures) >= policy.counted)


def _form(mine: frozenset[int], theirs: frozenset[int]) -> float:
    """Return the share of phrases that both have, as the lowest hashes of both together tell it (Broder 1997)."""
    shared = mine & theirs
    if not shared:
        return 0.0
    lowest = sorted(mine | theirs)[: max(len(mine), len(theirs))]
    return len(shared.intersection(lowest)) / len(lowest)
