"""Refusal -> its row: once per reason and item, however often it comes."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pipeline.store import columns
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from pipeline.records import Refusal
    from pipeline.store import Connection

DETAIL = 500  # characters of a detail
URL = 2048  # bytes of a refused address; a longer one is cut, it is for people to look at


def refuse(
    connection: Connection, refusals: Iterable[Refusal], at: datetime, *, feed: int | None = None, article: int | None = None
) -> None:
    """Write down the refusals of one feed or article."""
    note(connection, [row(refusal, at, feed=feed, article=article) for refusal in refusals])


def note(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write refusals down, in the order of their keys so that two writers never wait for each other in a circle."""
    columns(connection, "poll.refuse", rows)


def row(refusal: Refusal, at: datetime, *, feed: int | None = None, article: int | None = None) -> Mapping[str, Any]:
    """Return a refusal as its columns."""
    url = clean(refusal.url or "").encode()[:URL].decode(errors="ignore") or None
    item = url or ("" if article else clean(refusal.detail, DETAIL))
    name = "\n".join((refusal.stage, str(refusal.reason), f"{feed}", f"{article}", item))
    return {
        "refusal_key": sha256(name.encode()).digest(),
        "stage": refusal.stage,
        "reason": str(refusal.reason),
        "detail": clean(refusal.detail, DETAIL),
        "url": url,
        "feed_id": feed,
        "article_id": article,
        "at": at,
    }
