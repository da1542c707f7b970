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
_MOST = 0.4  # of the narration; a text that says "we" in more of it is told by somebody, as columns are


def split(text: str) -> list[tuple[str, bool]]:
    """Return the text in order, cut where somebody's words begin or end and after each line; True marks what is somebody's."""
    lines = [(line, quoted) for part, quoted in _marked(text) for line in ([part] if quoted else part.splitlines(keepends=True))]
    if "(@" not in text and "pic.twitter" not in text:
        return lines
    return [(line, quoted or (len(line) >= MIN_SIGNS and _POST.search(line) is not None)) for line, quoted in lines]


def hear(lines: Sequence[tuple[Sequence[str], bool]], language: str) -> list[bool]:
    """Return which lines are somebody's words, of lines as words: those that are so by their marks, and those in the first person."""
    speakers = _SPEAKERS.get(language, frozenset())
    spoken = [quoted or not speakers.isdisjoint(words) for words, quoted in lines]
    narrated = sum(len(words) for words, quoted in lines if not quoted)
    if sum(len(words) for (words, quoted), said in zip(lines, spoken, strict=True) if said and not quoted) > _MOST * narrated:
        return [quoted for _, quoted in lines]
    return spoken


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
