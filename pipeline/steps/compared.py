"""Articles with their signatures -> rows of core.match: each is compared with its candidates, and with whom it matched before."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.records import Match
from pipeline.store import dicts, write
from pipeline.stories import candidates, matches, signatures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from pipeline.records import Signature
    from pipeline.store import Connection

REMEMBERED = 4000  # texts, some 30 kB each
PAIRS = 500  # compared between two statements: a session that is silent for long is taken for dead
FINDING = candidates.Policy()
Pair = tuple[int, int]
_FIELDS = tuple(field.name for field in fields(Match))


class Signed(NamedTuple):
    """A text as it is compared, and when it happened."""

    signature: Signature
    at: datetime


class Memory:
    """Texts that were unpacked, and what two of them share: many articles have the same text to the letter, and that is measured once."""

    def __init__(self) -> None:
        self._texts: dict[bytes, Signature] = {}
        self._measured: dict[tuple[int, int, bool], tuple[Signature, Signature, Match | None]] = {}  # with the two: no other gets their ids

    def unpacked(self, packed: bytes) -> Signature:
        if packed not in self._texts:
            if len(self._texts) >= REMEMBERED:
                self._texts.clear()
                self._measured.clear()
            self._texts[packed] = signatures.unpack(packed)
        return self._texts[packed]

    def measure(self, left: Signature, right: Signature, *, hopeful: bool = True) -> Match | None:
        """Return what two texts of ours share, as the match of articles 0 and 1, as `matches.measure` does."""
        which = id(left), id(right), hopeful
        if which not in self._measured:
            self._measured[which] = left, right, matches.measure(left, right, hopeful=hopeful)
        return self._measured[which][2]


def match(connection: Connection, rows: Sequence[Mapping[str, Any]], at: datetime, memory: Memory | None = None) -> None:
    """Compare the articles of these rows (of cluster.batch) with all candidates, and keep the evidence."""
    memory = memory or Memory()
    texts = unpacked(rows, memory)
    pairs = found(connection, [row["article_id"] for row in rows], texts)
    for first in range(0, len(pairs), PAIRS):
        some = pairs[first : first + PAIRS]
        others = sorted({article for pair in some for article in pair} - texts.keys())
        _keep(connection, some, texts | signed(connection, others, memory), memory, at=at)


def found(connection: Connection, articles: Sequence[int], texts: Mapping[int, Signed]) -> list[Pair]:
    """Return the pairs that are worth comparing, in order: those that share rare shingles, and those that are matches already."""
    posted = [(article, shingle) for article in articles if article in texts for shingle in texts[article].signature.sample]
    rows = dicts(
        connection,
        "cluster.candidates",
        all=articles,
        articles=[article for article, _ in posted],
        shingles=[shingle for _, shingle in posted],
        hot=FINDING.hot,
        most=FINDING.most,
        window=FINDING.window,
        shared=FINDING.shared,
    )
    return sorted((row["left_id"], row["right_id"]) for row in rows)


def signed(connection: Connection, articles: Iterable[int], memory: Memory | None = None) -> dict[int, Signed]:
    """Return those of the articles that have a signature of our version."""
    return unpacked(dicts(connection, "cluster.signatures", articles=list(articles), version=signatures.VERSION), memory)


def row(match: Match, version: int) -> Mapping[str, Any]:
    """Return a match as its row."""
    return {name: getattr(match, name) for name in _FIELDS} | {
        "passages": [number for passage in match.passages for number in passage],
        "version": version,
    }


def compare(pair: Pair, texts: Mapping[int, Signed], memory: Memory) -> Match | None:
    """Return the pair's match; None if they are no copies, or if one has no signature."""
    left, right = (texts.get(article) for article in pair)
    if left is None or right is None or (found := memory.measure(left.signature, right.signature)) is None:
        return None
    level = matches.judge(found, apart=abs(left.at - right.at))
    return None if level == "none" else replace(found, left=pair[0], right=pair[1], level=level)


def evidence(pair: Pair, texts: Mapping[int, Signed], memory: Memory) -> Match | None:
    """Return what the pair shares, not judged; None if next to nothing, or if one has no signature."""
    first, last = sorted(pair)
    left, right = texts.get(first), texts.get(last)
    found = memory.measure(left.signature, right.signature, hopeful=False) if left and right else None
    return replace(found, left=first, right=last) if found else None


def unpacked(rows: Iterable[Mapping[str, Any]], memory: Memory | None = None) -> dict[int, Signed]:
    """Return the texts of rows with article_id, packed, happened_at, as far as they have a signature of our version."""
    memory = memory or Memory()
    return {
        row["article_id"]: Signed(memory.unpacked(row["packed"]), row["happened_at"])
        for row in rows
        if row["packed"] is not None and row.get("version", signatures.VERSION) == signatures.VERSION
    }


def _keep(connection: Connection, pairs: Sequence[Pair], texts: Mapping[int, Signed], memory: Memory, *, at: datetime) -> None:
    outcome = {pair: compare(pair, texts, memory) for pair in pairs}
    if rows := [row(match, signatures.VERSION) for match in outcome.values() if match]:
        write(connection, "cluster.keep_matches", rows=json.dumps(rows), at=at)
    if lost := [pair for pair, match in outcome.items() if match is None]:
        write(connection, "cluster.no_match", lefts=[left for left, _ in lost], rights=[right for _, right in lost], at=at)
