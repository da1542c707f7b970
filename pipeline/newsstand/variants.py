"""A text -> another text of the same kind: when a world needs more stories than were written, names, numbers and most words change.

Variant 0 is the text as written. In every other one each longer word is exchanged for another of the language's texts with the same ending,
and each number for another: function words and rhythm stay, so it reads as its language to a machine, but no judge could call it a copy.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.newsstand.texts import Own, Texts, Wire

    Told = TypeVar("Told", Wire, Own)

LONGER = 4  # letters from which a word is exchanged; shorter ones are mostly function words
_ENDING = 6  # words that an ending needs to be a class of its own

_TOKEN = re.compile(r"\{\w+\}|[^\W\d_]+|\d+")
_KEPT = {"slug", "agency", "language", "section", "event"}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The longer words of a language's texts, in classes of the same ending."""

    classes: tuple[tuple[str, ...], ...]


def collect(texts: Texts) -> dict[str, Vocabulary]:
    """Return the vocabulary of each language."""
    words: dict[str, set[str]] = defaultdict(set)
    told: tuple[Wire | Own, ...] = (*texts.wires, *texts.owns)
    for text in told:
        for passage in _passages(text):
            words[text.language].update(token.lower() for token in _TOKEN.findall(passage) if token.isalpha() and len(token) >= LONGER)
    return {language: Vocabulary(_classes(sorted(found))) for language, found in words.items()}


class Variant:
    """One exchange of words and numbers, the same for every passage it is put on."""

    def __init__(self, vocabulary: Vocabulary, number: int) -> None:
        rng = random.Random(f"variant/{number}")
        self._number = number
        self._words: dict[str, str] = {}
        for words in vocabulary.classes:
            others = list(words)
            rng.shuffle(others)
            self._words.update(zip(words, others, strict=True))

    def tell(self, text: Told) -> Told:
        """Return the wire or report with every passage exchanged; slug, agency, section and event stay."""
        changes = {field.name: self._change(getattr(text, field.name)) for field in fields(text) if field.name not in _KEPT}
        return replace(text, **changes)

    def passage(self, passage: str) -> str:
        return _TOKEN.sub(self._token, passage)

    def _change(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.passage(value)
        if isinstance(value, tuple):
            return tuple(self.passage(part) for part in value)
        if isinstance(value, dict):
            return {name: self.passage(part) for name, part in value.items()}
        if value is None:
            return None
        return replace(value, headline=self.passage(value.headline), lead=self._change(value.lead))

    def _token(self, match: re.Match[str]) -> str:
        token = match[0]
        if token.isdigit():
            return self._digits(token)
        other = self._words.get(token.lower())
        if other is None:
            return token
        if token.isupper():
            return other.upper()
        return other.capitalize() if token[0].isupper() else other

    def _digits(self, token: str) -> str:
        rng = random.Random(f"digits/{self._number}/{token}")
        return str(rng.randint(1, 9)) + "".join(str(rng.randint(0, 9)) for _ in token[1:])


def _passages(text: Wire | Own) -> Iterable[str]:
    yield from (text.headline, text.standfirst, *text.paragraphs)


def _classes(words: list[str]) -> tuple[tuple[str, ...], ...]:
    endings: dict[str, list[str]] = defaultdict(list)
    for word in words:
        endings[word[-2:]].append(word)
    classes: dict[str, list[str]] = defaultdict(list)
    for ending, found in endings.items():
        classes[ending if len(found) >= _ENDING else "-"].extend(found)
    return tuple(tuple(sorted(found)) for _, found in sorted(classes.items()))
