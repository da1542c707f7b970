"""A line of a page -> whether it is only a date, a byline or both, and the byline in it: "2 March 2026, 09:10 - By Jane Doe"."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.articles import wordings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipeline.articles.blocks import Block

LONGEST = 120  # characters
LINKED = 0.9  # share of a line inside links from which it leads elsewhere; a name may be one
MARK = 4  # letters: "dpa", "apa"
NAMES = 7  # words of a byline beside a date, at most
_CLOCK = r"\d{1,2}\s?[:.h]\s?\d{2}(?::\d{2})?(?!\d)|\d{1,2}\s?(?:am|pm|a\.m\.|p\.m\.|uhr|h)\b"
_SIGNS = re.compile(r"^[\s|·•,;:.–—/()-]+|[\s|·•,;:–—/()-]+$")
_GAPS = re.compile(r"[\s|·•–—/()-]{2,}|\s*[|·•]\s*")
_NAMED = re.compile(r"[^\W\d_][\w.'’-]*(?:[\s,/&]+[^\W\d_][\w.'’-]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a line says."""

    dated: bool
    byline: str  # as shown: "By Jane Doe", "AFP, Manila"


@lru_cache(maxsize=4096)
def read(text: str) -> Line | None:
    """Return the date and the byline of a line that has nothing else; None for every other line."""
    if len(text) > LONGEST or text.endswith(("!", "?", "”", '"')):
        return None
    dates, words, by = _patterns()
    rest, dated = dates.subn(" | ", text)
    if not dated:
        return Line(dated=False, byline=text) if by.match(text) and _is_names(by.sub("", text)) else None
    rest = words.sub(" ", re.sub(_CLOCK, " | ", rest, flags=re.IGNORECASE))
    rest = _SIGNS.sub("", _GAPS.sub(" | ", rest)).strip(" |.")
    parts = [_SIGNS.sub("", part).strip(" .") for part in rest.split("|")]
    said = [part for part in parts if part]
    if len(said) > 1 or (said and not _is_names(by.sub("", said[0]))):
        return None
    return Line(dated=True, byline=said[0] if said else "")


def bylines(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the bylines of the lines that have nothing else."""
    for block in blocks:
        line = None if block.picture or block.links >= LINKED else read(block.text)
        if line and line.byline:
            yield line.byline


def _is_names(text: str) -> bool:
    """Say whether words can be the names of people, desks or agencies and their places: few, and all with capitals."""
    said = re.findall(r"[\w.'’-]+", text)
    if not 0 < len(said) <= NAMES or not _NAMED.fullmatch(text.strip(" .")):
        return False
    if text.isalpha() and len(text) <= MARK:
        return True
    small = _table()["small"]
    named = [word for place, word in enumerate(said) if not (word.lower() in small or (place and len(word) <= MARK))]
    return any(word[0].isupper() for word in said) and (
        wordings.desk().search(text) is not None or all(word[0].isupper() or not word[0].isalpha() for word in named)
    )


@cache
def _table() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("furniture.toml").read_text(encoding="utf-8"))
    return found


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return what a date, the words around it, and the beginning of a byline look like."""
    table = _table()
    month = rf"(?:{'|'.join(sorted(table['months'], key=len, reverse=True))})[^\W\d_]{{0,7}}\.?"
    day = r"\d{1,2}(?:st|nd|rd|th|er|º|°|\.)?"
    dates = "|".join(
        (
            r"\d{4}年\d{1,2}月\d{1,2}日",
            r"(?<!\d)(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?(?!\d)",
            r"(?<!\d)\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?(?:19|20)?\d{2}(?!\d)",
            rf"(?<!\w){day}\s?(?:de |of |d[’'])?{month},?\s?(?:(?:de |del )?(?:19|20)\d{{2}})?(?!\w)",
            rf"(?<!\w){month}\s{day},?\s?(?:(?:19|20)\d{{2}})?(?!\w)",
        )
    )
    days = "|".join(rf"{name}\.?" for name in table["weekdays"])
    long, short = ("|".join(re.escape(name) for name in table[kind]) for kind in ("labels", "articles"))
    around = rf"{'|'.join(table['reading'])}|(?<!\w)(?:{days}|{long}|(?-i:{short})|(?:{short})(?=\s*\|))(?!\w)"
    by = rf"(?:{'|'.join(table['by'])})(?:\s*:)?\s+(?=[^\W\d_])"
    return re.compile(dates, re.IGNORECASE), re.compile(around, re.IGNORECASE), re.compile(by, re.IGNORECASE)
