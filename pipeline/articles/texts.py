"""A parsed page -> its text: what an extractor takes for it, found again among the page's blocks, mended there.

A chooser takes the cheapest witness that another one confirms: the page's JSON-LD, or trafilatura's quick mode, where the densest part
of the page says the same; else trafilatura in precision mode, whose comparisons take twice as long. Where that collapses, or the
JSON-LD carries another text that the page shows too, that is taken instead. Measured in benchmarks/articles.py.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import trafilatura
from lxml import etree, html
from trafilatura.settings import Extractor

from pipeline.articles import body, dense, phrases, places

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.articles.blocks import Block
    from pipeline.articles.body import Body, Shown
    from pipeline.articles.structured import Structured

TOLD = 80  # words: a shorter JSON-LD text is a summary
SUMMARY = 150  # words: a JSON-LD text of fewer that is a small part of ours is a summary too
OTHER = 0.5  # overlap with the JSON-LD text below which the extractor took another article of the page
LONGER = 1.15  # times the extracted text: the JSON-LD has what the extractor lost
COLLAPSED = 60  # words: of fewer, another mode is tried
LEAST = 0.8  # share of the words of the densest part, below which the quick mode has lost its way
AGREED = 0.95  # overlap from which the quick mode and the densest part say the same
CONFIRMED = 0.9  # overlap from which the densest part confirms the JSON-LD, which is nobody's guess

_NO_TEXT = ("nav", "footer", "aside", "form", "select", "button", "label", "input", "img", "picture", "source", "video", "audio", "head")
_WRAPPERS = ("div", "span", "i", "a", "li", "ul", "section", "figure", "p")
_QUICK = Extractor(comments=False, precision=True, fast=True)  # made once: it reads a table of settings
_PRECISE = Extractor(comments=False, precision=True)
_BALANCED = Extractor(comments=False)
_SIGN = r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"  # read sign by sign
_ONE = re.compile(_SIGN)
_WORD = re.compile(rf"{_SIGN}|[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What was found, and how."""

    paragraphs: tuple[str, ...]
    standfirst: str
    method: str
    body: Body | None  # its blocks; None where the text is not among the page's


@lru_cache(maxsize=64)  # a page asks again and again for the same texts
def words(text: str) -> int:
    """Count words; where a script has no spaces, two signs are one."""
    found = _WORD.findall(text)
    signs = sum(1 for word in found if len(word) == 1 and _ONE.match(word)) if _ONE.search(text) else 0
    return len(found) - signs + signs // 2


def find(root: html.HtmlElement, blocks: Sequence[Block], told: Structured, *, headline: str, description: str) -> Text:
    """Return the page's text; without paragraphs where there is none."""
    located = partial(_located, body.shown(blocks, headline=headline, description=description))
    found = _chosen(root, blocks, told, located)
    if words(told.text) >= TOLD and found.method != "json-ld":
        found = _corrected(found, told, located)
    if found.body:
        paragraphs = tuple(block.text for block in found.body.paragraphs)
        return Text(paragraphs=paragraphs, standfirst=found.body.standfirst, method=found.method, body=found.body)
    lines = [line.strip(" -") for line in found.text.split("\n")]
    own = tuple(line for line in lines if line and not phrases.junk(line) and body.key(line) != body.key(headline))
    return Text(paragraphs=own, standfirst="", method=found.method, body=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A text that may be the page's, and its blocks, if it is among them."""

    text: str  # as the page shows it, and an article has it: what counts its words remembers them
    method: str
    body: Body | None


def _located(page: Shown, core: str, method: str) -> _Found:
    found = body.find(page, core, whole=method == "json-ld")
    text = "\n\n".join(block.text for block in found.paragraphs) if found else core
    return _Found(text=text, method=method, body=found)


def _chosen(root: html.HtmlElement, blocks: Sequence[Block], told: Structured, located: Callable[[str, str], _Found]) -> _Found:
    """Return the cheapest text that another witness confirms, or that needs none."""
    part = dense.find(blocks)
    guess = located("\n".join(part.lines) if part else "", "dense")
    if words(told.text) >= SUMMARY:
        found = located(told.text, "json-ld")
        if found.body and overlap(found.text, guess.text) >= CONFIRMED:
            return found
    if part and part.sure and guess.body:
        return guess
    if part and part.alone:
        quick = located(_quickly(part.near), "trafilatura-fast")
        if words(quick.text) >= COLLAPSED and overlap(quick.text, guess.text) >= AGREED:
            return quick
    quick = located(_quickly(root), "trafilatura-fast")
    if words(quick.text) >= max(COLLAPSED, LEAST * words(guess.text)):
        return quick
    core = _extracted(root, precise=True)
    if words(core) < COLLAPSED and words(more := _extracted(root, precise=False)) > LONGER * words(core):
        return located(more, "trafilatura")
    return located(core, "trafilatura-precision")


def _corrected(found: _Found, told: Structured, located: Callable[[str, str], _Found]) -> _Found:
    """Return the JSON-LD's text instead, where the extractor took another one or lost a part."""
    other = located(told.text, "json-ld")
    agreed = overlap(found.text, other.text)
    if other.body and ((agreed < OTHER and words(told.text) >= SUMMARY) or words(told.text) > LONGER * words(found.text)):
        return other
    if not other.body and words(told.text) > 2 * words(found.text) and agreed < OTHER:
        return other
    return found


def overlap(one: str, other: str) -> float:
    """Return the F1 of two texts' words."""
    left, right = _counted(one), _counted(other)
    shared = (left & right).total()
    return 2 * shared / max(1, left.total() + right.total())


@lru_cache(maxsize=16)
def _counted(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.lower()))


def _quickly(part: html.HtmlElement) -> str:
    """Return what trafilatura's quick mode takes of a part of a page, without what holds no text."""
    smaller = copy.deepcopy(part)
    smaller.tail = None
    etree.strip_elements(smaller, *_NO_TEXT, with_tail=False)
    _drop_notices(smaller)
    for node in reversed(list(smaller.iter(*_WRAPPERS))):
        if not len(node) and not (node.text and node.text.strip()) and node.getparent() is not None:
            node.drop_tree()
    if smaller.tag not in {"html", "body"}:
        whole = smaller.makeelement("body")
        whole.append(smaller)
        smaller = whole
    return trafilatura.extract(smaller, options=_QUICK) or ""


def _extracted(root: html.HtmlElement, *, precise: bool) -> str:
    smaller = copy.deepcopy(root)
    etree.strip_elements(smaller, "nav", "footer", "select", "button", with_tail=False)
    _drop_notices(smaller)
    return trafilatura.extract(smaller, options=_PRECISE if precise else _BALANCED) or ""


def _drop_notices(root: html.HtmlElement) -> None:
    """Take out what calls itself a notice of cookies or privacy that lies over the page."""
    for node in list(root.iter("div", "section", "dialog")):
        if places.is_notice(f"{node.get('id') or ''} {node.get('class') or ''}") and node.getparent() is not None:
            node.drop_tree()
