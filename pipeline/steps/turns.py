"""A host and an address -> our turn to ask them: at most two at once and a while apart, over all tasks and workers.

A turn is taken in the name of the host's site (its registrable domain) and in that of the IP address, both at once: their rows of
ops.turn are locked in order, so nobody waits for anybody who waits for him. The wall clock counts.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from pipeline.store import committed, many, read, value
from pipeline.web import guard, robots
from pipeline.web.sites import site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from pipeline.clock import Clock
    from pipeline.store import Connection

AT_ONCE = 2  # requests to one site, and to one address
HELD = timedelta(minutes=1)  # longer than a request can take; who was killed holds no place after it
GLANCE = timedelta(seconds=0.25)  # until it is looked again whether one of the two has finished


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Whose turn it is at one name. Its fields are the columns of ops.turn."""

    name: str  # "example.org", "93.184.216.34"
    next_at: datetime  # nobody may begin before
    until: tuple[datetime, ...] = ()  # of each request that is under way, when it must have ended


class Held(NamedTuple):
    """A place that is ours at one name."""

    name: str
    begun: datetime
    next_at: datetime  # when the next one may begin
    until: datetime


def wait(gates: Iterable[Gate], now: datetime) -> timedelta:
    """Return how long to wait until the gates may be asked, or looked at again; none: now. What lies too far ahead a wrong clock wrote."""
    waits = [timedelta(0)]
    for gate in gates:
        if gate.next_at <= now + robots.LONGEST_DELAY:
            waits.append(gate.next_at - now)
        if len(_busy(gate, now)) >= AT_ONCE:
            waits.append(GLANCE)
    return max(waits)


def taken(gate: Gate, now: datetime, gap: timedelta) -> Gate:
    """Return the gate after somebody has begun to ask."""
    return replace(gate, next_at=now + gap, until=(*_busy(gate, now), now + HELD))


def _busy(gate: Gate, now: datetime) -> tuple[datetime, ...]:
    return tuple(until for until in gate.until if now < until <= now + HELD)


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
            rows = [{"name": held.name, "until": held.until, "next_at": held.next_at + late} for held in found]
            with self._asking:
                committed(self._connection, partial(many, self._connection, "turns.give_back", rows))

    def _tried(self, host: str, mine: Sequence[str]) -> Sequence[Held] | timedelta:
        """Take the turn if it is ours and return what we hold, else how long to wait."""
        with self._asking:
            return committed(self._connection, partial(self._took, host, mine))

    def _took(self, host: str, mine: Sequence[str]) -> Sequence[Held] | timedelta:
        now = self._wall()
        many(self._connection, "turns.know", [{"name": name, "now": now} for name in mine])
        gates = read(self._connection, "turns.lock", Gate, names=mine)
        if waiting := wait(gates, now):
            return waiting
        asked: timedelta | None = value(self._connection, "turns.crawl_delay", host=host.removesuffix(":80").removesuffix(":443"))
        own = {site(host): max(self._spacing, asked or self._spacing)}
        after = [taken(gate, now, own.get(gate.name, self._spacing)) for gate in gates]
        many(self._connection, "turns.take", [{"name": gate.name, "next_at": gate.next_at, "until": gate.until} for gate in after])
        return [Held(gate.name, begun=now, next_at=gate.next_at, until=now + HELD) for gate in after]
