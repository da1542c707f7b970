"""A tree -> the elements that hold a picture and little else: what they say is its caption and its credit, whatever they are called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import html

LONGEST = 400  # characters: what says more holds a text beside its picture
LONGEST_NAMED = 900  # characters: the same for what calls itself a caption, indents included
LEVELS = 6  # elements above a picture that are looked at
PARTS = 60  # elements in such a block
LINKED = 0.5  # share inside links from which it leads elsewhere
SMALL = 120  # pixels: a smaller picture is a sign or a face

_PAGE = frozenset({"html", "body", "main", "article"})
_OTHER = frozenset({"h1", "h2", "h3", "h4", "time", "form", "input", "ul", "ol", "nav", "address", "blockquote"})
_SIZE = re.compile(r"(\d{1,5})(?:px)?")
_SIGN = re.compile(r"logo|avatar|icon|sprite|profile|author|byline|emoji|badge|\.svg(?:$|[\s?#])", re.IGNORECASE)
_PEOPLE = re.compile(r"author|by-?line|autor|auteur|writer|contributor|publisher", re.IGNORECASE)


def find(root: html.HtmlElement) -> frozenset[html.HtmlElement]:
    """Return the outermost of them around each picture."""
    judged: dict[html.HtmlElement, int] = {}
    return frozenset(node for picture in root.iter("img") if not is_sign(picture) and (node := _around(picture, judged)) is not None)


def is_small(node: html.HtmlElement) -> bool:
    """Say whether an element that is named after a picture can be one's: it holds neither a text nor the headline."""
    said = 0
    for part in node.iter():
        if part.tag in {"h1", "blockquote"}:
            return False
        said += len(part.text or "") + (len(part.tail or "") if part is not node else 0)
        if said > LONGEST_NAMED:
            return False
    return True


def _around(picture: html.HtmlElement, judged: dict[html.HtmlElement, int]) -> html.HtmlElement | None:
    found = None
    for level, node in enumerate(picture.iterancestors()):
        if level >= LEVELS or node.tag in _PAGE:
            break
        if node not in judged:
            judged[node] = _said(node)
        if judged[node] < 0:
            break
        if judged[node]:
            found = node
    return found


def _said(node: html.HtmlElement) -> int:
    """Return how many characters a caption block says; -1 where it is none."""
    if node.tag == "p" or _PEOPLE.search(f"{node.get('class') or ''} {node.get('rel') or ''} {node.get('itemprop') or ''}"):
        return -1
    for number, part in enumerate(node.iter()):
        if number >= PARTS or part.tag in _OTHER or part.get("rel") == "author" or (part.get("itemtype") or "").endswith("/Person"):
            return -1
        if (part.tag == "button" or part.get("role") == "button") and _letters(part):
            return -1  # a box that unfolds; a sign over a picture, which makes it larger, has no words
    said = _letters(node)
    return -1 if said > LONGEST or sum(map(_letters, node.iter("a"))) > LINKED * said else said


def _letters(node: html.HtmlElement) -> int:
    return len("".join("".join(node.itertext()).split()))


def is_sign(picture: html.HtmlElement) -> bool:
    """Say whether a picture is a logo, a face or a button."""
    sizes = (_SIZE.fullmatch(picture.get(name) or "") for name in ("width", "height"))
    return any(size and 0 < int(size[1]) < SMALL for size in sizes) or bool(
        _SIGN.search(f"{picture.get('src') or ''} {picture.get('class') or ''}")
    )
