"""Signatures that wait -> matches and stories. One writer at a time, a batch in a transaction; who finds another at it goes home."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from pipeline.records import Tally
from pipeline.steps import neighbours
from pipeline.steps.edges import Edges, Report, Wanted, silent
from pipeline.store import committed, dicts, many, value, write
from pipeline.stories import candidates, matches, signatures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pipeline.records import Match

BATCH = 200  # articles in a transaction
PAIRS = 200  # compared between two statements: a session that is silent for long is taken for dead
FINDING = candidates.Policy()


def cluster(edges: Edges, wanted: Wanted = Wanted(), report: Report = silent) -> Mapping[str, Tally]:  # noqa: B008  frozen
    """Put the wanted articles into stories, and tally them: those that stand for a story, and copies."""
    articles: Counter[str] = Counter()
    with edges.connection.transaction():
        total = value(edges.connection, "cluster.waiting")
    while size := wanted.at_most(BATCH, articles.total()):
        relations = committed(edges.connection, partial(_batch, edges, wanted, size))
        if not relations:
            break
        articles.update("story" if relation == "origin" else "copy" for relation in relations)
        report(articles.total(), max(total, articles.total()))
    return {"story": Tally(seen=articles.total(), doors=articles)}


def _batch(edges: Edges, wanted: Wanted, size: int) -> list[str]:
    """Cluster one batch and return the relation of each of its articles; nothing, if nothing waits or somebody else is at it."""
    if not value(edges.connection, "cluster.lock"):
        return []
    numbers = {row["article_id"]: row["number"] for row in dicts(edges.connection, "cluster.batch", titles=wanted.titles, limit=size)}
    if not numbers:
        return []
    articles, at = list(numbers), edges.now()
    _match(edges, articles, at)
    near = [row["article_id"] for row in dicts(edges.connection, "cluster.neighbourhood", articles=articles)]
    relations = neighbours.regroup(edges.connection, near, at)
    write(edges.connection, "cluster.done", articles=articles, numbers=list(numbers.values()), at=at)
    return [relations[article] for article in articles]


def _match(edges: Edges, articles: Sequence[int], at: datetime) -> None:
    """Compare the articles with all candidates, and with whom they matched before; keep the evidence."""
    policy = {"hot": FINDING.hot, "window": FINDING.window, "shared": FINDING.shared}
    pairs = sorted((row["left_id"], row["right_id"]) for row in dicts(edges.connection, "cluster.candidates", articles=articles, **policy))
    for first in range(0, len(pairs), PAIRS):
        _compare(edges, pairs[first : first + PAIRS], at)


def _compare(edges: Edges, pairs: Sequence[tuple[int, int]], at: datetime) -> None:
    both = sorted({article for pair in pairs for article in pair})
    signed = neighbours.signed(edges.connection, both)
    moments = {row["article_id"]: row["happened_at"] for row in dicts(edges.connection, "cluster.moments", articles=both)}
    found: list[Match] = []
    lost: list[Mapping[str, object]] = []
    for left, right in pairs:
        match = None
        if left in signed and right in signed:
            match = matches.compare(signed[left], signed[right], pair=(left, right), apart=abs(moments[left] - moments[right]))
        if match:
            found.append(match)
        else:
            lost.append({"left": left, "right": right, "at": at})
    many(edges.connection, "cluster.keep_match", [neighbours.row(match, signatures.VERSION, at) for match in found])
    many(edges.connection, "cluster.no_match", lost)
