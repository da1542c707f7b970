"""A language, a layout and chance -> the habits of a title: how its pages look, how it signs wire copy, its house style."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

LAYOUTS = ("broadsheet", "tabloid", "regional", "portal", "magazine", "wire", "plain", "tables", "brief")
SIGNATURES = {
    "byline": 30,
    "dateline": 16,
    "signoff": 12,
    "staff": 8,
    "self": 12,
    "structured": 8,
    "with": 10,
    "none": 4,
}  # hundredths of titles
ADDRESSES = ("dated", "numbered", "section", "query", "short")

# Shares of titles
WITH_JSON_LD = 0.7
WITH_BYLINE = 0.9
WITH_TRACKING = 0.15
FULL_TEXT = 0.1  # in the feed

_MARKS = {"en": ("“”", '""'), "fr": ("«»", "“”", '""'), "de": ("„“", "»«", '""'), "es": ("«»", "“”", '""')}
_THOUSANDS = {
    "en": (",",),
    "fr": ("\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "."),
    "de": (".", "\N{NO-BREAK SPACE}"),
    "es": (".", "\N{NO-BREAK SPACE}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a title runs what it runs."""

    layout: str
    address: str  # how its URLs are formed
    signature: str  # how it usually says whose text it is
    structured: bool  # has JSON-LD
    byline: bool  # shows a byline at all
    spelling: str  # "us" or "uk"
    quotes: str  # opening and closing mark
    numbers: str  # mark of thousands
    paywall: float  # share of its articles cut to a stub
    tracking: bool  # its feed's links carry utm_ parameters
    full_text: bool  # its feed carries the text


def form_habits(rng: random.Random, language: str, layout: str, signature: str) -> Habits:
    return Habits(
        layout=layout,
        address=rng.choice(ADDRESSES),
        signature=signature,
        structured=layout not in {"plain", "tables"} and (rng.random() < WITH_JSON_LD or signature == "structured"),
        byline=rng.random() < WITH_BYLINE,
        spelling=rng.choice(("us", "uk")),
        quotes=rng.choice(_MARKS[language]),
        numbers=rng.choice(_THOUSANDS[language]),
        paywall=rng.choice((0.0, 0.0, 0.0, 0.15, 0.3)),
        tracking=rng.random() < WITH_TRACKING,
        full_text=rng.random() < FULL_TEXT,
    )
