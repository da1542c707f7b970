"""A host -> what its robots.txt said. It lives in ops.host, so all tasks and workers share it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pipeline import urls
from pipeline.reasons import Reason
from pipeline.records import Robots
from pipeline.store import read, write
from pipeline.web import robots

if TYPE_CHECKING:
    from pipeline.store import Connection


def key(url: str) -> str:
    """Return host and port of an address, the port only where it is not the scheme's. ValueError for what is no address."""
    return urlsplit(urls.plain(url)).netloc


class Shelf:
    """The robots.txt that all workers know. All threads of a step share one."""

    def __init__(self, connection: Connection, agent: str) -> None:
        """Take a connection in autocommit that is nobody else's."""
        self._connection = connection
        self._agent = agent
        self._asking = threading.Lock()

    def look(self, address: str) -> Robots | None:
        """Return what was read at the address of a robots.txt, however old."""
        with self._asking:
            found = read(self._connection, "hosts.robots", _robots, host=key(address))
        return found[0] if found else None

    def keep(self, address: str, rules: Robots) -> None:
        """Keep what was read there."""
        row = {"host": key(address), "state": rules.state, "text": rules.text, "reason": rules.reason, "fetched_at": rules.fetched_at}
        with self._asking:
            write(self._connection, "hosts.keep_robots", **row, crawl_delay=robots.delay(rules, self._agent))


def _robots(*, reason: str | None, **said: Any) -> Robots:
    return Robots(**said, reason=Reason(reason) if reason else None)
