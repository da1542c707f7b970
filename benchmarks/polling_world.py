"""A seed -> 200 invented feeds: what they publish in 30 days, how much of it they hold, what they ask for, when they fail.

Newsrooms have a rhythm by hour and weekday, wires have bursts, weeklies come at once, some feeds are dead, some change in mid-month.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from pipeline.feeds.wishes import wishes

if TYPE_CHECKING:
    from pipeline.records import Wishes

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
HOUR, DAY = 3600.0, 86400.0
LENGTH = 30 * DAY
BEFORE = 12 * DAY  # of history that a feed may hold at the first poll
WINDOW = 2 * DAY  # a news sitemap lists two days
KINDS = {"newsroom": 90, "wire": 25, "section": 30, "weekly": 25, "sitemap": 18, "dead": 12}
DAILY = {"newsroom": (40, 0.8), "wire": (180, 0.5), "section": (4, 0.8), "sitemap": (60, 0.8)}  # entries: median, spread
DEPTHS = {"wire": (20, 30, 50, 100)}
RHYTHM = (1, 1, 1, 1, 2, 5, 9, 12, 13, 12, 11, 11, 11, 10, 10, 10, 11, 11, 10, 8, 6, 5, 3, 2)  # of a newsroom's day

Failure = Literal["", "timeout", "server", "missing", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An invented feed. Times are seconds from the start."""

    key: bytes
    kind: str
    appeared: tuple[float, ...]  # when each entry came into the feed, in order
    dated: tuple[datetime, ...]  # when it says that it is from; empty where no entry does
    depth: int
    wishes: Wishes
    max_age: float  # 0: the server says nothing
    limited: bool  # asked twice in ten minutes it answers 429
    flaky: float  # share of polls that fail
    outages: tuple[tuple[float, float, Failure], ...]

    def holds(self, at: float) -> tuple[int, int]:
        """Return the range of entries that the feed lists at a time."""
        end = bisect_right(self.appeared, at)
        if self.kind == "sitemap":
            return bisect_right(self.appeared, at - WINDOW), end
        return max(0, end - self.depth), end

    def leaves(self, entry: int) -> float:
        """Return when an entry leaves the feed."""
        if self.kind == "sitemap":
            return self.appeared[entry] + WINDOW
        after = entry + self.depth
        return self.appeared[after] if after < len(self.appeared) else math.inf


def moment(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def build(seed: int) -> list[Source]:
    """Return the feeds of a seed."""
    dice = random.Random(seed)
    return [_source(dice, kind, f"{seed}/{kind}/{number}") for kind, many in KINDS.items() for number in range(many)]


def _source(dice: random.Random, kind: str, name: str) -> Source:
    posted = sorted(_posted(dice, kind))
    outages = list(_outages(dice))
    if dice.random() < 0.02:
        begins = dice.uniform(0.2, 0.8) * LENGTH
        outages.append((begins, begins + 3 * DAY, "missing"))
    if dice.random() < 0.015:
        begins = dice.uniform(0.3, 0.9) * LENGTH
        outages.append((begins, math.inf, "gone"))
        posted = [at for at in posted if at < begins - DAY]
    appeared = sorted(at + dice.uniform(0, 240) for at in posted)
    return Source(
        key=random.Random(name).randbytes(32),
        kind=kind,
        appeared=tuple(appeared),
        dated=_dated(dice, posted),
        depth=dice.choice(DEPTHS.get(kind, (10, 10, 20, 20, 30, 30, 50, 50, 100))),
        wishes=_wishes(dice, kind),
        max_age=dice.choice((60, 300, 300, 600, 900, 3600)) if dice.random() < 0.3 else 0.0,
        limited=dice.random() < 0.05,
        flaky=dice.choice((0.0, 0.002, 0.005, 0.02)),
        outages=tuple(sorted(outages)),
    )


def _posted(dice: random.Random, kind: str) -> list[float]:
    if kind == "dead":
        return [-BEFORE + dice.random() * DAY for _ in range(5)] if dice.random() < 0.5 else []
    if kind == "weekly":
        return _weekly(dice)
    median, spread = DAILY[kind]
    daily = min(max(dice.lognormvariate(math.log(median), spread), 0.3), 600)
    zone, weekend = dice.randrange(24), dice.uniform(0.2, 0.9)
    turn, change = (dice.uniform(0.3, 0.7) * LENGTH, dice.choice((0.1, 0.4, 2.5))) if dice.random() < 0.1 else (LENGTH, 1.0)
    even = 0.6 if kind == "wire" else 0.0
    posted, at = [], -BEFORE
    while at < LENGTH:
        local = moment(at + zone * HOUR)
        share = RHYTHM[local.hour] / sum(RHYTHM) * (1 - even) + even / 24
        rate = daily * share * (weekend if local.weekday() > 4 else 1.0) * (change if at > turn else 1.0)  # an hour
        posted += [at + dice.random() * HOUR for _ in range(_poisson(dice, rate))]
        at += HOUR
    if kind == "wire":
        for _ in range(_poisson(dice, 1.5 * (LENGTH + BEFORE) / DAY)):
            begins, lasts = dice.uniform(-BEFORE, LENGTH), dice.uniform(0.4, 1.5) * HOUR
            posted += [begins + dice.random() * lasts for _ in range(dice.randint(8, 30))]
    elif dice.random() < 0.3:  # what was written in the evening comes at once in the morning
        batch = dice.randint(3, 8)
        posted += [day * DAY + 5 * HOUR - zone * HOUR + dice.random() * 300 for day in range(-11, 31) for _ in range(batch)]
    return [at for at in posted if at < LENGTH]


def _weekly(dice: random.Random) -> list[float]:
    day, hour, issue = dice.randrange(7), dice.randrange(5, 20), dice.randint(3, 15)
    posted = []
    for week in range(-2, 5):
        begins = week * 7 * DAY + day * DAY + hour * HOUR + dice.gauss(0, 0.5) * HOUR
        posted += [begins + dice.random() * HOUR for _ in range(issue)]
        posted += [week * 7 * DAY + dice.random() * 7 * DAY for _ in range(_poisson(dice, 1.5))]
    return [at for at in posted if -BEFORE <= at < LENGTH]


def _wishes(dice: random.Random, kind: str) -> Wishes:
    ttl = dice.choice(("60", "60", "60", "15", "15", "10", "30")) if dice.random() < 0.15 else ""
    period = "hourly" if not ttl and dice.random() < 0.3 else ""
    hours = [str(hour) for hour in range(6)] if dice.random() < 0.04 else []
    days = ["Saturday", "Sunday"] if kind == "weekly" and dice.random() < 0.1 else []
    return wishes(ttl=ttl, period=period, frequency="1" if period else "", hours=hours, days=days)


def _outages(dice: random.Random) -> list[tuple[float, float, Failure]]:
    found: list[tuple[float, float, Failure]] = []
    for _ in range(_poisson(dice, 1.5)):
        begins = dice.random() * LENGTH
        found.append((begins, begins + min(dice.lognormvariate(math.log(1.5), 0.8), 12) * HOUR, dice.choice(("timeout", "server"))))
    return found


def _dated(dice: random.Random, posted: list[float]) -> tuple[datetime, ...]:
    """Return the dates: most are right, some feeds have none, some are of another zone."""
    habit = dice.random()
    if habit < 0.15:
        return ()
    shift = dice.choice((-3, -1, 1, 2)) * HOUR if habit < 0.22 else 0.0
    return tuple(moment(at + shift) for at in posted)


def _poisson(dice: random.Random, mean: float) -> int:
    if mean > 30:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    limit, many, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        many, product = many + 1, product * dice.random()
    return many
