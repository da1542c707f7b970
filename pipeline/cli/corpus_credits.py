"""A document of anybody's corpus -> the agency that its text is from, as its outlet and its own ends say."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from pipeline.articles import credits  # noqa: A004  the module's name is the glossary's
from pipeline.articles.names import is_unspaced
from pipeline.records import Claims
from pipeline.urls import belongs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.articles.credits import Rules
    from pipeline.records import Agency, Credit
    from pipeline.stories.documents import Document

    Words = frozenset[str]
    Item = TypeVar("Item")

EDGE = 4  # lines at either end of a text in which agencies sign
SHORT = 15  # words of such a line that may be no text, as in articles/claims.py
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Agencies, and how to see at a glance which of them a text may name: none, mostly. Names stand under the rarest of their words."""

    rules: Rules
    telling: Mapping[str, Sequence[Words]]  # names as words, those left out that hold another
    folded: Mapping[str, Sequence[tuple[str, Words]]]  # the forms of `rules.names`, with their words
    cased: Mapping[str, Sequence[tuple[int, Words]]]  # the places of `rules.cased`, with their words


def know(agencies: tuple[Agency, ...]) -> Known:
    """Return the agencies, ready to be looked for."""
    rules = credits.compile_rules(agencies)
    whole = {frozenset(_WORD.findall(name)) for name in rules.names.whole}
    telling = [words for words in whole if not any(other < words for other in whole)]  # who finds "ap" need not look for "ap news"
    folded = [(name, frozenset(_LETTERS.findall(name))) for name in rules.names.whole]
    cased = [(place, frozenset(_LETTERS.findall(name.text.casefold()))) for place, name in enumerate(rules.cased)]
    return Known(
        rules=rules,
        telling=_by_rarest([(words, words) for words in telling]),
        folded=_by_rarest([(words, (name, words)) for name, words in folded]),
        cased=_by_rarest([(words, (place, words)) for place, words in cased]),
    )


def _by_rarest(named: Sequence[tuple[Words, Item]]) -> Mapping[str, Sequence[Item]]:
    """Return each thing under the word of its name that is in the fewest names."""
    times = Counter(word for words, _ in named for word in words)
    found: dict[str, list[Item]] = defaultdict(list)
    for words, item in named:
        found[min(words, key=lambda word: (times[word], -len(word), word))].append(item)
    return found


def owner(title: str, known: Known) -> str | None:
    """Return the agency whose own site it is."""
    return next((agency for domain, agency in known.rules.domains.items() if belongs(f"https://{title}/", (domain,))), None)


def find(document: Document, known: Known) -> Credit | None:
    """Return the surest credit, if there is one."""
    claims = _claims(document)
    folded = claims.text.casefold()
    words = frozenset(_WORD.findall(folded))
    if not _named(claims.text, words, known):
        return None
    glued = any(mark in folded for mark in ("©", "(c)", "copyright")) or (not folded.isascii() and is_unspaced(claims.text))
    rules = known.rules if glued else _narrowed(words if "_" not in folded else frozenset(_LETTERS.findall(folded)), known)
    return next(iter(credits.find(claims, rules)), None)


def _named(text: str, words: Words, known: Known) -> bool:
    """Return whether an agency may be named at all: finding that out is cheap, and in most texts none is."""
    if any(name <= words for name in _near(known.telling, words)):
        return True
    return is_unspaced(text[:40]) or any(mark in text for mark in known.rules.marks)


def _narrowed(words: Words, known: Known) -> Rules:
    """Return the rules of the agencies whose names' words are all in a text: the others are not found in it, and take as long.

    Words say nothing where names may be glued to others: in scripts without blanks, in lines of copyright.
    """
    rules = known.rules
    whole = {name: rules.names.whole[name] for name, said in _near(known.folded, words) if said <= words}
    cased = sorted(place for place, said in _near(known.cased, words) if said <= words)
    names = replace(rules.names, whole=whole, longest=max((len(name.split()) for name in whole), default=1))
    return replace(rules, names=names, cased=tuple(map(rules.cased.__getitem__, cased)))


def _near(things: Mapping[str, Sequence[Item]], words: Words) -> Iterable[Item]:
    return (thing for word in words & things.keys() for thing in things[word])


def _claims(document: Document) -> Claims:
    """Return what a text says of whose it is, which it does at its ends."""
    lines = [line for line in map(str.strip, document.text.splitlines()) if line]
    ends = lines if len(lines) <= 2 * EDGE else lines[:EDGE] + lines[-EDGE:]
    short = tuple(line for line in dict.fromkeys(ends) if len(line.split()) <= SHORT)
    return Claims(text="\n\n".join(ends), language=document.language, host=document.title, lines=short)
