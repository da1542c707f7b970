"""A line of a page -> whether it is the site speaking, not the article: by phrases that are data (phrases.toml)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

LONG = 40  # words: no line of a site is longer, except notices of rights
_TABLES = Path(__file__).with_name("phrases.toml")


def junk(line: str) -> bool:
    """Say whether a line is a menu, a sign-up, a "read more", a share button, a notice of copyright or the like."""
    return len(line.split()) <= LONG and bool(_pattern("junk").search(line))


def says(table: str, text: str) -> bool:
    """Say whether a text has a phrase of the table."""
    return bool(_pattern(table).search(text))


@cache
def _pattern(table: str) -> re.Pattern[str]:
    """Return one expression of a table's phrases. Each starts the line, or stands anywhere if it begins with `*`; `$` ends it."""
    phrases: dict[str, list[str]] = tomllib.loads(_TABLES.read_text(encoding="utf-8"))[table]
    return re.compile("|".join(_expression(one) for group in phrases.values() for one in group), re.IGNORECASE)


def _expression(phrase: str) -> str:
    """Return a phrase as an expression: `*` at its beginning: anywhere; `...`: some words; `$` at its end: and nothing more."""
    anywhere, whole = phrase.startswith("*"), phrase.endswith("$")
    words = re.escape(phrase.strip("*$")).replace(r"\.\.\.", r".{0,60}?").replace(r"\ ", r"\s+")
    begin = r"(?<!\w)" if anywhere else r"^\W*"
    end = r"\W*$" if whole else r"(?!\w)" if words[-1:].isalnum() else ""
    return begin + words + end
