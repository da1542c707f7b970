"""A host, a path and the clock -> what the planned world shows there: feeds, pages, robots.txt, and what is broken on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.newsstand import feeds, typeset
from pipeline.newsstand.addresses import host as www

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.clock import Clock
    from pipeline.newsstand.plan import Piece, World

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
ROBOTS = b"User-agent: *\nDisallow: /private/\n"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
FEED_SECONDS = 60  # for which a feed says it may be kept, by the stand's clock
PAGE_SECONDS = 300
_KEPT = 2048  # feeds in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What stands at an address."""

    status: int = 200
    body: bytes = b""
    content_type: str = HTML
    etag: str = ""
    modified: datetime | None = None
    seconds: int = PAGE_SECONDS
    location: str = ""


MISSING = Found(status=404, body=b"<!DOCTYPE html><title>Not found</title><h1>Not found</h1>")


class WorldSite:
    """The world as seen from the web. Nothing is there before its time."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world, self._clock = world, clock
        self._houses = {www(house): place for place, house in enumerate(world.cast.houses)}
        self._pieces: dict[tuple[str, str], Piece] = {}
        for shelf in world.shelves:
            self._pieces.update({_place(piece.url): piece for piece in shelf if piece.dirt not in {"no_link", "home_page"}})
        self._feeds = {
            _place(feed.url): (place, form)
            for place, house in enumerate(world.cast.houses)
            for feed, form in zip(house.title.feeds, house.forms, strict=True)
        }
        self._sheet = lru_cache(_KEPT)(self._make_sheet)

    def hosts(self) -> Iterable[tuple[str, int]]:
        """Return each title's www host, and its bare domain, which redirects there."""
        for host in self._houses:
            yield from ((host, 80), (host.removeprefix("www."), 80))

    def find(self, host: str, target: str) -> Found:
        """Return what stands at `target` (path and query) of `host` now."""
        now = self._clock()
        if f"www.{host}" in self._houses:
            return Found(status=301, location=f"http://www.{host}{target}")
        if host not in self._houses:
            return MISSING
        if target == "/robots.txt":
            return Found(body=ROBOTS, content_type=TEXT)
        if target == "/":
            return Found(body=typeset.front(self._world, self._houses[host], now))
        if (host, target) in self._feeds:
            place, form = self._feeds[host, target]
            return self._sheet(place, form, self._state(place, now))
        piece = self._pieces.get((host, target)) or self._pieces.get((host, target.split("?", maxsplit=1)[0]))
        return MISSING if piece is None or piece.published > now else self._page(piece, now)

    def _state(self, place: int, now: datetime) -> datetime:
        """Return when the title last published or changed anything, before which its feed was another."""
        moments = (typeset.changed(piece, now) for piece in self._world.shelves[place] if piece.published <= now)
        return max(moments, default=self._world.start)

    def _make_sheet(self, place: int, form: str, moment: datetime) -> Found:
        sheet = feeds.sheet(self._world, place, form, moment)
        return Found(
            body=sheet.body, content_type=sheet.content_type, etag=sheet.etag, modified=sheet.modified.astimezone(UTC), seconds=FEED_SECONDS
        )

    def _page(self, piece: Piece, now: datetime) -> Found:
        match piece.dirt:
            case "empty_page":
                return Found()
            case "missing":
                return MISSING
            case "gone":
                return Found(status=410)
            case "pdf":
                return Found(body=PDF, content_type="application/pdf")
        body = typeset.page(self._world, piece, now) if piece.dirt != "denied" else MISSING.body
        return Found(body=body, etag=f'"{sha256(body).hexdigest()[:20]}"', modified=typeset.changed(piece, now).astimezone(UTC))


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.path + (f"?{parts.query}" if parts.query else "")
