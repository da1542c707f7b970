"""A news sitemap's tree -> Listing. A sitemap that lists other sitemaps, or pages that are no news, is not one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.feeds.listing import MAX_ITEMS, Item, Link, Listing
from pipeline.feeds.markup import children, words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


def read(root: Element) -> Listing | None:
    """Return what a news sitemap lists; None for a sitemap of pages none of which is called news."""
    found = [dict(children(child)) for name, child in children(root) if name == "url"]
    items = tuple(map(_item, found[:MAX_ITEMS]))
    if found and not any("news:news" in fields for fields in found):
        return None
    return Listing(form="news_sitemap", items=items, left_out=max(0, len(found) - MAX_ITEMS))


def _item(fields: dict[str, Element]) -> Item:
    said = {name: words(element) for name, element in fields.items() if not len(element)}
    news = fields.get("news:news")
    about = dict(children(news)) if news is not None else {}
    publication = dict(children(about["news:publication"])) if "news:publication" in about else {}
    told = {name: words(element) for name, element in (*about.items(), *publication.items()) if not len(element)}
    return Item(
        links=(Link(href=said["loc"]),) if said.get("loc") else (),
        headline=told.get("news:title", ""),
        published=told.get("news:publication_date", ""),
        updated=said.get("lastmod", ""),
        sections=tuple(filter(None, (part.strip() for part in told.get("news:keywords", "").split(",")[:1]))),
        language=told.get("news:language", ""),
    )
