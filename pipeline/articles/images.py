"""The figures of a page, and what JSON-LD says of its pictures -> images with caption and credit as data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from pipeline.articles.body import key
from pipeline.records import Image
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import html

    from pipeline.articles.structured import Structured

LIMIT = 30  # images of one article
CAPTION = 1000  # characters
_CREDIT_NODE = re.compile(r"credit|copyright|source|photographer|byline|author|rights|agency|quelle|fotograf|auteur|autor", re.IGNORECASE)
_CAPTION_NODE = re.compile(r"caption|legend|description|bildunterschrift|bildtext|pie-?(?:de-?)?foto|didascalia|bijschrift", re.IGNORECASE)
_MARK = (
    r"(?:photo(?:graph)?s?(?: by| credit)?|image(?: credit| source)?|picture|pic|credits?|crédits?(?: photo)?|foto|"
    r"fotos|bild|bildquelle|quelle|source|fuente|crédito|crediti|fonte|via|copyright|courtesy(?: of)?)"
)
_PAREN = re.compile(rf"\s*[(\[]\s*(?:{_MARK}\s*[:/]?\s*|©\s*)([^()\[\]]{{2,120}})[)\]]\s*\.?$", re.IGNORECASE)
_INLINE = re.compile(rf"(?:^|(?<=[.!?…»”\"])\s+|\s+[|/–—-]\s+|\s+)(?:{_MARK}\s*[:/]\s*|©\s*|\(c\)\s*)(.{{2,120}})$", re.IGNORECASE)
_AGENCY_PAREN = re.compile(
    r"\s*\(([^()]{2,80}(?:/[^()]{2,60})+|[A-Z]{2,5}(?:\s(?:Photo|Images?))?|[^()]{0,60}(?:Getty Images|via AP|"
    r"AP Photo)[^()]{0,60})\)\s*\.?$"
)
_LEADING = re.compile(rf"^\W*(?:{_MARK}\s*[:/]\s*|©\s*|\(c\)\s*)+", re.IGNORECASE)


def find(root: html.HtmlElement, told: Structured, *, base: str, kept: Iterable[html.HtmlElement], card: str) -> tuple[Image, ...]:
    """Return the pictures near the text: of its figures, then what JSON-LD and the sharing card names. No address twice."""
    found: dict[str, Image] = {}
    for figure in _figures(root, {*kept}):
        image = _read(figure, base)
        name = _stem(image.url) or key(image.caption)
        if name and (image.url or image.caption or image.credit):
            found[name] = _fuller(found.get(name), image)
    for image in (*told.images, *([Image(url=card)] if card else ())):
        url = urljoin(base, image.url)
        name = _stem(url)
        found[name] = _fuller(found.get(name), Image(url=url, **_parted(image.caption, image.credit)))
    return tuple(found.values())[:LIMIT]


def split(caption: str) -> tuple[str, str]:
    """Return a caption and the credit at its end: "A port. (Credit: AFP)" -> "A port.", "AFP"."""
    text = clean(caption, CAPTION)
    for mark in (_PAREN, _AGENCY_PAREN, _INLINE):
        if found := mark.search(text):
            return text[: found.start()].strip(" |–—-/"), found[1].strip(" .)|")
    return text, ""


def _figures(root: html.HtmlElement, kept: set[html.HtmlElement]) -> list[html.HtmlElement]:
    """Return the elements that hold a picture and words about it, in the part of the page that holds the text."""
    place = _around(root, kept)
    wanted: list[html.HtmlElement] = []
    for node in place.iter("figure", "div", "p", "span", "td", "picture"):
        if len(wanted) >= LIMIT:
            break
        if node.tag != "figure" and not _CAPTION_NODE.search(node.get("class") or ""):
            continue
        holder = node if node.tag == "figure" else _holder(node)
        if holder is not None and holder not in wanted and not any(parent in wanted for parent in holder.iterancestors()):
            wanted.append(holder)
    return [node for node in wanted if not any(parent.tag in {"aside", "nav", "footer"} for parent in node.iterancestors())][:LIMIT]


def _around(root: html.HtmlElement, kept: set[html.HtmlElement]) -> html.HtmlElement:
    """Return the element two above the one that holds all of the text."""
    common: list[html.HtmlElement] | None = None
    for node in kept:
        line = [node, *node.iterancestors()]
        common = line if common is None else [one for one in common if one in set(line)]
    if not common:
        return root
    return common[min(3, len(common) - 1)]


def _holder(node: html.HtmlElement) -> html.HtmlElement | None:
    """Return the nearest element around a caption that has a picture in it too."""
    for _ in range(3):
        if next(node.iter("img"), None) is not None:
            return node
        parent = node.getparent()
        if parent is None or parent.tag in {"body", "article", "main"}:
            return None
        node = parent
    return None


def _read(figure: html.HtmlElement, base: str) -> Image:
    picture = next(figure.iter("img"), None)
    source = "" if picture is None else (picture.get("data-src") or picture.get("src") or picture.get("data-original") or "")
    texts = [
        node
        for node in figure.iter("figcaption", "div", "p", "span")
        if node.tag == "figcaption" or _CAPTION_NODE.search(node.get("class") or "")
    ]
    whole = texts[0] if texts else None
    named = [
        clean(node.text_content()) for node in (whole if whole is not None else figure).iter() if node is not whole and _names_credit(node)
    ]
    if not named and whole is not None:
        named = [clean(node.text_content()) for node in figure.iter() if _names_credit(node)]
    credit = next((one for one in named if one and len(one) <= 200), "")  # noqa: PLR2004
    caption = clean(whole.text_content()) if whole is not None else ""
    if credit and caption.endswith(credit):
        caption = caption[: -len(credit)]
    elif credit and credit in caption:
        caption = caption.replace(credit, " ")
    return Image(url="" if source.startswith("data:") else urljoin(base, clean(source)), **_parted(caption, credit))


def _names_credit(node: html.HtmlElement) -> bool:
    names = f"{node.get('class') or ''} {node.get('itemprop') or ''}"
    return node.tag in {"small", "cite"} or (node.tag not in {"figure", "img", "source", "picture"} and bool(_CREDIT_NODE.search(names)))


def _parted(caption: str, credit: str) -> dict[str, str]:
    text, inside = split(caption)
    return {"caption": text.strip(" |–—-"), "credit": _LEADING.sub("", clean(credit)).strip(" |()[].") or inside}


def _fuller(one: Image | None, other: Image) -> Image:
    if one is None:
        return other
    return Image(url=one.url or other.url, caption=one.caption or other.caption, credit=one.credit or other.credit)


def _stem(url: str) -> str:
    return url.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]
