"""Rules by which others say when a feed is polled next, as far as they are about pace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pipeline.feeds import pace
from pipeline.records import Habit, Rhythm

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PATIENT = pace.Policy(patience=0.0)  # always due


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One poll as a rule sees it."""

    at: datetime
    run: datetime  # when the run began in which it was made
    key: bytes
    outcome: pace.Outcome
    listed: int  # entries in the feed, also if it is unchanged
    weekly: int  # entries of the last seven days that are known


Rule = Callable[[Any, Poll], tuple[Any, datetime]]  # what it remembers, the poll -> what it remembers, the next poll


def ours(memory: Rhythm | None, poll: Poll) -> tuple[Rhythm, datetime]:
    return pace.plan(memory or Rhythm(interval=15 * MINUTE), poll.outcome, now=poll.at, feed_key=poll.key)


def every(minutes: int) -> Rule:
    return lambda _, poll: (None, poll.run + minutes * MINUTE)


def polite(memory: Rhythm | None, poll: Poll) -> tuple[Rhythm, datetime]:
    """Poll every 15 minutes, but obey what is asked and back off as ours does: what such manners cost."""
    memory = replace(memory or Rhythm(interval=15 * MINUTE), habit=Habit())
    after, planned = pace.plan(memory, poll.outcome, now=poll.at, feed_key=poll.key, policy=PATIENT)
    return after, planned if poll.outcome.refusal else max(planned, poll.run + 15 * MINUTE)


def duplicates(memory: float | None, poll: Poll) -> tuple[float, datetime]:
    """Aim at 33 to 67 % of entries that are known, between 10 minutes and a day, as Media Cloud does. Retry-After is obeyed."""
    minutes = memory or 60.0
    if poll.outcome.refusal:
        wait = minutes * 2
    else:
        known = 1 - poll.outcome.new / max(poll.listed, 1)
        minutes = min(max(minutes * (1.5 if known > 0.67 else 1 / 1.5 if known < 0.33 else 1.0), 10.0), 1440.0)
        wait = minutes
    return minutes, poll.at + max(wait * MINUTE, poll.outcome.retry_after or MINUTE)


def frequency(memory: timedelta | None, poll: Poll) -> tuple[timedelta | None, datetime]:
    """Wait as long as entries were apart in the last week, from 5 minutes to a day, as miniflux can; what the feed asks for is obeyed."""
    said = poll.outcome.wishes
    asked = said.pace if said else memory
    wait = min(max(7 * DAY / poll.weekly, 5 * MINUTE), DAY) if poll.weekly else DAY
    asks = [ask for ask in (asked, poll.outcome.fresh_for, poll.outcome.retry_after) if ask]
    return asked, poll.at + min(max([wait, *asks]), DAY)


def share(memory: Rhythm | None, poll: Poll) -> tuple[Rhythm, datetime]:
    """Follow the share of new entries and obey all asks: our own rule before this one."""
    memory = memory or Rhythm(interval=15 * MINUTE)
    memory, at = replace(memory, wishes=poll.outcome.wishes or memory.wishes), poll.at
    failed, planned = pace.plan(memory, poll.outcome, now=at, feed_key=poll.key)
    if poll.outcome.refusal:
        return failed, planned
    new = poll.outcome.new / max(poll.listed, 1)
    factor = 0.5 if new >= 1 / 3 else 0.75 if new >= 0.1 else 1.0 if new else 1.25
    interval = min(max(memory.interval * factor, 5 * MINUTE), DAY)
    asks = [ask for ask in (memory.wishes.pace, memory.wishes.usual, poll.outcome.fresh_for, poll.outcome.retry_after) if ask]
    return Rhythm(interval=interval, wishes=memory.wishes), at + max([interval, *asks])


PEERS: Mapping[str, Rule] = {
    "ours": ours,
    "fixed, 15 minutes": every(15),
    "fixed, 15 minutes, with manners": polite,
    "fixed, 60 minutes": every(60),
    "share of duplicates (Media Cloud)": duplicates,
    "entries a week (miniflux)": frequency,
    "share of new entries (ours before)": share,
}
