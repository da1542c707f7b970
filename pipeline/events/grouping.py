"""Sketches of a window -> events: groups of two or more stories about one happening. A pure function of the set: order does not matter.

Average link, as for stories: two groups become one while more than half of the pairs between them are alike, the most alike
first. A story that is a little like two events therefore stays with one of them, and joins them never: an event is not "the war".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from pipeline.events import likeness, screen
from pipeline.records import Event, Teller
from pipeline.stories import linkage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from pipeline.events.likeness import Weighed
    from pipeline.records import Sketch

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When stories are one event. Measured by benchmarks/events.py on the half that is not reported."""

    alike: float = 0.15  # from here two stories are linked
    linked: float = 0.5  # more than this share of the pairs between two groups must be linked
    heavy: int = 40  # terms of a story by which others are looked for, the heaviest
    hot: int = 200  # a term finds the latest so many stories that have it
    met: int = 2  # such terms that two stories must share to be compared
    likeness: likeness.Policy = field(default_factory=likeness.Policy)


def group(
    sketches: Iterable[Sketch],
    *,
    together: Iterable[Pair] = (),
    apart: Iterable[Pair] = (),
    among: Collection[int] | None = None,
    policy: Policy = Policy(),
) -> tuple[Event, ...]:
    """Return the events in the order of their first stories; a story that nothing else is about is in none.

    `together` and `apart` are people's word on pairs of stories: two that they put together bring those of their events with
    them; where one contradicts the other, `apart` holds. Pairs of which one is not among the sketches are ignored.
    Of all sketches it follows what is rare; `among` some stories only events are looked for, if it is given.
    """
    known = likeness.weigh(sorted(sketches, key=lambda one: (one.at, one.story)), policy.likeness)
    weighed = [one for one in known if among is None or one.sketch.story in among]
    ordered = [one.sketch for one in weighed]
    links = _links(weighed, policy)
    kept_apart = _places(ordered, apart)
    strengths = {pair: round(alike * 1_000_000) for pair, alike in links.items()}
    groups = linkage.average(len(weighed), strengths, apart=kept_apart, least=policy.linked)
    united = _united(groups, _places(ordered, together), kept_apart)
    return tuple(_event(members, weighed, links) for members in united if len(members) > 1)


def pairs(weighed: Sequence[Weighed], policy: Policy = Policy()) -> Iterator[Pair]:
    """Yield the places of stories that are worth comparing, lower one first, by the higher one: they share heavy terms."""
    having: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(weighed):
        found = [having[term] for term in _heavy(one.weights, policy.heavy)]
        met = Counter(chain.from_iterable([stories[-policy.hot :] for stories in found]))
        for stories in found:
            stories.append(place)
        yield from [(other, place) for other, times in met.items() if times >= policy.met]


def _heavy(weights: Mapping[str, float], most: int) -> list[str]:
    """Return the heaviest terms; of equal ones those that come first by the alphabet."""
    if len(weights) <= most:
        return list(weights)
    least = sorted(weights.values(), reverse=True)[most - 1]
    heavier = [term for term, weight in weights.items() if weight > least]
    return heavier + sorted(term for term, weight in weights.items() if weight == least)[: most - len(heavier)]


def _places(ordered: Sequence[Sketch], pairs: Iterable[Pair]) -> list[Pair]:
    """Return pairs of stories as pairs of places, the lower one first, in order."""
    place = {one.story: at for at, one in enumerate(ordered)}
    known = [(place[one], place[other]) for one, other in pairs if one in place and other in place and one != other]
    return sorted({(min(pair), max(pair)) for pair in known})


def _united(groups: Iterable[Sequence[int]], together: Iterable[Pair], apart: Sequence[Pair]) -> list[list[int]]:
    """Return the groups in their order, those made one that people put together."""
    whole = {at: members for members in map(list, groups) for at in members}
    for left, right in together:
        one, other = whole[left], whole[right]
        if one is not other and not any({id(whole[first]), id(whole[second])} == {id(one), id(other)} for first, second in apart):
            whole.update(dict.fromkeys(one + other, sorted(one + other)))
    return [whole[at] for at in sorted(whole) if whole[at][0] == at]


def _links(weighed: Sequence[Weighed], policy: Policy) -> dict[Pair, float]:
    found, near = {}, replace(policy.likeness, floor=max(policy.alike, policy.likeness.floor))  # what is under it is no link
    screened = screen.Screen(weighed, near)
    for right, some in groupby(pairs(weighed, policy), key=itemgetter(1)):
        for left in screened.near(right, [left for left, _ in some]):
            alike = likeness.likeness(weighed[left], weighed[right], near)
            if alike >= policy.alike:
                found[left, right] = alike
    return found


def _event(members: Sequence[int], weighed: Sequence[Weighed], links: Mapping[Pair, float]) -> Event:
    mean = {one: sum(_strength(one, other, links) for other in members if other != one) / (len(members) - 1) for one in members}
    first = min(members, key=lambda one: (-mean[one], one))
    return Event(
        lead=weighed[first].sketch.story,
        tellers=tuple(
            Teller(
                story=weighed[one].sketch.story,
                likeness=round(min(1.0, mean[one]), 6),
                because=likeness.because(weighed[one], [weighed[other] for other in members if other != one]),
            )
            for one in members
        ),
    )


def _strength(one: int, other: int, links: Mapping[Pair, float]) -> float:
    return links.get((min(one, other), max(one, other)), 0.0)
