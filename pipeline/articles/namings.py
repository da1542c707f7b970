"""A string that says whom something is from ("By Jane Doe and Reuters") -> its parts in order: agencies, people, a desk, initials.

It says nothing of whether the string may be believed: that is for credits.py, which knows where it stood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from pipeline.articles import wordings
from pipeline.articles.names import Name, Names, bare, fold, is_unspaced, unglued

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["agency", "person", "initials", "other"]
Extent = Literal["full", "mixed"]
Join = Literal["", "and", "with", "via", "/", ","]

LONGEST = 200  # characters; what is longer is no credit but a text
_PERSON = re.compile(r"(?:[A-ZÀ-ÞĀ-ŽȘȚА-ЯЁЇІЄΑ-Ω][\w.'’-]*)(?:\s+(?:[a-z]{1,4}\s+){0,2}[A-ZÀ-ÞĀ-ŽȘȚА-ЯЁЇІЄΑ-Ω][\w.'’-]*){1,4}")
_SIGNS = re.compile(wordings.SIGNS)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?:\s?[-–]\s?(?:19|20)?\d\d)?(?!\d)")  # "© 2012 APA", "© 2012-2026 APA"
_INITIALS = re.compile(r"[a-zäöüß]{2,4}|[A-ZÄÖÜ]{2,3}|[a-z]{2,4}//[a-z]{2,4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One party that a string names, and how it is joined to the one before."""

    kind: Kind
    text: str
    join: Join
    name: Name | None = None  # of an agency
    alone: bool = True  # nothing but an agency's name: no job, no place, no date beside it
    led: bool = False  # a person's name stands before the agency's in the same piece: "JANE DOE Associated Press"


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What a string says."""

    parts: tuple[Part, ...] = ()
    labelled: bool = False  # begins with "Source:" or the like
    signed: bool = False  # begins with "By" or the like
    partial: bool = False  # begins with "With files from" or the like
    copyright: bool = False


NOTHING = Naming()


def read(text: str, names: Names) -> Naming:
    """Return who is named; nothing if the string is about a picture or too long to be a credit."""
    return _read(text, names) if len(text) <= LONGEST else NOTHING


@lru_cache(maxsize=4096)  # a page says it in several places, and the next page of a title says it again
def _read(text: str, names: Names) -> Naming:
    if wordings.photo().search(text):
        return NOTHING
    owned = wordings.COPYRIGHT.search(text) is not None
    text = unglued(_YEAR.sub(" ", wordings.rights().sub(" ", text)) if owned else text, names).strip(" .,:;*()[]（）【】_\"'“”")
    text, signed = _without(text, "by")
    text, labelled = _without(text, "source")
    text, again = _without(text, "by")
    text, helped = wordings.contributed().subn("", text)
    text, thanked = _without(text, "partial")
    parts: list[Part] = []
    join: Join = ""
    partial = helped > 0 or thanked
    for piece in wordings.splitter().split(text):
        sign = piece.strip()
        if (joined := _join(sign)) is not None:
            partial |= joined == "with" and not parts
            join = joined if joined in {"with", "via"} or join not in {"with", "via"} else join
        elif part := _part(sign, join, names, after_agency=bool(parts) and parts[-1].kind == "agency"):
            parts.append(part)
            join = ","
    return Naming(parts=tuple(parts), labelled=labelled, signed=signed or again, partial=partial, copyright=owned)


def extents(naming: Naming) -> Iterable[tuple[Name, Extent]]:
    """Yield each agency that a naming has, and whether the whole is said to be its own."""
    for place, part in enumerate(naming.parts):
        if part.name is not None:
            mixed = naming.partial or part.join == "with" or _shared(naming.parts, place)
            yield part.name, "mixed" if mixed else "full"


def _shared(parts: tuple[Part, ...], place: int) -> bool:
    """Say whether an agency's name stands beside someone who is not of the agency."""
    if parts[place].led:
        return False
    start = place
    while start and parts[start - 1].kind == "agency":
        start -= 1
    if parts[start].join == "via":
        return False
    if start and (parts[start - 1].kind != "person" or parts[start].join in {"and", "/"}):
        return True
    after = next((part for part in parts[place + 1 :] if part.kind != "agency"), None)
    return after is not None and (after.join in {"and", "with"} or (after.join == "/" and after.kind == "initials"))


def _part(piece: str, join: Join, names: Names, *, after_agency: bool) -> Part | None:
    """Return what a piece between two signs names, or None if nothing: a date, a place in capitals after an agency, an empty piece."""
    if not any(sign.isalpha() for sign in piece):
        return None
    if found := _agency(piece, join, names):
        return found
    if any(sign.isdigit() for sign in piece) or _filling(piece.split()) or (after_agency and join == "," and piece.isupper()):
        return None
    kind: Kind = "other"
    if _INITIALS.fullmatch(piece):
        kind = "initials"
    elif _PERSON.fullmatch(piece) and not piece.startswith("The ") and not wordings.desk().search(piece):
        kind = "person"
    return Part(kind=kind, text=piece, join=join)


def _agency(piece: str, join: Join, names: Names) -> Part | None:
    if name := names.whole.get(fold(piece)):
        return Part(kind="agency", text=piece, join=join, name=name)
    for name in names.unspaced if is_unspaced(piece) else ():
        if name.text in piece:
            return Part(kind="agency", text=piece, join=join, name=name, alone=False)
    said = piece.split()
    if names.ends.isdisjoint(map(bare, said)):
        return None
    for size in range(min(names.longest, len(said)), 0, -1):
        for start in range(len(said) - size + 1):
            name = names.whole.get(fold(" ".join(said[start : start + size])))
            if name is None:
                continue
            before, after = said[:start], said[start + size :]
            person = not name.ambiguous and _PERSON.fullmatch(" ".join(before)) is not None
            led = person and not _filling(before)
            if (led or _filling(before)) and (_filling(after) or _dated(after)):
                return Part(kind="agency", text=piece, join=join, name=name, alone=False, led=led)
    return None


def _dated(said: list[str]) -> bool:
    """Say whether words are a time: filling and at most one other word (a month) before the first number."""
    first = next((place for place, word in enumerate(said) if any(sign.isdigit() for sign in word)), None)
    return first is not None and sum(not _filling([word]) for word in said[:first]) <= 1


def _filling(said: list[str]) -> bool:
    return all(fold(word) in wordings.fillers() or not any(sign.isalpha() for sign in word) for word in said)


def _join(sign: str) -> Join | None:
    if not sign:
        return None
    folded = sign.casefold()
    for join in ("with", "via", "and"):
        if folded in wordings.words()[join]:
            return join
    if sign in {"/", "•", "·", "‧"}:
        return "/"
    return "," if _SIGNS.fullmatch(sign) else None


def _without(text: str, label: str) -> tuple[str, bool]:
    found = wordings.label(label).match(text)
    return (text[found.end() :], True) if found else (text, False)
