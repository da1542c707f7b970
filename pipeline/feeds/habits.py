"""What a feed brought, poll by poll -> its Habit; a Habit -> how many entries an hour are to be expected, and how long to wait.

A rate is the product of three: entries an hour over all, what the hour of the day makes of it, what the day of the week makes of
it. Each is drawn towards the general by a few entries' worth (gamma and Poisson), so that one entry is no rhythm. On top comes how the
last hours differ from what was expected: news comes in bursts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.records import Habit

HOURS, DAYS = 24, 7
HOUR = timedelta(hours=1)
FADE = 21 * 24.0  # hours in which what was learnt weighs a third: three weeks
LATELY = 3.0  # hours, likewise, of what counts as a burst
FIRM = 4.0  # entries to be expected for an hour or a day to weigh as much as the general
BURST = 2.0  # likewise, for the last hours
LEAST, UNKNOWN = 0.1, 0.1  # a feed is first held to bring LEAST entries in UNKNOWN hours
LONGEST = 7 * 24 * HOUR  # what came in a longer time says nothing about hours
WILDEST = 20.0  # times the expected rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How many entries an hour are to be expected, at any time after now."""

    came: Sequence[float]  # as in Habit
    watched: Sequence[float]
    mean: float  # entries an hour
    level: float  # of now, against the usual


def rates(habit: Habit) -> Rates:
    """Return what a habit comes to."""
    came, watched = _full(habit.came), _full(habit.watched)
    return Rates(
        came=came,
        watched=watched,
        mean=(sum(came[:HOURS]) + LEAST) / (sum(watched[:HOURS]) + UNKNOWN),
        level=min((habit.lately + BURST) / (habit.awaited + BURST), WILDEST),
    )


def expected(found: Rates, start: datetime, end: datetime, *, level: bool = True) -> float:
    """Return how many entries are to be expected between two times."""
    return sum(rate * length for rate, length in _steps(found, start, end, level=level))


def wait(found: Rates, now: datetime, *, patience: float, room: float, longest: timedelta) -> timedelta:
    """Return the time until `patience` is used up or `room` entries are to be expected.

    Patience is used up by the square root of the rate: of all ways to spend so many polls, that one finds an entry soonest
    on average (what is doubled by asking twice as often is spent where it saves most).
    """
    spent = filled = hours = 0.0
    for rate, length in _steps(found, now, now + longest, level=True):
        pull = math.sqrt(rate)
        part = min((patience - spent) / pull, (room - filled) / rate)
        if part <= length:
            return (hours + max(part, 0.0)) * HOUR
        spent, filled, hours = spent + pull * length, filled + rate * length, hours + length
    return longest


def learn(habit: Habit, *, new: int, seen: int | None, published: Sequence[datetime], now: datetime) -> Habit:
    """Return the habit after a poll that brought `new` entries among `seen` (None: unchanged), and when those say they are from."""
    first, since, depth = habit.read_at is None, habit.read_at or now - LONGEST, habit.depth if seen is None else seen
    if new >= depth and published:  # the feed holds no older ones: what came before them is not known
        since = max(since, min(*published, now))
    fresh = sorted(at for at in published if since <= at <= now)
    if since >= now or (first and not fresh):
        return replace(habit, read_at=max(now, habit.read_at or now), depth=depth)
    since, new, found = max(since, now - LONGEST), len(fresh) if first else new, rates(habit)
    faded = math.exp(-((now - (habit.read_at or since)) / HOUR) / FADE)
    came, watched = ([amount * faded for amount in _full(row)] for row in (habit.came, habit.watched))
    for at, length in _hours(since, now):
        watched[at.hour] += length
        watched[HOURS + at.weekday()] += length
    for at, amount in _spread(found, new, fresh, _hours(since, now)):
        came[at.hour] += amount
        came[HOURS + at.weekday()] += amount
    habit = replace(habit, read_at=now, depth=depth, came=tuple(came), watched=tuple(watched))
    return habit if first else _lately(habit, found, new, (since, now))


def _spread(found: Rates, new: int, fresh: Sequence[datetime], span: Iterable[tuple[datetime, float]]) -> Iterator[tuple[datetime, float]]:
    """Yield when the new entries came: when they say, else when they were to be expected."""
    dated = min(len(fresh), new)
    yield from ((at, dated / len(fresh)) for at in fresh)
    if dated < new:
        weights = [(at, _rate(found, at) * length) for at, length in span]
        total = sum(weight for _, weight in weights)
        yield from ((at, (new - dated) * weight / total) for at, weight in weights)


def _lately(habit: Habit, found: Rates, new: int, span: tuple[datetime, datetime]) -> Habit:
    """Add the last poll to what came lately, and to what was to be expected."""
    length = (span[1] - span[0]) / HOUR
    faded = math.exp(-length / LATELY)
    recent = (1 - faded) * LATELY / length  # of what came at an even pace, the part that is not faded by now
    usual = expected(found, *span, level=False)
    return replace(habit, lately=habit.lately * faded + new * recent, awaited=habit.awaited * faded + usual * recent)


def _steps(found: Rates, start: datetime, end: datetime, *, level: bool) -> Iterator[tuple[float, float]]:
    """Yield the rate and the length, in hours, of each stretch in which the rate does not change much."""
    for at, length in _hours(start, end):
        above = (found.level - 1) * math.exp(-((at - start) / HOUR) / LATELY) if level else 0.0
        yield _rate(found, at) * (1 + above), length


def _rate(found: Rates, at: datetime) -> float:
    hour, day, mean = at.hour, HOURS + at.weekday(), found.mean
    of_hour = (found.came[hour] + FIRM) / (mean * found.watched[hour] + FIRM)
    return mean * of_hour * (found.came[day] + FIRM) / (mean * found.watched[day] + FIRM)


def _hours(start: datetime, end: datetime) -> Iterator[tuple[datetime, float]]:
    """Yield the clock hours between two times: where each begins, and how much of it, in hours."""
    while start < end:
        turn = min(start.replace(minute=0, second=0, microsecond=0) + HOUR, end)
        yield start, (turn - start) / HOUR
        start = turn


def _full(row: Sequence[float]) -> Sequence[float]:
    return row if len(row) == HOURS + DAYS else (0.0,) * (HOURS + DAYS)
