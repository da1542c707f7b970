"""Text -> its stretches, each with whether it is somebody's words, reported as they were said.

Two different stories may share a speech, a letter or a statement; only narration tells whose text it is.
"""

from __future__ import annotations

import re

# Marks that open and close, of the languages we read; an opened quotation ends with its paragraph at the latest,
# as a speech of several paragraphs opens each of them and closes the last one only.
_TO_THE_END = {
    "“": "[^“”„\n]*(?:”|$)",  # English, Portuguese, Spanish, Chinese
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


def split(text: str) -> list[tuple[str, bool]]:
    """Return the text in order, cut where a quotation begins or ends; True marks what is quoted."""
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
