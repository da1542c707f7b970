"""The text of a JSON Feed (jsonfeed.org, 1.0 and 1.1) -> Listing."""

from __future__ import annotations

import html
import json
from typing import Any

from pipeline.feeds.listing import MAX_ITEMS, Item, Link, Listing

_NAMES = 20


def read(text: str) -> Listing | None:
    """Return what the feed lists; None for JSON that is no feed. Raise ValueError for what is no JSON."""
    try:
        feed = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return None
    if "jsonfeed.org" not in _said(feed, "version") and not ({"home_page_url", "feed_url"} & feed.keys()):
        return None
    found = feed["items"]
    return Listing(
        form="json",
        items=tuple(map(_item, found[:MAX_ITEMS])),
        left_out=max(0, len(found) - MAX_ITEMS),
        site=_said(feed, "home_page_url"),
        language=_said(feed, "language"),
    )


def _item(item: Any) -> Item | str:
    if not isinstance(item, dict):
        return f"an item is {type(item).__name__}, not an object"
    plain = _said(item, "content_text")
    links = [Link(href=said) for name in ("url", "external_url") if isinstance(said := item.get(name), str) and said]
    return Item(
        links=(*links, Link(href=_said(item, "id"), surely=False)),
        headline=_said(item, "title"),
        summary=_said(item, "summary") or html.escape(plain, quote=False),
        text=_said(item, "content_html"),
        guid=_said(item, "id"),
        published=_said(item, "date_published"),
        updated=_said(item, "date_modified"),
        authors=_authors(item),
        sections=tuple(tag for tag in _list(item, "tags")[:_NAMES] if isinstance(tag, str)),
        language=_said(item, "language"),
    )


def _authors(item: dict[str, Any]) -> tuple[str, ...]:
    people = [*_list(item, "authors")[:_NAMES], item.get("author")]
    names = [_said(person, "name") for person in people if isinstance(person, dict)]
    return tuple(dict.fromkeys(filter(None, names)))


def _list(item: dict[str, Any], name: str) -> list[Any]:
    value = item.get(name)
    return value if isinstance(value, list) else []


def _said(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""
