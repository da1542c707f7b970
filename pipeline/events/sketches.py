"""Headline and text of a story -> its Sketch: the words, names and numbers by which others about the same happening are found.

A term is a name (@serrano), a number (#43) or a word (earthqu: its first letters, so that endings do not matter in any
language). A name is a word that has a capital within a sentence more often than it has none: headlines and beginnings of
sentences prove nothing. News says what matters first (the inverted pyramid), so only the beginning of a text is read.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import xxhash

from pipeline.records import Sketch
from pipeline.stories import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

VERSION = 1  # of what is kept: sketches of another one are made anew
READ = 2500  # characters of a text
LEAD = 60  # words in which a name counts for more
PROTAGONISTS = 50  # first words whose names and numbers say who and what it is about
STEM = 7  # letters
HEADLINE, BEGINNING = 2.0, 1.5  # how often a word in the headline or in the lead counts
PHRASE = 3  # words
PHRASES = 48  # of a text: the lowest-hashing, so that two texts' shares of common ones can be told from them
TERMS = 400  # a text of names and numbers alone has more: a table, a list of results
_STARTS = re.compile(r"[.!?:;\n\"“”«»„‘’(–—-]\s*$")


@dataclass(frozen=True, slots=True)
class _Word:
    plain: str
    kind: int
    starts: bool  # a sentence
    shown: str


def sketch(headline: str, text: str, language: str, *, story: int, at: datetime) -> Sketch:
    """Return what is kept of a story's text."""
    body, head = list(_words(text[:READ], language)), list(_words(headline, language))
    names = _names(body, head)
    counts: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for place, word in enumerate([*body, *head]):
        if term := _term(word, names):
            counts[term] += HEADLINE if place >= len(body) else BEGINNING if place < LEAD else 1.0  # type: ignore[assignment]  # halves
            shown.setdefault(term, word.shown)
    terms = [term for term, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TERMS]]
    about = {_term(word, names) for word in [*head, *body][:PROTAGONISTS]}
    return Sketch(
        story=story,
        at=at,
        language=language,
        terms=tuple(terms),
        counts=tuple(counts[term] for term in terms),
        shown=tuple(shown[term] for term in terms),
        about=tuple(term for term in terms if term in about and term[0] in "@#"),
        phrases=_phrases(body),
    )


def _words(text: str, language: str) -> Iterator[_Word]:
    text, last = words.clean(text, language), 0
    for found in words.pattern(text).finditer(text):
        plain, kind = words.plain(found.group())
        starts = not last or _STARTS.search(text[last : found.start()]) is not None
        last = found.end()
        yield _Word(plain, kind, starts, found.group())


def _names(body: Iterable[_Word], head: Iterable[_Word]) -> frozenset[str]:
    """Return the words that are names. Where there is no more than a headline, its capitals have to do."""
    balance: Counter[str] = Counter()
    for word in body:
        if not word.starts or not word.kind & words.NAME:
            balance[word.plain] += 1 if word.kind & words.NAME else -1
    if not balance:
        balance.update(word.plain for word in head if word.kind & words.NAME and not word.starts)
    return frozenset(word for word, times in balance.items() if times > 0)


def _term(word: _Word, names: frozenset[str]) -> str:
    if word.kind & words.NUMBER:
        return f"#{word.plain}"
    if len(word.plain) < 2 and not words.SIGN.match(word.plain):  # noqa: PLR2004  a letter says nothing; a sign may
        return ""
    return f"@{word.plain}" if word.plain in names else word.plain[:STEM]


def _phrases(body: Iterable[_Word]) -> tuple[int, ...]:
    """Return the lowest hashes of runs of words that are neither names nor numbers: what a template repeats whatever it tells of."""
    said = [word.plain for word in body if not word.kind]
    runs = {" ".join(said[place : place + PHRASE]) for place in range(len(said) - PHRASE + 1)}
    return tuple(sorted(xxhash.xxh3_64_intdigest(run.encode()) >> 1 for run in runs)[:PHRASES])
