"""One HTTP reply -> an answer, the next address of a redirect, or a fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.reasons import Reason
from pipeline.records import Answer
from pipeline.web import bodies, statuses, targets, waits
from pipeline.web.faults import Fault
from pipeline.web.reply import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pipeline.web.reply import Reply
    from pipeline.web.targets import Target

Kind = Literal["feed", "page", "robots"]

_NOT_MODIFIED = 304
_SLACK = 64 * 1024  # bytes that chunk sizes and trailers may take, beside a quarter of the body


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How long the door waits and how much it takes; see decision 12."""

    total: float = 30.0  # seconds for a fetch, redirects included, our own pauses not
    connect: float = 10.0  # seconds to resolve, and again to connect
    redirects: int = 5
    interim: int = 10  # 1xx answers before a final one
    head: int = 64 * 1024  # bytes of status lines and headers
    feed: int = 10_000_000  # bytes, decoded
    page: int = 5_000_000
    robots: int = 500 * 1024  # the rest is left unread, as RFC 9309, 2.5 allows

    def limit(self, kind: Kind) -> int:
        return {"feed": self.feed, "page": self.page, "robots": self.robots}[kind]

    def limits(self, kind: Kind) -> Limits:
        return Limits(head=self.head, wire=self.head + self.limit(kind) * 5 // 4 + _SLACK, interim=self.interim)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A redirect."""

    target: Target
    for_good: bool  # 301, 308


def read(reply: Reply, target: Target, *, kind: Kind, policy: Policy, conditional: bool, now: datetime) -> Answer | Moved:
    """Return what the reply says, its body read to the end. Fault."""
    status, headers = reply.status, _headers(reply)
    wait = waits.retry_after(headers.get("retry-after"), now)
    if status in statuses.MOVED:
        locations = reply.headers.get_all("location", [])
        return Moved(target=targets.redirected(target, locations), for_good=status in statuses.MOVED_FOR_GOOD)
    if status == _NOT_MODIFIED:
        if not conditional:
            raise Fault(Reason.UNEXPECTED_304, status=status, waits=wait)
        return Answer(url=target.url, status=status, headers=headers, body=b"", retry_after=wait)
    if reason := statuses.reason(status):
        raise Fault(reason, f"HTTP {status}", status=status, waits=wait)
    try:
        body = _body(reply, headers, kind, policy.limit(kind))
    except Fault as fault:
        fault.status = status
        raise
    return Answer(url=target.url, status=status, headers=headers, body=body, retry_after=wait)


def _headers(reply: Reply) -> Mapping[str, str]:
    """Return the headers by name in lower case, those sent more than once joined. Cookies are not for us."""
    joined: dict[str, str] = {}
    for name, value in reply.headers.items():
        known = joined.get(name.lower())
        joined[name.lower()] = value if known is None else f"{known}, {value}"
    joined.pop("set-cookie", None)
    return joined


def _body(reply: Reply, headers: Mapping[str, str], kind: Kind, limit: int) -> bytes:
    coding = bodies.coding(headers.get("content-encoding", ""))
    cut = kind == "robots"
    if reply.length is not None and reply.length > limit and not cut:
        raise Fault(Reason.TOO_LARGE, f"{reply.length:,} bytes are announced")
    body = bodies.decoded(reply.pieces(), coding, limit, cut=cut)
    if kind == "feed" and coding == "identity":
        body = bodies.unpacked(body, limit)
    if kind != "robots" and not body.strip():
        raise Fault(Reason.EMPTY_BODY)
    return body
