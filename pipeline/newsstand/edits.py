"""Draft -> Draft: what a desk does to a text, one function an edit. An edit that finds nothing to do leaves the draft as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.newsstand.habits import Habits

STUB = 3  # paragraphs that a paywall leaves
SHORTEST = 3  # paragraphs that no trim goes below
QUOTES = '“”„«»"‟'

_SPELLING = (
    ("centre", "center"), ("colour", "color"), ("defence", "defense"), ("favour", "favor"), ("harbour", "harbor"), ("honour", "honor"),
    ("labour", "labor"), ("metre", "meter"), ("neighbour", "neighbor"), ("organisation", "organization"), ("organise", "organize"),
    ("programme", "program"), ("recognise", "recognize"), ("rumour", "rumor"), ("theatre", "theater"), ("travelled", "traveled"),
    ("travelling", "traveling"), ("cancelled", "canceled"), ("behaviour", "behavior"), ("licence", "license"),
    ("criticised", "criticized"), ("emphasised", "emphasized"), ("apologised", "apologized"), ("per cent", "percent"), ("grey", "gray"),
    ("ageing", "aging"), ("kilometre", "kilometer"),
    ("specialised", "specialized"), ("modernised", "modernized"), ("privatised", "privatized"),
)  # fmt: skip
_SPELLERS = {
    spelling: (re.compile(rf"\b(?:{'|'.join(wrong)})(?=s?\b)"), dict(zip(wrong, right, strict=True)))
    for spelling, (wrong, right) in {"us": tuple(zip(*_SPELLING, strict=True)), "uk": tuple(zip(*_SPELLING, strict=True))[::-1]}.items()
}
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,\u00a0\u202f]\d{3})+(?![\d.,]*\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text on a desk, on its way to a page."""

    headline: str
    standfirst: str
    paragraphs: tuple[str, ...]
    caption: str
    byline: str = ""
    photo: str = ""  # photo credit; says nothing about the text
    signoff: str = ""  # a line after the text
    structured: str = ""  # the author that JSON-LD and <meta> name
    wall: bool = False  # cut by a paywall
    edits: tuple[str, ...] = ()
    credit: str = "none"  # how the page says whose text it is


def headline(draft: Draft, other: str) -> Draft:
    return _done(draft, replace(draft, headline=other), "headline")


def trim(draft: Draft, keep: float) -> Draft:
    """Cut from the bottom; `keep` is the share of paragraphs that stay."""
    stay = max(SHORTEST, round(len(draft.paragraphs) * keep))
    return _done(draft, replace(draft, paragraphs=draft.paragraphs[:stay]), "trim")


def drop(draft: Draft, place: int) -> Draft:
    """Leave out one paragraph below the lead."""
    if len(draft.paragraphs) <= SHORTEST:
        return draft
    at = 1 + place % (len(draft.paragraphs) - 1)
    return _done(draft, replace(draft, paragraphs=draft.paragraphs[:at] + draft.paragraphs[at + 1 :]), "drop")


def swap(draft: Draft, place: int) -> Draft:
    """Exchange two neighbouring paragraphs below the lead."""
    if len(draft.paragraphs) <= SHORTEST:
        return draft
    at = 1 + place % (len(draft.paragraphs) - 2)
    before, (first, second), after = draft.paragraphs[:at], draft.paragraphs[at : at + 2], draft.paragraphs[at + 2 :]
    return _done(draft, replace(draft, paragraphs=(*before, second, first, *after)), "swap")


def insert(draft: Draft, paragraphs: tuple[str, ...], at: int, name: str) -> Draft:
    """Put paragraphs of the desk's own before paragraph `at`: local colour, somebody's quotation."""
    at = min(at, len(draft.paragraphs))
    return _done(draft, replace(draft, paragraphs=(*draft.paragraphs[:at], *paragraphs, *draft.paragraphs[at:])), name)


def merge(draft: Draft, other: tuple[str, ...]) -> Draft:
    """Append the first paragraphs of another wire."""
    return _done(draft, replace(draft, paragraphs=(*draft.paragraphs, *other)), "merged")


def update(draft: Draft, title: str, lead: tuple[str, ...]) -> Draft:
    """Write the lead anew, as many paragraphs as `lead` has: a write-through."""
    return _done(draft, replace(draft, headline=title, paragraphs=(*lead, *draft.paragraphs[len(lead) :])), "update")


def correct(draft: Draft, wrong: str, right: str) -> Draft:
    """Put the right words where the wrong ones stood."""
    texts = tuple(_whole(wrong).sub(lambda _: right, text) for text in draft.paragraphs)
    return _done(draft, replace(draft, paragraphs=texts), "correction")


def stub(draft: Draft) -> Draft:
    """Leave what stands before the paywall."""
    return _done(draft, replace(draft, paragraphs=draft.paragraphs[:STUB], signoff="", wall=True), "stub")


def style(draft: Draft, language: str, habits: Habits) -> Draft:
    """Put the house's quotation marks, marks of thousands and, in English, spelling."""
    texts = tuple(_styled(text, language, habits) for text in draft.paragraphs)
    changed = replace(draft, paragraphs=texts, headline=_styled(draft.headline, language, habits))
    return _done(draft, replace(changed, standfirst=_styled(draft.standfirst, language, habits)), "style")


def _styled(text: str, language: str, habits: Habits) -> str:
    text = _THOUSANDS.sub(lambda match: re.sub(r"\D", habits.numbers, match[0]), text)
    if language == "en":
        text = _spell(text, habits.spelling)
    gap = "\N{NO-BREAK SPACE}" if language == "fr" and habits.quotes == "«»" else ""
    return _quote(text, habits.quotes, gap)


def _spell(text: str, spelling: str) -> str:
    pattern, right = _SPELLERS[spelling]
    return pattern.sub(lambda match: right[match[0]], text)


def _quote(text: str, marks: str, gap: str) -> str:
    """Exchange the quotation marks of a passage in which they are balanced."""
    parts = re.split(f"[{QUOTES}]", text)
    if len(parts) % 2 == 0:
        return text
    spoken = (f"{marks[0]}{gap}{part.strip()}{gap}{marks[1]}" if place % 2 else part for place, part in enumerate(parts))
    return "".join(spoken)


def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,]){re.escape(words)}(?!\w|[.,]\d)")


def _done(before: Draft, after: Draft, name: str) -> Draft:
    """Return `after` with the edit's name, or `before` if nothing changed."""
    return before if after == before else replace(after, edits=(*before.edits, name))
