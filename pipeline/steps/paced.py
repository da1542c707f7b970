"""What a look at a feed brought -> its rhythm and next poll, as columns of its schedule; and a row for each change of its state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipeline import urls
from pipeline.feeds import pace
from pipeline.records import Answer, Habit, Reading, Rhythm, Wishes
from pipeline.store import dicts, write
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pipeline.records import Refusal
    from pipeline.steps.poll import Claim
    from pipeline.steps.polled import Look
    from pipeline.store import Connection

DETAIL = 500
_EVENTS = {"active": "recovered", "probation": "probation", "gone": "gone"}


def plan(connection: Connection, look: Look, failure: Refusal | None, fresh: int) -> tuple[Rhythm, datetime]:
    """Return the rhythm from now on and when the feed is due again. `fresh` entries of the look were new to the feed."""
    claim = look.claim
    outcome = pace.Outcome(
        refusal=failure.reason if failure else None,
        fresh_for=pace.fresh_for(look.answer.headers, look.at) if isinstance(look.answer, Answer) else None,
        retry_after=look.answer.retry_after,
        unchanged=isinstance(look.answer, Answer) and look.reading is None,
    )
    if isinstance(look.reading, Reading):
        outcome = replace(
            outcome,
            seen=len(look.reading.entries),
            new=fresh,
            published=tuple(e.published.at for e in look.reading.entries if e.published and e.published.precision != "day"),
            wishes=look.reading.wishes,
        )
    return pace.plan(_remembered(connection, claim), outcome, now=look.at, feed_key=urls.key(claim.url))


def columns(rhythm: Rhythm) -> Mapping[str, Any]:
    """Return a rhythm as columns of ops.schedule."""
    wishes, habit = rhythm.wishes, rhythm.habit
    return {
        "state": rhythm.state,
        "interval": rhythm.interval,
        "failures": rhythm.failures,
        "pace": wishes.pace,
        "usual": wishes.usual,
        "skips": wishes.skips,
        "read_at": habit.read_at,
        "depth": habit.depth,
        "came": habit.came,
        "watched": habit.watched,
        "lately": habit.lately,
        "awaited": habit.awaited,
    }


def note(connection: Connection, look: Look, rhythm: Rhythm, *, moved_to: str | None, failure: Refusal | None) -> None:
    """Write down what has changed of a feed: its state, its address."""
    claim = look.claim
    rows: list[tuple[str, str, str]] = []
    if rhythm.state != claim.state:
        rows.append((_EVENTS[rhythm.state], claim.state, rhythm.state))
    if moved_to != claim.moved_to:
        rows.append(("moved", claim.moved_to or claim.url, moved_to or claim.url))
    detail = clean(f"{failure.reason}: {failure.detail}" if failure else "", DETAIL)
    for what, was, now in rows:
        found = {"what": what, "was": clean(was), "now": clean(now), "detail": detail}
        write(connection, "poll.note", feed_id=claim.feed_id, at=look.at, **found)


def _remembered(connection: Connection, claim: Claim) -> Rhythm:
    (row,) = dicts(connection, "poll.remembered", feed_id=claim.feed_id)
    wishes = Wishes(**{name: row.pop(name) for name in ("pace", "usual", "skips")})
    return Rhythm(interval=claim.interval, failures=claim.failures, state=claim.state, wishes=wishes, habit=Habit(**row))
