"""A page's head -> its facts: what <meta> says, the canonical address, section, tags, language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from py3langid.langid import classify

from pipeline import urls
from pipeline.text import clean, plain

if TYPE_CHECKING:
    from lxml import html

    from pipeline.articles.structured import Structured
    from pipeline.records import Page

SHORT = 50  # words: of fewer, the page's word counts
TAGS = 30
READ = 1200  # characters of a text that tell its language


def metas(root: html.HtmlElement) -> dict[str, str]:
    """Return the first content of each name, property and itemprop, in lower case."""
    found: dict[str, str] = {}
    for node in root.iter("meta"):
        name = (node.get("property") or node.get("name") or node.get("itemprop") or "").strip().lower()
        content = clean(node.get("content") or "")
        if name and content:
            found.setdefault(name, content)
    return found


def canonical(page: Page, root: html.HtmlElement, said: dict[str, str]) -> str | None:
    """Return the page's own word for its address, if that is on the same site and no front page."""
    link = root.xpath("string(//link[translate(@rel,'CANOIL','canoil')='canonical']/@href)")
    host = urls.host(page.url)
    for offer in (link, said.get("og:url", "")):
        try:
            address = urls.plain(urljoin(page.url, clean(offer))) if offer else ""
        except ValueError:
            continue
        if address and not urls.is_home(address) and (urls.host(address) == host or urls.belongs(address, (host, *page.title.domains))):
            return address
    return None


def section(said: dict[str, str], told: Structured) -> str | None:
    return plain(told.section or said.get("article:section") or said.get("parsely-section") or "", 100) or None


def tags(root: html.HtmlElement, said: dict[str, str], told: Structured) -> tuple[str, ...]:
    marked = [plain(one) for one in root.xpath("//meta[@property='article:tag']/@content")]
    listed = [plain(one) for name in ("news_keywords", "keywords") for one in re.split(r"[,;]", said.get(name, ""))]
    found = told.tags or tuple(marked) or tuple(listed)
    return tuple(dict.fromkeys(one for one in found if 1 < len(one) <= 80))[:TAGS]  # noqa: PLR2004  a longer one is a sentence


def language(text: str, *hints: str | None) -> str:
    """Return the ISO 639-1 code of the text's language; the hints are the page's, the feed's and the title's word, in that order."""
    said = next((hint[:2].lower() for hint in hints if hint), None)
    if said and len(text.split()) < SHORT and text.isascii():
        return said
    return str(classify(text[:READ])[0])  # type: ignore[no-untyped-call]  # py3langid has no types
