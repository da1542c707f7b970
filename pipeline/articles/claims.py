"""A page's blocks and facts -> Claims: every place in which it may name whom its text is from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline import urls
from pipeline.records import Claims
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.articles.blocks import Block
    from pipeline.articles.structured import Structured
    from pipeline.articles.texts import Text
    from pipeline.records import Page

NEAR = 12  # blocks before the first and after the last paragraph in which a line may speak of the text
SHORT = 15  # words of such a line
BYLINE = 30  # words
LIMIT = 200  # characters kept of a line
_METAS_NAMES = (
    "author article:author parsely-author sailthru.author dc.creator dc.publisher dcterms.creator dcterms.rightsholder byl "
    "source provider copyright news_source original-source syndication-source dc.source dc.rights article:publisher_name "
    "cxenseparse:author agency article:agency rights"
)
_METAS = tuple(_METAS_NAMES.split())


def make(page: Page, blocks: Sequence[Block], told: Structured, said: dict[str, str], *, text: Text, whole: str, language: str) -> Claims:  # noqa: PLR0913
    return Claims(
        text=whole,
        language=language,
        host=urls.host(page.url),
        bylines=_once(block.text for block in _around(blocks, text) if block.byline and block.words <= BYLINE),
        structured=told.credits,
        meta=_once(said[name] for name in _METAS if name in said and "//" not in said[name]),
        lines=_once(block.text for block in _around(blocks, text) if not block.byline and block.words <= SHORT and block.links < 0.9),  # noqa: PLR2004
        feed=page.entry.authors if page.entry else (),
    )


def _around(blocks: Sequence[Block], text: Text) -> list[Block]:
    """Return the blocks beside the text that are no part of it: no picture's, no menu's."""
    if text.body is None:
        return [block for block in blocks if block.byline and not block.aside and not block.picture][:NEAR]
    kept = {id(block) for block in text.body.paragraphs}
    first, last = text.body.first, text.body.last
    near = blocks[max(0, first - NEAR) : last + 1 + NEAR]
    return [block for block in near if id(block) not in kept and not block.picture and not block.aside]


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(short for text in texts if (short := clean(text, LIMIT))))
