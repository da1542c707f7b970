"""Top stories and people's picks -> our picks: people's kept, the rest by rule and mixed, each with its reason.

At most one of an event and two of an owner; of ten picks, four sections at least, if the news has so many. People's picks are
always kept and count towards these limits. A list that the rules cannot fill stays short.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.events.ranking import Ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How long and how mixed the list is."""

    picks: int = 10
    of_an_owner: int = 2
    sections: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A person's pick that still holds, with the story as it is now."""

    decision_id: int
    story_id: int
    event_id: int | None
    section: str
    owner: str
    who: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One of our picks."""

    place: int
    story_id: int
    event_id: int | None
    decision_id: int | None
    section: str
    owner: str
    why: str


@dataclass(slots=True)
class _List:
    policy: Policy
    picks: list[Pick] = field(default_factory=list)
    events: set[tuple[str, int]] = field(default_factory=set)
    owners: Counter[str] = field(default_factory=Counter)
    sections: set[str] = field(default_factory=set)

    def add(self, pick: Pick) -> None:
        self.picks.append(pick)
        self.events.add(_happening(pick))
        self.owners[pick.owner] += 1
        self.sections |= {pick.section} - {""}

    def takes(self, pick: Pick) -> bool:
        return _happening(pick) not in self.events and self.owners[pick.owner] < self.policy.of_an_owner


def choose(top: Iterable[Ranked], wishes: Iterable[Wish] = (), policy: Policy = Policy()) -> tuple[Pick, ...]:
    """Return the picks in their order; wishes come in theirs."""
    made = _List(policy)
    for wish in wishes:
        if wish.story_id not in {pick.story_id for pick in made.picks}:
            made.add(_wished(wish, len(made.picks) + 1))
    rest = [_ruled(one) for one in sorted(top, key=lambda one: one.place)]
    while len(made.picks) < policy.picks and (found := _next(made, rest)):
        brings = f"; first of section {found.section}" if found.section and found.section not in made.sections else ""
        made.add(replace(found, place=len(made.picks) + 1, why=found.why + brings))
    return tuple(made.picks)


def _next(made: _List, rest: Sequence[Pick]) -> Pick | None:
    """Return the best that the list still takes: one of a new section where else too few places would be left for these."""
    free = [pick for pick in rest if made.takes(pick)]
    new = [pick for pick in free if pick.section and pick.section not in made.sections]
    missing = min(made.policy.sections - len(made.sections), len({pick.section for pick in new}))
    places = made.policy.picks - len(made.picks)
    return next(iter(new if new and places <= missing else free), None)


def _happening(pick: Pick) -> tuple[str, int]:
    return ("story", pick.story_id) if pick.event_id is None else ("event", pick.event_id)


def _wished(wish: Wish, place: int) -> Pick:
    return Pick(
        place=place,
        story_id=wish.story_id,
        event_id=wish.event_id,
        decision_id=wish.decision_id,
        section=wish.section,
        owner=wish.owner,
        why=f"picked by {wish.who}: {wish.why}",
    )


def _ruled(one: Ranked) -> Pick:
    sources = f"{one.of.sources} independent {'sources' if one.of.sources > 1 else 'source'}"
    return Pick(
        place=0,
        story_id=one.of.story_id,
        event_id=one.of.event_id,
        decision_id=None,
        section=one.of.section,
        owner=one.of.owner,
        why=f"place {one.place} on top: {sources}, {one.of.owners} {'owners' if one.of.owners > 1 else 'owner'}",
    )
