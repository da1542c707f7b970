"""Signatures of new versions -> the rows by which copies are found, within the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipeline.steps.learn import repeated
from pipeline.store import columns, dicts, many, write
from pipeline.stories import boilerplate, signatures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import Signature
    from pipeline.steps.edges import Edges
    from pipeline.steps.extract import Paper
    from pipeline.store import Connection


class Text(NamedTuple):
    """A version, signed."""

    paper: Paper
    signature: Signature
    number: int


def sign(edges: Edges, texts: Sequence[Text]) -> None:
    """Keep what copies are found by, what the title repeats discounted; a text without rare shingles is too short to have any."""
    known = repeated(edges.connection, sorted({text.paper.title_id for text in texts}))
    repeats = [known.get(text.paper.title_id, boilerplate.NOTHING) for text in texts]
    told = [
        signatures.discount(text.signature, snapshot.shingles) if snapshot.shingles else text.signature
        for text, snapshot in zip(texts, repeats, strict=True)
    ]
    articles = [text.paper.article_id for text in texts]
    _drop(edges.connection, articles)
    rows = [
        {
            "article_id": text.paper.article_id,
            "number": text.number,
            "version": signature.version,
            "boilerplate": snapshot.version,
            "packed": signatures.pack(signature) if signature.sample else None,
        }
        for text, signature, snapshot in zip(texts, told, repeats, strict=True)
    ]
    columns(edges.connection, "extract.sign", rows)
    sample(edges.connection, dict(zip(articles, told, strict=True)))


def _drop(connection: Connection, articles: Sequence[int]) -> None:
    """Take back what the articles' former texts are found by; samples of another version lead to nothing, and go with their window."""
    before = dicts(connection, "extract.packed", articles=articles, version=signatures.VERSION)
    many(
        connection,
        "extract.drop_samples",
        [{"article_id": row["article_id"], "sample": signatures.unpack(row["packed"]).sample} for row in before],
    )


def sample(connection: Connection, told: dict[int, Signature]) -> None:
    """Let articles be found by the rare shingles of their texts."""
    rows = [(article, shingle) for article, signature in told.items() for shingle in signature.sample]
    if rows:
        write(connection, "extract.add_samples", articles=[article for article, _ in rows], shingles=[shingle for _, shingle in rows])
