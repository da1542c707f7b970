"""A tree -> its blocks of text in reading order, each with what its place says about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TypeAlias

from lxml import etree, html

from pipeline.articles import captions, places

_Place: TypeAlias = "tuple[bool, tuple[html.HtmlElement, ...], bool, bool]"  # picture, asides around it, byline, lead
_BLOCK_NAMES = (
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 "
    "h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p picture pre section select summary table tbody "
    "td tfoot th thead tr ul button label textarea title head"
)
_BLOCK = frozenset(_BLOCK_NAMES.split())
_WHOLE = frozenset({"body", "html", "main", "article"})  # their names are of the page, not of a part
_BOLD = frozenset({"b", "strong"})
WHOLE = 0.5  # share of a page's sentences from which the part that says them is no aside, whatever it is called
SENTENCE = 12  # words
LINKED = 0.33  # share inside links from which a block is no sentence
STRONG = 0.95  # share of a block in bold from which all of it is
_SKIPPED = frozenset({"head", "select", "option", "textarea", "button", "input"})
_TELLING = _BLOCK | _BOLD | _SKIPPED | {"a", "br"}  # where something begins or ends
_ASIDES = frozenset({"nav", "aside", "footer"})
_NAMING = ("class", "id", "itemprop", "data-testid")
_NOWHERE: _Place = (False, (), False, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, heading, list item or line of the page."""

    text: str
    words: int
    node: html.HtmlElement  # the block-level element it stands in
    tag: str
    links: float  # share of its letters inside links
    strong: bool  # all of it in bold
    picture: bool  # in a figure or a caption
    aside: bool  # in navigation, a related box, a sign-up, a footer
    byline: bool
    lead: bool  # in an element that calls itself a standfirst


def read(root: html.HtmlElement, holders: frozenset[html.HtmlElement]) -> tuple[Block, ...]:
    """Return every block of the tree that has text. `holders` are those of a picture and little else: captions.find."""
    return tuple(_Reader(holders).read(root))


class _Reader:
    """Walks once. A block ends where a block-level element begins or ends, and at two line breaks."""

    def __init__(self, holders: frozenset[html.HtmlElement]) -> None:
        self.holders = holders
        self.found: list[tuple[Block, tuple[html.HtmlElement, ...]]] = []
        self.stack: list[html.HtmlElement] = []
        self.places: list[_Place] = []  # of the outermost elements of the stack: looked up where a block is found
        self.pieces: list[str] = []
        self.linked = self.bold = 0  # letters
        self.link_depth = self.bold_depth = 0
        self.skip = 0
        self.breaks = 0

    def read(self, root: html.HtmlElement) -> list[Block]:
        for event, node in etree.iterwalk(root, events=("start", "end")):
            tag = node.tag
            if event == "start":
                if tag in _TELLING:
                    self.start(node, tag)
                text = node.text
            else:
                if tag in _TELLING:
                    self.end(tag)
                text = node.tail
            if text and (self.pieces or not text.isspace()):
                self.take(text)
        large = _large(self.found)
        return [replace(block, aside=False) if asides and large.issuperset(asides) else block for block, asides in self.found]

    def start(self, node: html.HtmlElement, tag: str) -> None:
        if tag in _BLOCK:
            if self.pieces:
                self.flush()
            self.stack.append(node)
        elif tag == "a":
            self.link_depth += 1
        elif tag in _BOLD:
            self.bold_depth += 1
        elif tag == "br":
            self.breaks += 1
            self.pieces.append(" ")
            if self.breaks > 1:
                self.flush()
        if tag in _SKIPPED:
            self.skip += 1

    def end(self, tag: str) -> None:
        if tag in _SKIPPED:
            self.skip -= 1
        if tag in _BLOCK:
            if self.pieces:
                self.flush()
            self.stack.pop()
            del self.places[len(self.stack) :]
        elif tag == "a":
            self.link_depth -= 1
        elif tag in _BOLD:
            self.bold_depth -= 1

    def take(self, text: str) -> None:
        if self.skip or text.isspace():
            self.pieces.append(" ")
            return
        self.pieces.append(text)
        self.breaks = 0
        if self.link_depth or self.bold_depth:
            letters = len("".join(text.split()))
            self.linked += letters if self.link_depth else 0
            self.bold += letters if self.bold_depth else 0

    def place(self) -> _Place:
        """Return what the elements around here say."""
        for node in self.stack[len(self.places) :]:
            self.places.append(self.inside(self.places[-1] if self.places else _NOWHERE, node, node.tag))
        return self.places[-1]

    def inside(self, around: _Place, node: html.HtmlElement, tag: str) -> _Place:
        picture, asides, byline, lead = around
        aside = tag in _ASIDES
        names = "" if tag in _WHOLE else " ".join(filter(None, map(node.get, _NAMING)))
        if names:
            own = places.read(names)
            picture = picture or (own.picture and captions.is_small(node))
            aside, byline, lead = aside or own.aside, byline or own.byline, lead or own.lead
        return (
            picture or tag in {"figcaption", "picture"} or node in self.holders or (tag == "figure" and captions.is_small(node)),
            (*asides, node) if aside else asides,
            byline or tag == "address",
            lead,
        )

    def flush(self) -> None:
        said = "".join(self.pieces).split()
        if said and self.stack:
            node = self.stack[-1]
            picture, asides, byline, lead = self.place()
            text = " ".join(said)
            letters = len(text) - len(said) + 1
            block = Block(
                text=text,
                words=len(said),
                node=node,
                tag=node.tag,
                links=min(1.0, self.linked / letters),
                strong=self.bold >= STRONG * letters,
                picture=picture,
                aside=bool(asides),
                byline=byline,
                lead=lead,
            )
            self.found.append((block, asides))
        self.pieces.clear()
        self.linked = self.bold = self.breaks = 0


def _large(found: list[tuple[Block, tuple[html.HtmlElement, ...]]]) -> set[html.HtmlElement]:
    """Return the asides that say so much of the page that they hold its text; menus and footers never do."""
    said: Counter[html.HtmlElement] = Counter()
    every = 0
    for block, asides in found:
        if block.links < LINKED and block.words >= SENTENCE:
            every += len(block.text)
            for node in asides:
                said[node] += len(block.text)
    return {node for node, letters in said.items() if letters >= WHOLE * every and node.tag not in _ASIDES}
