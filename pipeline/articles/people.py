"""What a page offers as authors -> the people, desks or agencies that wrote it, each once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trafilatura.metadata import extract_author

from pipeline.articles import furniture
from pipeline.articles.body import key
from pipeline.articles.bylines import BY, desks, names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml import html

    from pipeline.articles.blocks import Block
    from pipeline.articles.structured import Structured
    from pipeline.records import Entry

BYLINE = 20  # words
NAMES = 7  # words of a name and the site's
NEAR = 10  # blocks beneath the headline in which its byline stands
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
_OTHER = re.compile(
    r"(?:photo(?:graph(?:y|s|ed)|s)?|pictures?|images?|illustrat(?:ions?|ed)|graphics?|styl(?:ing|ed)|video|edit(?:ed|ing)|reviewed|"
    r"(?:fact.?)?checked|translat(?:ion|ed)|fotos?|bilder|illustrationen|fotograf[ií]as?|fotografie)\s+(?:by|von|par|por|di|de)\s+",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s(?:with|mit|avec|con|met|med)\s.*$")  # "with AFP"
_JOINED = re.compile(r" (?:and|und|et|y|e|och|og|en|&) ")
_HOUSE = re.compile(r"(?<=[a-z])(?: [A-ZÀ-Þ]{2,}){2,}$")  # "Jane Doe CITY NEWS NETWORK"
_NAME = re.compile(r"[^\W\d_a-z][\w.'’-]+(?: (?:[^\W\d_a-z][\w.'’-]*|de|la|del|van|von|der|den|di|da|al|bin|ben)){1,4}")
_MARKED = (  # by attributes: half the time of a look at every element
    "//@rel[.='author']/.. | //@itemprop[.='author']/.. | "
    "//@class[contains(.,'author-name') or contains(.,'byline-name') or contains(.,'author__name')]/.."
)
_METAS = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "article:author_name",
    "cxenseparse:author",
    "twitter:creator:name",
    "articleauthor",
    "citation_author",
)


def authors(
    root: html.HtmlElement, blocks: Sequence[Block], told: Structured, *, entry: Entry | None, sites: Iterable[str]
) -> tuple[str, ...]:
    """Return who wrote it: by JSON-LD, meta, marked-up authors, the byline shown, then the feed. People before the site itself."""
    own = [site for site in sites if site]
    named = {*map(key, own)}
    said = [one for texts in _said(root) if (one := names(texts))]
    shown = [block.text for block in blocks if block.byline and not block.aside and block.words < BYLINE and BY.match(block.text)]
    offers = (  # each looked for only where those before it say nothing
        lambda: told.authors if len(desks(told.authors)) < len(told.authors) else (),
        lambda: next((one for one in said if len(desks(one)) < len(one)), ()),
        lambda: told.authors,
        lambda: _marked(root),
        lambda: shown[:2],
        lambda: entry.authors if entry else (),
        lambda: _beneath(blocks),
        lambda: _plain(blocks, own),
        lambda: [block.text for block in blocks if block.byline and block.words < BYLINE and BY.match(block.text)][:1],
    )
    for offer in (find() for find in offers):
        found = tuple(name for name in names(offer) if not _is_site(name, named))
        if found:
            full = next(
                (one for one in _fuller(said, shown) if {*map(key, found)} < {*map(key, one)} and not named & {*map(key, one)}), found
            )
            return _writers(full, blocks) or full
    return names(told.authors) or next(iter(said), ()) or desks(told.authors) or names([extract_author(root) or ""])


def _fuller(said: Sequence[tuple[str, ...]], shown: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """Yield what may name more people than the first offer: <meta>, and the byline shown if it joins people and names nothing else."""
    yield from said
    together = names(_AFTER.sub("", text) for text in shown[:1] if _JOINED.search(text))
    if all(map(_NAME.fullmatch, together)):
        yield together


def _writers(found: Sequence[str], blocks: Sequence[Block]) -> tuple[str, ...]:
    """Return the people without those whom the page shows as photographer, editor, reviewer: systems list them as authors too."""
    lines = (_OTHER.sub("", block.text) for block in blocks if _OTHER.match(block.text) and block.words < BYLINE)
    others = {*map(key, names(lines))}
    return tuple(name for name in found if key(name) not in others)


def _said(root: html.HtmlElement) -> Iterable[list[str]]:
    """Return what <meta> says, name by name; systems write one for each author."""
    found: dict[str, list[str]] = {name: [] for name in _METAS}
    for node in root.iter("meta"):
        texts = found.get((node.get("property") or node.get("name") or node.get("itemprop") or "").strip().lower())
        content = node.get("content") or ""
        if texts is not None and "//" not in content:
            texts.append(content)
    return found.values()


def _beneath(blocks: Sequence[Block]) -> list[str]:
    """Return the byline in the lines beneath the headline, whatever they are called."""
    top = next((place for place, block in enumerate(blocks) if block.tag == "h1"), None)
    if top is None:
        return []
    near = blocks[top + 1 : top + 1 + NEAR]
    lines = (line for block in near if not block.picture and (line := furniture.read(block.text)) and (line.dated or BY.match(block.text)))
    return [line.byline for line in lines if line.byline][:1]


def _plain(blocks: Sequence[Block], sites: Sequence[str]) -> list[str]:
    """Return a name that stands alone, or before the site's, in an element that is called a byline."""
    short = [block.text for block in blocks if block.byline and not block.aside and block.words <= NAMES]
    if not short:
        return []
    tail = re.compile(rf"[\s,|]+(?:{'|'.join(map(re.escape, sites))})$", re.IGNORECASE)
    said = (_HOUSE.sub("", tail.sub("", text)) for text in short)
    return [text for text in said if _NAME.fullmatch(text)][:1]


def _is_site(name: str, named: set[str]) -> bool:
    return key(name) in named or bool(_DOMAIN.fullmatch(name))


def _marked(root: html.HtmlElement) -> list[str]:
    found = root.xpath(_MARKED)
    return [_inner(node) for node in found if next(node.iterancestors("aside", "footer", "nav"), None) is None][:3]


def _inner(node: html.HtmlElement) -> str:
    inner = node.xpath(".//*[@itemprop='name']")
    target = inner[0] if inner else node
    return str(target.get("content") or target.text_content())[:200]
