"""Text -> its stretches, each with whether it is somebody's words, reported as they were said.

Two different stories may share a speech, a letter or a statement; only narration tells whose text it is. Words are
somebody's if they stand between marks, in a post of a social network, or in a paragraph that says "we" or "my" while
most of the text does not: statements are often printed without marks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Line = tuple[int, int, bool]  # which words of a text begin and end it, and whether it is somebody's by its marks

# Marks that open and close, of the languages we read; an opened quotation ends with its paragraph at the latest,
# as a speech of several paragraphs opens each of them and closes the last one only.
_TO_THE_END = {
    "“": "(?:[^“”„\n]|“[^“”\n]*”)*(?:”|$)",  # English, Portuguese, Spanish, Chinese
    "„": "[^“”„\n]*(?:[“”]|$)",  # German, Polish
    "«": "[^«»\n]*(?:»|$)",  # French, Italian, Spanish, Russian, Arabic
    "「": "[^「」\n]*(?:」|$)",  # Japanese, Chinese
    "『": "[^『』\n]*(?:』|$)",
    '"': r'(?<!\w")(?=\S)[^"\n]*(?:"|$)',
    "»": "[^«»\n]*«",  # German books and some papers
    "‹": "[^‹›\n]*›",
    "‘": r"(?<!\w‘)(?=\w)[^‘\n]*?[\w.,!?…]’(?!\w)",
    "'": r"(?<!\w')(?=\w)[^\n]*?[\w.,!?…]'(?!\w)",
}
_OPENING = re.compile(f"[{''.join(_TO_THE_END)}]")
_REST = {mark: re.compile(rest, re.MULTILINE) for mark, rest in _TO_THE_END.items()}
MIN_SIGNS = 25  # shorter ones are nicknames, titles of films and doubtful words, not speech


_POST = re.compile(r"\(@\w{2,30}\)|\bpic\.twitter\.com/")
# Words of the first person, as printed. What means something else in the same language is left out.
_SPEAKERS = {
    language: frozenset({form for word in said.split() for form in (word, word.capitalize())}) - {"i", "Us", "Mi"}
    for language, said in {
        "en": "i we our ours my me us myself ourselves",
        "fr": "je j nous notre nos mon mes moi",
        "de": "wir uns unser unsere unseren unserer unseres ich mich mir mein meine meinen meiner",
        "es": "yo nosotros nosotras nuestro nuestra nuestros nuestras mi mis nos",
        "pt": "eu nós nosso nossa nossos nossas meu meus minha minhas",
        "it": "io noi nostro nostra nostri nostre mio mia miei mie",
    }.items()
}
_VOICES: dict[str, int] = {}  # a word of the first person -> the languages in which it is one, a bit each
for _bit, _said in enumerate(_SPEAKERS.values()):
    _VOICES.update({form: _VOICES.get(form, 0) | 1 << _bit for form in _said})
_OF = {language: bytes(voices >> place & 1 for voices in range(256)) for place, language in enumerate(_SPEAKERS)}
_MOST = 0.4  # of the narration; a text that says "we" in more of it is told by somebody, as columns are


def split(text: str) -> list[tuple[str, bool]]:
    """Return the text in order, cut where somebody's words begin or end and after each line; True marks what is somebody's."""
    lines = [(line, quoted) for part, quoted in _marked(text) for line in ([part] if quoted else part.splitlines(keepends=True))]
    if "(@" not in text and "pic.twitter" not in text:
        return lines
    return [(line, quoted or (len(line) >= MIN_SIGNS and _POST.search(line) is not None)) for line, quoted in lines]


def voices(word: str) -> int:
    """Return in which languages a word as printed is one of the first person, a bit each."""
    return _VOICES.get(word, 0)


def hear(lines: Sequence[Line], voices: bytes, language: str) -> list[tuple[int, int]]:
    """Return where words begin and end that are somebody's: those that are so by their marks, and lines in the first person.

    `voices` is what `voices` says of each word of the text.
    """
    spoken = voices.translate(_OF[language]) if language in _OF else b""
    aloud = [(start, end, quoted or 1 in spoken[start:end]) for start, end, quoted in lines]
    narrated = sum(end - start for start, end, quoted in lines if not quoted)
    told = sum(end - start for (start, end, said), (_, _, quoted) in zip(aloud, lines, strict=True) if said and not quoted)
    return [(start, end) for start, end, said in (lines if told > _MOST * narrated else aloud) if said]


def _marked(text: str) -> list[tuple[str, bool]]:
    """Return the text cut at the marks of quotations."""
    parts: list[tuple[str, bool]] = []
    end = at = 0
    while opened := _OPENING.search(text, at):
        at = opened.end()
        found = _REST[opened.group()].match(text, at)
        if found is None:
            continue
        start, at = opened.start(), found.end()
        if at - start < MIN_SIGNS:
            continue
        if start > end:
            parts.append((text[end:start], False))
        parts.append((text[start:at], True))
        end = at
    if end < len(text):
        parts.append((text[end:], False))
    return parts
