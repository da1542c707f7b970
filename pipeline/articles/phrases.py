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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Most lines say none of it: two quick looks spare them the expression."""

    beginnings: Mapping[str, tuple[str, ...]]  # what such lines begin with, by its first characters
    pieces: tuple[str, ...]  # what others hold somewhere
    words: frozenset[str]  # of which those have one
    wordless: tuple[str, ...]  # pieces of which no word is sure
    expression: re.Pattern[str]


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
    begun = known.beginnings.get(line.low[line.first : line.first + BEGUN])
    may = (begun is not None and line.low.startswith(begun, line.first)) or not known.words.isdisjoint(line.words)
    return (may or any(piece in line.low for piece in known.wordless)) and bool(known.expression.search(line.low))


def may(table: str, lines: Sequence[str]) -> bool:
    """Say whether any of many lines can have a phrase of the table: one quick look at all of them."""
    known, low = _table(table), "\n".join(lines).lower()
    begun = (piece for pieces in known.beginnings.values() for piece in pieces)
    return any(piece in low for piece in (*begun, *known.pieces))


@lru_cache(maxsize=1024)
def _line(text: str) -> _Line:
    low = text.lower()
    first = _FIRST.search(low)
    return _Line(low, first.start() if first else len(low), frozenset(_WORD.findall(low)))


@cache
def _table(name: str) -> _Table:
    groups: dict[str, list[str]] = tomllib.loads(_TABLES.read_text(encoding="utf-8"))[name]
    phrases = [phrase.lower() for group in groups.values() for phrase in group]
    beginnings: dict[str, set[str]] = defaultdict(set)
    for phrase in phrases:
        if not phrase.startswith("*"):
            begun = _begun(phrase)
            beginnings[begun[:BEGUN]].add(begun)
    pieces = {max(phrase.strip("*$").split("..."), key=len): _whole(phrase) for phrase in phrases if phrase.startswith("*")}
    return _Table(
        beginnings={begun: tuple(sorted(said)) for begun, said in beginnings.items()},
        pieces=tuple(pieces),
        words=frozenset(pieces.values()) - {""},
        wordless=tuple(piece for piece, word in pieces.items() if not word),
        expression=re.compile("|".join(map(_expression, phrases))),
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
