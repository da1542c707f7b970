"""The figures of a page, and what JSON-LD says of its pictures -> images with caption, credit and agency as data."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from lxml import etree

from pipeline.articles import captions, figures, furniture, photocredits, photomarks, phrases
from pipeline.articles.body import key
from pipeline.records import Image
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from lxml import html

    from pipeline.articles.names import Name
    from pipeline.articles.structured import Structured

LIMIT = 30  # images of one article
SEVERAL = 3  # credits of one picture: a photographer, an agency, who sells it
SHORT = 10  # words of a line that leads elsewhere
_CREDIT_NODE = re.compile(r"credit|copyright|source|photographer|byline|author|rights|agency|quelle|fotograf|auteur|autor", re.IGNORECASE)
_ADDRESSES = ("data-src", "data-original", "data-lazy-src", "src", "data-srcset", "srcset")
_WITHIN = frozenset({"a", "abbr", "b", "bdi", "mark", "q", "s", "strong", "sub", "sup", "u"})  # elements within a line


def find(
    root: html.HtmlElement, told: Structured, near: figures.Near, *, base: str, card: str, agencies: Mapping[str, Name]
) -> tuple[Image, ...]:
    """Return the pictures near the text: of its figures, then what JSON-LD and the sharing card names. No address and no caption twice."""
    found: dict[str, Image] = {}
    captioned: dict[str, str] = {}  # to the name of the picture
    shown = [image for figure in figures.find(root, near) if (image := _read(figure, base, agencies))]
    told_ = [_told(image, base, agencies) for image in (*told.images, Image(url=card))]
    stems = {_stem(image.url) for image in shown}
    if any(image.caption for image in shown):  # then the page shows all captions: others are of pictures that it does not show
        told_ = [image if _stem(image.url) in stems else Image(url=image.url) for image in told_]
    for image in (*shown, *told_):
        said = key(image.caption)
        name = captioned.get(said) or _stem(image.url) or said
        if name in found and said and said != key(found[name].caption) != "":
            name = said  # the same picture under other words
        if name:
            found[name] = _fuller(found.get(name), image)
            captioned |= {said: name} if said else {}
    return tuple(_credited(image, agencies) for image in found.values())[:LIMIT]


def _told(image: Image, base: str, agencies: Mapping[str, Name]) -> Image:
    caption, inside = photocredits.split(image.caption, agencies)
    return Image(url=urljoin(base, image.url) if image.url else "", caption=caption, credit=photomarks.bare(image.credit) or inside)


def _credited(image: Image, agencies: Mapping[str, Name]) -> Image:
    return replace(image, agency=photomarks.agency(image.credit, agencies)) if image.credit else image


def _read(figure: html.HtmlElement, base: str, agencies: Mapping[str, Name]) -> Image | None:
    """Return what a figure says; None where it says what no caption does: "By Jo Marsh", "Read more"."""
    url = urljoin(base, _address(figure))
    whole = next((node for node in figure.iter("figcaption", "div", "p", "span") if figures.is_caption(node)), figure)
    if whole is figure and not captions.is_small(figure):
        return Image(url=url)
    named = _named(whole) or _named(figure)
    pieces = _pieces(whole, {node for node, _ in named})
    caption, inside = photocredits.part(pieces, agencies)
    credit = photocredits.joined([*(said for _, said in named), inside])
    if whole.tag != "figcaption" and (any(_is_sites(one, agencies) for one in (*pieces[-1:], caption)) or furniture.read(caption)):
        return None
    if not credit:
        credit = next((said for picture in figure.iter("img") if (said := photocredits.behind(picture.get("alt") or "", agencies))), "")
    return Image(url=url, caption=caption, credit=credit)


def _is_sites(said: str, agencies: Mapping[str, Name]) -> bool:
    """Say whether words are the site's and not about the picture: "Read more"."""
    return said.count(" ") < SHORT and phrases.junk(said) and not (photomarks.begins(said) or photomarks.is_credit(said, agencies))


def _address(figure: html.HtmlElement) -> str:
    """Return where the picture is; pages that load it late say so beside a placeholder."""
    for picture in (*figure.iter("img", "amp-img"), *figure.iter("source")):
        for name in _ADDRESSES:
            said = clean((picture.get(name) or "").split(" ")[0].strip(","))
            if said and not said.startswith("data:"):
                return said
    return ""


def _said(node: html.HtmlElement) -> str:
    """Return the words of an element, each part's apart from the next."""
    return clean(" ".join(part.strip() for part in node.itertext() if part.strip()))


def _pieces(node: html.HtmlElement, credits_: Collection[html.HtmlElement]) -> list[str]:
    """Return the words of a caption without those of its credits, in pieces that stand apart on the page."""
    pieces: list[str] = [""]
    inside = 0
    for event, part in etree.iterwalk(node, events=("start", "end")):
        if part is not node and (part.tag not in _WITHIN or (part.tag != "a" and part.get("class"))):
            pieces.append("")
        inside += (event == "start") - (event == "end") if part in credits_ else 0
        said = part.text if event == "start" else part.tail if part is not node else ""
        if said and not inside:
            pieces[-1] += said
    return [said for piece in pieces if (said := clean(piece))]


def _named(node: html.HtmlElement) -> list[tuple[html.HtmlElement, str]]:
    """Return the elements that are named after a credit and say one, none inside another, and what they say."""
    found: dict[html.HtmlElement, str] = {}
    for part in node.iter():
        outside = part is not node and not any(above in found for above in part.iterancestors())
        if outside and _names_credit(part) and (said := photomarks.named(_said(part))):
            found[part] = said
    return list(found.items())[:SEVERAL]


def _names_credit(node: html.HtmlElement) -> bool:
    names = f"{node.get('class') or ''} {node.get('itemprop') or ''}"
    return node.tag in {"small", "cite"} or (node.tag not in {"figure", "img", "source", "picture"} and bool(_CREDIT_NODE.search(names)))


def _fuller(one: Image | None, other: Image) -> Image:
    if one is None:
        return other
    return Image(url=one.url or other.url, caption=one.caption or other.caption, credit=one.credit or other.credit)


def _stem(url: str) -> str:
    return url.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]
