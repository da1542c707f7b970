"""Text -> its stretches, each with whether it is somebody's words, reported as they were said.

Two different stories may share a speech, a letter or a statement; only narration tells whose text it is. Words are
somebody's if they stand between marks, in a post of a social network, or in a paragraph that says "we" or "my" while
most of the text does not: statements are often printed without marks.
"""

from __future__ import annotations

import re

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
_FIRST_PERSON = {
    "en": r"\b(?:[Ww]e|[Oo]urs?|[Mm]y|[Mm]e|us|[Ww]e['’]\w+|I['’]\w+|myself|ourselves)\b"
    r"|(?:^|[,.;:!?] |\b(?:that|and|but|as|if|when|what|so) )I\b",
    "fr": r"\b(?:[Jj]e|[Jj]['’]\w+|[Nn]ous|[Nn]otre|[Nn]os|[Mm]on|[Mm]es|moi)\b",
    "de": r"\b(?:[Ww]ir|uns|[Uu]nser\w{0,2}|[Ii]ch|[Mm]ein\w{0,2}|mich|mir)\b",
    "es": r"\b(?:[Yy]o|[Nn]osotros|[Nn]uestr[oa]s?|[Mm]is?|nos)\b",
    "pt": r"\b(?:[Ee]u|[Nn]ós|[Nn]oss[oa]s?|[Mm]eus?|[Mm]inhas?)\b",
    "it": r"\b(?:[Ii]o|[Nn]oi|[Nn]ostr[oaie]|[Mm]io|[Mm]ia|[Mm]iei)\b",
}
_SPEAKING = {language: re.compile(words, re.MULTILINE) for language, words in _FIRST_PERSON.items()}
_MOST = 0.4  # of the narration; a text that says "we" in more of it is told by somebody, as columns are


def split(text: str, language: str = "") -> list[tuple[str, bool]]:
    """Return the text in order, cut where somebody's words begin or end; True marks what is somebody's."""
    parts = _marked(text)
    speaking = _SPEAKING.get(language)
    if not (_POST.search(text) or (speaking and speaking.search(text))):
        return parts
    lines = [(line, quoted) for part, quoted in parts for line in ([part] if quoted else part.splitlines(keepends=True))]
    narrated = sum(len(line) for line, quoted in lines if not quoted)
    spoken = [not quoted and bool(speaking and speaking.search(line)) for line, quoted in lines]
    if sum(len(line) for (line, _), said in zip(lines, spoken, strict=True) if said) > _MOST * narrated:
        spoken = [False] * len(lines)
    return [
        (line, quoted or said or bool(len(line) >= MIN_SIGNS and _POST.search(line)))
        for (line, quoted), said in zip(lines, spoken, strict=True)
    ]


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
