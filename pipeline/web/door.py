"""An address -> what the web said, or why it said nothing usable: the one way in which Wiredesk asks the web for anything."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pipeline import VERSION, text
from pipeline import clock as clocks
from pipeline.reasons import Reason
from pipeline.records import Answer, Refusal
from pipeline.web import answers, hosts, proxies, targets, wire
from pipeline.web.answers import Policy
from pipeline.web.deadline import Deadline
from pipeline.web.faults import Fault

if TYPE_CHECKING:
    import ssl

    from pipeline.clock import Clock
    from pipeline.settings import Settings
    from pipeline.web.answers import Kind, Moved
    from pipeline.web.hosts import Resolver
    from pipeline.web.proxies import Proxy
    from pipeline.web.targets import Target

Turn = Callable[[str, str], AbstractContextManager[None]]  # takes "host:port" and an IP address; while it is held, both may be asked
Permit = Callable[[str], Refusal | None]  # takes where a redirect leads and says why it may not be followed

PRODUCT = "wiredesk"  # the name by which robots.txt knows us

_ACCEPT: dict[Kind, str] = {
    "feed": "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1",
    "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
    "robots": "text/plain, */*;q=0.1",
}
_DETAIL = 300  # characters of a refusal's detail
_VALIDATOR = 4096  # characters; a longer one is not sent back, the server would refuse the request


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """What stays the same over the redirects of one fetch."""

    kind: Kind
    headers: dict[str, str]
    conditional: bool
    permit: Permit
    deadline: Deadline


class Door:
    """Fetches addresses. Threads may share one: it holds nothing that changes."""

    def __init__(  # noqa: PLR0913  all that differs between the web, a closed world and a test
        self,
        *,
        agent: str,
        resolver: Resolver,
        policy: Policy | None = None,
        turn: Turn | None = None,
        proxy: Proxy | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Clock = clocks.wall,
    ) -> None:
        self._agent = agent
        self._resolver = resolver
        self._policy = policy or Policy()
        self._turn = turn or (lambda _host, _address: nullcontext())
        self._proxy = proxy
        self._tls = tls or wire.trust()
        self._clock = clock

    def fetch(self, url: str, *, kind: Kind, etag: str = "", modified: str = "", permit: Permit | None = None) -> Answer | Refusal:
        """Return the final answer to a GET: 200 with its decoded body, or 304 where a validator was given.

        `etag` and `modified` are sent as they are. `permit` is asked before a redirect is followed, and what it refuses is the
        result. `turn` is taken for every request, those of redirects included, and held until the answer is read. The time
        that these two take is not the site's; their exceptions are passed on.
        """
        validators = _validators(etag, modified)
        headers = {"User-Agent": self._agent, "Accept": _ACCEPT[kind], "Accept-Encoding": "gzip", "Connection": "close"}
        deadline = Deadline(self._policy.total)
        permit = permit or (lambda _: None)
        ask = _Ask(kind=kind, headers=headers | validators, conditional=bool(validators), permit=permit, deadline=deadline)
        trail = [url]
        try:
            return self._followed(trail, ask)
        except Fault as fault:
            return _refused(fault, kind, trail[-1])

    def _followed(self, trail: list[str], ask: _Ask) -> Answer | Refusal:
        """Return the answer at the end of the redirects, or why one is not followed. `trail` is left with every address that was asked."""
        target, for_good = targets.read(trail[0]), True
        first = target.url
        for _ in range(self._policy.redirects + 1):
            trail.append(target.url)
            try:
                found = self._asked(target, ask)
            except Fault as fault:
                if fault.reason is Reason.GONE and not for_good:  # gone is only what we were sent to for the moment
                    raise Fault(Reason.NOT_FOUND, fault.detail, status=fault.status) from fault
                raise
            if isinstance(found, Answer):
                return replace(found, moved_to=target.url if for_good and target.url != first else None)
            target, for_good = found.target, for_good and found.for_good
            with ask.deadline.stopped():
                forbidden = ask.permit(target.url)
            if forbidden:
                return forbidden
        raise Fault(Reason.TOO_MANY_REDIRECTS, f"more than {self._policy.redirects}, the last to {target.url}")

    def _asked(self, target: Target, ask: _Ask) -> Answer | Moved:
        """Make one request: resolve and check, wait for our turn, connect to what was checked, read."""
        policy = self._policy
        addresses = self._resolver(target.host, target.port, ask.deadline.left(policy.connect))
        line = wire.Line(
            deadline=ask.deadline,
            connect=policy.connect,
            limits=policy.limits(ask.kind),
            tls=self._tls,
            turn=partial(self._turn, targets.key(target.host, target.port)),
            proxy=self._proxy,
        )
        with wire.ask(target, ask.headers, addresses, line) as reply:
            return answers.read(reply, target, kind=ask.kind, policy=policy, conditional=ask.conditional, now=self._clock())


def open_door(settings: Settings, turn: Turn | None = None, *, allow: frozenset[str] = frozenset()) -> Door:
    """Return the door that the settings describe. `allow` holds "host:port" that may be private. SettingsError."""
    if settings.hosts is not None:
        resolver, proxy = hosts.closed(hosts.read(settings.hosts)), None
    else:
        resolver = hosts.internet(allowed=allow)
        proxy = proxies.read(settings.proxy) if settings.proxy else None
    return Door(agent=agent(settings.contact), resolver=resolver, turn=turn, proxy=proxy, clock=clocks.read(settings.clock))


def agent(contact: str) -> str:
    """Return the User-Agent: product, version, and where a site's owner can write to."""
    named = text.clean(contact).encode("ascii", "ignore").decode()
    return f"{PRODUCT}/{VERSION}" + (f" (+{named})" if named else "")


def _validators(etag: str, modified: str) -> dict[str, str]:
    given = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in given.items() if value and _sendable(value)}


def _sendable(value: str) -> bool:
    return len(value) <= _VALIDATOR and value.isprintable() and all(ord(sign) < 256 for sign in value)  # noqa: PLR2004  Latin-1


def _refused(fault: Fault, kind: Kind, url: str) -> Refusal:
    return Refusal(
        stage="feed" if kind == "feed" else "page",
        reason=fault.reason,
        detail=text.clean(fault.detail, _DETAIL),
        url=text.clean(url, targets.LONGEST),
        status=fault.status,
        retry_after=fault.waits,
    )
