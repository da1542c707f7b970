"""A line of a page -> whether it is the site speaking, not the article: by phrases that are data (phrases.toml)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LONG = 40  # words: no line of a site is longer, except notices of rights
_TABLES = Path(__file__).with_name("phrases.toml")
_FIRST = re.compile(r"\w")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Most lines say none of it: two quick looks spare them the expression."""

    beginnings: tuple[str, ...]  # what such lines begin with
    pieces: tuple[str, ...]  # what others hold somewhere
    expression: re.Pattern[str]


def junk(line: str) -> bool:
    """Say whether a line is a menu, a sign-up, a "read more", a share button, a notice of copyright or the like."""
    return line.count(" ") < LONG and says("junk", line)


def says(table: str, text: str) -> bool:
    """Say whether a text, on one line, has a phrase of the table."""
    known = _table(table)
    low = text.lower()
    first = _FIRST.search(low)
    begins = first is not None and low.startswith(known.beginnings, first.start())
    return (begins or any(piece in low for piece in known.pieces)) and bool(known.expression.search(low))


def may(table: str, lines: Sequence[str]) -> bool:
    """Say whether any of many lines can have a phrase of the table: one quick look at all of them."""
    known, low = _table(table), "\n".join(lines).lower()
    return any(piece in low for piece in (*known.beginnings, *known.pieces))


@cache
def _table(name: str) -> _Table:
    groups: dict[str, list[str]] = tomllib.loads(_TABLES.read_text(encoding="utf-8"))[name]
    phrases = [phrase.lower() for group in groups.values() for phrase in group]
    return _Table(
        beginnings=tuple({_bare(phrase) for phrase in phrases if not phrase.startswith("*")}),
        pieces=tuple({_bare(phrase) for phrase in phrases if phrase.startswith("*")}),
        expression=re.compile("|".join(map(_expression, phrases))),
    )


def _bare(phrase: str) -> str:
    """Return the longest part of a phrase that a line must have as it stands; of a beginning, its first."""
    words = phrase.strip("*$")
    if phrase.startswith("*"):
        return max(words.split("..."), key=len)
    words = words.split("...")[0]
    first = _FIRST.search(words)
    return words[first.start() :] if first else words


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
