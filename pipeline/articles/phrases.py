"""A line of a page -> whether it is the site speaking, not the article: by phrases that are data (phrases.toml)."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONG = 40  # words: no line of a site is longer, except notices of rights
BEGUN = 2  # characters of a line by which the phrases that may begin it are found
_TABLES = Path(__file__).with_name("phrases.toml")
_FIRST = re.compile(r"\w")
_WORD = re.compile(r"\w+")


class _Phrase(NamedTuple):
    """A phrase, and what every line that has it begins with, or holds somewhere."""

    piece: str
    expression: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Most lines say none of it: two quick looks tell which of its phrases a line can have, and few lines can have any."""

    beginnings: Mapping[str, tuple[_Phrase, ...]]  # by the first characters of what such lines begin with
    words: Mapping[str, tuple[_Phrase, ...]]  # others, by a word that such lines have
    expected: frozenset[str]  # those words
    wordless: tuple[_Phrase, ...]  # others, of which no word is sure
    pieces: tuple[str, ...]  # of all


class _Line(NamedTuple):
    """A line, as it is looked at."""

    low: str
    first: int  # place of its first letter or digit
    words: frozenset[str]


def junk(line: str) -> bool:
    """Say whether a line is a menu, a sign-up, a "read more", a share button, a notice of copyright or the like."""
    return line.count(" ") < LONG and says("junk", line)


def says(table: str, text: str) -> bool:
    """Say whether a text, on one line, has a phrase of the table."""
    known, line = _table(table), _line(text)
    low, first = line.low, line.first
    can = [phrase for phrase in known.beginnings.get(low[first : first + BEGUN], ()) if low.startswith(phrase.piece, first)]
    if not known.expected.isdisjoint(line.words):
        can += [phrase for word in known.expected & line.words for phrase in known.words[word]]
    if known.wordless:
        can += [phrase for phrase in known.wordless if phrase.piece in low]
    return any(phrase.expression.search(low) for phrase in can) if can else False


def may(table: str, lines: Sequence[str]) -> bool:
    """Say whether any of many lines can have a phrase of the table: one quick look at all of them."""
    known, low = _table(table), "\n".join(lines).lower()
    return any(piece in low for piece in known.pieces)


@lru_cache(maxsize=1024)
def _line(text: str) -> _Line:
    low = text.lower()
    first = _FIRST.search(low)
    return _Line(low, first.start() if first else len(low), frozenset(_WORD.findall(low)))


@cache
def _table(name: str) -> _Table:
    groups: dict[str, list[str]] = tomllib.loads(_TABLES.read_text(encoding="utf-8"))[name]
    beginnings: defaultdict[str, list[_Phrase]] = defaultdict(list)
    words: defaultdict[str, list[_Phrase]] = defaultdict(list)
    pieces = []
    for phrase in dict.fromkeys(phrase.lower() for group in groups.values() for phrase in group):
        anywhere = phrase.startswith("*")
        piece = max(phrase.strip("*$").split("..."), key=len) if anywhere else _begun(phrase)
        said = _Phrase(piece, re.compile(_expression(phrase)))
        (words[_whole(phrase)] if anywhere else beginnings[piece[:BEGUN]]).append(said)
        pieces.append(piece)
    wordless = tuple(words.pop("", ()))
    return _Table(
        beginnings={begun: tuple(found) for begun, found in beginnings.items()},
        words={word: tuple(found) for word, found in words.items()},
        expected=frozenset(words),
        wordless=wordless,
        pieces=tuple(pieces),
    )


def _begun(phrase: str) -> str:
    """Return what a line must begin with, from its first letter on."""
    words = phrase.strip("*$").split("...")[0]
    first = _FIRST.search(words)
    return words[first.start() :] if first else words


def _whole(phrase: str) -> str:
    """Return the longest word of a phrase that a line must have as a whole: none that touches a gap, nor a number at the end."""
    bare = phrase.strip("*$")
    sure = [
        found[0]
        for found in _WORD.finditer(bare)
        if not bare.startswith("...", found.end())
        and not bare.endswith("...", 0, found.start())
        and not (found.end() == len(bare) and found[0][-1].isdecimal() and not phrase.endswith("$"))
    ]
    return max(sure, key=len, default="")


def _expression(phrase: str) -> str:
    """Return a phrase as an expression: `*` at its beginning: anywhere; `...`: some words; `$` at its end: and nothing more."""
    anywhere, whole = phrase.startswith("*"), phrase.endswith("$")
    bare = phrase.strip("*$")
    words = re.escape(bare).replace(r"\.\.\.", r".{0,60}?")
    begin = "" if anywhere and not bare[0].isalnum() else r"(?<!\w)" if anywhere else r"^\W*"
    end = (
        r"\W*$" if whole else "" if not words[-1:].isalnum() else r"(?![^\W\d])" if words[-1:].isdecimal() else r"(?!\w)"
    )  # "© 20": of any year
    return begin + words + end
