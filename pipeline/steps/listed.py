"""Entries of looks -> articles, sightings and what the feeds said, within the caller's transaction: of all feeds of a lot at once."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.reasons import Reason
from pipeline.records import Reading, Refusal
from pipeline.store import dicts, halved, value, write
from pipeline.text import clean, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.records import Entry, Moment
    from pipeline.steps.edges import Edges
    from pipeline.steps.polled import Look


class Listed(NamedTuple):
    """An entry, and the look that found it."""

    look: Look
    entry: Entry


class Brought(NamedTuple):
    """What entries came to, by feed."""

    new: Counter[int]  # articles that no feed had listed before: of two feeds of a lot, the first has them
    fresh: Counter[int]  # articles that the feed had not listed before
    refused: tuple[tuple[int, Refusal], ...] = ()  # entries that the database refuses


def reading(look: Look) -> tuple[Sequence[Entry], Sequence[Refusal]]:
    """Return what a look found, if anything."""
    return (look.reading.entries, look.reading.refusals) if isinstance(look.reading, Reading) else ((), ())


def entries(look: Look) -> list[Listed]:
    """Return the entries of a look, in an order of their own."""
    return [Listed(look, entry) for entry in sorted(reading(look)[0], key=lambda entry: entry.url_key)]


def sift(edges: Edges, lot: Sequence[Listed]) -> Brought:
    """Store entries as `keep` does. One that the database refuses is told of, the others stay."""
    parts = halved(lot, partial(_inside, edges), _refused)
    new, fresh = sum((part.new for part in parts), Counter[int]()), sum((part.fresh for part in parts), Counter[int]())
    return Brought(new, fresh, tuple(refused for part in parts for refused in part.refused))


def _inside(edges: Edges, lot: Sequence[Listed]) -> list[Brought]:
    with edges.connection.transaction():
        return [keep(edges, lot)]


def _refused(one: Listed, error: Exception) -> list[Brought]:
    refusal = Refusal(stage="entry", reason=Reason.POISON, detail=str(error), url=one.entry.url)
    return [Brought(Counter(), Counter(), ((one.look.claim.feed_id, refusal),))]


def keep(edges: Edges, lot: Sequence[Listed]) -> Brought:
    """Store entries, those of the first look first, and tell what was new."""
    if not lot:
        return Brought(Counter(), Counter())
    value(edges.connection, "poll.lock_addresses", titles=[one.look.claim.title_id for one in lot])
    new = Counter[int]()
    ids = _articles(edges, lot, new)
    found = [ids[one.entry.url_key] for one in lot]
    fresh = dicts(
        edges.connection,
        "poll.add_sightings",
        article_id=found,
        feed_id=[one.look.claim.feed_id for one in lot],
        at=[one.look.at for one in lot],
        rank=[one.entry.rank for one in lot],
    )
    said = _latest(map(_said, found, lot))
    write(edges.connection, "poll.keep_entries", rows=json.dumps(said, default=datetime.isoformat))
    return Brought(new, Counter({row["feed_id"]: row["fresh"] for row in fresh}))


def _articles(edges: Edges, lot: Sequence[Listed], new: Counter[int]) -> Mapping[bytes, int]:
    """Return the articles of all addresses by their keys; add those that are not there, and count them as new to who lists them first."""
    first = {one.entry.url_key: one for one in reversed(lot)}
    ids = _known(edges, list(first))
    missing = [one for key, one in first.items() if key not in ids]
    if missing:
        ids |= _added(edges, missing)
        new.update(one.look.claim.feed_id for one in missing if one.entry.url_key in ids)
        met = [one.entry.url_key for one in missing if one.entry.url_key not in ids]
        ids |= _known(edges, met) if met else {}  # somebody else has just added them
    return ids


def _known(edges: Edges, keys: Sequence[bytes]) -> dict[bytes, int]:
    return {bytes(row["url_key"]): row["article_id"] for row in dicts(edges.connection, "poll.articles", keys=keys)}


def _added(edges: Edges, missing: Sequence[Listed]) -> dict[bytes, int]:
    rows = dicts(
        edges.connection,
        "poll.add_articles",
        url_key=[one.entry.url_key for one in missing],
        url=[one.entry.url for one in missing],
        title_id=[one.look.claim.title_id for one in missing],
        at=[one.look.at for one in missing],
    )
    return {bytes(row["url_key"]): row["article_id"] for row in rows}


def _latest(said: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a feed's one word on each article: of two addresses that have become one, what was updated last, else the second."""
    kept: dict[tuple[int, int], dict[str, Any]] = {}
    for row in said:
        name = row["article_id"], row["feed_id"]
        before = kept.setdefault(name, row)
        if not (row["updated_at"] and before["updated_at"] and row["updated_at"] < before["updated_at"]):
            kept[name] = row
    return list(kept.values())


def _said(article: int, one: Listed) -> dict[str, Any]:
    entry = one.entry
    return {
        "article_id": article,
        "feed_id": one.look.claim.feed_id,
        "at": one.look.at,
        "guid": clean(entry.guid),
        "headline": entry.headline,
        "summary": entry.summary,
        "authors": entry.authors,
        "language": entry.language,
        "section": entry.section,
        "markup": printable(entry.text) if entry.text else None,
        **_moment("published", entry.published),
        **_moment("updated", entry.updated),
    }


def _moment(name: str, moment: Moment | None) -> Mapping[str, Any]:
    return {f"{name}_at": moment.at if moment else None, f"{name}_precision": moment.precision if moment else None}
