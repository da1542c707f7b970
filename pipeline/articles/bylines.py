"""Bylines -> the people, desks and agencies that they name, each once, without "By", trades, places and dates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.articles.body import key
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMIT = 12  # people
MOST = 1000  # characters of a byline
LONGEST = 60  # characters: a longer one is no name
BY = re.compile(
    r"^(?:(?:written|reported|posted|story|words|analysis|opinion|text|texte|article)\s+)?(?:by|von|par|por|di|da|"
    r"door|av|af|przez|od|yazan|от|автор|por:)\b[\s:]+|^(?:author|autor|auteur|autore|text|von|by)s?\s*:\s*",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\s*(?:[;•·]|,(?!\s*(?:jr|sr|ph\.?d|md|m\.d|esq)\b)|\s(?:and|und|et|en|og|och|&|with|mit|avec|con)\s(?=\S)|"
    r"\s[ye]\s(?=\S+\s\S))\s*",  # before a full name only: Ortega y Gasset is one
    re.IGNORECASE,
)
_DATED = re.compile(  # "Monday, November 18, 2019, 07:17 am": before names are divided at commas
    r"\W+(?:on\s)?(?:[^\W\d_]+(?:day|tag|di),?\s)?(?:[^\W\d_]{3,9}\.?\s\d{1,2}|\d{1,2}\.?\s[^\W\d_]{3,9}\.?),?\s(?:19|20)\d\d(?!\d).*$"
)
_DESK = re.compile(r"\b(?:agencies|agences|agencias|agenturen|agenzie|agências|persbureaus)$", re.IGNORECASE)
_INITIAL = re.compile(r"\b(?:[A-Z]|[JS]r)$")  # that keeps its stop: "Edda B.", "Jo Marsh Jr."
_TEAM = re.compile(r"\b(?:redaktion|staff|reporters|editors|writers)\b|redaktion$", re.IGNORECASE)
_PLACED = re.compile(r"([A-Z]{2,6}), [A-ZÀ-Þ][\w'’ -]{2,30}")  # "AFP, Manila"
_HOUSED = re.compile(r"^(.+ and [^,]+), [^,\s]+ [^,]+$")  # "Jane Doe and John Roe, City News": the list of people has ended
_TAIL = re.compile(
    r"\s*(?:\s(?:기자|특파원|記者|记者).*|\s[|].*|[(\[].*?[)\]]|@\S+|\S+@\S+|\bfor\s+[A-Z].*|\s[-–—]\s.*|\b(?:published|updated|veröffentlicht|"
    r"publié|pubblicato|\d{1,2}[:.]\d\d|\d{1,2}\.? ?\w+ \d{4}).*)$",
    re.IGNORECASE,
)
_TRADE = re.compile(
    r"(?:[\w'’.-]+ ){0,3}?(?:online-)?(?:writers?|reporters?|editors?|correspondents?|journalists?|contributors?|"
    r"redakteur(?:in)?|redaktion|journaliste|redactora?|redattore|critic|columnist|producer|photographer|officer|"
    r"director|professor|president|analyst|head of|fellow|executive|manager|author|autor|admin|administrator|guest|"
    r"undefined|null|none|unknown|n/a)(?:\s.*)?$|ph\.?\s?d\.?$|m\.?d\.?$|view all .*|about the .*|read more.*",
    re.IGNORECASE,
)


def names(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the people that bylines name, in their order."""
    found: dict[str, str] = {}
    for text in texts:
        for part in _parts(_DATED.sub("", BY.sub("", clean(text[:MOST], MOST)))):
            name = _TAIL.sub("", BY.sub("", part.strip(" ,.-–—:|\"'"))).strip(" ,-–—:|")
            name = f"{name}." if part.rstrip().endswith(f"{name}.") and _INITIAL.search(name) else name
            if _is_name(name):
                found.setdefault(key(name), name)
    return tuple(found.values())[:LIMIT]


def desks(texts: Iterable[str]) -> tuple[str, ...]:
    """Return what bylines name where that is no person but a desk or its staff: "Sport-Redaktion", "Harbour staff reporters"."""
    said = (BY.sub("", clean(text[:MOST])) for text in texts)
    return tuple(dict.fromkeys(text for text in said if len(text) <= LONGEST and _TEAM.search(text)))


def _parts(text: str) -> list[str]:
    """Divide a byline into names: a desk and its agencies are one, and the place behind an agency is none."""
    if _DESK.search(text):
        return [text]
    return [_PLACED.sub(r"\1", text)] if _PLACED.fullmatch(text) else _AND.split(_HOUSED.sub(r"\1", text))


def _is_name(text: str) -> bool:
    return (
        1 < len(text) <= LONGEST
        and len(text.split()) <= 6  # noqa: PLR2004  nobody has more names
        and "http" not in text
        and "www." not in text
        and any(map(str.isalpha, text))
        and not _TRADE.match(text)
    )
