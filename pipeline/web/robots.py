"""The answer to a request for robots.txt -> whether an address may be read (RFC 9309)."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from protego import Protego

from pipeline import text
from pipeline.reasons import Reason
from pipeline.records import Answer, Refusal, Robots
from pipeline.web import targets
from pipeline.web.faults import Fault

if TYPE_CHECKING:
    from datetime import datetime

KEPT = timedelta(hours=24)  # RFC 9309, 2.4
RETRIED = timedelta(minutes=30)  # an unreachable one is looked at again sooner: until then nothing of the host is read
LONGEST_DELAY = timedelta(minutes=1)  # no Crawl-delay beyond it is obeyed; some ask for days

# The server answered, and says that there are no rules. RFC 9309, 2.3.1.3: 4xx means that all may be read; so do more than
# five redirects (2.3.1.2). 429 is no such answer: it asks us to wait.
_NO_RULES = frozenset({Reason.NOT_FOUND, Reason.GONE, Reason.FORBIDDEN, Reason.TOO_MANY_REDIRECTS, Reason.EMPTY_BODY})
_NOBODY = frozenset({Reason.ADDRESS_REFUSED, Reason.DNS_FAILED, Reason.CONNECT_FAILED, Reason.TLS_FAILED})  # there, whatever we ask
_AGENT_LINE = re.compile(r"\s*user(?:-|\s+)?agent[\s:]+([^#]*)", re.IGNORECASE)  # in all the spellings that Protego takes
_TOKEN = re.compile(r"[a-zA-Z_-]+")  # of a product, RFC 9309, 2.2.1
_CLIENT_ERRORS = range(400, 500)


def address(url: str) -> str:
    """Return where the rules for an address stand. ValueError if it is no web address."""
    try:
        target = targets.read(url)
    except Fault as fault:
        raise ValueError(fault.detail) from fault
    return f"{target.scheme}://{targets.authority(target.scheme, target.host, target.port)}/robots.txt"


def read(answer: Answer | Refusal, now: datetime, at: str | None = None) -> Robots:
    """Return the rules; what could not be reached means no. `at` is where they were asked for, to tell a failure of that host."""
    if isinstance(answer, Answer):
        body = answer.body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
        return Robots(fetched_at=now, state="rules", text=text.printable(body))
    other = answer.reason is Reason.UNEXPECTED_STATUS and answer.status in _CLIENT_ERRORS
    if other or answer.reason in _NO_RULES:
        return Robots(fetched_at=now, state="allow_all")
    reason = answer.reason if answer.reason in _NOBODY and answer.url == at else None
    return Robots(fetched_at=now, state="unreachable", text=f"robots.txt: {answer.reason}: {answer.detail}".rstrip(": "), reason=reason)


def allowed(robots: Robots, url: str, agent: str) -> bool:
    """Return whether `agent`, a product's name, may read the address."""
    if robots.state != "rules":
        return robots.state == "allow_all"
    try:
        return _parsed(robots.text, agent).can_fetch(url, agent)
    except ValueError:  # no address
        return False


def delay(robots: Robots, agent: str) -> timedelta | None:
    """Return the Crawl-delay asked for, at most a minute."""
    seconds = _parsed(robots.text, agent).crawl_delay(agent) if robots.state == "rules" else None
    return None if seconds is None else min(timedelta(seconds=min(seconds, LONGEST_DELAY.total_seconds())), LONGEST_DELAY)


def good_until(robots: Robots) -> datetime:
    """Return when robots.txt must be read again."""
    return robots.fetched_at + (RETRIED if robots.state == "unreachable" else KEPT)


@lru_cache(maxsize=256)
def _parsed(rules: str, agent: str) -> Protego:
    return Protego.parse("\n".join(_for_whom(line, agent) for line in rules.splitlines()))


def _for_whom(line: str, agent: str) -> str:
    """Return a line; where it names an agent that is neither we nor all, it names "other".

    Protego copies each rule of a group to each of its agents: 100 kB of 3,000 agents and 3,000 rules take 10 s and 640 MB.
    """
    match = _AGENT_LINE.match(line)
    if not match:
        return line
    name = match[1].strip()
    if name != "*":
        token = _TOKEN.match(name)
        name = agent if token and token[0].lower() == agent.lower() else "other"
    return f"User-agent: {name}"
