"""Outcomes of looks -> the polls, what has changed of their feeds, and last their schedules, within the caller's transaction."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.records import Answer, Reading, Refusal
from pipeline.steps import paced
from pipeline.store import columns, write
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.records import Rhythm
    from pipeline.steps.edges import Edges
    from pipeline.steps.polled import Look, Outcome

EDITIONS = 4  # bodies of a feed that are remembered: caches hand out two or three in turn
DETAIL = 500


def close(edges: Edges, outcomes: Sequence[tuple[Outcome, Rhythm]]) -> None:
    """Write the polls of looks at feeds whose rhythm was this, and their schedules last."""
    polls: list[Mapping[str, Any]] = []
    events: list[Mapping[str, Any]] = []
    schedules: list[Mapping[str, Any]] = []
    for outcome, before in outcomes:
        claim, at, fresh = outcome.look.claim, outcome.look.at, outcome.counts["fresh"]
        rhythm, next_poll_at = paced.plan(outcome.look, outcome.failure, fresh, before)
        kept = _validators(outcome.look, outcome.failure)
        which = {"feed_id": claim.feed_id, "fence": claim.fence, "at": at, "next_poll_at": next_poll_at}
        polls.append({**which, **_poll(outcome)})
        events.extend(paced.events(outcome.look, rhythm, moved_to=kept["moved_to"], failure=outcome.failure))
        schedules.append({**which, "fresh": fresh, **paced.columns(rhythm), **kept})
    columns(edges.connection, "poll.record", polls)
    columns(edges.connection, "poll.note", events)
    if schedules:
        write(edges.connection, "poll.reschedule", rows=json.dumps(schedules, default=_text))


def _poll(outcome: Outcome) -> Mapping[str, Any]:
    look, failure = outcome.look, outcome.failure
    answer = look.answer if isinstance(look.answer, Answer) else None
    return {
        "status": answer.status if answer else None,
        "robots": look.ruling.decision if look.ruling else None,
        "reason": str(failure.reason) if failure else None,
        "detail": clean(failure.detail, DETAIL) if failure else "",
        "unchanged": answer is not None and look.reading is None,
        "form": look.reading.form if isinstance(look.reading, Reading) else None,
        "bytes": len(answer.body) if answer else 0,
        "seconds": round(look.seconds, 3),
        **outcome.counts,
    }


def _text(value: datetime | timedelta | bytes) -> str:
    """Return a value as Postgres reads it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.days} days {value.seconds}.{value.microseconds:06} seconds"
    return f"\\x{value.hex()}"


def _validators(look: Look, failure: Refusal | None) -> Mapping[str, Any]:
    """Return what the next poll sends: an answer's validators only if all of it was read; a failed new address is given up."""
    claim, answer = look.claim, look.answer
    before = {"etag": claim.etag, "last_modified": claim.last_modified, "bodies": claim.bodies, "moved_to": claim.moved_to}
    if failure or isinstance(answer, Refusal):
        return before | ({"moved_to": None} if failure and claim.moved_to else {})
    if look.reading and not isinstance(look.reading, Refusal) and not look.reading.complete:  # what is missing would never be seen
        return before
    kept = before if look.reading is None and not answer.body else {}
    etag, modified = clean(answer.headers.get("etag", "")), clean(answer.headers.get("last-modified", ""))
    return {
        "etag": etag or kept.get("etag", ""),
        "last_modified": modified or kept.get("last_modified", ""),
        "bodies": _editions(look),
        "moved_to": answer.moved_to if look.reading and answer.moved_to else claim.moved_to,
    }


def _editions(look: Look) -> tuple[bytes, ...]:
    """Return the digests of the bodies read lately, this one first."""
    if look.digest is None:
        return look.claim.bodies
    return (look.digest, *(body for body in look.claim.bodies if body != look.digest))[:EDITIONS]
