"""What a look at a feed brought -> its rhythm and next poll, as columns of its schedule; and a row for each change of its state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipeline import urls
from pipeline.feeds import pace
from pipeline.records import Answer, Habit, Reading, Rhythm, Wishes
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pipeline.records import Refusal
    from pipeline.steps.poll import Claim
    from pipeline.steps.polled import Look

DETAIL = 500
_WISHES = ("pace", "usual", "skips")
_EVENTS = {"active": "recovered", "probation": "probation", "gone": "gone"}


def remembered(claim: Claim, row: Mapping[str, Any]) -> Rhythm:
    """Return the rhythm that a feed had when it was claimed; `row` is the rest of its schedule."""
    wishes = Wishes(**{name: row[name] for name in _WISHES})
    habit = Habit(**{name: row[name] for name in row if name not in _WISHES})
    return Rhythm(interval=claim.interval, failures=claim.failures, state=claim.state, wishes=wishes, habit=habit)


def plan(look: Look, failure: Refusal | None, fresh: int, before: Rhythm) -> tuple[Rhythm, datetime]:
    """Return the rhythm from now on and when the feed is due again. `fresh` entries of the look were new to the feed."""
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
    return pace.plan(before, outcome, now=look.at, feed_key=urls.key(look.claim.url))


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


def events(look: Look, rhythm: Rhythm, *, moved_to: str | None, failure: Refusal | None) -> list[Mapping[str, Any]]:
    """Return what has changed of a feed, its state, its address, as rows of ops.feed_event."""
    claim = look.claim
    rows: list[tuple[str, str, str]] = []
    if rhythm.state != claim.state:
        rows.append((_EVENTS[rhythm.state], claim.state, rhythm.state))
    if moved_to != claim.moved_to:
        rows.append(("moved", claim.moved_to or claim.url, moved_to or claim.url))
    detail = clean(f"{failure.reason}: {failure.detail}" if failure else "", DETAIL)
    same = {"feed_id": claim.feed_id, "at": look.at, "detail": detail}
    return [{**same, "what": what, "was": clean(was), "now": clean(now)} for what, was, now in rows]
