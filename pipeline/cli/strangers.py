"""A feed of no title that we know -> what it says, with the sites that count as its own.

A title says which domains are its own, and entries elsewhere are refused. Here nobody says: a feed's own are its host and the host that
most of its entries are on, or, where `every` host is wanted, all of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline import urls
from pipeline.feeds import entries
from pipeline.reasons import Reason
from pipeline.records import Feed, Reading, Refusal, Title

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What came from an address or a file, and as whose it is to be read."""

    content: bytes
    url: str
    content_type: str = ""
    title: Title | None = None  # None: nobody's that we know
    domains: tuple[str, ...] = ()  # that are its own, whoever it is
    every: bool = False  # all hosts are


def ready() -> None:
    """Be in this module, and so have imported what reading feeds needs before a worker is forked."""


def title(domains: Iterable[str]) -> Title:
    """Return a title of which no more is known."""
    return Title(key="unknown", name="", owner="", country="", language="", kind="", domains=tuple(domains), feeds=())


def read(body: Body, now: datetime) -> tuple[Reading | Refusal, tuple[str, ...]]:
    """Return what a body says, and the domains that counted as its own."""
    if body.title or body.domains:
        own = tuple(dict.fromkeys((*(body.title.domains if body.title else ()), *body.domains)))
        return _read(body, own, now), own
    own = _site(body.url)
    reading = _read(body, own, now)
    if isinstance(reading, Refusal):
        return reading, own
    elsewhere = Counter(_site(r.url)[0] for r in reading.refusals if r.reason is Reason.OFF_DOMAIN and r.url)
    most = max(elsewhere.values(), default=0)
    added = tuple(sorted(host for host, count in elsewhere.items() if body.every or count == most > len(reading.entries)))
    return (_read(body, (*own, *added), now), (*own, *added)) if added else (reading, own)


def site(url: str) -> str:
    """Return the host of an address without the "www." that says nothing. ValueError for no address."""
    return urls.host(url).removeprefix("www.")


def _site(url: str) -> tuple[str, ...]:
    try:
        return (site(url),)
    except ValueError:
        return ()


def _read(body: Body, own: tuple[str, ...], now: datetime) -> Reading | Refusal:
    known = body.title or title(own)
    whose = Title(**{field: getattr(known, field) for field in Title.__slots__} | {"domains": own})
    return entries.parse(body.content, url=body.url, content_type=body.content_type, title=whose, feed=Feed(url=body.url), now=now)
