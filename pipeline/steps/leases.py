"""Claims -> held for as long as their worker lives, and let go if its step ends before it has stored what came of them.

A lease is short and renewed while the batch goes on: who was killed renews nothing, so that others take over within a minute and a half.
Renewing is a convenience and no promise: where it fails, a second worker does the work again, and the fence stops the first.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from pipeline.store import committed, connect, tried, value, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from pipeline.steps.edges import Edges

LEASE = timedelta(seconds=90)  # a killed worker's claims are free again after it: before Airflow tries its task again
BEAT = timedelta(seconds=30)  # between two renewals; one may fail
LONGEST = timedelta(minutes=13)  # a batch: after it no new item is begun
SPARE = timedelta(minutes=2)  # for which a lease is renewed even so: the longest item takes half a minute, and a wait for its host


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
        self._end = time.monotonic() + LONGEST.total_seconds()

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


def outlast(edges: Edges, step: str, hosts: Sequence[str] | None = None) -> None:
    """Wait while somebody holds what waits for a step (of these hosts), at most as long as a lease: for who tries again what failed.

    Who could let go of nothing when it failed - the database was what failed - has held it since; it is not due before that ends.
    """
    for _ in range(int(LEASE.total_seconds())):
        if not committed(edges.connection, lambda: value(edges.connection, f"{step}.held", hosts=hosts, **edges.lease())):
            return
        time.sleep(1)


@contextmanager
def holding(edges: Edges, table: str, claims: Sequence[tuple[int, int]]) -> Iterator[Hourglass]:
    """Hold claims, pairs of id and fence, for a batch; what is still claimed under these fences when it ends early is let go.

    That is done on connections of their own: the step's may be busy, or be what has failed. Where they fail too, the lease ends by itself.
    """
    glass, whole, ended = Hourglass(), False, threading.Event()
    mine = {"ids": [claim[0] for claim in claims], "fences": [claim[1] for claim in claims]}
    renewing = threading.Thread(target=_renew, args=(edges, f"{table}.renew", mine, ended), daemon=True)
    if claims:
        renewing.start()
    try:
        yield glass
        whole = not glass.empty
    finally:
        ended.set()
        if claims:
            renewing.join()
        if claims and not whole:
            tried(edges.url, f"{table}.let_go", **mine)


def _renew(edges: Edges, statement: str, mine: Mapping[str, Sequence[int]], ended: threading.Event) -> None:
    """Renew what is still held until the batch has ended, or has lasted too long: what hangs is not to hold its claims for ever."""
    last = time.monotonic() + (LONGEST + SPARE).total_seconds()
    while not ended.wait(BEAT.total_seconds()) and time.monotonic() < last:
        tried(edges.url, statement, **mine, lease_until=edges.wall() + LEASE)
