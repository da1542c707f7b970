"""What a feed says about when to poll it -> Wishes.

`ttl` asks, and so does sy:updatePeriod, except for "hourly, once": that is what WordPress writes into every feed (36 of the 37 periods in
our samples of real feeds), whether it brings an entry a month or twenty an hour. It is kept apart, and `pace` judges it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.records import Wishes

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = timedelta(days=1)
WEEK = 168  # hours
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "yearly": 525600}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ZERO = frozenset({"0", "00", "24"})  # RSS 0.91 counts hours from 1 to 24, RSS 2.0 from 0 to 23


def wishes(*, ttl: str = "", period: str = "", frequency: str = "", hours: Iterable[str] = (), days: Iterable[str] = ()) -> Wishes:
    """Return what the words come to: intervals of at most a day; what makes no sense is not there. A feed that skips all skips nothing."""
    said = period.strip().lower()
    minutes = _PERIODS[said] / (float(frequency) if _positive(frequency) else 1.0) if said in _PERIODS else 0.0
    usual = said == "hourly" and minutes == _PERIODS["hourly"]
    asked = max(float(ttl) if _positive(ttl) else 0.0, 0.0 if usual else minutes)
    return Wishes(pace=_span(asked), usual=_span(minutes) if usual else None, skips=_skips(hours, days))


def hour(at: datetime) -> int:
    """Return the hour of the week of a time in UTC."""
    return at.weekday() * 24 + at.hour


def _span(minutes: float) -> timedelta | None:
    return min(timedelta(minutes=min(minutes, 1440.0)), MOST) if minutes else None


def _skips(hours: Iterable[str], days: Iterable[str]) -> tuple[int, ...]:
    idle = {0 if said in _ZERO else int(said) for said in map(str.strip, hours) if said in _ZERO or (_positive(said) and int(said) < 24)}  # noqa: PLR2004  hours of a day
    off = {_DAYS.index(said) for said in (day.strip().lower() for day in days) if said in _DAYS}
    found = tuple(slot for slot in range(WEEK) if slot % 24 in idle or slot // 24 in off)
    return found if len(found) < WEEK else ()


def _positive(number: str) -> bool:
    number = number.strip()
    return number.isascii() and number.isdigit() and len(number) <= 9 and int(number) > 0  # noqa: PLR2004 - longer is junk
