"""An XML text -> its tree, and the names and contents of elements as every form of feed needs them.

Safe by settings: entities are not resolved, nothing is loaded, a depth or size that no feed needs is an error.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
BASE = "{http://www.w3.org/XML/1998/namespace}base"

# Namespaces that say something about news, without scheme and closing mark, and the prefix that stands for each here.
_CORE = ""
_FAMILIES = {
    "www.w3.org/2005/atom": _CORE,
    "purl.org/atom/ns": _CORE,
    "purl.org/rss/1.0": _CORE,
    "my.netscape.com/rdf/simple/0.9": _CORE,
    "backend.userland.com/rss": _CORE,
    "backend.userland.com/rss2": _CORE,
    "purl.org/rss/1.0/modules/content": "content:",
    "purl.org/rss/1.0/modules/syndication": "sy:",
    "purl.org/dc/elements/1.1": "dc:",
    "purl.org/dc/elements/1.0": "dc:",
    "purl.org/dc/terms": "dcterms:",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "www.pheedo.com/namespace/pheedo": "pheedo:",
    "www.sitemaps.org/schemas/sitemap/0.9": _CORE,
    "www.google.com/schemas/sitemap/0.84": _CORE,
    "www.google.com/schemas/sitemap-news/0.9": "news:",
}


def tree(text: str, *, lenient: bool = False) -> Element | None:
    """Return the outermost element, or None where the text is not well-formed (lenient: where there is nothing in it)."""
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, collect_ids=False, recover=lenient
    )
    try:
        return cast("Element | None", etree.fromstring(text.encode("utf-8", "replace"), parser))
    except etree.XMLSyntaxError:
        return None


def children(element: Element) -> Iterator[tuple[str, Element]]:
    """Yield the elements directly below, each with its name: "title", "dc:date", "?:rating" where the namespace says nothing to us."""
    own = element.tag[1:].partition("}")[0] if element.tag.startswith("{") else None
    for child in element:
        if isinstance(child.tag, str):  # an entity is an element too
            yield name(child.tag, own), child


@lru_cache(maxsize=4096)
def name(tag: str, own: str | None) -> str:
    """Return an element's lower-case name with our prefix; the namespace of the element around it is core, whatever it is."""
    if not tag.startswith("{"):
        return tag.lower()
    space, _, local = tag[1:].partition("}")
    known = _FAMILIES.get(space.lower().partition("://")[2].rstrip("/#"))
    if known is None:
        known = _CORE if space == own else "?:"
    return known + local.lower()


def words(element: Element) -> str:
    """Return the text of an element and of all below it."""
    return (element.text or "") if not len(element) else "".join(map(str, element.itertext()))


def inner(element: Element) -> str:
    """Return what an element holds as markup: its text if that is all (escaped HTML is text), else its children written out."""
    if not len(element):
        return element.text or ""
    parts = [_escaped(element.text or "")]
    for child in element:
        parts.append(etree.tostring(child, encoding="unicode", method="html", with_tail=False))
        parts.append(_escaped(child.tail or ""))
    return "".join(parts)


def _escaped(text: str) -> str:
    return text if "<" in text else text.replace("&", "&amp;")
