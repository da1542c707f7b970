"""The blocks of a page and what extractors took for its text -> the blocks that are the article, in reading order."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.articles import margins, phrases, standfirsts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import html

    from pipeline.articles.blocks import Block

SOLID = 25  # characters: a block of more that stands inside the extracted text is part of it
LINKED = 0.5  # share of a block inside links from which it is no paragraph
READ_MORE = 25  # words: a block of fewer that is one link leads elsewhere
SIBLINGS = 0.25  # share of the text under one parent from which its other paragraphs belong too
GROUNDED = 0.8  # share of an extracted text that must be found among the blocks
PICTURED = 0.3  # share of a text that is called a picture's, from which the names mean something else
REPEATED = 400  # characters: a shorter block is no copy of a whole text
CAPTION = 60  # words: a line of fewer that ends with a photographer is a caption

_MARKS = re.compile(r"[\W_]+")
_ASCII_MARKS = bytes(code for code in range(128) if _MARKS.match(chr(code)))
_HEADING = re.compile(r"h[1-6]")
_PARAGRAPH = frozenset({"p", "blockquote", "div", "h2", "h3", "h4", "li", "section", "article", "td"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What was kept of a page."""

    paragraphs: tuple[Block, ...]  # the standfirst among them, where the page shows one
    standfirst: str
    first: int  # place of the first among all blocks
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page shows, and what it says of itself."""

    blocks: Sequence[Block]
    keys: Sequence[str]  # of each block
    homes: Sequence[html.HtmlElement]  # of each block
    rows: Sequence[object]  # of each block: what the parts of one text have in common
    headline: str
    description: str


def shown(blocks: Sequence[Block], *, headline: str, description: str) -> Shown:
    homes = [_home(block) for block in blocks]
    return Shown(
        blocks=blocks,
        keys=[key(block.text) for block in blocks],
        homes=homes,
        rows=[_row(home) for home in homes],
        headline=headline,
        description=description,
    )


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """Return the letters and digits of a text, in lower case: equal for two renderings of it."""
    low = text.lower()
    return low.encode().translate(None, _ASCII_MARKS).decode() if low.isascii() else _MARKS.sub("", low)


def find(page: Shown, core: str, *, whole: bool = False) -> Body | None:
    """Return the article's blocks; None where the extracted text is not among them. `whole`: it lacks no paragraph."""
    blocks, keys = page.blocks, page.keys
    lines = [key(line) for line in core.split("\n")]
    matched = _matched(page, lines)
    found = sum(len(keys[place]) for place in matched)
    if not matched or found < GROUNDED * sum(map(len, lines)):
        return None
    kept = matched if whole else _with_siblings(page, matched)
    title = key(page.headline)
    pictured = {place for place in kept if blocks[place].picture}
    if sum(len(keys[place]) for place in pictured) > PICTURED * sum(len(keys[place]) for place in kept):
        pictured = set()
    kept = {place for place in kept - pictured if not _stray(blocks[place], keys[place], title)}
    kept -= _repeated(keys, kept)
    if not kept:
        return None
    kept = margins.trim(blocks, keys, kept)
    lead = standfirsts.before(blocks, keys, min(kept), description=key(page.description), title=title)
    order = _cut(blocks, sorted(kept | set(lead)))
    lead = lead or standfirsts.at(blocks, keys, order, description=key(page.description))
    return Body(
        paragraphs=tuple(blocks[place] for place in order),
        standfirst=" ".join(blocks[place].text for place in lead),
        first=order[0],
        last=order[-1],
    )


def _matched(page: Shown, lines: Sequence[str]) -> set[int]:
    """Each extracted line once: where the page repeats it, in the place where most of the text is."""
    blocks, keys, homes = page.blocks, page.keys, page.homes
    known, joined = frozenset(lines), "".join(lines)
    places: dict[str, list[int]] = {}
    for place, found in enumerate(keys):
        if found and (found in known or (len(found) > SOLID and found in joined)):
            places.setdefault(found, []).append(place)
    weight: Counter[html.HtmlElement] = Counter()
    for found, where in places.items():
        if len(where) == 1:
            weight[homes[where[0]]] += len(found)
    return {
        where[0]
        if len(where) == 1
        else min(where, key=lambda place: (blocks[place].aside, blocks[place].picture, -weight[homes[place]], place))
        for where in places.values()
    }


def _home(block: Block) -> html.HtmlElement:
    parent = block.node.getparent()
    return block.node if parent is None or block.tag not in {"p", "li", "blockquote", "h2", "h3", "h4"} else parent


def _row(home: html.HtmlElement) -> object:
    """Return what the parts have in common into which a page cuts one text, around advertisements: they look alike and stand in one row."""
    name, parent = home.get("class"), home.getparent()
    above = None if parent is None or not name else parent.getparent()
    if above is None or above.tag in {"body", "html"}:
        return home
    return (home.tag, name, parent.tag, parent.get("class"), above)


def _with_siblings(page: Shown, matched: set[int]) -> set[int]:
    """Add the paragraphs that stand beside the text and were lost."""
    blocks, keys, rows = page.blocks, page.keys, page.rows
    weights: Counter[object] = Counter()
    for place in matched:
        weights[rows[place]] += len(keys[place])
    enough = SIBLINGS * sum(weights.values())
    first, last = min(matched), max(matched)
    known = {keys[place] for place in matched}
    kept = set(matched)
    for place, block in enumerate(blocks):
        if place in kept or keys[place] in known or block.tag not in _PARAGRAPH or weights[rows[place]] < enough:
            continue
        if block.aside or block.picture or block.byline or block.links >= LINKED or not keys[place]:
            continue
        inside = first < place < last and (block.tag != "div" or block.words > 8)  # noqa: PLR2004  longer than a label
        if inside or (block.tag in {"p", "blockquote"} and block.words >= 12):  # noqa: PLR2004  a paragraph, not a label
            kept.add(place)
            known.add(keys[place])
    return kept


def _stray(block: Block, found: str, title: str) -> bool:
    """Say whether a block is the headline, a link to something else, a byline, a caption or a line of the site."""
    if block.tag == "h1" or found == title:
        return True
    if block.links > 0.9 and block.words < READ_MORE:  # noqa: PLR2004  all but its links is punctuation
        return True
    if block.byline and block.words < 15:  # noqa: PLR2004  a byline has fewer words
        return True
    return phrases.junk(block.text) or (block.words < CAPTION and phrases.says("photo", block.text))


def _repeated(keys: Sequence[str], kept: set[int]) -> set[int]:
    """Return the blocks that only say again, in one piece, what several others say: a summary that was left in the page."""
    solid = {place for place in kept if len(keys[place]) > SOLID}
    found = set()
    for place in solid:
        if len(keys[place]) > REPEATED:
            within = [len(keys[other]) for other in solid if other != place and keys[other] in keys[place]]
            if len(within) > 1 and sum(within) > GROUNDED * len(keys[place]):
                found.add(place)
    return found


def _cut(blocks: Sequence[Block], order: list[int]) -> list[int]:
    """Take out headings that head nothing, and everything after a line that announces other articles."""
    while order and _HEADING.fullmatch(blocks[order[-1]].tag) and len(order) > 1:
        order = order[:-1]
    return order
