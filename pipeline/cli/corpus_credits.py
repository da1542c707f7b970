"""A document of anybody's corpus -> the agency that its text is from, as its outlet and its own ends say."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.articles import credits  # noqa: A004  the module's name is the glossary's
from pipeline.articles.names import is_unspaced
from pipeline.records import Claims
from pipeline.urls import belongs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.articles.credits import Rules
    from pipeline.records import Agency, Credit
    from pipeline.stories.documents import Document

    Words = frozenset[str]

EDGE = 4  # lines at either end of a text in which agencies sign
SHORT = 15  # words of such a line that may be no text, as in articles/claims.py
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Agencies, and how to see at a glance whether a text may name any: most do not."""

    rules: Rules
    telling: Mapping[str, Sequence[Words]]  # names as words, under the rarest of them; those left out that hold another


def know(agencies: tuple[Agency, ...]) -> Known:
    """Return the agencies, ready to be looked for."""
    rules = credits.compile_rules(agencies)
    whole = {frozenset(_WORD.findall(name)) for name in rules.names.whole}
    telling = [words for words in whole if not any(other < words for other in whole)]  # who finds "ap" need not look for "ap news"
    times = Counter(word for words in telling for word in words)
    found: dict[str, list[Words]] = defaultdict(list)
    for words in telling:
        found[min(words, key=lambda word: (times[word], -len(word), word))].append(words)
    return Known(rules=rules, telling=found)


def owner(title: str, known: Known) -> str | None:
    """Return the agency whose own site it is."""
    return next((agency for domain, agency in known.rules.domains.items() if belongs(f"https://{title}/", (domain,))), None)


def find(document: Document, known: Known) -> Credit | None:
    """Return the surest credit, if there is one."""
    claims = _claims(document)
    return next(iter(credits.find(claims, known.rules)), None) if _named(claims.text, known) else None


def _named(text: str, known: Known) -> bool:
    """Return whether an agency may be named at all: finding that out is cheap, and in most texts none is."""
    words = frozenset(_WORD.findall(text.casefold()))
    if any(name <= words for word in words & known.telling.keys() for name in known.telling[word]):
        return True
    return is_unspaced(text[:40]) or any(mark in text for mark in known.rules.marks)


def _claims(document: Document) -> Claims:
    """Return what a text says of whose it is, which it does at its ends."""
    lines = [line for line in map(str.strip, document.text.splitlines()) if line]
    ends = lines if len(lines) <= 2 * EDGE else lines[:EDGE] + lines[-EDGE:]
    short = tuple(line for line in dict.fromkeys(ends) if len(line.split()) <= SHORT)
    return Claims(text="\n\n".join(ends), language=document.language, host=document.title, lines=short)
