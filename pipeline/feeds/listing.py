"""What a feed's body lists, as it is written: every form is read into this, and `entries` judges it.

Nothing here is cleaned, resolved or believed yet. The names are those of the newsroom, not of one form.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  records are read at run time
from dataclasses import dataclass

from pipeline.records import Wishes

MAX_ITEMS = 5000  # of one body; a news sitemap may list 1,000

NONE = Wishes()

FORMS: Mapping[str, str] = {
    "rss": "rss",
    "channel": "rss",  # RSS whose outermost element was forgotten
    "rdf": "rdf",
    "feed": "atom",
    "urlset": "news_sitemap",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address that an item names. `surely` means that the form says so; else it is only believed if nothing better is there."""

    href: str
    surely: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What one item says. Links stand in the order in which they deserve to be believed."""

    links: tuple[Link, ...] = ()
    base: str = ""  # xml:base, where the item has one
    headline: str = ""  # markup, as the two below
    summary: str = ""
    text: str = ""
    guid: str = ""
    published: str = ""
    updated: str = ""
    authors: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """All that a body lists. An item that could not be read is an exception's text in place of the item."""

    form: str
    items: tuple[Item | str, ...] = ()
    left_out: int = 0  # items after the MAX_ITEMS-th
    base: str = ""  # xml:base of the whole
    site: str = ""  # the site that the feed belongs to, as it says
    language: str = ""
    wishes: Wishes = NONE
