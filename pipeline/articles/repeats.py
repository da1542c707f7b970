"""Texts of one title -> the blocks that its pages repeat, whatever the article; and a text without those that are known.

A block counts once a story, so that wire copy and its updates are no repetition. Two stories of a title often share a paragraph of
background: so a long block must come oftener, and one that came only twice is taken out only at the edges of a text, where no story begins
or ends with the words of another one. The article at hand is the third. See docs/extraction.md.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from pipeline.articles.body import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LETTERS = 8  # of a block, at least: "More", "Q&A" may be of any text
HEAD, TAIL = 3, 5  # paragraphs at either end of a text that are its edges


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """In how many other stories a block must stand."""

    least: int = 2
    anywhere: int = 4  # to be taken out between other paragraphs, too
    long: int = 40  # words: a longer block needs as many as that, even at an edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a title's pages. Empty: nothing yet."""

    edition: int = 0
    blocks: Mapping[bytes, int] | None = None  # key -> stories in which it stood


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A block that comes again and again."""

    block_key: bytes
    block: str
    articles: int


DEFAULT = Policy()
NOTHING = Known()


def digest(block: str) -> bytes:
    """Return the identity of a block: its letters and digits."""
    return sha256(key(block).encode()).digest()


def learn(texts: Iterable[tuple[int, str]], policy: Policy = DEFAULT) -> tuple[Repeat, ...]:
    """Return the blocks that stand in texts of several stories; each text comes with its story. The answer is in the order of keys."""
    stories: dict[bytes, set[int]] = defaultdict(set)
    words: dict[bytes, str] = {}
    for story, text in texts:
        for block in text.split("\n\n"):
            if len(key(block)) >= LETTERS:
                name = digest(block)
                stories[name].add(story)
                words[name] = min(words.get(name, block), block)
    return tuple(
        Repeat(block_key=name, block=words[name], articles=len(found))
        for name, found in sorted(stories.items())
        if len(found) >= policy.least
    )


def without(paragraphs: Sequence[str], known: Known, policy: Policy = DEFAULT) -> tuple[str, ...]:
    """Return the paragraphs that are none of the title's repetitions; all of them, where nothing else would be left."""
    if not known.blocks:
        return tuple(paragraphs)
    own = [place for place, block in enumerate(paragraphs) if not known.blocks.get(digest(block))]
    if not own:
        return tuple(paragraphs)
    first, last = own[0], own[-1]
    kept = []
    for place, block in enumerate(paragraphs):
        stories = known.blocks.get(digest(block), 0)
        edge = place < max(HEAD, first) or place > min(len(paragraphs) - 1 - TAIL, last) or place >= len(paragraphs) - TAIL
        least = policy.least if edge and len(block.split()) <= policy.long else policy.anywhere
        if stories < least:
            kept.append(block)
    return tuple(kept)
