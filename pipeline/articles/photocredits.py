"""The words about a picture, piece by piece -> its caption and its credit: "Am Kai. Foto: Jo Marsh/dpa" -> "Am Kai.", "Jo Marsh/dpa".

What stands apart in the page is judged apart. Within a line, a name is a credit only behind the last sentence, behind a stroke, or in
brackets: elsewhere it is part of the caption.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.articles.names import fold, is_unspaced
from pipeline.articles.photomarks import AROUND, BY, JOINT, PLAIN_BEHIND, bare, is_credit, is_marked, is_name, marks, may_be
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

CAPTION = 1000  # characters
TAIL = 170  # characters of a caption in which its credit is looked for

_CUT = re.compile(
    r"(?P<stop>[.!?…！？][»”\"’]?\s+|[。])|(?P<dash>\s[-–—•·]\s?|\s?[–—•·]\s)"
    r"|(?P<stroke>\s[/|‖]{1,2}\s?|(?<=[^/|])\s?[/|]\s|[＝=](?=[^\s=]))"
)
_BRACKET = re.compile(r"\s*[(\[（【［](?P<inside>[^()\[\]（）【】［］]{2,160})[)\]）】］]\s*[.。]?$")
_NUMBER = re.compile(r"^\d{1,3}\s?(?:/|of|de|von|di|sur|van|av|z)\s?\d{1,3}(?:\s|$)|^\d{1,3}$")  # of a picture in a gallery
_ABBREVIATED = re.compile(r"[(\"“]?[A-ZÀ-Þ]\w{0,3}\.")


def part(pieces: Iterable[str], known: Collection[str] = ()) -> tuple[str, str]:
    """Return caption and credit of pieces that stand apart on the page. `known`: the agencies' names, folded."""
    said = _joined(pieces)
    last = len(said) - 1
    for place in range(last, -1, -1):
        if is_marked(said[place]) or (place in {0, last} and is_credit(said[place], known)):
            caption, more = split(" ".join(said[:place] + said[place + 1 :]), known)
            return caption, joined([more, bare(said[place])])
    return split(" ".join(said), known)


def split(caption: str, known: Collection[str] = ()) -> tuple[str, str]:
    """Return a caption and the credit at its end."""
    text = clean(caption, CAPTION)
    if is_credit(text, known) and (marks().before.match(text) or not marks().inside.search(text)):
        return "", bare(text)
    if (found := _BRACKET.search(text)) and (is_credit(found["inside"], known) or _is_signed(text[: found.start()], found)):
        rest, _ = split(text[: found.start()], known)
        return rest, bare(found["inside"])
    begin = max(0, len(text) - TAIL)
    for mark in marks().inside.finditer(text, begin):
        if may_be(text[mark.end() :].strip(AROUND + ".")):
            return text[: mark.start()].strip(AROUND), bare(text[mark.start() :])
    for cut in _CUT.finditer(text, begin):
        tail, before = text[cut.end() :].strip(), text[: cut.start() + (cut.lastgroup == "stop")].strip()
        if not tail or not before.strip(AROUND):
            continue
        if marks().alone.fullmatch(tail) and tail.strip(AROUND).lower() != "video":
            return before.strip(AROUND), tail.strip(AROUND)  # "—FILE PHOTO"
        behind = (cut.lastgroup == "stop" and _is_behind(before, tail)) or (
            cut.lastgroup == "stroke" and cut[0] not in "＝=" and is_name(tail)
        )
        if behind or is_credit(tail, known) or is_marked(tail, PLAIN_BEHIND):
            return before.strip(AROUND), bare(tail)
    return text.strip(AROUND), ""


def joined(credits_: Iterable[str]) -> str:
    """Return the credits of one picture in one, none said twice."""
    found: list[str] = []
    for credit in credits_:
        if credit and not any(fold(credit) in fold(one) for one in found):
            found = [one for one in found if fold(one) not in fold(credit)]
            found.append(credit)
    return "/".join(found)


def behind(text: str, known: Collection[str]) -> str:
    """Return the credit at the end of what describes a picture to those who cannot see it; only one that says that it is one."""
    cut = max(text.rfind(sign) for sign in "|(.:©")
    tail = text[cut:].strip(AROUND + ".") if cut > 0 else ""
    return bare(tail) if tail and is_credit(tail, known) else ""


def _joined(pieces: Iterable[str]) -> list[str]:
    """Return the pieces without labels; a mark that stands alone goes with what follows it."""
    said: list[str] = []
    mark = ""
    for text in pieces:
        piece = _NUMBER.sub("", clean(text, CAPTION).strip(" ,"))
        if not any(sign.isalnum() or sign == "©" for sign in piece) or marks().label.fullmatch(piece):
            continue
        if marks().alone.fullmatch(piece):
            mark = f"{piece.rstrip(':： ')}: "
        else:
            said.append(mark + piece)
            mark = ""
    return said


def _ends(text: str) -> bool:
    """Say whether a sentence ends here, and not an abbreviation: "Sen.", "Gov.", "J."."""
    text = text.rstrip()
    word = text.split()[-1] if text else ""
    return not text or (text[-1] in '.!?…»”"’)。！？' and not _ABBREVIATED.fullmatch(word))


def _is_signed(before: str, found: re.Match[str]) -> bool:
    """Say whether brackets at the end hold a name: behind a sentence, or square ones, which are there for nothing else."""
    inside = [one for one in JOINT.split(found["inside"]) if one.strip()]
    return (_ends(before) or len(inside) > 1 or found[0].lstrip()[0] in "[［【") and all(map(is_name, inside)) and ", " not in found[0]


def _is_behind(before: str, tail: str) -> bool:
    """Say whether a name behind a sentence is its photographer's."""
    if is_unspaced(tail):
        return is_name(tail)
    return _ends(before) and is_name(BY.sub("", tail)) and not tail.endswith(("!", "?"))
