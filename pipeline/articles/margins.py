"""What was kept of a page -> the same without what stands around a text: menus, kickers, dates, bylines, boxes of other headlines."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from pipeline.articles import furniture, phrases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import html

    from pipeline.articles.blocks import Block

HUB = 0.8  # share of the text that stands in one element, from which short lines elsewhere are of other parts of the page
BEFORE = 8  # words: a line of fewer before the headline, or before that element, is a menu or a kicker
AFTER = 20  # words: the same after it
TEXT = 15  # words: a block of more is a paragraph of the text, with which the head of the article ends
WALL = 30  # words: a line of fewer may be a wall
REACH = 4  # blocks after the last paragraph in which a wall stands
LINKING = 0.5  # share of a block inside links from which it is no paragraph
LINKED = 0.9  # share of a block inside links from which it leads elsewhere
_ENDED = re.compile(r"[.!?…。！？؟][\"”»“」』)]*$")
_HEADING = re.compile(r"h[2-6]")


def trim(blocks: Sequence[Block], keys: Sequence[str], kept: set[int]) -> set[int]:
    """Return the places that are the text's own."""
    left = kept - _elsewhere(blocks, keys, kept)
    left -= {place for place in left if _heads_links(blocks, place, left)}
    long = [place for place in sorted(left) if blocks[place].words >= TEXT and blocks[place].links < LINKING and not is_wall(blocks[place])]
    if not long:
        return left or kept
    top = _top(blocks, long[0])
    wall = next((place for place in range(long[-1] + 1, min(long[-1] + 1 + REACH, len(blocks))) if is_wall(blocks[place])), len(blocks))
    return {
        place
        for place in left
        if place < wall
        and not (place < top and blocks[place].words < BEFORE)
        and (long[0] <= place <= long[-1] or furniture.read(blocks[place].text) is None)
    }


def is_wall(block: Block) -> bool:
    """Say whether a line says that the text goes on for members only, or asks to sign in or up."""
    return block.words < WALL and phrases.says("wall", block.text)


def _top(blocks: Sequence[Block], first: int) -> int:
    """Return the place of the headline before the first paragraph."""
    return max((place for place in range(first) if blocks[place].tag == "h1"), default=0)


def _elsewhere(blocks: Sequence[Block], keys: Sequence[str], kept: set[int]) -> set[int]:
    """Return the short lines, and those of links, outside the element that holds most of the text."""
    told = [place for place in kept if blocks[place].links < LINKING] or list(kept)
    lines = {place: [blocks[place].node, *blocks[place].node.iterancestors()] for place in kept}
    weights: Counter[html.HtmlElement] = Counter()
    for place in told:
        for node in lines[place]:
            weights[node] += len(keys[place])
    heaviest = max(told, key=lambda place: (len(keys[place]), -place))
    enough = HUB * sum(len(keys[place]) for place in told)
    hub = next(node for node in lines[heaviest] if weights[node] >= enough)
    inside = [place for place in kept if hub in lines[place]]
    first, last = min(inside), max(inside)
    top = _top(blocks, first)
    return {
        place
        for place in kept
        if (place < first and (blocks[place].links >= LINKING or _is_label(blocks[place], before=place < top)))
        or (place > last and (blocks[place].links >= LINKING or blocks[place].words < AFTER))
    }


def _is_label(block: Block, *, before: bool) -> bool:
    """Say whether a short line is none of the article's: it stands before the headline, or is neither a heading nor a sentence."""
    return block.words < BEFORE and (before or not (_HEADING.fullmatch(block.tag) or _ENDED.search(block.text)))


def _heads_links(blocks: Sequence[Block], place: int, kept: set[int]) -> bool:
    """Say whether a heading has nothing under it but links to other articles."""
    if not _HEADING.fullmatch(blocks[place].tag):
        return False
    under = place + 1
    while under < len(blocks) and under not in kept and blocks[under].links >= LINKED:
        under += 1
    return under > place + 1 and (under in kept or under == len(blocks))
