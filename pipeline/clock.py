"""The setting `clock` -> a function that returns the present moment: the wall clock, or a fast one for the newsstand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def wall() -> datetime:
    return datetime.now(UTC)


def read(spec: str | None) -> Clock:
    """Return the clock that `spec` names: None is the wall clock.

    "2026-03-02T06:00:00Z 2026-11-24T16:00:00Z 60" started at the first moment when the wall clock showed the second,
    and runs 60 times as fast. ValueError if it is not of this form.
    """
    if spec is None:
        return wall
    anchor, started, rate = spec.split()
    return fast(datetime.fromisoformat(anchor), datetime.fromisoformat(started), float(rate))


def fast(anchor: datetime, started: datetime, rate: float) -> Clock:
    return lambda: anchor + (wall() - started) * rate
