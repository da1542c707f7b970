"""Claims -> let go again, if the step ends before it has stored what came of them: nobody need wait for their lease to end."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from pipeline.store import connect, tried, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

LEASE = timedelta(minutes=15)  # longer than any batch; a killed worker's claims are free again after it
SPARE = timedelta(minutes=2)  # before its end no new item is begun: the longest takes half a minute, and a wait for its host


class Lease(NamedTuple):
    """The time for which a batch is claimed. Named as the statements name it."""

    wall: datetime
    lease_until: datetime
    beyond: datetime  # no honest lease ends later: the clock that wrote it was wrong


def begin(wall: datetime) -> Lease:
    return Lease(wall, wall + LEASE, wall + 2 * LEASE)


class Hourglass:
    """Says when a batch that was claimed just now must begin nothing more. It does not mind when the clock is set."""

    def __init__(self) -> None:
        self._end = time.monotonic() + (LEASE - SPARE).total_seconds()

    @property
    def empty(self) -> bool:
        return time.monotonic() > self._end


class Budget:
    """A site's time in one batch: one that asks us to be slow must not keep the others waiting for the next run."""

    SECONDS = 150.0
    PAUSE = timedelta(minutes=1)  # what its time was too short for is due again after it

    def __init__(self) -> None:
        self._end = time.monotonic() + self.SECONDS

    @property
    def spent(self) -> bool:
        return time.monotonic() > self._end


def free(url: str) -> None:
    """Let go of every claim. For who knows that nobody else works on this database, after a kill: the fences keep it safe even so."""
    with connect(url) as connection:
        write(connection, "leases.free")


@contextmanager
def holding(url: str, let_go: str, claims: Sequence[tuple[int, int]]) -> Iterator[Hourglass]:
    """Hold claims, pairs of id and fence, for a batch; what is still claimed under these fences when it ends early is let go.

    That is done on a connection of its own, for the step's may be what has failed; where that fails too, the lease ends by itself.
    """
    glass, whole = Hourglass(), False
    try:
        yield glass
        whole = not glass.empty
    finally:
        if claims and not whole:
            tried(url, let_go, ids=[claim[0] for claim in claims], fences=[claim[1] for claim in claims])
