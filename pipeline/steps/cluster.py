"""Signatures that wait -> matches and stories. One writer at a time, a batch in a transaction; who finds another at it goes home."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from pipeline.records import Tally
from pipeline.steps import compared, neighbours
from pipeline.steps.edges import Edges, Report, Wanted, silent
from pipeline.store import committed, dicts, value, write

if TYPE_CHECKING:
    from collections.abc import Mapping

BATCH = 1000  # articles in a transaction: what hangs together with them is told anew once; a person's decision waits for it, ten seconds


def cluster(edges: Edges, wanted: Wanted = Wanted(), report: Report = silent) -> Mapping[str, Tally]:  # noqa: B008  frozen
    """Put the wanted articles into stories, and tally them: those that stand for a story, and copies."""
    articles, memory = Counter[str](), compared.Memory()
    with edges.connection.transaction():
        total = value(edges.connection, "cluster.waiting")
    while size := wanted.at_most(BATCH, articles.total()):
        relations = committed(edges.connection, partial(_batch, edges, wanted, size, memory))
        if not relations:
            break
        articles.update("story" if relation == "origin" else "copy" for relation in relations)
        report(articles.total(), max(total, articles.total()))
    return {"story": Tally(seen=articles.total(), doors=articles)}


def _batch(edges: Edges, wanted: Wanted, size: int, memory: compared.Memory) -> list[str]:
    """Cluster one batch and return the relation of each of its articles; nothing, if nothing waits or somebody else is at it."""
    if not value(edges.connection, "cluster.lock"):
        return []
    rows = dicts(edges.connection, "cluster.batch", titles=wanted.titles, limit=size)
    if not rows:
        return []
    articles, at = [row["article_id"] for row in rows], edges.now()
    compared.match(edges.connection, rows, at, memory)
    relations = neighbours.regroup(edges.connection, articles, at, memory)
    write(edges.connection, "cluster.done", articles=articles, written=[row["written"] for row in rows], at=at)
    return [relations[article] for article in articles]
