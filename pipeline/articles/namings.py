"""A string that says whom something is from ("By Jane Doe and Reuters") -> its parts in order: agencies, people, a desk, initials.

It says nothing of whether the string may be believed: that is for credits.py, which knows where it stood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from pipeline.articles.names import Name, Names, fold, is_unspaced, unglued, words

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["agency", "person", "initials", "other"]
Extent = Literal["full", "mixed"]
Join = Literal["", "and", "with", "via", "/", ","]

LONGEST = 200  # characters; what is longer is no credit but a text
_SIGNS = r"[/|•·‧;,&+()\[\]【】（）［］、，：=\n]|(?<!\w)[-–—]+(?!\w)"
_PERSON = re.compile(r"(?:[A-ZÀ-ÞĀ-ŽȘȚА-ЯЁЇІЄΑ-Ω][\w.'’-]*)(?:\s+(?:[a-z]{1,4}\s+){0,2}[A-ZÀ-ÞĀ-ŽȘȚА-ЯЁЇІЄΑ-Ω][\w.'’-]*){1,4}")
_INITIALS = re.compile(r"[a-zäöüß]{2,4}|[A-ZÄÖÜ]{2,3}|[a-z]{2,4}//[a-z]{2,4}")
_COPYRIGHT = re.compile(r"©|\(c\)|\bcopyright\b", re.IGNORECASE)


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
    if len(text) > LONGEST or _photo().search(text):
        return NOTHING
    owned = _COPYRIGHT.search(text) is not None
    text = unglued(_rights().sub(" ", text) if owned else text, names).strip(" .,:;*()[]（）【】_\"'“”")
    text, signed = _without(text, "by")
    text, labelled = _without(text, "source")
    text, again = _without(text, "by")
    text, helped = _contributed().subn("", text)
    parts: list[Part] = []
    join: Join = ""
    partial = helped > 0
    for piece in _splitter().split(text):
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
    elif _PERSON.fullmatch(piece) and not _desk().search(piece):
        kind = "person"
    return Part(kind=kind, text=piece, join=join)


def _agency(piece: str, join: Join, names: Names) -> Part | None:
    if name := names.whole.get(fold(piece)):
        return Part(kind="agency", text=piece, join=join, name=name)
    for name in names.unspaced if is_unspaced(piece) else ():
        if name.text in piece:
            return Part(kind="agency", text=piece, join=join, name=name, alone=False)
    said = piece.split()
    for size in range(min(names.longest, len(said)), 0, -1):
        for start in range(len(said) - size + 1):
            name = names.whole.get(fold(" ".join(said[start : start + size])))
            if name is None:
                continue
            before, after = said[:start], said[start + size :]
            person = not name.ambiguous and _PERSON.fullmatch(" ".join(before)) is not None
            led = person and not _filling(before)
            dated = any(sign.isdigit() for sign in " ".join(after))
            if (led or _filling(before)) and (dated or _filling(after)):
                return Part(kind="agency", text=piece, join=join, name=name, alone=False, led=led)
    return None


def _filling(said: list[str]) -> bool:
    return all(fold(word) in _fillers() or not any(sign.isalpha() for sign in word) for word in said)


def _join(sign: str) -> Join | None:
    if not sign:
        return None
    folded = sign.casefold()
    for join in ("with", "via", "and"):
        if folded in words()[join]:
            return join
    if sign in {"/", "•", "·", "‧"}:
        return "/"
    return "," if re.fullmatch(_SIGNS, sign) else None


def _without(text: str, label: str) -> tuple[str, bool]:
    found = _label(label).match(text)
    return (text[found.end() :], True) if found else (text, False)


@cache
def _label(kind: str) -> re.Pattern[str]:
    """Match a label at the start: a source needs its colon, "By" does not, and pages run it into the name."""
    said = "|".join(re.escape(word) for word in sorted(words()[kind], key=len, reverse=True))
    if kind == "source":
        return re.compile(rf"(?:{said})\s*[:：]\s*", re.IGNORECASE)
    return re.compile(rf"(?i:{said})(?:\s*[:：]\s*|\s+)|(?:By|Von|Par|Por)(?=[A-ZÀ-Þ])")


@cache
def _splitter() -> re.Pattern[str]:
    said = [word for kind in ("and", "with", "via") for word in words()[kind] if word.isalpha() or " " in word]
    long = "|".join(re.escape(word) for word in sorted(said, key=len, reverse=True) if len(word) > 2)  # noqa: PLR2004 - see credits.toml
    short = "|".join(re.escape(word) for word in said if len(word) <= 2)  # noqa: PLR2004
    return re.compile(rf"({_SIGNS}|(?<![\w.-])(?:(?i:{long})|{short})(?![\w.-]))")


@cache
def _rights() -> re.Pattern[str]:
    return re.compile(rf"{_COPYRIGHT.pattern}|{'|'.join(words()['rights'])}", re.IGNORECASE)


@cache
def _contributed() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{'|'.join(words()['contributed'])})\W*$", re.IGNORECASE)


@cache
def _photo() -> re.Pattern[str]:
    said = "|".join(re.escape(word) for word in words()["photo"])
    return re.compile(rf"(?<!\w)(?:{said})(?!\w)", re.IGNORECASE)


@cache
def _desk() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words()['desk'])})(?!\w)", re.IGNORECASE)


@cache
def _fillers() -> frozenset[str]:
    return frozenset(fold(word) for word in words()["filler"])
