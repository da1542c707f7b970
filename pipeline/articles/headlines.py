"""What a page offers as its headline -> the one that most of it agrees on, without the site's name.

A publishing system keeps up to four headlines: the reader's (h1), the archive's (JSON-LD), the one for sharing (og:title) and the one for
searching (<title>). Each has a voice. <title> and twitter:title are mostly copies of one of the others, made by the system and with
something added: they second, and never outvote. Measured on the tuned half of benchmarks/articles.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.articles.body import key
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pipeline.articles.blocks import Block
    from pipeline.articles.structured import Structured

LIMIT = 500  # characters
LINKED = 0.9  # share of a heading inside links from which it leads elsewhere
TOKEN = 3  # letters: "bbc" is in "bbcnews"
NAME = 5  # words: no site is called by more
OWN = 0.4  # share of a name that the site's must be: "Mail Online", but no headline about the site
SOLID = 12  # characters: a shorter offer is a section's name
ENOUGH = 0.4  # share of a longer offer that a shorter one must be to be its core
VOICES = {"h1": 1.0, "json-ld": 1.0, "og:title": 1.0, "title": 0.4, "twitter:title": 0.2}
_COPIES = frozenset({"og:title", "twitter:title", "title"})  # where systems add the section and the site
_BAR = "[|｜ㅣ]"  # the last is a Hangul vowel that Korean sites put for a bar
_DIVIDER = re.compile(rf"\s+(?:[·•»«~]|::|[-–—])\s+|\s*{_BAR}\s*|\s+[-–—]\s*$")
_DIVIDED = re.compile(rf"\s*(?:{_BAR}|\s(?:[·•»«~]|::|[-–—])\s)")


def choose(blocks: Sequence[Block], metas: dict[str, str], told: Structured, *, page_title: str, sites: Iterable[str]) -> str:
    """Return the headline, or nothing where the page has none. `sites` are names that the site may go by."""
    named = {key(site) for site in sites if site} - {""}
    whole = [(source, clean(text, LIMIT)) for source, text in _offers(blocks, metas, told, page_title)]
    bare = [(source, _unnamed(text, named)) for source, text in whole]
    known = [
        (source, short)
        for (source, text), (_, without) in zip(whole, bare, strict=True)
        if key(short := _core(text, without, _others(source, bare), named)) not in named | {""}
    ]
    votes: dict[str, float] = {}
    for source, same in dict.fromkeys((source, key(text)) for source, text in known):
        votes[same] = votes.get(same, 0) + VOICES[source]
    best = max(votes, key=lambda same: votes[same], default="")  # of equals the first: the order of _offers
    alike = [text for _, text in known if key(text) == best]
    return max(alike, key=lambda text: len(text.split()), default="")  # an h1 may have lost the spaces between its parts


def _offers(blocks: Sequence[Block], metas: dict[str, str], told: Structured, page_title: str) -> list[tuple[str, str]]:
    shown = [("h1", block.text) for block in blocks if block.tag == "h1" and block.links <= LINKED][:4]
    said = [(name, metas.get(name, "")) for name in ("og:title", "twitter:title")]
    return [*shown, ("json-ld", told.headline), *said, ("title", page_title)]


def _unnamed(text: str, sites: Collection[str]) -> str:
    """Return a headline without what divides it from the site's name, at either end."""
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


def _is_site(text: str, sites: Collection[str]) -> bool:
    found = key(text)
    if not found or found in sites:
        return True
    return len(text.split()) <= NAME and any(_is_named(found, site) for site in sites)


def _is_named(found: str, site: str) -> bool:
    longer = len(site) >= TOKEN and site in found and len(site) >= OWN * len(found)
    return longer or (len(found) >= TOKEN and found in site)


def _others(source: str, offered: Sequence[tuple[str, str]]) -> list[str]:
    """Return what an offer may be a longer copy of: the site's and the section's names are added to copies only."""
    if source not in _COPIES:
        return []
    return [other for by, other in offered if by != source and (by not in _COPIES or source == "title")]


def _core(text: str, bare: str, others: Sequence[str], sites: Collection[str]) -> str:
    """Return the longest other offer within a copy, where the rest is the site, a section or a date; else the copy without the site."""
    if bare in others:
        return bare
    cores = [other for other in others if len(other) >= SOLID and ENOUGH * len(text) <= len(other) < len(text) and other in text]
    return max((core for core in cores if _is_surplus(text, core, sites)), key=len, default=bare)


def _is_surplus(text: str, core: str, sites: Collection[str]) -> bool:
    """Say whether what stands around a headline is no part of it: a name of the site, or what a sign divides; a kicker's colon does not."""
    before, _, after = text.partition(core)
    if after.strip()[:1].isalnum() or before.strip()[-1:].isalnum():
        return False
    divided = (not before and _DIVIDED.match(after)) or (not after and _DIVIDED.match(before[::-1]))
    return bool(divided) or any(site in key(before + after) for site in sites if len(site) >= TOKEN)
