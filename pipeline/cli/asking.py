"""An address -> what its host answers, if robots.txt lets us ask: how a command asks the web without the database."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.reasons import Reason
from pipeline.records import Answer, Refusal, Robots
from pipeline.web import robots
from pipeline.web.door import PRODUCT

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from pipeline.clock import Clock
    from pipeline.web.door import Door, Pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What robots.txt says of one address."""

    address: str  # of the robots.txt
    state: Literal["rules", "allow_all", "unreachable"]
    allowed: bool
    said: str  # why it could not be read, if it could not


class Asker:
    """Asks for what robots.txt allows, for each robots.txt once. It is one thread's."""

    def __init__(self, door: Door, now: Clock) -> None:
        self._door, self._now = door, now
        self._known: dict[str, tuple[Robots, str]] = {}

    def robots(self, url: str) -> tuple[str, Robots, str]:
        """Return where the rules for an address stand, the rules, and why they could not be read. ValueError for no address."""
        address = robots.address(url)
        if address not in self._known:
            answer = self._door.fetch(address, kind="robots")
            said = f"{answer.reason}: {answer.detail}" if isinstance(answer, Refusal) else ""
            self._known[address] = robots.read(answer, self._now()), said
        return address, *self._known[address]

    def ruling(self, url: str) -> Ruling | None:
        """Return what robots.txt says of an address; None where it is none, and the door says what is wrong with it."""
        try:
            address, rules, said = self.robots(url)
        except ValueError:
            return None
        return Ruling(address=address, state=rules.state, allowed=robots.allowed(rules, url, PRODUCT), said=said)

    def fetch(self, url: str, *, kind: Literal["feed", "page"], etag: str = "", modified: str = "") -> Answer | Refusal:
        """Return the answer, or why there is none."""
        ruling = self.ruling(url)
        if ruling is None or ruling.allowed:
            return self._door.fetch(url, kind=kind, etag=etag, modified=modified)
        reason = Reason.ROBOTS_UNREACHABLE if ruling.state == "unreachable" else Reason.ROBOTS_DENIED
        return Refusal(stage=kind, reason=reason, detail=ruling.said, url=url)


def spaced(seconds: float, free: AbstractSet[str] = frozenset()) -> Pause:
    """Let one request to a host begin every so many seconds, whichever thread makes it. `free` ("host:port") are our own."""
    turns: dict[str, float] = {}
    lock = threading.Lock()

    def pause(host: str) -> None:
        if host in free:
            return
        with lock:
            now = time.monotonic()
            turn = max(now, turns.get(host, now))
            turns[host] = turn + seconds
        time.sleep(turn - now)

    return pause
