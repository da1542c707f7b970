"""A page's head -> its facts: what <meta> says, the canonical address, section, tags, copyright and licence, language.

Copyright and licence only where the page states them of itself: JSON-LD (schema.org), Dublin Core and other <meta>, links of rel=license
(microformats.org/wiki/rel-license) that are not a picture's. Nothing is concluded from a footer: it speaks of the site.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from pipeline import urls
from pipeline.articles import languages, wordings
from pipeline.text import clean, plain

if TYPE_CHECKING:
    from lxml import html

    from pipeline.articles.structured import Structured
    from pipeline.records import Page

SHORT = 50  # words: of fewer, the page's word counts
TAGS = 30
READ = 600  # characters of a text that tell its language: on 743 pages 400 tell what 6,000 do
STATED = 200  # characters of a holder or a licence
_SECTIONS = ("article:section", "parsely-section", "articlesection", "prism.section", "og:section", "sailthru_section")
_HOLDERS = ("dcterms.rightsholder", "copyrightholder", "copyright", "copyrightnotice", "dcterms.rights", "dc.rights", "rights")
_LICENCES = ("dcterms.license", "license")
_YEARS = re.compile(r"(?<!\w)(?:19|20)\d\d(?:\s*[-–—/]\s*(?:(?:19|20)\d\d|\d\d))?(?!\w)")
_OF_PICTURES = ("figure", "figcaption", "aside")


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
    links = (node.get("href") for node in root.iter("link") if (node.get("rel") or "").lower() == "canonical")
    link = next((href for href in links if href is not None), "")
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
    """Return the section's name: JSON-LD's word, its breadcrumbs', <meta>."""
    offers = (plain(offer, 100) for offer in (told.section, *(said.get(name, "") for name in _SECTIONS)) if offer)
    return next((offer for offer in offers if "//" not in offer), None)


def tags(root: html.HtmlElement, said: dict[str, str], told: Structured) -> tuple[str, ...]:
    """Return what the page says it is about, each once; codes of its systems ("channel:sport", "@all") are left out."""
    marked = root.xpath("//meta[@property='article:tag']/@content")
    listed = (said.get(name, "") for name in ("news_keywords", "keywords"))
    split = (plain(one) for text in (*marked, *(() if marked else listed)) for one in re.split(r"[,;]", text))
    found = told.tags or tuple(split)
    return tuple(dict.fromkeys(one for one in found if 1 < len(one) <= 80 and ":" not in one and one[0] != "@"))[:TAGS]  # noqa: PLR2004  a longer one is a sentence


def holder(said: dict[str, str], told: Structured) -> str | None:
    """Return whoever the page calls the holder of its copyright, without signs, years and formulas."""
    for offer in (told.holder, *(said.get(name, "") for name in _HOLDERS)):
        name = clean(_YEARS.sub(" ", wordings.rights().sub(" ", plain(offer))), STATED).strip(" .,;:|-–—")
        if any(map(str.isalpha, name)) and "//" not in name:
            return name
    return None


def licence(page: Page, root: html.HtmlElement, said: dict[str, str], told: Structured) -> str | None:
    """Return the licence of the text: its address where there is one, else its name."""
    for offer in (told.licence, *(said.get(name, "") for name in _LICENCES), _linked(root)):
        text = clean(offer)
        try:
            found = urls.plain(urljoin(page.url, text)) if "/" in text else clean(text, STATED)
        except ValueError:
            continue
        if found:
            return found
    return None


def _linked(root: html.HtmlElement) -> str:
    links = (node for node in root.iter("link", "a") if "license" in (node.get("rel") or "").lower().split())
    return next((node.get("href") or "" for node in links if next(node.iterancestors(*_OF_PICTURES), None) is None), "")


def language(text: str, *hints: str | None) -> str:
    """Return the ISO 639-1 code of the text's language; the hints are the page's, the feed's and the title's word, in that order."""
    said = next((hint[:2].lower() for hint in hints if hint), None)
    if said and len(text.split()) < SHORT and text.isascii():
        return said
    return languages.tell(text[:READ])
