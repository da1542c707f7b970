"""A tree and the text that was kept of it -> the elements that hold a picture of the article and words about it, in reading order.

A picture is the article's where it stands before the text's last paragraph: of the captions of real pages that their publishers' own
parsers name, none stood behind it (benchmarks/articles.py). Other articles, authors' faces, players, offers and signs are none.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.articles import captions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import html

    from pipeline.articles.blocks import Block

LIMIT = 30  # pictures of one article
LEVELS = 5  # elements from a caption up to its picture
AROUND = 4  # elements above the one that holds all of the text, in which its pictures may stand
LINKED = 0.5  # share of a caption inside links to other pages from which it is another article's

PICTURES = ("img", "amp-img", "picture")
_TAGS = ("figure", "figcaption", "div", "p", "span", "td", "picture", "table", "section", "center", "header", "a", "li", "i", "small")
_CAPTION = re.compile(
    r"(?<!text-)(?<!no-)(?<!without)caption|legend|bildunterschrift|bildtext|pie-?(?:de-?)?foto|didascalia|bijschrift|"
    r"(?:image|photo|picture|media|img|info)[a-z]*[-_]{0,2}desc",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?:^|[\s_-])(?:related|recommend(?:ed|ations?)?|more-?(?:stories|news|from|on)|read-?(?:more|also|next)|most-?(?:read|popular|"
    r"viewed)|trending|popular|newsletter|sign-?up|subscri(?:be|ption)|promo(?:tion)?|sponsor(?:ed)?|advert(?:isement|orial)?s?|ads?|"
    r"outbrain|taboola|toasts?|comments?|(?:author|person|expert|profile)-?(?:bio|box|info|card|description|container)|reporter-?(?:line|info|box)|"
    r"paywall|login|pagination|brand-?description|app-?banner|podcast)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|\?)|^#|^javascript:", re.IGNORECASE)
_OTHER_WORDS = frozenset({"address", "form", "textarea", "time"})
_APART = frozenset({"input", "video", "audio"})  # of a picture without a <figcaption>
_PLAYER = re.compile(r"(?:^|\s)(?:j?w?player|videos?|brightcove|vjs)(?:$|[\s_-])|[_-]player(?:$|[\s_-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Which pictures are the article's: those near the text that was kept."""

    kept: frozenset[html.HtmlElement]
    holders: frozenset[html.HtmlElement]  # that have a picture and little else: captions.find


def near(paragraphs: Iterable[Block], holders: frozenset[html.HtmlElement]) -> Near:
    return Near(kept=frozenset(block.node for block in paragraphs), holders=holders)


def find(root: html.HtmlElement, text: Near) -> list[html.HtmlElement]:
    """Return the figures of the article; no one of them inside another."""
    place, holding = _around(root, text.kept)
    left = len(text.kept)
    wanted: dict[html.HtmlElement, None] = {}
    for node in place.iter():
        if node.tag == "h1" and left == len(text.kept):
            wanted = {figure: None for figure in wanted if _is_captioned(figure) or _is_within(figure, holding)}
        if node in text.kept:
            left -= 1
            if not left:
                break  # what stands behind the last paragraph is about other articles
        if (
            (holder := _holder(node, text.holders)) is not None
            and holder not in wanted
            and holder not in holding
            and not any(above in wanted for above in holder.iterancestors())
            and not _is_others(holder, holding)
        ):
            wanted[holder] = None
            if len(wanted) >= LIMIT:
                break
    return list(wanted)


def names(node: html.HtmlElement) -> str:
    return f"{node.get('class') or ''} {node.get('id') or ''}"


def is_caption(node: html.HtmlElement) -> bool:
    """Say whether an element calls itself a caption."""
    return node.tag == "figcaption" or _is_caption(node.get("class") or "")


@lru_cache(maxsize=4096)
def _is_caption(called: str) -> bool:
    """Sites repeat their names: a look is saved."""
    return _CAPTION.search(called) is not None


def _is_captioned(figure: html.HtmlElement) -> bool:
    """Say whether a picture before the headline has a caption that is called so; others are of the site's head."""
    return figure.tag == "figure" or any(is_caption(node) for node in figure.iter())


def _is_within(figure: html.HtmlElement, holding: set[html.HtmlElement]) -> bool:
    """Say whether the page puts a picture and the text into one <article> or <main>."""
    return any(node.tag in {"article", "main"} and node in holding for node in figure.iterancestors())


def _around(root: html.HtmlElement, kept: frozenset[html.HtmlElement]) -> tuple[html.HtmlElement, set[html.HtmlElement]]:
    """Return the element some way above the one that holds all of the text, and all elements that hold some of it."""
    holding: set[html.HtmlElement] = set()
    common: list[html.HtmlElement] | None = None
    for node in kept:
        line = [node, *node.iterancestors()]
        holding.update(line)
        within = set(line)
        common = line if common is None else [one for one in common if one in within]
    if not common:
        return root, holding
    return common[min(AROUND, len(common) - 1)], holding


def _holder(node: html.HtmlElement, holders: frozenset[html.HtmlElement]) -> html.HtmlElement | None:
    """Return the element that holds a picture and its caption, where this one is or has either; None where it is neither."""
    if node in holders:
        return node
    if node.tag == "figure":
        return _figure(node)
    if node.tag not in _TAGS or not is_caption(node):
        return None
    found = node
    for _ in range(LEVELS):
        if next(found.iter(*PICTURES), None) is not None:
            return found if captions.is_small(found) else None
        above = found.getparent()
        if above is None or above.tag in {"body", "article", "main"}:
            break
        found = above
    return node if node.tag == "figcaption" and captions.is_small(node) else None


def _figure(node: html.HtmlElement) -> html.HtmlElement | None:
    """Return a figure, or what holds it and the caption that stands beside it; None for one that holds others."""
    captioned = next(node.iter("figcaption"), None) is not None
    if sum(1 for _ in node.iter("figure")) > 1 or not (captioned or next(node.iter(*PICTURES), None) is not None):
        return None
    beside, above = node.getnext(), node.getparent()
    if not captioned and beside is not None and beside.tag == "figcaption" and above is not None and captions.is_small(above):
        return above
    return node if captions.is_small(node) else None


def _is_others(figure: html.HtmlElement, holding: set[html.HtmlElement]) -> bool:
    """Say whether a figure is another article's, an author's, a player's, an offer's or the site's."""
    captioned = next(figure.iter("figcaption"), None) is not None
    unwanted = _OTHER_WORDS if captioned else _OTHER_WORDS | _APART
    if any(part.tag in unwanted or part.get("rel") == "author" for part in figure.iter()) or (not captioned and _is_sign(figure)):
        return True
    for node in (figure, *figure.iterancestors()):
        if node in holding:
            break
        called = _HUMP.sub("-", names(node))
        if node.tag in {"aside", "nav", "footer"} or _OTHERS.search(called):
            return True
        if node.tag == "a" and _leads(node):
            return True
    return _is_linked(figure, captioned=captioned) or (not captioned and _plays(figure, holding))


def _plays(figure: html.HtmlElement, holding: set[html.HtmlElement]) -> bool:
    """Say whether what is shown is a video."""
    around = itertools.takewhile(lambda node: node not in holding, figure.iterancestors())
    return any(_PLAYER.search(_HUMP.sub("-", names(node))) for node in (*figure.iter(), *around))


def _is_linked(figure: html.HtmlElement, *, captioned: bool) -> bool:
    """Say whether a picture's words lead elsewhere; beside a <figcaption> the picture must lead there too."""
    leading = [link for link in figure.iter("a") if _leads(link)]
    if not leading or (captioned and not any(next(link.iter(*PICTURES), None) is not None for link in leading)):
        return False
    return sum(map(_letters, leading)) > LINKED * _letters(figure)


def _is_sign(figure: html.HtmlElement) -> bool:
    pictures = list(figure.iter("img", "amp-img"))
    return bool(pictures) and all(captions.is_sign(picture) for picture in pictures)


def _leads(link: html.HtmlElement) -> bool:
    """Say whether a link leads to another page and not to the picture itself."""
    return bool(link.get("href")) and not _FILE.search(link.get("href"))


def _letters(node: html.HtmlElement) -> int:
    return len("".join("".join(node.itertext()).split()))
