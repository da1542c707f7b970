"""What a look at a feed found -> its rows, in one transaction: articles, sightings, refusals, the poll, and last the schedule."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline.reasons import Reason
from pipeline.records import Answer, Refusal
from pipeline.steps import paced
from pipeline.steps.refusals import refuse
from pipeline.store import POISON, columns, committed, dicts, value, write
from pipeline.text import clean, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.records import Entry, Moment, Reading
    from pipeline.steps.edges import Edges
    from pipeline.steps.poll import Claim
    from pipeline.web.asker import Ruling


EDITIONS = 4  # bodies of a feed that are remembered: caches hand out two or three in turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one feed, before it is stored."""

    claim: Claim
    at: datetime
    seconds: float
    answer: Answer | Refusal
    ruling: Ruling | None  # what robots.txt said
    digest: bytes | None  # of the body; None: there was none
    reading: Reading | Refusal | None  # None: nothing has changed, or there was no answer


def store(edges: Edges, look: Look) -> tuple[str, Mapping[str, int]]:
    """Store a look and return the door by which the feed left, and those of its entries. Nothing, if the claim was lost."""
    try:
        return committed(edges.connection, partial(_stored, edges, look))
    except POISON as error:
        poison = Refusal(stage="feed", reason=Reason.POISON, detail=str(error), url=look.claim.url)
        return committed(edges.connection, partial(_stored, edges, replace(look, answer=poison, reading=None)))


def _stored(edges: Edges, look: Look) -> tuple[str, Mapping[str, int]]:
    held = value(edges.connection, "poll.hold", feed_id=look.claim.feed_id, fence=look.claim.fence)
    if held is None:
        return "lost", {}
    entries, refusals = _entries(look)
    refused = list(refusals)
    value(edges.connection, "poll.lock_addresses", title_id=look.claim.title_id)
    new = _keep(edges, look, entries, refused)
    failure = look.answer if isinstance(look.answer, Refusal) else look.reading if isinstance(look.reading, Refusal) else None
    refuse(edges.connection, [*refused, *([failure] if failure else [])], look.at, feed=look.claim.feed_id)
    seen = len(entries) + len(refusals)
    counts = {"seen": seen, "new": new, "known": seen - new - len(refused), "refused": len(refused)}
    _close(edges, look, failure, counts)
    doors = Counter({"new": new, "known": counts["known"]}) + Counter(f"refused:{refusal.reason}" for refusal in refused)
    return f"refused:{failure.reason}" if failure else "read" if look.reading else "unchanged", doors


def _entries(look: Look) -> tuple[Sequence[Entry], Sequence[Refusal]]:
    if look.reading is None or isinstance(look.reading, Refusal):
        return (), ()
    return sorted(look.reading.entries, key=lambda entry: entry.url_key), look.reading.refusals


def _keep(edges: Edges, look: Look, entries: Sequence[Entry], refused: list[Refusal]) -> int:
    """Store the entries and return how many articles are new. One that the database refuses goes to `refused`, the others stay."""
    if not entries:
        return 0
    try:
        with edges.connection.transaction():
            return _insert(edges, look, entries)
    except POISON as error:
        if len(entries) == 1:
            refused.append(Refusal(stage="entry", reason=Reason.POISON, detail=str(error), url=entries[0].url))
            return 0
    middle = len(entries) // 2
    return _keep(edges, look, entries[:middle], refused) + _keep(edges, look, entries[middle:], refused)


def _insert(edges: Edges, look: Look, entries: Sequence[Entry]) -> int:
    feed, title, at = look.claim.feed_id, look.claim.title_id, look.at
    rows = [{"url_key": entry.url_key, "url": entry.url} for entry in entries]
    new = columns(edges.connection, "poll.add_articles", rows, title_id=title, at=at)
    found = dicts(edges.connection, "poll.articles", keys=[entry.url_key for entry in entries])
    ids = {bytes(row["url_key"]): row["article_id"] for row in found}
    seen = [{"article_id": ids[entry.url_key], "rank": entry.rank} for entry in entries]
    columns(edges.connection, "poll.add_sightings", seen, feed_id=feed, at=at)
    said = _latest(_said(ids[entry.url_key], entry) for entry in entries)
    write(edges.connection, "poll.keep_entries", rows=json.dumps(said, default=datetime.isoformat), feed_id=feed, at=at)
    if new:
        write(edges.connection, "poll.queue_new", articles=sorted(ids.values()))
    return new


def _latest(said: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one word on each article: of two addresses that have become one, what was updated last, else the second."""
    kept: dict[int, dict[str, Any]] = {}
    for row in said:
        before = kept.setdefault(row["article_id"], row)
        if not (row["updated_at"] and before["updated_at"] and row["updated_at"] < before["updated_at"]):
            kept[row["article_id"]] = row
    return list(kept.values())


def _said(article: int, entry: Entry) -> dict[str, Any]:
    return {
        "article_id": article,
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


def _close(edges: Edges, look: Look, failure: Refusal | None, counts: Mapping[str, int]) -> None:
    """Write the poll, and the schedule last."""
    claim, answer = look.claim, look.answer if isinstance(look.answer, Answer) else None
    reading = look.reading if look.reading and not isinstance(look.reading, Refusal) else None
    fresh = value(edges.connection, "poll.fresh", feed_id=claim.feed_id, at=look.at) if reading else 0
    rhythm, next_poll_at = paced.plan(edges.connection, look, failure, fresh)
    kept = _validators(look, failure)
    paced.note(edges.connection, look, rhythm, moved_to=kept["moved_to"], failure=failure)
    write(
        edges.connection,
        "poll.record",
        feed_id=claim.feed_id,
        fence=claim.fence,
        at=look.at,
        status=answer.status if answer else None,
        robots=look.ruling.decision if look.ruling else None,
        reason=str(failure.reason) if failure else None,
        detail=clean(failure.detail, 500) if failure else "",
        unchanged=answer is not None and look.reading is None,
        form=reading.form if reading else None,
        bytes=len(answer.body) if answer else 0,
        seconds=round(look.seconds, 3),
        next_poll_at=next_poll_at,
        fresh=fresh,
        **counts,
    )
    write(
        edges.connection,
        "poll.reschedule",
        feed_id=claim.feed_id,
        fence=claim.fence,
        at=look.at,
        next_poll_at=next_poll_at,
        **paced.columns(rhythm),
        **kept,
    )


def _validators(look: Look, failure: Refusal | None) -> Mapping[str, Any]:
    """Return what the next poll sends: an answer's validators only if all of it was read; a failed new address is given up."""
    claim, answer = look.claim, look.answer
    before = {"etag": claim.etag, "last_modified": claim.last_modified, "bodies": claim.bodies, "moved_to": claim.moved_to}
    if failure or isinstance(answer, Refusal):
        return before | ({"moved_to": None} if failure and claim.moved_to else {})
    if look.reading and not isinstance(look.reading, Refusal) and not look.reading.complete:  # what is missing would never be seen
        return before
    kept = before if look.reading is None and not answer.body else {}
    etag, modified = clean(answer.headers.get("etag", "")), clean(answer.headers.get("last-modified", ""))
    return {
        "etag": etag or kept.get("etag", ""),
        "last_modified": modified or kept.get("last_modified", ""),
        "bodies": _editions(look),
        "moved_to": answer.moved_to if look.reading and answer.moved_to else claim.moved_to,
    }


def _editions(look: Look) -> tuple[bytes, ...]:
    """Return the digests of the bodies read lately, this one first."""
    if look.digest is None:
        return look.claim.bodies
    return (look.digest, *(body for body in look.claim.bodies if body != look.digest))[:EDITIONS]
