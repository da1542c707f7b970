"""A text that is meant as RSS, RDF or Atom and is not well-formed -> Listing, by feedparser.

feedparser gets `io.BytesIO` and nothing else: bytes or text that look like a path or an address it would open. Before that, what makes it
take quadratic time is cut: long names, many categories, many attributes (feedparser 6.0.14: 20,000 categories in one entry 4.8 s).
"""

from __future__ import annotations

import io
import re
from typing import Any

import feedparser

from pipeline.feeds.listing import FORMS, MAX_ITEMS, Item, Link, Listing
from pipeline.feeds.wishes import wishes

MAX_CATEGORIES = 2000  # of the whole body

_NAMES = 20
_LONG_TAG = re.compile(r"<([\w:.-]{1,64})\s[^<>]{4096,}>")
_LONG_NAME = re.compile(
    r"(<(?:[\w-]+:)?(?:author|creator|name|managingeditor|webmaster|email|publisher|owner)\b[^<>]*>(?:<!\[CDATA\[)?[^<]{500})[^<]*",
    re.IGNORECASE,
)
_HEAD = 20_000  # characters in which skipHours and skipDays are looked for; feedparser leaves them out
_SKIPS = re.compile(r"<skip(hours|days)\b[^<>]*>(.{0,2000}?)</skip", re.IGNORECASE | re.DOTALL)
_HOUR_OR_DAY = re.compile(r"<(?:hour|day)>([^<]{1,20})<", re.IGNORECASE)
_CATEGORY = re.compile(
    r"<(?:[\w-]+:)?(category|subject|keywords|tags)\b[^<>]*(?:/>|>[^<]*(?:<!\[CDATA\[[^<]*)?(?:</[^<>]*>)?)", re.IGNORECASE
)


def read(text: str, outermost: str) -> Listing | None:
    """Return what the text lists, or None where feedparser finds no feed in it. Raise nothing."""
    try:
        body = io.BytesIO(_tamed(text).encode("utf-8", "replace"))
        found = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)  # type: ignore[attr-defined, no-untyped-call]  # feedparser has no types
    except Exception:  # noqa: BLE001 - whatever a library says about a hostile text, it is a broken feed
        return None
    if not found.version and not found.entries:
        return None
    feed = found.feed
    return Listing(
        form=FORMS[outermost],
        items=tuple(map(_item, found.entries[:MAX_ITEMS])),
        left_out=max(0, len(found.entries) - MAX_ITEMS),
        site=_said(feed, "link"),
        language=_said(feed, "language"),
        wishes=wishes(
            ttl=_said(feed, "ttl"),
            period=_said(feed, "sy_updateperiod"),
            frequency=_said(feed, "sy_updatefrequency"),
            **{name.lower(): _HOUR_OR_DAY.findall(part) for name, part in _SKIPS.findall(text[:_HEAD])},
        ),
    )


def _tamed(text: str) -> str:
    text = _LONG_NAME.sub(r"\1", _LONG_TAG.sub(r"<\1>", text))
    if len(_CATEGORY.findall(text)) > MAX_CATEGORIES:
        text = _CATEGORY.sub("", text)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}"


def _item(entry: Any) -> Item | str:
    try:
        return _read(entry)
    except Exception as problem:  # noqa: BLE001 - one broken entry never loses the feed
        return f"{type(problem).__name__}: {problem}"


def _read(entry: Any) -> Item:
    links = [Link(href=_said(entry, name)) for name in ("feedburner_origlink", "pheedo_origlink", "link") if _said(entry, name)]
    links += [Link(href=link.get("href", "")) for link in entry.get("links", [])[:_NAMES] if link.get("rel") == "alternate"]
    texts = [content.get("value", "") for content in entry.get("content", [])]
    return Item(
        links=(*links, *([Link(href=_said(entry, "id"), surely=False)] if entry.get("guidislink") else [])),
        headline=_said(entry, "title"),
        summary=_said(entry, "summary"),
        text=next(filter(None, texts), ""),
        guid=_said(entry, "id"),
        published=dict.get(entry, "published", "") or dict.get(entry, "created", "") or dict.get(entry, "dc_date", ""),
        updated=dict.get(entry, "updated", ""),
        authors=tuple(filter(None, (_said(author, "name") for author in entry.get("authors", [])[:_NAMES]))),
        sections=tuple(filter(None, (_said(tag, "term") for tag in entry.get("tags", [])[:_NAMES]))),
        language="",
    )


def _said(entry: Any, name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""
