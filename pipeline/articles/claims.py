"""A page's blocks and facts -> Claims: every place in which it may name whom its text is from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline import urls
from pipeline.articles import furniture, phrases
from pipeline.articles.body import key
from pipeline.records import Claims
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.articles.blocks import Block
    from pipeline.articles.structured import Structured
    from pipeline.articles.texts import Text
    from pipeline.records import Page

NEAR = 12  # blocks before the first and after the last paragraph in which a line may speak of the text
REACH = 60  # blocks before the first paragraph in which the headline, and the byline under it, may stand
LINKED = 0.9  # share inside links from which it leads elsewhere
SHORT = 15  # words of such a line
BYLINE = 30  # words
_SOURCE = re.compile(r"©|\(c\)|copyright|rights|rechte|droits|derechos|diritti|direitos|quelle|source|fuente|fonte", re.IGNORECASE)
_BY = re.compile(r"(?:by|von|par|por|di|door|av|af)\b", re.IGNORECASE)
LIMIT = 200  # characters kept of a line
_METAS_NAMES = (
    "author article:author parsely-author sailthru.author dc.creator dc.publisher dcterms.creator dcterms.rightsholder byl "
    "source provider copyright news_source original-source syndication-source dc.source dc.rights article:publisher_name "
    "cxenseparse:author agency article:agency articleauthor rights"
)
_METAS = tuple(_METAS_NAMES.split())


def make(  # noqa: PLR0913  a page's parts
    page: Page,
    blocks: Sequence[Block],
    told: Structured,
    said: dict[str, str],
    *,
    text: Text,
    whole: str,
    language: str,
    names: Iterable[str],
) -> Claims:
    """Return what the page claims; `names` are the site's and its headline, which say nothing about a text."""
    own = {key(name) for name in names}
    near = [block for block in _around(blocks, text) if key(block.text) not in own]
    return Claims(
        text=whole,
        language=language,
        host=urls.host(page.url),
        bylines=_once((*(block.text for block in near if block.byline and block.words <= BYLINE), *furniture.bylines(near))),
        structured=told.credits,
        meta=_once(said[name] for name in _METAS if name in said and "//" not in said[name]),
        lines=_once(block.text for block in near if _may_tell(block)),
        feed=page.entry.authors if page.entry else (),
    )


def _may_tell(block: Block) -> bool:
    """Say whether a line may be about the text: short, no link, not the site speaking; notices of copyright may."""
    short = not block.byline and block.words <= (BYLINE if _BY.match(block.text) else SHORT) and block.links < LINKED
    return short and (not phrases.junk(block.text) or bool(_SOURCE.search(block.text)))


def _around(blocks: Sequence[Block], text: Text) -> list[Block]:
    """Return the blocks beside the text that are no part of it: no picture's, no menu's."""
    if text.body is None:
        return [block for block in blocks if block.byline and not block.aside and not block.picture][:NEAR]
    kept = {id(block) for block in text.body.paragraphs}
    beside = {block.node.getparent() for block in text.body.paragraphs}
    inside = any(block.aside for block in text.body.paragraphs)  # what holds the text itself is called so
    first, last = text.body.first, text.body.last
    head = next((place for place in range(first - 1, max(-1, first - REACH), -1) if blocks[place].tag == "h1"), first)
    second = next((place for place in range(first + 1, last) if id(blocks[place]) in kept), last)
    found = []
    for place in range(max(0, min(head, first - NEAR)), min(len(blocks), last + 1 + NEAR)):
        block = blocks[place]
        if second < place < last:
            continue  # what stands between paragraphs is about a picture or another article; a byline may follow a standfirst
        signed = block.byline and (head < place < second or last < place <= last + 2)  # in whatever box
        near = place >= first - NEAR and (not block.aside or inside or block.node.getparent() in beside)
        if (near or signed) and id(block) not in kept and not block.picture:
            found.append(block)
    return found


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(short for text in texts if (short := clean(text, LIMIT))))
