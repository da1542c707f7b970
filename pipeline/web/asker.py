"""An address -> what its host answers, if robots.txt lets us ask it, and every host that it redirects to; and what robots.txt said."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipeline.reasons import Reason
from pipeline.records import Answer, Refusal, Robots
from pipeline.web import robots

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.clock import Clock
    from pipeline.web.door import Door

    Look = Callable[[str], Robots | None]  # the address of a robots.txt -> what is known of it from before
    Keep = Callable[[str, Robots], None]

Decision = Literal["allowed", "no_rules", "denied", "unreachable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What robots.txt says of one address."""

    address: str  # of the robots.txt
    decision: Decision  # no_rules: there is none; unreachable: that means no
    reason: Reason | None = None  # why the address must not be asked
    said: str = ""  # more about it, for people

    @property
    def allowed(self) -> bool:
        return self.reason is None


class Asked(NamedTuple):
    """What came of asking. The ruling is of the last address that we wanted to ask; None: it was no address."""

    answer: Answer | Refusal
    ruling: Ruling | None


class Asker:
    """Asks for what robots.txt allows. A robots.txt is read once while it is good, by one thread; all threads may share an asker."""

    def __init__(self, door: Door, now: Clock, *, agent: str, look: Look | None = None, keep: Keep | None = None) -> None:
        """`look` and `keep` are a memory that is shared with others. Their exceptions are passed on."""
        self._door, self._now, self._agent = door, now, agent
        self._look, self._keep = look or (lambda _: None), keep or (lambda _address, _rules: None)
        self._known: dict[str, Robots] = {}
        self._reading: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def robots(self, url: str) -> Robots:
        """Return the rules for an address, asking its host if need be. ValueError for no address."""
        return self._rules(robots.address(url))

    def ruling(self, url: str) -> Ruling | None:
        """Return what robots.txt says of an address; None where it is none, and the door says what is wrong with it."""
        try:
            address = robots.address(url)
        except ValueError:
            return None
        rules = self._rules(address)
        if rules.state == "unreachable":
            return Ruling(address=address, decision="unreachable", reason=rules.reason or Reason.ROBOTS_UNREACHABLE, said=rules.text)
        if rules.state == "allow_all":
            return Ruling(address=address, decision="no_rules")
        if robots.allowed(rules, url, self._agent):
            return Ruling(address=address, decision="allowed")
        return Ruling(address=address, decision="denied", reason=Reason.ROBOTS_DENIED)

    def fetch(self, url: str, *, kind: Literal["feed", "page"], etag: str = "", modified: str = "") -> Asked:
        """Return the answer, or why there is none."""
        rulings = [self.ruling(url)]

        def permit(address: str) -> Refusal | None:
            rulings.append(self.ruling(address))
            return _refusal(rulings[-1], kind, address)

        answer = _refusal(rulings[0], kind, url) or self._door.fetch(url, kind=kind, etag=etag, modified=modified, permit=permit)
        return Asked(answer, rulings[-1])

    def _rules(self, address: str) -> Robots:
        with self._reading[address]:
            rules = self._known.get(address) or self._look(address)
            if rules is None or not rules.fetched_at <= self._now() < robots.good_until(rules):
                rules = robots.read(self._door.fetch(address, kind="robots"), self._now(), address)
                self._keep(address, rules)
            self._known[address] = rules
            return rules


def _refusal(ruling: Ruling | None, kind: Literal["feed", "page"], url: str) -> Refusal | None:
    if ruling is None or ruling.reason is None:
        return None
    return Refusal(stage=kind, reason=ruling.reason, detail=ruling.said, url=url)
