"""How a feed has behaved and what came of this poll -> its new rhythm, and when to ask it next.

After a poll that succeeds, the wait follows from what the feed's habit lets expect: busy hours are polled often, idle ones seldom, and
before a third of the entries that the feed holds should have been replaced. What it asks for (Retry-After, freshness, ttl, skipHours) is
obeyed up to a day. Failures in a row move the next poll away, up to a day; who keeps failing is on probation, and is asked again within
30 days for ever. Only 410 ends a feed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping  # noqa: TC003  records are read at run time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pipeline.feeds import habits
from pipeline.feeds.wishes import hour
from pipeline.reasons import Reason
from pipeline.records import Rhythm, Wishes

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
    seen: int = 0  # entries that the feed lists
    new: int = 0  # of them, those that it did not list before
    published: tuple[datetime, ...] = ()  # when they say that they are from, where they say the hour; in UTC
    wishes: Wishes | None = None  # what the feed asks for; None: it was not read, and what it last asked for holds
    fresh_for: timedelta | None = None  # what the server says of its answer
    retry_after: timedelta | None = None
    unchanged: bool = False  # 304, or the same bytes as last time


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How often is often enough. The figures are those of benchmarks/polling.py; see decision 13."""

    shortest: timedelta = timedelta(minutes=5)
    longest: timedelta = timedelta(hours=24)  # also of what a server asks, and of the back-off before probation
    early: timedelta = timedelta(seconds=150)  # half of the time between two runs: who is due between them is polled in the nearer one
    patience: float = 0.5  # a feed of an entry an hour is polled every half hour, of four every quarter, of a quarter every hour
    room: float = 1 / 3  # share of the entries that a feed holds which may be replaced between two polls
    busy: float = 1.0  # entries within the time that its software asks for by default, from which that is no wish of its own
    rest: timedelta = timedelta(days=3)  # the longest time that a feed may spend in hours and days that it asks to skip
    probation: timedelta = timedelta(days=30)
    first_wait: timedelta = timedelta(minutes=10)  # the least that a back-off begins from
    soft: float = 0.5  # weight of a failure that usually passes
    bearable: float = 12.0  # weight of failures in a row after which a feed is on probation: about a week, or two of soft ones
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
    rhythm = replace(rhythm, interval=_within(rhythm.interval, policy.shortest, policy.longest), wishes=outcome.wishes or rhythm.wishes)
    if outcome.refusal is Reason.GONE or rhythm.state == "gone":
        return replace(rhythm, state="gone", failures=rhythm.failures + 1), now + policy.probation
    spread = 1 + policy.jitter * int.from_bytes(feed_key[:4].ljust(4, b"\0")) / 0xFFFFFFFF
    if outcome.refusal is None:
        rhythm = _succeeded(rhythm, outcome, now, policy)
        wait, most = max(rhythm.interval * spread - policy.early, policy.early), policy.longest
    else:
        rhythm, wait, most = _failed(rhythm, outcome.refusal, policy)
        wait *= spread
    asked = (*_asked(rhythm, now, policy), outcome.fresh_for, outcome.retry_after)
    floor = max((min(ask, policy.longest) for ask in asked if ask is not None), default=wait)
    return rhythm, _awake(now + min(max(wait, floor), most), rhythm.wishes.skips, policy)


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


def _succeeded(rhythm: Rhythm, outcome: Outcome, now: datetime, policy: Policy) -> Rhythm:
    seen = None if outcome.unchanged else outcome.seen
    new = 0 if outcome.unchanged else outcome.new
    habit = habits.learn(rhythm.habit, new=new, seen=seen, published=outcome.published, now=now)
    room = max(habit.depth * policy.room, 1.0)
    wait = habits.wait(habits.rates(habit), now, patience=policy.patience, room=room, longest=policy.longest)
    return Rhythm(interval=_within(wait, policy.shortest, policy.longest), wishes=rhythm.wishes, habit=habit)


def _failed(rhythm: Rhythm, refusal: Reason, policy: Policy) -> tuple[Rhythm, timedelta, timedelta]:
    """Return the rhythm, the wait and the most that it may become. The interval stays: a feed that comes back comes back at its pace."""
    rhythm = replace(rhythm, failures=rhythm.failures + 1)
    weight = rhythm.failures * (policy.soft if refusal in SOFT else 1.0)
    if weight >= policy.bearable or rhythm.state == "probation":
        steps = min(max(weight - policy.bearable, 0.0), _DOUBLINGS)
        return replace(rhythm, state="probation"), min(policy.longest * 2**steps, policy.probation), policy.probation
    wait = max(rhythm.interval, policy.first_wait) * 2 ** min(weight, _DOUBLINGS)
    return rhythm, min(wait, policy.longest), policy.longest


def _asked(rhythm: Rhythm, now: datetime, policy: Policy) -> tuple[timedelta | None, ...]:
    """Return what the feed asks for. What its software says of every feed counts only where it is not plainly wrong."""
    usual = rhythm.wishes.usual
    if usual is None or rhythm.habit.read_at is None:
        return rhythm.wishes.pace, usual
    coming = habits.expected(habits.rates(rhythm.habit), now, now + min(usual, policy.longest))
    return rhythm.wishes.pace, usual if coming < policy.busy else None


def _awake(at: datetime, skips: Collection[int], policy: Policy) -> datetime:
    """Return the first moment that the feed does not ask to skip, nor until the run after it; at the latest after the longest rest."""
    found = at
    while (hour(found) in skips or hour(found + 2 * policy.early) in skips) and found - at < policy.rest:
        found = found.replace(minute=0, second=0, microsecond=0) + habits.HOUR
    return min(found, at + policy.rest)


def _within(interval: timedelta, least: timedelta, most: timedelta) -> timedelta:
    return min(max(interval, least), most)


def _date(said: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(said)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
