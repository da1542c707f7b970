"""Refusal -> its row: once per reason and item, however often it comes."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pipeline.store import many
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from pipeline.records import Refusal
    from pipeline.store import Connection

DETAIL = 500  # characters of a detail
URL = 2048  # bytes of a refused address; a longer one is cut, it is for people to look at


def refuse(
    connection: Connection, refusals: Iterable[Refusal], at: datetime, *, feed: int | None = None, article: int | None = None
) -> None:
    """Write them down, in the order of their keys so that two writers never wait for each other in a circle."""
    rows = sorted((_row(refusal, at, feed, article) for refusal in refusals), key=lambda row: bytes(row["refusal_key"]))
    many(connection, "poll.refuse", rows)


def _row(refusal: Refusal, at: datetime, feed: int | None, article: int | None) -> Mapping[str, Any]:
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
