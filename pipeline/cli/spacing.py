"""Seconds -> turns at sites, for a command that asks the web without the database: within one process, one at a time."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.web.sites import site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from pipeline.web.door import Turn


def spaced(seconds: float, free: AbstractSet[str] = frozenset()) -> Turn:
    """Let one request to a site begin every so many seconds, whichever thread makes it. `free` ("host:port") are our own."""
    turns: dict[str, float] = {}
    lock = threading.Lock()

    @contextmanager
    def turn(host: str, _address: str) -> Iterator[None]:
        if host not in free:
            with lock:
                now = time.monotonic()
                mine = max(now, turns.get(site(host), now))
                turns[site(host)] = mine + seconds
            time.sleep(mine - now)
        yield

    return turn
