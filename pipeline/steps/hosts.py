"""A host -> its next free slot, and what its robots.txt said. Both live in ops.host, so all tasks and workers share them."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline import urls
from pipeline.records import Robots
from pipeline.store import committed, dicts, value, write
from pipeline.web import robots

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pipeline.clock import Clock
    from pipeline.store import Connection
    from pipeline.web.door import Door

FRESH = timedelta(hours=24)  # RFC 9309, 2.4: no longer than a day
RETRY = timedelta(minutes=30)  # an unreachable robots.txt means no; it is asked again sooner than a day


def key(url: str) -> str:
    """Return host and port of an address, the port only where it is not the scheme's. ValueError for what is no address."""
    return urlsplit(urls.plain(url)).netloc


class Slots:
    """Who asks a host takes its next free slot first, and waits for it: one limit per host across all tasks and workers."""

    def __init__(self, connection: Connection, spacing: float, wall: Clock) -> None:
        """Take a connection in autocommit that is nobody else's; `spacing` is in seconds."""
        self._connection = connection
        self._spacing = timedelta(seconds=spacing)
        self._wall = wall
        self._asking = threading.Lock()

    def take(self, host: str) -> None:
        """Return when the host may be asked; http and https are one server."""
        if not self._spacing:
            return
        host = host.removesuffix(":80").removesuffix(":443")
        now = self._wall()
        with self._asking:
            slot: datetime = value(self._connection, "hosts.take_slot", host=host, wall=now, spacing=self._spacing)
        time.sleep(max(0.0, (slot - now).total_seconds()))


class Rules:
    """The robots.txt of some hosts: what is known and fresh, and what was read on the way, to be kept by `store`."""

    def __init__(self, connection: Connection, hosts: Iterable[str], now: datetime) -> None:
        rows = dicts(connection, "hosts.robots", hosts=sorted(set(hosts)), since=now - FRESH, now=now)
        known = {row.pop("host"): Robots(**row) for row in rows}
        self._known = {host: rules for host, rules in known.items() if rules.state != "unreachable" or rules.fetched_at > now - RETRY}
        self._fresh: dict[str, Robots] = {}

    def of(self, url: str, door: Door, now: datetime) -> Robots:
        """Return what the address's host allows, asking it if need be. A host is asked by one thread only."""
        host = key(url)
        if host not in self._known:
            self._known[host] = self._fresh[host] = robots.read(door.fetch(robots.address(url), kind="robots"), now)
        return self._known[host]

    def store(self, connection: Connection) -> None:
        """Keep what was read since the last time, each in a transaction: others wait for the row to take their slot."""
        while self._fresh:  # threads go on adding
            host, rules = self._fresh.popitem()
            row = {"host": host, "state": rules.state, "text": rules.text, "fetched_at": rules.fetched_at}
            committed(connection, partial(write, connection, "hosts.keep_robots", **row))
