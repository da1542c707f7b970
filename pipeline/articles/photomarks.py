"""Words beside a picture -> whether they are a credit, and whose: by what newsrooms write around whoever took it (credits.toml).

A credit says so ("Photo by", "Foto:", "©"), names an agency, or joins names by strokes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.articles import wordings
from pipeline.articles.names import fold, is_unspaced
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pipeline.articles.names import Name

CREDIT = 160  # characters
WORDS = 6  # of one name
PLAIN = 2  # words in small letters: a credit of more is a sentence
PLAIN_BEHIND = 5  # the same, of a credit that stands behind a sentence or in an element of its own
SHORT = 4  # letters: "dpa", "via"
UNSPACED = 24  # signs of a credit in a script without spaces
AROUND = " \t|–—-/•·:,;="
JOINT = re.compile(r"\s*[/|,;+&=／]\s*|\s+(?:via|for|by|[-–—])\s+|\s[-–—]|[-–—]\s", re.IGNORECASE)
BY = re.compile(r"^(?i:by|von|par|por|di|door|av|af|przez)\s+(?=[^\W\d_a-zà-ÿ])")

_OWNED = re.compile(r"(?:\bcopyright\b|©|\([cC]\)|ⓒ)\s*", re.IGNORECASE)
_PHOTO = re.compile(r"\b(?:photos?|images?|foto|wire|pool|handout|file|pictures?)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_STOP = re.compile(r"[a-zà-ÿ]{3}[.!?]\s|[:;?!]")  # a sentence ends within


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What stands around whoever took a picture."""

    before: re.Pattern[str]  # at the beginning
    inside: re.Pattern[str]  # behind a word
    after: re.Pattern[str]  # behind the name
    alone: re.Pattern[str]
    label: re.Pattern[str]  # of the caption, which says nothing
    more: re.Pattern[str]  # a label at the end
    rights: re.Pattern[str]  # at the end
    verbs: frozenset[str]
    small: frozenset[str]  # within a name


@cache
def marks() -> Marks:
    """Return what stands around whoever took a picture."""
    words = wordings.words()["picture"]
    kinds = ("loose", "firm", "after", "label")
    loose, firm, after, label = ("|".join(sorted(map(re.escape, words[kind]), key=len, reverse=True)) for kind in kinds)
    every = rf"(?:{loose}|{firm})"
    signed = rf"(?i:{every}(?:\s+{every})?)\s*(?:[:：=/／|]|\.{{3}}|…)\s*(?:(?i:{every})\s*[:：=]\s*)?"
    owned = rf"(?:©|\([cC]\)|ⓒ)\s*(?:(?i:{every})\s*[:：]\s+)?"
    led = rf"(?i:{loose})\.?\s+(?=[^\W\d_a-zà-ÿ]|[a-z]{{2,4}}(?:$|/)|©)"
    return Marks(
        before=re.compile(rf"\W*(?:{signed}|{owned}|{led})"),
        inside=re.compile(rf"(?<=[\s(\[（【])(?:{signed}|{owned}|{led})"),
        after=re.compile(rf"(?<=[\w.])[\s/]+(?i:{after})\.?$"),
        alone=re.compile(rf"\W*(?:(?i:{every})\W*|©)"),
        label=re.compile(rf"(?i:{label})\W*"),
        more=re.compile(rf"\s+(?i:{label})\W*$"),
        rights=re.compile(rf"\s*[.,|]?\s*(?i:{'|'.join(wordings.words()['rights'])})\.?$"),
        verbs=frozenset(words["verbs"]),
        small=frozenset(words["small"]),
    )


def is_marked(text: str, plain: int = PLAIN) -> bool:
    """Say whether words say of themselves that they are a credit: "Photo: Jo Marsh", "© dpa", "J. Stasys nuotr."."""
    text = text.strip(" ()[]（）【】")
    if found := marks().before.match(text):
        return may_be(text[found.end() :].strip(AROUND + "."), plain)
    if found := marks().after.search(text):
        parts = JOINT.split(text[: found.start()])
        return len(parts) <= 2 and all(map(is_name, parts))  # noqa: PLR2004  a person and an agency
    return False


def begins(text: str) -> bool:
    """Say whether words begin as a credit does, whatever follows: "File photo: the crews returned"."""
    return marks().before.match(text) is not None or marks().alone.fullmatch(text) is not None


def is_credit(text: str, known: Collection[str] = ()) -> bool:
    """Say whether words are a credit and nothing else, by what they say."""
    if len(text) > CREDIT:
        return False
    if is_marked(text):
        return True
    text = _OWNED.sub("", _YEAR.sub(" ", marks().rights.sub("", text.strip(" ()[]（）【】.。"))))
    parts = [one for one in JOINT.split(text) if one.strip()]
    if not parts or not all(_is_known(one, known) or is_name(one) for one in parts):
        return False
    close = "/" in text and " / " not in text and ", " not in text
    return any(_is_known(one, known) for one in parts) or (close and len(parts) > 1)


def named(text: str) -> str:
    """Return the credit that an element holds which is named after one; empty where it says something else."""
    credit = BY.sub("", bare(text))
    other = len(text) > CREDIT or marks().alone.fullmatch(credit) or marks().label.fullmatch(credit)
    return "" if other or not may_be(credit, PLAIN_BEHIND) else credit


def bare(text: str) -> str:
    """Return a credit without what says that it is one."""
    text = clean(text, CREDIT + len("Photograph: "))
    for _ in range(3):  # "(Photo: © Jo Marsh)"
        text = _unwrapped(marks().rights.sub("", _unwrapped(text)))
        found = marks().before.match(text)
        if not found or not text[found.end() :].strip(AROUND):
            break
        text = text[found.end() :]
    text = BY.sub("", text)
    text = marks().more.sub("", text)
    cut = marks().after.search(text)
    return _unwrapped(text[: cut.start()] if cut and cut.start() else text)


def agency(credit: str, agencies: Mapping[str, Name]) -> str:
    """Return the key of the first agency that a credit names; empty where it names none. `agencies`: by folded name."""
    parts = [fold(_PHOTO.sub(" ", one)) for one in JOINT.split(_OWNED.sub("", _YEAR.sub(" ", credit)))]
    for one in (*parts, fold(credit)):
        if one in agencies or one in _agencies():
            return agencies[one].agency if one in agencies else _agencies()[one]
    return ""


def _unwrapped(text: str) -> str:
    """Return words without signs around them; a bracket that was opened within stays closed."""
    text = text.strip(AROUND + ".").lstrip(")]）】")
    for opens, closes in ("()", "[]", "（）", "【】"):
        if text.startswith(opens) and text.find(closes) in {-1, len(text) - 1}:
            text = text[1:].rstrip(closes)
        elif text.count(closes) > text.count(opens):
            text = text.rstrip(closes)
    return text.strip(AROUND + ".")


def _is_known(text: str, known: Collection[str]) -> bool:
    forms = (fold(text), fold(_PHOTO.sub(" ", text)))
    return any(form in _agencies() or form in known for form in forms)


def may_be(text: str, most: int = PLAIN) -> bool:
    """Say whether what follows a mark is short enough for a name: no sentence."""
    if is_unspaced(text):
        return len(text) <= UNSPACED and "。" not in text
    said = text.split()
    plain = [word for word in said if word.islower() and word.strip(",.;:").isalpha() and len(word) > SHORT and word not in marks().small]
    return len(text) <= CREDIT and len(plain) <= most and len(said) <= 2 * WORDS and not marks().verbs.intersection(said)


def is_name(text: str) -> bool:
    """Say whether words can be a name: few, each with a capital but the small ones; letters of an agency at the end may be small."""
    said = text.strip(" ()[].").split()
    if (
        not 0 < len(said) <= WORDS
        or not all(word[0].isalpha() for word in said)
        or said[0] in wordings.words()["and"]
        or _STOP.search(text)
    ):
        return False
    if is_unspaced(text):
        return len(text) <= UNSPACED and not text.endswith("다") and "다. " not in text
    *before, last = said
    known = sum(word in marks().small for word in before) + (not last[0].isupper())
    if known and known >= len(said):
        return False
    return all(word[0].isupper() or word in marks().small for word in before) and (
        last[0].isupper() or (last.isalpha() and len(last) <= SHORT)
    )


@cache
def _agencies() -> Mapping[str, str]:
    return {fold(name): key for key, said in wordings.words()["picture"]["agencies"].items() for name in said}
