"""What a page offers as authors -> a list of people (or desks), each once, without "By" and without their trade."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trafilatura.metadata import extract_author

from pipeline.articles import furniture
from pipeline.articles.body import key
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml import html

    from pipeline.articles.blocks import Block
    from pipeline.articles.structured import Structured
    from pipeline.records import Entry

LIMIT = 12  # people
BYLINE = 20  # words
NEAR = 10  # blocks beneath the headline in which its byline stands
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
_BY = re.compile(
    r"^(?:(?:written|reported|posted|story|words|analysis|opinion|text|texte|article)\s+)?(?:by|von|par|por|di|da|"
    r"door|av|af|przez|od|yazan|от|автор|por:)\b[\s:]+|^(?:author|autor|auteur|autore|text|von|by)s?\s*:\s*",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\s*(?:[;•·]|,(?!\s*(?:jr|sr|ph\.?d|md|m\.d|esq)\b)|\s(?:and|und|et|y|e|en|og|och|&|with|mit|avec|con)\s(?=\S))\s*", re.IGNORECASE
)
_DESK = re.compile(r"\b(?:agencies|agences|agencias|agenturen|agenzie|agências|persbureaus)$", re.IGNORECASE)
_PLACED = re.compile(r"([A-Z]{2,6}), [A-ZÀ-Þ][\w'’ -]{2,30}")  # "AFP, Manila"
_TAIL = re.compile(
    r"\s*(?:\s[|].*|[(\[].*?[)\]]|@\S+|\S+@\S+|\bfor\s+[A-Z].*|\s[-–—]\s.*|\b(?:published|updated|veröffentlicht|"
    r"publié|pubblicato|\d{1,2}[:.]\d\d|\d{1,2}\.? ?\w+ \d{4}).*)$",
    re.IGNORECASE,
)
_TRADE = re.compile(
    r"(?:[\w'’.-]+ ){0,3}?(?:online-)?(?:writers?|reporters?|editors?|correspondents?|journalists?|contributors?|"
    r"redakteur(?:in)?|redaktion|journaliste|redactora?|redattore|critic|columnist|producer|photographer|officer|"
    r"director|professor|president|analyst|head of|fellow|executive|manager|author|autor|admin|administrator|guest|"
    r"undefined|null|none|unknown|n/a)(?:\s.*)?$|ph\.?\s?d\.?$|m\.?d\.?$|view all .*|about the .*|read more.*",
    re.IGNORECASE,
)
_METAS = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "article:author_name",
    "cxenseparse:author",
    "twitter:creator:name",
)


def authors(
    root: html.HtmlElement, blocks: Sequence[Block], metas: dict[str, str], told: Structured, *, entry: Entry | None, sites: Iterable[str]
) -> tuple[str, ...]:
    """Return who wrote it: by JSON-LD, meta, marked-up authors, the byline shown, then the feed. People before the site itself."""
    named = {key(site) for site in sites if site}
    shown = (block.text for block in blocks if block.byline and not block.aside and block.words < BYLINE and _BY.match(block.text))
    said = [one for name in _METAS if "//" not in metas.get(name, "//") and (one := names([metas[name]]))]
    offers = (  # each looked for only where those before it say nothing
        lambda: told.authors,
        lambda: next(iter(said), ()),
        lambda: _marked(root),
        lambda: list(shown)[:2],
        lambda: entry.authors if entry else (),
        lambda: _beneath(blocks),
    )
    for offer in (find() for find in offers):
        found = tuple(name for name in names(offer) if not _is_site(name, named))
        if found:
            return next((one for one in said if {*map(key, found)} < {*map(key, one)} and not named & {*map(key, one)}), found)
    desk = names(told.authors) or next(iter(said), ())
    return desk or names([extract_author(root) or ""])


def _beneath(blocks: Sequence[Block]) -> list[str]:
    """Return the byline in the lines beneath the headline, whatever they are called."""
    top = next((place for place, block in enumerate(blocks) if block.tag == "h1"), None)
    return [] if top is None else list(furniture.bylines(blocks[top + 1 : top + 1 + NEAR]))[:1]


def _is_site(name: str, named: set[str]) -> bool:
    return key(name) in named or bool(_DOMAIN.fullmatch(name))


def names(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the people that bylines name, in their order."""
    found: dict[str, str] = {}
    for text in texts:
        for part in _parts(_BY.sub("", clean(text))):
            name = _TAIL.sub("", _BY.sub("", part.strip(" ,.-–—:|\"'"))).strip(" ,-–—:|")
            if _is_name(name):
                found.setdefault(key(name), name)
    return tuple(found.values())[:LIMIT]


def _parts(text: str) -> list[str]:
    """Divide a byline into names: a desk and its agencies are one, and the place behind an agency is none."""
    if _DESK.search(text):
        return [text]
    return [_PLACED.sub(r"\1", text)] if _PLACED.fullmatch(text) else _AND.split(text)


def _is_name(text: str) -> bool:
    return (
        1 < len(text) <= 60  # noqa: PLR2004  a longer one is no name
        and len(text.split()) <= 6  # noqa: PLR2004  nobody has more names
        and "http" not in text
        and "www." not in text
        and any(map(str.isalpha, text))
        and not _TRADE.match(text)
    )


def _marked(root: html.HtmlElement) -> list[str]:
    found = root.xpath(
        ""
        "//*[@rel='author' or @itemprop='author' "
        "or contains(@class,'author-name') or contains(@class,'byline-name') or contains(@class,'author__name')]"
        "[not(ancestor::aside or ancestor::footer or ancestor::nav)]"
    )
    return [_inner(node) for node in found][:3]


def _inner(node: html.HtmlElement) -> str:
    inner = node.xpath(".//*[@itemprop='name']")
    target = inner[0] if inner else node
    return str(target.get("content") or target.text_content())[:200]
