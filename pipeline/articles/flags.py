"""A page and its text -> what the page is beside one article: a page that grows, a page that tells several stories."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipeline.articles import phrases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from pipeline.articles.blocks import Block
    from pipeline.articles.structured import Structured
    from pipeline.articles.texts import Text

MIN_WORDS = 30  # below this a part is a caption or a teaser
SEVERAL = 3  # texts under headlines of their own


def find(told: Structured, found: Sequence[Block], text: Text, headline: str) -> tuple[str, ...]:
    """Return what the page is beside one article: a page that grows, a page that tells several stories."""
    named = []
    if told.kind == "liveblogposting" or "liveblogposting" in told.kinds or phrases.says("live", headline):
        named.append("live_blog")
    if phrases.says("roundup", headline) or _heads_several(found, text):
        named.append("roundup")
    return tuple(named)


def _heads_several(found: Sequence[Block], text: Text) -> bool:
    """Say whether several headlines, each in a part of its own, stand in the text with an article under each."""
    if text.body is None:
        return False
    kept = {id(block) for block in text.body.paragraphs}
    told: Counter[HtmlElement | None] = Counter()
    under: HtmlElement | None = None
    for block in found[text.body.first : text.body.last + 1]:
        if block.tag == "h1":
            under = block.node.getparent()
        elif id(block) in kept:
            told[under] += block.words
    return sum(words >= MIN_WORDS for words in told.values()) >= SEVERAL
