"""What looks at feeds found -> their rows, a lot of feeds in a transaction: articles, sightings, refusals, polls, and last schedules.

A lot in which is what the database refuses is halved until that look is found, so that it holds up nobody; of a look, until the entry is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from pipeline.reasons import Reason
from pipeline.records import Refusal
from pipeline.steps import listed, paced, scheduled
from pipeline.steps.refusals import note, row
from pipeline.store import POISON, committed, dicts, halved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from pipeline.records import Answer, Reading
    from pipeline.steps.edges import Edges
    from pipeline.steps.poll import Claim
    from pipeline.web.asker import Ruling

    Keep: TypeAlias = Callable[[Edges, Sequence[listed.Listed]], listed.Brought]

Doors: TypeAlias = "tuple[str, Mapping[str, int]]"  # by which a feed left, and by which its entries did, and how many


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one feed, before it is stored."""

    claim: Claim
    at: datetime
    seconds: float
    answer: Answer | Refusal
    ruling: Ruling | None  # what robots.txt said
    digest: bytes | None  # of the body; None: there was none
    reading: Reading | Refusal | None  # None: nothing has changed, or there was no answer


class Outcome(NamedTuple):
    """What came of a look whose claim is still ours."""

    look: Look
    failure: Refusal | None  # why nothing could be read
    refused: Sequence[Refusal]  # entries
    counts: Mapping[str, int]  # of entries: seen, new, fresh, known, refused


def place(claim: Claim) -> tuple[bool, datetime, int]:
    """Who failed last time comes last: nobody who behaves waits for a deadline. Of feeds that list the same, the first has the news."""
    return claim.failures > 0, claim.next_poll_at, claim.feed_id


def store(edges: Edges, looks: Sequence[Look]) -> list[Doors]:
    """Store looks, each at another feed, and return the doors of each, by their places. Nothing is stored of one whose claim was lost."""
    ordered = sorted(looks, key=lambda look: place(look.claim))
    return halved(ordered, partial(_together, edges), partial(_alone, edges))


def _together(edges: Edges, looks: Sequence[Look]) -> list[Doors]:
    return committed(edges.connection, partial(_lot, edges, looks))


def _alone(edges: Edges, look: Look, _error: Exception) -> list[Doors]:
    """Store what the database takes of a look."""
    try:
        return committed(edges.connection, partial(_lot, edges, [look], listed.sift))
    except POISON as error:
        poison = Refusal(stage="feed", reason=Reason.POISON, detail=str(error), url=look.claim.url)
    return committed(edges.connection, partial(_lot, edges, [replace(look, answer=poison, reading=None)]))


def _lot(edges: Edges, looks: Sequence[Look], keep: Keep = listed.keep) -> list[Doors]:
    held = _held(edges, [look.claim for look in looks])
    ours = [look for look in looks if look.claim.feed_id in held]
    brought = keep(edges, [one for look in ours for one in listed.entries(look)])
    outcomes = {look.claim.feed_id: _outcome(look, brought) for look in ours}
    note(edges.connection, [refusal for outcome in outcomes.values() for refusal in _refusals(outcome)])
    scheduled.close(edges, [(outcome, paced.remembered(outcome.look.claim, held[feed])) for feed, outcome in outcomes.items()])
    return [_doors(outcomes.get(look.claim.feed_id)) for look in looks]


def _held(edges: Edges, claims: Sequence[Claim]) -> Mapping[int, dict[str, Any]]:
    """Lock the schedules of these claims, and return what is remembered of the feeds whose claim is still ours."""
    mine = {"feeds": [claim.feed_id for claim in claims], "fences": [claim.fence for claim in claims]}
    return {row.pop("feed_id"): row for row in dicts(edges.connection, "poll.hold", **mine)}


def _outcome(look: Look, brought: listed.Brought) -> Outcome:
    feed = look.claim.feed_id
    failure = look.answer if isinstance(look.answer, Refusal) else look.reading if isinstance(look.reading, Refusal) else None
    entries, refusals = listed.reading(look)
    refused = [*refusals, *(refusal for whose, refusal in brought.refused if whose == feed)]
    seen, new = len(entries) + len(refusals), brought.new[feed]
    counts = {"seen": seen, "new": new, "fresh": brought.fresh[feed], "known": seen - new - len(refused), "refused": len(refused)}
    return Outcome(look, failure, refused, counts)


def _refusals(outcome: Outcome) -> list[Mapping[str, Any]]:
    look = outcome.look
    every = [*outcome.refused, *([outcome.failure] if outcome.failure else [])]
    return [row(refusal, look.at, feed=look.claim.feed_id) for refusal in every]


def _doors(outcome: Outcome | None) -> Doors:
    if outcome is None:
        return "lost", {}
    doors = Counter({name: outcome.counts[name] for name in ("new", "known")})
    doors = +doors + Counter(f"refused:{refusal.reason}" for refusal in outcome.refused)
    return f"refused:{outcome.failure.reason}" if outcome.failure else "read" if outcome.look.reading else "unchanged", doors
