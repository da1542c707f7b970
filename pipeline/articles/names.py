"""Agencies -> the names by which a text can say them, in any form in which newsrooms write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipeline.records import Agency

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # kana, Han, Hangul: words are not divided by spaces
_TRIMMED = " \t.,:;/*_~'\"“”„«»‘’·-–—"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One way of writing an agency."""

    agency: str  # key
    text: str
    ambiguous: bool = False  # means other things elsewhere
    languages: tuple[str, ...] = ()  # of the agency
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # the same names are one object: what was read by them is remembered
class Names:
    """All names, by folded form, and those that stand inside unspaced scripts or were glued to a neighbour."""

    whole: Mapping[str, Name]
    unspaced: tuple[Name, ...]
    glued: re.Pattern[str] | None  # a name of several words right behind or before a letter: "JANE DOEAssociated Press"
    longest: int  # words
    ends: frozenset[str]  # the last word of each, bare: what has none of them names nobody


def compile_names(agencies: Iterable[Agency]) -> Names:
    """Return every name and alias of the agencies; where two agencies share a form, the first by key has it."""
    whole: dict[str, Name] = {}
    for agency in sorted(agencies, key=lambda agency: agency.key):
        for text in (agency.name, *agency.aliases):
            whole.setdefault(fold(text), Name(agency=agency.key, text=text, languages=agency.languages))
        for text in agency.ambiguous:
            whole.setdefault(fold(text), Name(agency=agency.key, text=text, ambiguous=True, languages=agency.languages))
    several = sorted((re.escape(name.text) for name in whole.values() if " " in name.text), key=lambda text: (-len(text), text))
    return Names(
        whole=whole,
        unspaced=tuple(name for _, name in sorted(whole.items()) if is_unspaced(name.text)),
        glued=re.compile(rf"(?<=[^\W\d_])(?:The )?(?:{'|'.join(several)})|(?:{'|'.join(several)})(?=[^\W_])") if several else None,
        longest=max((len(form.split()) for form in whole), default=1),
        ends=frozenset(bare(form.split()[-1]) for form in whole if form),
    )


def fold(text: str) -> str:
    """Return the form in which names are compared: no case, no article, no marks around, one space between words."""
    folded = " ".join(text.casefold().strip(_TRIMMED).split())
    return folded.removeprefix("the ").removeprefix("l'").removeprefix("l’")


def bare(word: str) -> str:
    """Return a word without whatever `fold` may take from its ends, and more."""
    return word.casefold().strip(_TRIMMED + "l")


def is_unspaced(text: str) -> bool:
    """Say whether the text is of a script that does not divide words by spaces."""
    return _UNSPACED.search(text) is not None


def unglued(text: str, names: Names) -> str:
    """Return the text with a space at each side of a name of several words that a page ran into its neighbour."""
    return names.glued.sub(lambda found: f" {found[0]} ", text) if names.glued else text
