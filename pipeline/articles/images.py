"""The figures of a page, and what JSON-LD says of its pictures -> images with caption and credit as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from pipeline.articles import captions
from pipeline.articles.body import key
from pipeline.records import Image
from pipeline.text import clean

if TYPE_CHECKING:
    from lxml import html

    from pipeline.articles.structured import Structured

LIMIT = 30  # images of one article
CAPTION = 1000  # characters
CREDIT = 200
_CREDIT_NODE = re.compile(r"credit|copyright|source|photographer|byline|author|rights|agency|quelle|fotograf|auteur|autor", re.IGNORECASE)
_CAPTION_NODE = re.compile(r"caption|legend|description|bildunterschrift|bildtext|pie-?(?:de-?)?foto|didascalia|bijschrift", re.IGNORECASE)
_MARK = (
    r"(?:photo(?:graph)?s?(?: by| credit)?|image(?: credit| source)?|picture|pic|credits?|crédits?(?: photo)?|foto|"
    r"fotos|bild|bildquelle|quelle|source|fuente|crédito|crediti|fonte|via|copyright|courtesy(?: of)?)"
)
_PAREN = re.compile(rf"\s*[(\[]\s*(?:{_MARK}(?:\s*[:/]\s*|\s+)|©\s*)([^()\[\]]{{2,120}})[)\]]\s*\.?$", re.IGNORECASE)
_INLINE = re.compile(rf"(?:^|(?<=[.!?…»”\"])\s+|\s+[|/–—-]\s+|\s+)(?:{_MARK}\s*[:/]\s*|©\s*|\(c\)\s*)(.{{2,120}})$", re.IGNORECASE)
_AGENCY_PAREN = re.compile(
    r"\s*\(([^()]{2,80}(?:/[^()]{2,60})+|[A-Z]{2,5}(?:\s(?:Photo|Images?))?|[^()]{0,60}(?:Getty Images|via AP|"
    r"AP Photo)[^()]{0,60})\)\s*\.?$"
)
_NAME = r"(?:[A-ZÀ-ÞŁŚŽ][\w.'’&-]*|[a-z]{2,4}(?=\)?$))(?:[ /](?:[A-ZÀ-ÞŁŚŽ][\w.'’&-]*|de|di|van|von|for|via|[a-z]{2,4}(?=\)?$))){0,5}"
_NAMED_PAREN = re.compile(rf"(?:^|(?<=[.!?…»”\"])\s+)\(({_NAME})\)$")
_NAMED = re.compile(rf"(?<=[.!?…»”\"])(?<!^[A-Z]\.)(?<!\s[A-Z]\.)(?<!\s[A-Z]\w\.)(?<!\s[A-Z]\w\w\.)\s+({_NAME})$")
_ALONE = re.compile(rf"^(?:(?i:photos?|fotos?|crédits?(?: photo)?)\s+({_NAME})|([A-Z]{{2,5}}))$")  # a caption of capitals only is none
_LEADING = re.compile(
    rf"^\W*(?:{_MARK}\s*[:/]\s*|©\s*|\(c\)\s*)+|^(?:photos?|fotos?|crédits?(?: photo)?)\s+(?-i:(?=[A-ZÀ-Þ©]|[a-z]{{2,4}}$))", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Which pictures are the article's: those near the text that was kept."""

    kept: frozenset[html.HtmlElement]
    holders: frozenset[html.HtmlElement]  # that have a picture and little else: captions.find


def find(root: html.HtmlElement, told: Structured, near: Near, *, base: str, card: str) -> tuple[Image, ...]:
    """Return the pictures near the text: of its figures, then what JSON-LD and the sharing card names. No address twice."""
    found: dict[str, Image] = {}
    for figure in _figures(root, near):
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
    """Return a caption and the credit at its end: "A port. (Credit: AFP)" and "A port. AFP" -> "A port.", "AFP"."""
    text = clean(caption, CAPTION)
    for mark in (_PAREN, _AGENCY_PAREN, _INLINE, _NAMED_PAREN, _NAMED, _ALONE):
        if found := mark.search(text):
            return text[: found.start()].strip(" |–—-/"), str(found[found.lastindex or 0]).strip(" .)|")
    return text, ""


def _figures(root: html.HtmlElement, near: Near) -> list[html.HtmlElement]:
    """Return the elements that hold a picture and words about it, in the part of the page that holds the text."""
    place, holders = _around(root, near.kept), near.holders
    wanted: list[html.HtmlElement] = []
    for node in place.iter("figure", "div", "p", "span", "td", "picture", "table", "section", "center", "header", "a"):
        if len(wanted) >= LIMIT:
            break
        if node.tag != "figure" and node not in holders and not _CAPTION_NODE.search(node.get("class") or ""):
            continue
        holder = node if node.tag == "figure" or node in holders else _holder(node)
        if holder is not None and holder not in wanted and not any(parent in wanted for parent in holder.iterancestors()):
            wanted.append(holder)
    return [node for node in wanted if not any(parent.tag in {"aside", "nav", "footer"} for parent in node.iterancestors())][:LIMIT]


def _around(root: html.HtmlElement, kept: frozenset[html.HtmlElement]) -> html.HtmlElement:
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
    whole = next((node for node in figure.iter("figcaption", "div", "p", "span") if _names_caption(node)), figure)
    caption = _said(whole) if whole is not figure or captions.is_small(figure) else ""
    credit = next((one for one in _named(whole) or _named(figure) if len(one) <= CREDIT and one != caption), "")
    if credit and caption.endswith(credit):
        caption = caption[: -len(credit)]
    elif credit and credit in caption:
        caption = caption.replace(credit, " ")
    return Image(url="" if source.startswith("data:") else urljoin(base, clean(source)), **_parted(caption, credit))


def _said(node: html.HtmlElement) -> str:
    """Return the words of a caption, each element's apart from the next."""
    return clean(" ".join(part.strip() for part in node.itertext() if part.strip()))


def _named(node: html.HtmlElement) -> list[str]:
    return [said for part in node.iter() if part is not node and _names_credit(part) and (said := _said(part))]


def _names_caption(node: html.HtmlElement) -> bool:
    return node.tag == "figcaption" or bool(_CAPTION_NODE.search(node.get("class") or ""))


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
