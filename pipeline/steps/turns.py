"""A host and an address -> our turn to ask them: at most two at once and a while apart, over all tasks and workers.

A turn is taken in the name of the host's site (its registrable domain) and in that of the IP address, both at once, by one statement
(sql/queries/turns.sql): it locks their rows of ops.turn in order, so nobody waits for anybody who waits for him. The wall clock counts.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from pipeline.store import dicts, retried, write
from pipeline.web import guard, robots
from pipeline.web.sites import site

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pipeline.clock import Clock
    from pipeline.store import Connection

AT_ONCE = 2  # requests to one site, and to one address
HELD = timedelta(minutes=1)  # longer than a request can take; who was killed holds no place after it
GLANCE = timedelta(seconds=0.25)  # until it is looked again whether one of the two has finished
RULE = {"at_once": AT_ONCE, "held": HELD, "glance": GLANCE, "farthest": robots.LONGEST_DELAY}  # what lies further ahead a wrong clock wrote


class Held(NamedTuple):
    """A place that is ours at one name."""

    name: str
    begun: datetime
    next_at: datetime  # when the next one may begin
    until: datetime


def names(host: str, address: str) -> tuple[str, ...]:
    """Return in whose names a turn is taken; an address that is not public is one's own and stands for many hosts."""
    mine = {site(host)} if guard.objection(address) else {site(host), address}
    return tuple(sorted(mine))


class Turns:
    """Takes turns. All threads of a step share one."""

    def __init__(self, connection: Connection, spacing: float, wall: Clock) -> None:
        """Take a connection in autocommit that is nobody else's; `spacing` is in seconds, 0 for a world where there are no turns."""
        self._connection = connection
        self._spacing = timedelta(seconds=spacing)
        self._wall = wall
        self._asking = threading.Lock()

    @contextmanager
    def turn(self, host: str, address: str) -> Iterator[None]:
        """Wait for our turn at "host:port" and the address, and hold it."""
        if not self._spacing:
            yield
            return
        mine = names(host, address)
        while isinstance(found := self._tried(host, mine), timedelta):
            time.sleep(found.total_seconds())
        late = self._wall() - found[0].begun  # what it took to be told so: the others are to wait from now on
        try:
            yield
        finally:
            back = {"names": [held.name for held in found], "until": found[0].until, "next_at": [held.next_at + late for held in found]}
            with self._asking:
                retried(partial(write, self._connection, "turns.give_back", **back))

    def _tried(self, host: str, mine: Sequence[str]) -> Sequence[Held] | timedelta:
        """Take the turn if it is ours and return what we hold, else how long to wait."""
        with self._asking:
            wall = self._wall()
            asked = {"names": mine, "site": site(host), "host": host.removesuffix(":80").removesuffix(":443"), "wall": wall}
            take = partial(dicts, self._connection, "turns.take", **asked, **RULE, spacing=self._spacing)
            while not (rows := retried(take))[0]["known"]:
                retried(partial(write, self._connection, "turns.know", names=mine, wall=wall))
        if waiting := rows[0]["wait"]:
            return waiting  # type: ignore[no-any-return]  # an interval
        return [Held(row["name"], begun=wall, next_at=row["next_at"], until=wall + HELD) for row in rows]
