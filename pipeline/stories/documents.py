"""A line of anybody's corpus -> a document, or the name of what is wrong with it. One JSON object a line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b

from pipeline.text import printable

LONGEST = 8_000_000  # bytes of a line


class Wrong(StrEnum):
    """Why a line is no document."""

    TOO_LONG = "too_long"  # over `LONGEST` bytes
    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    NO_ID = "no_id"  # absent, empty, no text or number, or with signs that cannot be printed
    NO_TITLE = "no_title"  # the outlet's domain
    NO_TEXT = "no_text"
    BAD_TIME = "bad_time"  # published_at is given and no ISO moment
    BAD_FIELD = "bad_field"  # language or headline is given and no text
    DUPLICATE_ID = "duplicate_id"  # another line has the same id and more words, or as many and a smaller digest: whatever the order


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text that an outlet published."""

    id: str
    title: str  # the outlet's domain, lower case
    language: str
    published_at: datetime | None
    headline: str
    text: str  # paragraphs divided by line breaks
    digest: bytes  # of all that the line says: tells two documents of one id apart


def read(line: bytes) -> Document | Wrong:
    """Return what a line says."""
    if len(line) > LONGEST:
        return Wrong.TOO_LONG
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return Wrong.NOT_JSON
    return _document(said) if isinstance(said, dict) else Wrong.NOT_AN_OBJECT


def _document(said: dict[str, object]) -> Document | Wrong:
    number, text, title = said.get("id"), said.get("text"), said.get("title")
    name = str(number) if isinstance(number, int) and not isinstance(number, bool) else number
    if not isinstance(name, str) or not name or printable(name) != name:
        return Wrong.NO_ID
    if not isinstance(title, str) or not title.strip():
        return Wrong.NO_TITLE
    if not isinstance(text, str) or not text.strip():
        return Wrong.NO_TEXT
    language, headline = said.get("language") or "", said.get("headline") or ""
    if not isinstance(language, str) or not isinstance(headline, str):
        return Wrong.BAD_FIELD
    try:
        at = _moment(said.get("published_at"))
    except (TypeError, ValueError, OverflowError):
        return Wrong.BAD_TIME
    return Document(
        id=name,
        title=printable(title).strip().lower().removeprefix("www."),
        language=language.strip().lower()[:2],
        published_at=at,
        headline=printable(headline),
        text=printable(text),
        digest=blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=16).digest(),
    )


def _moment(said: object) -> datetime | None:
    """Return the moment in UTC, which is meant where no zone is named. Raises ValueError for anything else, and TypeError."""
    if said is None or said == "":
        return None
    if not isinstance(said, str):
        raise TypeError("a moment is text")
    found = datetime.fromisoformat(said)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
