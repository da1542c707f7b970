"""Recorded pages and feeds -> what stands at an address: the recording, a feed that lists a host's pages, or nothing."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pipeline.newsstand import recordings
from pipeline.newsstand.cast import FEED_PATHS
from pipeline.newsstand.feeds import as_json
from pipeline.newsstand.site import MISSING, Found
from pipeline.newsstand.typeset import TYPES, templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.newsstand.recordings import Recording
    from pipeline.records import Title

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # feeds that never change were last changed then


class ListedSite:
    """A closed world of recordings: every host that they point to exists, and answers 404 for what was not recorded."""

    def __init__(self, titles: Sequence[Title], shelves: Mapping[str, Sequence[Recording]], feeds: Sequence[Recording]) -> None:
        pages = [page for shelf in shelves.values() for page in shelf]
        self._exact = {_target(page.url): page for page in pages}
        self._loose = _unique(pages)
        self._feeds = {_target(feed.url): feed for feed in feeds}
        self._lists = {_target(title.feeds[0].url): (title, shelves[title.domains[0]]) for title in titles if shelves.get(title.domains[0])}
        self._known = {host: 80 for title in titles for host in (title.domains[0], f"www.{title.domains[0]}")}
        self._known |= {urlsplit(page.url).hostname or "": 80 for page in (*pages, *feeds)}
        self._pointed = {place for feed in feeds for place in recordings.linked(recordings.read(feed.path))}

    def hosts(self) -> Iterable[tuple[str, int]]:
        """Return every host and port: of recordings, and of whatever the recorded feeds point to."""
        yield from {(host, port) for host in self._known for port in (80, 443)}
        yield from self._pointed
        yield from {(host, 443) for host, port in self._pointed if port == 80}  # noqa: PLR2004  the ports of http and https

    def find(self, host: str, target: str) -> Found:
        """Return the recording: by exact address, else as far as the path alone decides (parameters may have been removed)."""
        place = (host.removeprefix("www."), target)
        if place in self._lists:
            return self._list(*self._lists[place])
        if place in self._feeds:
            return _feed(recordings.read(self._feeds[place].path))
        page = self._exact.get(place) or self._loose.get((place[0], _path(target)))
        return _page(recordings.read(page.path)) if page else MISSING

    def _list(self, title: Title, pages: Sequence[Recording]) -> Found:
        url = title.feeds[0].url
        form = next(form for form, path in FEED_PATHS.items() if url.endswith(path))
        feed = {
            "url": url,
            "name": title.name,
            "home": f"http://{urlsplit(url).hostname}/",
            "language": title.language,
            "modified": BEGINNING,
            "entries": [_entry(page) for page in reversed(pages)],
        }
        body = as_json(feed) if form == "json" else templates().get_template(f"feed.{form}.xml").render(f=feed).encode()
        return Found(body=body, content_type=TYPES.get(form, "application/xml"), etag=_etag(body), modified=BEGINNING)


def _entry(page: Recording) -> dict[str, Any]:
    """Return an entry that knows the address and the page's own <title>, and no date: what the page says must be read from it."""
    texts = dict.fromkeys(("published", "local", "local_updated", "broken_date", "section", "author", "summary", "html"), "")
    return texts | {"headline": page.headline, "link": page.url, "guid": page.url}


def _page(body: bytes) -> Found:
    """Say which encoding the bytes are in where they show it, as the first server did; recordings are often transcoded."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return Found(body=body, content_type="text/html", etag=_etag(body))
    return Found(body=body, etag=_etag(body))


def _feed(body: bytes) -> Found:
    content_type = "application/feed+json" if body.lstrip()[:1] == b"{" else "application/xml"
    return Found(body=body, content_type=content_type, etag=_etag(body), modified=BEGINNING)


def _etag(body: bytes) -> str:
    return f'"{sha256(body).hexdigest()[:20]}"'


def _target(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return recordings.bare(url), parts.path + (f"?{parts.query}" if parts.query else "")


def _path(target: str) -> str:
    return unquote(target.split("?", 1)[0]).rstrip("/")


def _unique(pages: Sequence[Recording]) -> dict[tuple[str, str], Recording]:
    """Return the pages that host and path alone tell apart."""
    found: dict[tuple[str, str], list[Recording]] = defaultdict(list)
    for page in pages:
        host, target = _target(page.url)
        found[host, _path(target)].append(page)
    return {place: some[0] for place, some in found.items() if len(some) == 1}
