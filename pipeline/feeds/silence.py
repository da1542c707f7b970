"""In which hours of the week a title has brought something -> how unlikely it is that it would have been quiet for so long by chance.

Each hour of the week has a chance: the share of past weeks in which it brought at least one article, drawn towards the hours beside it and
the same hour of like days. The chance that all hours since the last article were quiet is the product of what is left of each; its
negative logarithm is added up here, hour by hour. Hours in which we did not read ourselves say nothing and are left out.

Before a title fell quiet it may have been slower than usual (a holiday): its chances are then lowered by as much; but six of its usual
hours without anything are enough in any case. The figures are those of benchmarks/silence.py; see decision 15.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

HOURS, DAYS = 24, 7
WEEK = HOURS * DAYS
HOUR = timedelta(hours=1)
_ALIKE = (range(5), range(5, 6), range(6, 7))  # working days; Saturday; Sunday


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When quiet is silent."""

    weeks: int = 6  # that are looked back upon
    enough: int = 2  # weeks, before which a rhythm is not known
    firm: float = 2.0  # weeks that the neighbours of an hour weigh
    usual: float = 0.8  # chance from which an hour is one of its usual ones
    unlikely: float = 11.0  # negative logarithm: once in 60,000
    most: int = 6  # usual hours, after which it is silent however slow it was before
    before: int = 48  # hours before the last article by which it is judged whether it was slower than usual
    least: float = 0.3  # it is not taken to be slower than this share


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """How long a title has been quiet, by its own rhythm."""

    hours: int  # since its last article, in which we read
    usual: int  # of them, hours that usually bring something
    unlikely: float
    silent: bool


DEFAULT = Policy()


def slot(at: datetime) -> int:
    """Return the hour of the week, 0 on Monday at midnight UTC."""
    return at.weekday() * HOURS + at.hour


def chances(heard: Sequence[int], weeks: float, policy: Policy = DEFAULT) -> list[float]:
    """Return the chance of each hour of the week to bring something. `heard` counts, of so many weeks, those in which it did."""
    share = [min(count / weeks, 1.0) for count in heard]
    alike = {day: days for days in _ALIKE for day in days}
    found = []
    for hour, own in enumerate(share):
        same = [share[day * HOURS + hour % HOURS] for day in alike[hour // HOURS]]
        near = (share[hour - 1], share[(hour + 1) % WEEK])
        general = (sum(same) + sum(near)) / (len(same) + len(near))
        found.append((own * weeks + general * policy.firm) / (weeks + policy.firm + 0.5))  # half a week of doubt: nothing is certain
    return found


def judge(
    chance: Sequence[float], last: datetime, now: datetime, *, heard_before: int, read: Collection[datetime], policy: Policy = DEFAULT
) -> Quiet:
    """Judge the whole hours between a title's last article and now.

    `heard_before` is in how many of the hours before the last article it brought something; `read` are the hours in which we read.
    """
    started = last.replace(minute=0, second=0, microsecond=0)
    expected = sum(chance[slot(started - step * HOUR)] for step in range(policy.before))
    level = min(1.0, max(policy.least, heard_before / expected)) if expected else 1.0
    hours = usual = 0
    unlikely = 0.0
    for at in _whole(started + HOUR, now):
        if at in read:
            hours += 1
            usual += chance[slot(at)] >= policy.usual
            unlikely -= math.log(1.0 - level * chance[slot(at)])
    return Quiet(hours=hours, usual=usual, unlikely=unlikely, silent=unlikely >= policy.unlikely or usual >= policy.most)


def _whole(start: datetime, now: datetime) -> Iterator[datetime]:
    """Yield the hours that have begun and ended."""
    while start + HOUR <= now:
        yield start
        start += HOUR
