"""What a page offers as its headline -> the one that most of it agrees on, without the site's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.articles.body import key
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.articles.blocks import Block
    from pipeline.articles.structured import Structured

LIMIT = 500  # characters
LINKED = 0.9  # share of a heading inside links from which it leads elsewhere
TOKEN = 3  # letters: "bbc" is in "bbcnews"
NAME = 5  # words: no site is called by more
SOLID = 12  # characters: a shorter offer is a section's name
ENOUGH = 0.4  # share of a longer offer that a shorter one must be to be its core
_DIVIDER = re.compile(r"\s+(?:[|·•»«~]|::|[-–—])\s+|\s*\|\s*|\s+[-–—]\s*$")


def choose(blocks: Sequence[Block], metas: dict[str, str], told: Structured, *, page_title: str, sites: Iterable[str]) -> str:
    """Return the headline, or nothing where the page has none. `sites` are names that the site may go by."""
    shown = [block.text for block in blocks if block.tag == "h1" and block.links <= LINKED][:4]
    named = {key(site) for site in sites if site} - {""}
    offered = [
        clean(text, LIMIT) for text in (*shown, told.headline, metas.get("og:title", ""), metas.get("twitter:title", ""), page_title)
    ]
    offered = [short for text in offered if (short := _stripped(text, named, offered)) and key(short) not in named]
    if not offered:
        return ""
    keys = [key(text) for text in offered]
    best = max(range(len(offered)), key=lambda place: (keys.count(keys[place]), -place))
    return offered[best]


def _stripped(text: str, sites: set[str], offered: Sequence[str]) -> str:
    """Return a headline without what divides it from the site's or the section's name, at either end."""
    for other in offered:
        if ENOUGH * len(text) <= len(other) < len(text) and len(other) >= SOLID:
            before, _, after = text.partition(other)
            if other in text and not after.strip()[:1].isalnum() and not before.strip()[-1:].isalnum():
                return other
    while parts := list(_DIVIDER.finditer(text)):
        head, tail = text[: parts[-1].start()].strip(), text[parts[-1].end() :].strip()
        front, rest = text[: parts[0].start()].strip(), text[parts[0].end() :].strip()
        if _is_site(tail, sites):
            text = head
        elif _is_site(front, sites):
            text = rest
        else:
            break
    return text


def _is_site(text: str, sites: set[str]) -> bool:
    found = key(text)
    return (
        not found
        or found in sites
        or (len(text.split()) <= NAME and any(site in found or (len(found) >= TOKEN and found in site) for site in sites))
    )
