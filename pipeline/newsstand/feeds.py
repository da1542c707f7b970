"""A house, one of its feeds and a moment -> the bytes that the feed shows then, in its form, with validators."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any

from pipeline.newsstand.addresses import host
from pipeline.newsstand.dirt import BY_NAME
from pipeline.newsstand.newsroom import compose
from pipeline.newsstand.typeset import TYPES, changed, front, local, templates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.newsstand.edits import Draft
    from pipeline.newsstand.plan import Piece, World

LISTED = 30  # entries that a feed shows at most
MAPPED = 1000  # those of a news sitemap, of the last two days: https://www.sitemaps.org and its news extension say so
MAPPED_FOR = timedelta(days=2)
TRACKING = "utm_source=rss&utm_medium=feed"
_SUMMARY = 200  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A feed's body, and by what it is known again."""

    body: bytes
    content_type: str
    etag: str
    modified: datetime


def sheet(world: World, place: int, form: str, now: datetime) -> Sheet:
    """Return what the feed of `form` shows at `now`: what is out, newest first."""
    house = world.cast.houses[place]
    if form == "html":
        return _sheet(front(world, place, now), "text/html; charset=utf-8", world.start)
    if form == "zero":
        return _sheet(b"", "application/rss+xml", world.start)
    out = _out(world.shelves[place], form, now)
    modified = max((changed(piece, now) for piece in out), default=world.start)
    feed = {
        "url": next(feed.url for feed, other in zip(house.title.feeds, house.forms, strict=True) if other == form),
        "name": house.title.name,
        "home": f"http://{host(house)}/",
        "language": house.title.language,
        "modified": modified,
        "entries": [_entry(world, piece, now) for piece in reversed(out)],
    }
    if form == "json":
        return _sheet(as_json(feed), TYPES["json"], modified)
    known = "rss" if form == "empty" else form
    body = templates().get_template(f"feed.{known}.xml").render(f=feed).encode()
    return _sheet(body, TYPES.get(known, "application/xml"), modified)


def _out(shelf: Sequence[Piece], form: str, now: datetime) -> Sequence[Piece]:
    """Return what a feed of `form` lists at `now`, oldest first."""
    end = bisect_right(shelf, now, key=lambda piece: piece.published)
    match form:
        case "empty":
            return ()
        case "sitemap":
            return [piece for piece in shelf[max(0, end - MAPPED) : end] if piece.published > now - MAPPED_FOR]
    return shelf[max(0, end - LISTED) : end]


def _sheet(body: bytes, content_type: str, modified: datetime) -> Sheet:
    return Sheet(body=body, content_type=content_type, etag=f'"{hashlib.sha256(body).hexdigest()[:20]}"', modified=modified)


def _entry(world: World, piece: Piece, now: datetime) -> dict[str, Any]:
    house = world.cast.houses[piece.house]
    draft = None if piece.kind == "dirt" else compose(world, piece, now)
    link = "" if piece.dirt == "no_link" else piece.url
    if house.habits.tracking and draft:
        link += f"{'&' if '?' in link else '?'}{TRACKING}"
    return {
        "headline": draft.headline if draft else BY_NAME[piece.dirt].headline,
        "link": link,
        "guid": f"tag:{host(house)},{piece.published:%Y}:{hashlib.sha256(piece.url.encode()).hexdigest()[:12]}",
        "published": local(piece.published, house),
        "local": local(piece.published, house).isoformat(),
        "local_updated": local(changed(piece, now), house).isoformat(),
        "broken_date": "31 Febtober, half past nine" if piece.dirt == "broken_date" else "",
        "section": piece.section,
        "author": draft.byline if draft and house.habits.byline else "",
        "summary": _summary(draft) if draft else "",
        "html": "".join(f"<p>{escape(text)}</p>" for text in draft.paragraphs) if draft and house.habits.full_text else "",
    }


def _summary(draft: Draft) -> str:
    text = draft.standfirst or draft.paragraphs[0]
    return text if len(text) <= _SUMMARY else text[:_SUMMARY].rsplit(" ", 1)[0] + "…"


def as_json(feed: dict[str, Any]) -> bytes:
    """Return a JSON Feed of the same fields that the XML templates take."""
    items = [_item(entry) for entry in feed["entries"]]
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed["name"],
        "home_page_url": feed["home"],
        "feed_url": feed["url"],
        "language": feed["language"],
        "items": items,
    }
    return json.dumps(whole, ensure_ascii=False).encode()


def _item(entry: dict[str, Any]) -> dict[str, Any]:
    item = {
        "id": entry["guid"],
        "title": entry["headline"],
        "summary": entry["summary"],
        "date_published": entry["broken_date"] or entry["local"],
        "date_modified": entry["local_updated"],
        "tags": [entry["section"]] if entry["section"] else [],
    }
    item |= {"content_html": entry["html"]} if entry["html"] else {"content_text": entry["summary"]}
    item |= {"url": entry["link"]} if entry["link"] else {}
    item = {name: value for name, value in item.items() if value}
    return item | ({"authors": [{"name": entry["author"]}]} if entry["author"] else {})
