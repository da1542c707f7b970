"""A text -> evidence of whose it is: a dateline at its head, a sign-off at its tail, what an agency says of itself in between."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.articles import wordings
from pipeline.articles.names import Names, fold, is_unspaced
from pipeline.articles.namings import extents, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.articles.names import Name
    from pipeline.records import Extent

HEAD = 4  # paragraphs in which a dateline may stand: headline and standfirst may come before it
TAIL = 3  # paragraphs in which a sign-off may stand
NEAR = 160  # characters of a paragraph looked at
PLACE = 9  # words before the agency in a dateline at most: "FRANKFURT AN DER ODER, 3. Juni 2024"

CITY = 3  # words of a place: "Frankfurt am Main"
MENTIONS = 200  # of one name that are looked at; a text of more is a hostile one
KINDS = ("writers", "tally", "staff", "told")  # of what an agency says of itself, the strongest first

_BRACKETS = str.maketrans("（）［］【】〔〕", "()[][]()")
_BRACKETED = re.compile(r"[(\[](?P<inside>[^()\[\]]{2,60})[)\]]\s*(?P<after>[-–—−:.,]*)\s*")
_ENDING = re.compile(r"/?\s?[.:]?\s?[-–—−]+\s|/\.?\s|[.:]\s")
_LEADING = re.compile(
    r"(?P<agency>[^\W\d_][\w ]{1,24}?)\s?[/|]\s?(?P<place>[^\W\d_][^./|:–—-]{1,30}?)\s?(?:\.[-–—]?|[:–—-])\s+(?=[^\W\d_a-z]|[\"“«])"
)
_ENDS = re.compile(r"(?P<stop>[.!?…»”\"“]|^)\s*[(\[/\-–—]*\s*(?P<inside>[^()\[\].!?…»”\"]{2,60}?)[)\]]?\s*\.?\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An agency that a piece of text names as its own origin."""

    name: Name
    extent: Extent
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfReference:
    """How often an agency speaks of itself in a text: by kind."""

    agency: str
    kinds: tuple[str, ...]  # distinct, sorted
    words: str  # of the strongest


def datelines(paragraphs: Sequence[str], names: Names) -> Iterator[Found]:
    """Yield the agencies of the first dateline: "KABUL (AP) —", "(ANSA) - ROMA", "МОСКВА, 3 июня. /ТАСС/.", "新华社北京6月3日电"."""
    for paragraph in paragraphs[:HEAD]:
        head = paragraph[:NEAR].translate(_BRACKETS).strip()
        if found := [*_bracketed(head, names)] or [*_plain(head, names)] or [*_first(head, names)] or [*_unspaced(head, names)]:
            yield from found
            return


def _bracketed(head: str, names: Names) -> Iterator[Found]:
    """Find "PLACE, date (AGENCY) - Text"; without a sign behind the bracket the text must begin with a capital."""
    for at in _BRACKETED.finditer(head):
        if not _is_place(head[: at.start()]):
            return
        rest = head[at.end() :]
        if not at["after"] and rest[:1].islower():
            continue
        naming = read(at["inside"], names)
        if naming.parts and all(part.kind in {"agency", "initials"} for part in naming.parts):
            for name, extent in extents(naming):
                yield Found(name=name, extent=extent, words=head[: at.end()])
            return


def _plain(head: str, names: Names) -> Iterator[Found]:
    """Find "PLACE, date, AGENCY - Text" and "PLACE. /AGENCY/. Text"."""
    for at in _ENDING.finditer(head):
        said = head[: at.start()].split()
        for size in range(min(names.longest, len(said)), 0, -1):
            name = names.whole.get(fold(" ".join(said[-size:])))
            if name is None:
                continue
            before = " ".join(said[:-size])
            bare = before.endswith(("-", "–", "—", ",", ".", "|")) or not before
            slashed = said[-size].startswith("/")
            via = before.casefold().endswith(" via")
            ended = at[0].strip() not in {".", ":"} or before.endswith(("-", "–", "—")) or slashed or _is_city(before)
            if (via or not name.ambiguous) and (bare or slashed or via) and ended and _is_place(before):
                yield Found(name=name, extent="full", words=head[: at.end()].strip())
                return


def _first(head: str, names: Names) -> Iterator[Found]:
    """Find "AGENCY/Place. Text" and "AGENCY | Place - Text"."""
    at = _LEADING.match(head)
    name = names.whole.get(fold(at["agency"])) if at else None
    if at and name is not None and not name.ambiguous and _is_place(at["place"]):
        yield Found(name=name, extent="full", words=at[0].strip())


def _is_city(before: str) -> bool:
    """Say whether all before an agency is one place: "Berlin. dpa. Die Brücke ..."."""
    return before.endswith(".") and 0 < len(before.split()) <= CITY and all(word[0].isupper() for word in before.split())


def _unspaced(head: str, names: Names) -> Iterator[Found]:
    if not is_unspaced(head[:40]):
        return
    for name in names.unspaced:
        if (at := re.match(rf"[(\[]?[^。]{{0,12}}?{re.escape(name.text)}[^。]{{0,24}}?[电電讯訊)\]]", head)) is not None:
            yield Found(name=name, extent="full", words=at[0])
            return


def _is_place(before: str) -> bool:
    """Say whether words can be a place and a date: few, and hardly one that is neither a name nor a number nor short."""
    said = re.findall(r"[^\W\d_]+", before)
    plain = [word for word in said if word.islower() and len(word) > 3 and not is_unspaced(word)]  # noqa: PLR2004 - "de", "am", "der"
    dated = any(sign.isdigit() for sign in before)  # with a month and a weekday: "Budapest, 2024. június 3., hétfő"
    return len(said) <= PLACE and len(plain) <= 1 + dated


def signoffs(paragraphs: Sequence[str], names: Names, marks: Mapping[str, Name]) -> Iterator[Found]:
    """Yield the agencies that sign at the end: "... said. (AFP)", "... vertagt. dpa/lno", a literal mark of an agency."""
    for number, paragraph in enumerate(reversed(paragraphs[-TAIL:])):
        for mark, name in marks.items():
            if paragraph.startswith(mark) or (number == 0 and paragraph.endswith(mark)):
                yield Found(name=name, extent="full", words=mark)
        tail = paragraph[-NEAR:]
        at = _ENDS.search(tail)
        if at is None or (len(paragraph) > NEAR and not at["stop"]):
            continue
        naming = read(at["inside"], names)
        bare = all(part.kind in {"agency", "initials"} and part.alone for part in naming.parts)
        marked = naming.copyright or any(sign in "([/-–—" for sign in tail[at.end("stop") : at.start("inside")])
        if bare and (at["stop"] or not naming.copyright):
            for name, extent in extents(naming):
                if name.ambiguous and not marked:
                    continue  # the initials of whoever wrote it
                yield Found(name=name, extent=extent, words=tail[at.start("inside") :])


def self_references(text: str, names: Sequence[Name]) -> Iterator[SelfReference]:
    """Yield the agencies that speak of themselves in the text: "according to an AFP tally", "told Reuters"."""
    kinds: dict[str, dict[str, str]] = {}
    for name in names:
        start, seen = text.find(name.text), 0
        while start >= 0 and seen < MENTIONS:
            seen += 1
            end = start + len(name.text)
            if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
                for kind in _kinds(text[max(0, start - 100) : start], text[end : end + 340]):
                    kinds.setdefault(name.agency, {}).setdefault(kind, text[max(0, start - 40) : end + 30])
            start = text.find(name.text, end)
    for agency, said in sorted(kinds.items()):
        strongest = next(said[kind] for kind in KINDS if kind in said)
        yield SelfReference(agency=agency, kinds=tuple(sorted(said)), words=strongest)


def _kinds(before: str, after: str) -> Iterator[str]:
    for kind in KINDS:
        left, right = _around(kind)
        if left.search(before) or right.match(after):
            yield kind


@cache
def _around(kind: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    around = wordings.words()[kind]
    return re.compile(rf"(?<!\w)(?:{'|'.join(around['before'])})$", re.IGNORECASE), re.compile("|".join(around["after"]))
