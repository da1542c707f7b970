"""A parsed page -> its text: what an extractor takes for it, found again among the page's blocks, mended there.

trafilatura in precision mode says which part of the page is the article. Where it collapses, or the page's JSON-LD carries
another text that the page shows too, that is taken instead. Measured in benchmarks/articles.py.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import trafilatura
from lxml import etree

from pipeline.articles import body, phrases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import html

    from pipeline.articles.blocks import Block
    from pipeline.articles.body import Body
    from pipeline.articles.structured import Structured

TOLD = 80  # words: a shorter JSON-LD text is a summary
SUMMARY = 150  # words: a JSON-LD text of fewer that is a small part of ours is a summary too
OTHER = 0.5  # overlap with the JSON-LD text below which the extractor took another article of the page
LONGER = 1.15  # times the extracted text: the JSON-LD has what the extractor lost
COLLAPSED = 60  # words: of fewer, another mode is tried

_SIGN = r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"  # read sign by sign
_WORD = re.compile(rf"{_SIGN}|[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What was found, and how."""

    paragraphs: tuple[str, ...]
    standfirst: str
    method: str
    body: Body | None  # its blocks; None where the text is not among the page's


def words(text: str) -> int:
    """Count words; where a script has no spaces, two signs are one."""
    found = _WORD.findall(text)
    signs = sum(1 for word in found if len(word) == 1 and re.match(_SIGN, word))
    return len(found) - signs + signs // 2


def find(root: html.HtmlElement, blocks: Sequence[Block], told: Structured, *, headline: str, description: str) -> Text:
    """Return the page's text; without paragraphs where there is none."""
    core = _extracted(root, precise=True)
    method = "trafilatura-precision"
    if words(core) < COLLAPSED and words(more := _extracted(root, precise=False)) > LONGER * words(core):
        core, method = more, "trafilatura"
    found = body.find(blocks, core, headline=headline, description=description)
    if words(told.text) >= TOLD:
        ours = _shown(found, core)
        other = body.find(blocks, told.text, headline=headline, description=description, whole=True)
        agreed = overlap(ours, _shown(other, told.text))
        if other and ((agreed < OTHER and words(told.text) >= SUMMARY) or words(told.text) > LONGER * words(ours)):
            core, found, method = told.text, other, "json-ld"
        elif not other and words(told.text) > 2 * words(ours) and agreed < OTHER:
            core, found, method = told.text, None, "json-ld"
    if found:
        return Text(paragraphs=tuple(block.text for block in found.paragraphs), standfirst=found.standfirst, method=method, body=found)
    lines = [line.strip(" -") for line in core.split("\n")]
    return Text(
        paragraphs=tuple(line for line in lines if line and not phrases.junk(line) and body.key(line) != body.key(headline)),
        standfirst="",
        method=method,
        body=None,
    )


def overlap(one: str, other: str) -> float:
    """Return the F1 of two texts' words."""
    left, right = Counter(_WORD.findall(one.lower())), Counter(_WORD.findall(other.lower()))
    shared = (left & right).total()
    return 2 * shared / max(1, left.total() + right.total())


def _shown(found: Body | None, core: str) -> str:
    return "\n".join(block.text for block in found.paragraphs) if found else core


def _extracted(root: html.HtmlElement, *, precise: bool) -> str:
    smaller = copy.deepcopy(root)
    etree.strip_elements(smaller, "nav", "footer", "select", "button", with_tail=False)
    return trafilatura.extract(smaller, include_comments=False, favor_precision=precise) or ""
