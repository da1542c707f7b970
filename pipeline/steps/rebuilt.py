"""A window of time -> its signatures made anew from the stored texts, and the matches that follow, within the caller's transaction.

Nothing here reads core.sample: candidates are found from the signatures of all articles around the window, however old it is.
Memory holds the packed signatures of the window and what others share with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pipeline.steps import compared, neighbours
from pipeline.store import dicts, read
from pipeline.stories import boilerplate, candidates, signatures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.records import Match, Signature
    from pipeline.steps.compared import Pair, Signed
    from pipeline.steps.edges import Edges, Report

CHUNK = 500  # articles read at once, pairs compared at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A window from scratch. Articles, and pairs of which one is in the window."""

    packed: Mapping[int, bytes | None]
    written: Mapping[int, int]  # the transaction that had signed each article of the window or of a pair
    signed_otherwise: Sequence[int]  # articles whose stored signature is another
    before: Mapping[Pair, Match]
    after: Mapping[Pair, Match | None]


@dataclass(slots=True, kw_only=True)
class _Draft:
    packed: dict[int, bytes | None] = field(default_factory=dict)
    written: dict[int, int] = field(default_factory=dict)
    otherwise: list[int] = field(default_factory=list)
    samples: dict[int, Sequence[int]] = field(default_factory=dict)
    at: dict[int, datetime] = field(default_factory=dict)


def rebuild(edges: Edges, since: datetime, until: datetime, report: Report) -> Rebuilt:
    """Sign and compare the articles first seen from `since` to before `until`."""
    draft = _signed(edges, since, until, report)
    inside = frozenset(draft.packed)
    _around(edges, draft, since, until)
    pairs = {pair for pair in candidates.pairs(draft.samples, draft.at, inside=inside) if not inside.isdisjoint(pair)}
    before = _before(edges, sorted(inside))
    after: dict[Pair, Match | None] = {}
    ordered = sorted(pairs | before.keys())
    for first in range(0, len(ordered), CHUNK):
        some = ordered[first : first + CHUNK]
        memory = compared.Memory()
        texts = _texts(edges, {article for pair in some for article in pair}, draft)
        after |= {pair: compared.compare(pair, texts, memory) for pair in some}
        report(min(first + CHUNK, len(ordered)), len(ordered))
    return Rebuilt(packed=draft.packed, written=draft.written, signed_otherwise=draft.otherwise, before=before, after=after)


def _signed(edges: Edges, since: datetime, until: datetime, report: Report) -> _Draft:
    draft = _Draft()
    total = dicts(edges.connection, "recompute.count", since=since, until=until)[0]["count"]
    for row in _stream(edges, "recompute.texts", since, until, version=signatures.VERSION):
        repeated = _repeated(row["shingles"]) if row["shingles"] else frozenset()
        signature = signatures.sign(row["text"], row["language"], seed=edges.seed, boilerplate=repeated)
        article = row["article_id"]
        packed = signatures.pack(signature) if signature.sample else None
        draft.packed[article], draft.written[article] = packed, row["written"]
        draft.samples[article], draft.at[article] = signature.sample, row["first_seen_at"]
        if (packed, signature.version) != (row["packed"], row["version"]):
            draft.otherwise.append(article)
        if len(draft.packed) % CHUNK == 0 or len(draft.packed) == total:
            report(len(draft.packed), total)
    return draft


@lru_cache(maxsize=512)
def _repeated(packed: bytes) -> frozenset[int]:
    """Return what the article's title was known to repeat when it was signed."""
    return boilerplate.unpack(packed).shingles


def _around(edges: Edges, draft: _Draft, since: datetime, until: datetime) -> None:
    """Add of every other article that copies could be among what its sample shares with the window."""
    wanted = {shingle for sample in draft.samples.values() for shingle in sample}
    window = candidates.Policy().window
    for start, end in ((since - window, since), (until, until + window)):
        for row in _stream(edges, "recompute.around", start, end, version=signatures.VERSION):
            signature = _current(row, edges)
            if signature and (shared := wanted.intersection(signature.sample)):
                draft.samples[row["article_id"]], draft.at[row["article_id"]] = sorted(shared), row["first_seen_at"]


def _stream(edges: Edges, name: str, since: datetime, until: datetime, **more: Any) -> Iterator[dict[str, Any]]:
    after, last = since - timedelta(microseconds=1), 1 << 62
    while rows := dicts(edges.connection, name, after=after, last=last, until=until, limit=CHUNK, **more):
        yield from rows
        after, last = rows[-1]["first_seen_at"], rows[-1]["article_id"]


def _current(row: Mapping[str, Any], edges: Edges) -> Signature | None:
    if row["version"] != signatures.VERSION:
        return signatures.sign(row["text"], row["language"], seed=edges.seed)
    return signatures.unpack(row["packed"]) if row["packed"] is not None else None


def _before(edges: Edges, articles: Sequence[int]) -> Mapping[Pair, Match]:
    found = read(edges.connection, "recompute.matches", neighbours.match, articles=articles)
    return {(match.left, match.right): match for match in found}


def _texts(edges: Edges, articles: set[int], draft: _Draft) -> Mapping[int, Signed]:
    found: dict[int, Signed] = {}
    for row in dicts(edges.connection, "recompute.some", articles=sorted(articles), version=signatures.VERSION):
        article = row["article_id"]
        draft.written[article] = row["written"]
        if article in draft.packed:
            row |= {"packed": draft.packed[article], "version": signatures.VERSION}
        if (signature := _current(row, edges)) is not None:
            found[article] = compared.Signed(signature, row["happened_at"])
    return found
