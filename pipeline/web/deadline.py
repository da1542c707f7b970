"""Seconds -> what is left of them: one clock for resolving, connecting, sending, reading and all redirects of one fetch."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.reasons import Reason
from pipeline.web.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator


class Deadline:
    """Runs from the moment it is made."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self, most: float | None = None) -> float:
        """Return the seconds left, at most `most`. Fault when there are none."""
        seconds = self._ends - time.monotonic()
        if seconds <= 0:
            raise Fault(Reason.TIMED_OUT, "the deadline has passed")
        return seconds if most is None else min(seconds, most)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Let no time pass meanwhile: waiting for our turn at a host is not the host's doing."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self._ends += time.monotonic() - begun
