"""The setting `clock` -> a function that returns the present moment: the wall clock, or a fast one for the newsstand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from pipeline.errors import SettingsError

Clock = Callable[[], datetime]


def wall() -> datetime:
    return datetime.now(UTC)


def read(spec: str | None) -> Clock:
    """Return the clock that `spec` names: None is the wall clock.

    "2026-03-02T06:00:00Z 2026-11-24T16:00:00Z 60" started at the first moment when the wall clock showed the second,
    and runs 60 times as fast. SettingsError if it is not of this form.
    """
    if spec is None:
        return wall
    try:
        anchor, started, rate = spec.split()
        clock = fast(datetime.fromisoformat(anchor), datetime.fromisoformat(started), float(rate))
        clock()
    except (ValueError, TypeError, OverflowError) as error:
        hint = 'It looks like "2026-03-02T06:00:00Z 2026-11-24T16:00:00Z 60"; unset it for the time of this machine.'
        raise SettingsError("WIREDESK_CLOCK", f"{spec!r} is no clock", hint=hint) from error
    return clock


def rate(spec: str | None) -> float:
    """Return how many times as fast as the wall clock the clock of `spec` runs; 0: it stands."""
    return float(spec.split()[-1]) if spec else 1.0


def fast(anchor: datetime, started: datetime, rate: float) -> Clock:
    return lambda: anchor + (wall() - started) * rate
