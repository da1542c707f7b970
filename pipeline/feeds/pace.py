"""How a feed has behaved and what came of this poll -> its new rhythm, and when to ask it next.

The interval follows the share of new entries: a poll that brings a third or more came too late and halves it, one that brings nothing
lengthens it by a quarter. What a server asks for (Retry-After, freshness, ttl) is obeyed up to a day. Failures in a row move the next poll
away, up to a day; who keeps failing is on probation, and is asked again within 30 days for ever. Only 410 ends a feed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003  records are read at run time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pipeline.reasons import Reason
from pipeline.records import Rhythm

# Failures that usually pass by themselves: they count half. All others need somebody to do something.
SOFT = frozenset(
    {
        Reason.DNS_FAILED,
        Reason.CONNECT_FAILED,
        Reason.TIMED_OUT,
        Reason.BROKEN_RESPONSE,
        Reason.SERVER_ERROR,
        Reason.RATE_LIMITED,
        Reason.ROBOTS_UNREACHABLE,
        Reason.EMPTY_BODY,
        Reason.UNEXPECTED_304,
        Reason.BROKEN_FEED,
        Reason.PARSE_KILLED,
    }
)
_DOUBLINGS = 16.0  # of a wait: more than any cap needs, less than a timedelta can hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one poll brought."""

    refusal: Reason | None = None  # of the whole feed
    seen: int = 0  # distinct entries and refusals
    new: int = 0
    pace: timedelta | None = None  # what the feed asks for
    fresh_for: timedelta | None = None  # what the server says of its answer
    retry_after: timedelta | None = None
    unchanged: bool = False  # 304, or the same bytes as last time


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How often is often enough."""

    shortest: timedelta = timedelta(minutes=5)
    longest: timedelta = timedelta(hours=24)  # also of what a server asks, and of the back-off before probation
    probation: timedelta = timedelta(days=30)
    flood: float = 1 / 3  # share of new entries from which entries may have been missed
    flow: float = 0.1  # share that means the feed moves faster than we look
    flood_factor: float = 0.5
    flow_factor: float = 0.75
    calm_factor: float = 1.25
    first_wait: timedelta = timedelta(minutes=15)  # the least that a back-off begins from
    soft: float = 0.5  # weight of a failure that usually passes
    patience: float = 12.0  # weight of failures in a row after which a feed is on probation: about a week, or two of soft ones
    jitter: float = 0.1  # up to this share is added, by feed, so that feeds added together part


def plan(
    rhythm: Rhythm,
    outcome: Outcome,
    *,
    now: datetime,
    feed_key: bytes,
    policy: Policy = Policy(),
) -> tuple[Rhythm, datetime]:
    """Return the rhythm from now on, and the earliest moment of the next poll."""
    rhythm = replace(rhythm, interval=_within(rhythm.interval, policy.shortest, policy.longest))
    if outcome.refusal is Reason.GONE or rhythm.state == "gone":
        return replace(rhythm, state="gone", failures=rhythm.failures + 1), now + policy.probation
    if outcome.refusal is None:
        rhythm = _succeeded(rhythm, outcome, policy)
        wait, most = rhythm.interval, policy.longest
    else:
        rhythm, wait, most = _failed(rhythm, outcome.refusal, policy)
    asked = [ask for ask in (outcome.pace, outcome.fresh_for, outcome.retry_after) if ask is not None]
    wait = max(wait, *(min(ask, policy.longest) for ask in asked)) if asked else wait
    spread = 1 + policy.jitter * int.from_bytes(feed_key[:4].ljust(4, b"\0")) / 0xFFFFFFFF
    return rhythm, now + min(wait * spread, most)


def fresh_for(headers: Mapping[str, str], now: datetime, longest: timedelta = timedelta(hours=24)) -> timedelta | None:
    """Return how long an answer says it stays fresh (RFC 9111: max-age, else Expires), at most `longest`; None if it does not say."""
    control = headers.get("cache-control", "").lower()
    if re.search(r"\bno-(?:cache|store)\b", control):
        return None
    age = re.search(r"(?:^|[\s,;])max-age\s*=\s*\"?(\d{1,12})", control)
    if age:
        past = headers.get("age", "").strip()
        seconds = int(age[1]) - (int(past) if re.fullmatch(r"[0-9]{1,9}", past) else 0)
    else:
        until, since = _date(headers.get("expires", "")), _date(headers.get("date", "")) or now
        seconds = int((until - since).total_seconds()) if until else 0
    return min(timedelta(seconds=min(seconds, 10**9)), longest) if seconds > 0 else None


def _succeeded(rhythm: Rhythm, outcome: Outcome, policy: Policy) -> Rhythm:
    share = 0.0 if outcome.unchanged else outcome.new / max(outcome.seen, outcome.new, 1)
    if share >= policy.flood:
        factor = policy.flood_factor
    elif share >= policy.flow:
        factor = policy.flow_factor
    else:
        factor = 1.0 if share else policy.calm_factor
    return Rhythm(interval=_within(rhythm.interval * factor, policy.shortest, policy.longest))


def _failed(rhythm: Rhythm, refusal: Reason, policy: Policy) -> tuple[Rhythm, timedelta, timedelta]:
    """Return the rhythm, the wait and the most that it may become. The interval stays: a feed that comes back comes back at its pace."""
    failures = rhythm.failures + 1
    weight = failures * (policy.soft if refusal in SOFT else 1.0)
    if weight >= policy.patience or rhythm.state == "probation":
        steps = min(max(weight - policy.patience, 0.0), _DOUBLINGS)
        on_probation = Rhythm(interval=rhythm.interval, failures=failures, state="probation")
        return on_probation, min(policy.longest * 2**steps, policy.probation), policy.probation
    wait = max(rhythm.interval, policy.first_wait) * 2 ** min(weight, _DOUBLINGS)
    return Rhythm(interval=rhythm.interval, failures=failures), min(wait, policy.longest), policy.longest


def _within(interval: timedelta, least: timedelta, most: timedelta) -> timedelta:
    return min(max(interval, least), most)


def _date(said: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(said)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
