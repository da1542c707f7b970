"""Numbers, times and texts -> as people read them. Text from the web loses what would turn a line round or move a cursor."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NONE = "–"
# What turns the direction of a line or hides within one (bidi marks, zero widths, BOM), and control characters; TAB and LF stay.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_STEPS = (  # from so long, in this unit
    (timedelta(days=2), timedelta(days=1), "d"),
    (timedelta(hours=2), timedelta(hours=1), "h"),
    (timedelta(minutes=2), timedelta(minutes=1), "min"),
)


def clean(text: str | None) -> str:
    """Return text of others as one can safely look at it; it is still to be escaped."""
    return _UNSEEN.sub("\ufffd", text or "")


def short(text: str | None, most: int = 160) -> str:
    """Return at most so many characters, cut at a word where there is one."""
    told = " ".join(clean(text).split())
    if len(told) <= most:
        return told
    cut = told[:most].rsplit(" ", 1)[0] if " " in told[most // 2 : most] else told[:most]
    return cut + "…"


def number(value: float | None) -> str:
    return NONE if value is None else f"{value:,.0f}"


def share(value: float | None) -> str:
    """Return a share as a percentage; what is next to nothing and next to all say so."""
    if value is None:
        return NONE
    if 0 < value < 0.005:  # noqa: PLR2004  half a hundredth
        return "<1 %"
    if 0.995 < value < 1:  # noqa: PLR2004  likewise
        return ">99 %"
    return f"{value:.0%}".replace("%", " %")


def span(value: timedelta | None) -> str:
    """Return a length of time in one unit: "40 s", "12 min", "5 h", "3 d"."""
    if value is None:
        return NONE
    sign = "−" if value < timedelta(0) else ""
    for least, unit, name in _STEPS:
        if abs(value) >= least:
            return f"{sign}{abs(value) / unit:.0f} {name}"
    return f"{sign}{abs(value).total_seconds():.0f} s"


def ago(at: datetime | None, now: datetime) -> str:
    """Return how long ago, or in how long."""
    if at is None:
        return "never"
    if abs(now - at) < timedelta(seconds=30):
        return "now"
    return f"{span(now - at)} ago" if at < now else f"in {span(at - now)}"


def clock(at: datetime | None) -> str:
    """Return a moment, UTC, to the minute."""
    return NONE if at is None else f"{at.astimezone(UTC):%-d %b %H:%M}"


def second(at: datetime) -> str:
    """Return a moment, UTC, to the second: what decides who was first."""
    return f"{at.astimezone(UTC):%-d %b %H:%M:%S}"


def date(at: datetime) -> str:
    return f"{at.astimezone(UTC):%A, %-d %B %Y, %H:%M} UTC"


def plural(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[bool, str]]:
    """Return the text in stretches, each with whether it lies within the spans."""
    at = 0
    for start, end in spans:
        if start > at:
            yield False, text[at:start]
        yield True, text[max(at, start) : end]
        at = max(at, end)
    if at < len(text):
        yield False, text[at:]


def difference(line: str) -> Iterator[tuple[str, str]]:
    """Return a line of articles/changes.py in stretches: what is the same, what went ("cut"), what came ("added")."""
    for part in re.split(r"(\[-.*?-\]|\{\+.*?\+\})", line, flags=re.DOTALL):
        kind = {"[-": "cut", "{+": "added"}.get(part[:2], "same")
        if part:
            yield kind, part if kind == "same" else part[2:-2]
