"""The blocks before and at the beginning of a text -> which of them are its standfirst."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.articles import furniture, phrases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.articles.blocks import Block

REACH = 30  # blocks between a standfirst and the first paragraph: byline, date, picture, share buttons
SOLID = 25  # characters: shorter ones are alike by chance
BENEATH = 4  # blocks beneath the headline in which a sentence is one, whatever it is called
SENTENCE = 8  # words of such a sentence
MOST = 5  # lines of a standfirst that is a list
SHORTEST = 4  # words
LONGEST = 80  # words
LINKED = 0.5  # share of a block inside links from which it is no paragraph
TOLD = 100  # characters in which a standfirst and the page's description must agree
_LINES = frozenset({"p", "h2", "h3", "h4", "div", "li", "section", "header"})
_HEADING = re.compile(r"h[1-6]")


def before(blocks: Sequence[Block], keys: Sequence[str], first: int, *, description: str, title: str) -> list[int]:
    """Return the places before the first paragraph that call themselves one or say what the page's description says."""
    shown = {keys[place] for place in range(first, min(first + 3, len(keys)))}
    above = range(max(0, first - REACH), first)
    top = max((place for place in above if blocks[place].tag == "h1" or (title and keys[place] == title)), default=-REACH)
    found = []
    for place in range(first - 1, max(-1, first - REACH), -1):
        block = blocks[place]
        if block.tag == "h1":
            break
        told = _told(keys[place], description)
        beneath = (place - top <= BENEATH or _beside(block, blocks[first], first - place)) and _leads(block)
        if not (told or block.lead or beneath) or block.words < SHORTEST or block.links >= LINKED or block.picture or block.byline:
            continue
        if (
            (block.aside and not told)
            or keys[place] == title
            or phrases.junk(block.text)
            or any(one.startswith(keys[place]) for one in shown)
        ):
            continue
        found.append(place)
        shown.add(keys[place])
    return sorted(found)[-MOST:]


def at(blocks: Sequence[Block], keys: Sequence[str], order: Sequence[int], *, description: str) -> list[int]:
    """Return the text's first place if that is its standfirst: by its name, as a heading, in bold, or by the page's description."""
    if len(order) < 2:  # noqa: PLR2004  one alone is the text
        return []
    first, second = blocks[order[0]], blocks[order[1]]
    if second.lead or not SHORTEST <= first.words <= LONGEST:
        return []
    apart = first.node is not second.node and first.node.getparent() is not second.node.getparent()
    named = apart and (first.lead or bool(_HEADING.fullmatch(first.tag)))
    told = _told(keys[order[0]], description) and _looks(first) != _looks(second)
    return [order[0]] if named or told or (first.strong and not second.strong) else []


def _beside(block: Block, first: Block, before: int) -> bool:
    """Say whether a line stands right before the first paragraph and is one like it."""
    return before == 1 and block.tag == first.tag and block.node.getparent() is first.node.getparent()


def _leads(block: Block) -> bool:
    """Say whether a line right beneath the headline is a sentence and nothing of the site's."""
    return (
        block.tag in _LINES
        and SENTENCE <= block.words <= LONGEST
        and furniture.read(block.text) is None
        and not phrases.says("photo", block.text)
    )


def _told(found: str, description: str) -> bool:
    return len(found) > SOLID and bool(description) and (description.startswith(found) or found.startswith(description[:TOLD]))


def _looks(block: Block) -> tuple[str, ...]:
    """Return how a block and what holds it are called: two paragraphs of one text look alike."""
    parent = block.node.getparent()
    near = [block.node] if parent is None or parent.tag in {"body", "article", "main"} else [block.node, parent]
    return tuple(f"{node.tag}.{node.get('class') or ''}" for node in near)
