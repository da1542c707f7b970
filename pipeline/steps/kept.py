"""An article and its signature -> their rows, within the caller's transaction: a version if the text is new, credits, signature."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline import urls
from pipeline.articles import changes, repeats
from pipeline.steps.learn import repeated
from pipeline.store import dicts, many, value, write
from pipeline.stories import signatures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.records import Article, Moment, Signature
    from pipeline.steps.edges import Edges
    from pipeline.steps.extract import Paper

FIRST = datetime(1990, 1, 1, tzinfo=UTC)  # no news of ours is older
AGAIN = (timedelta(hours=1), timedelta(hours=24), timedelta(days=7))  # after its page was first fetched it is read again
AHEAD = timedelta(days=1)  # a time further in the future than this is a mistake


def elsewhere(paper: Paper, article: Article) -> bytes | None:
    """Return the key of the address that the page calls its own, if it is not the article's."""
    try:
        key = urls.key(article.canonical_url) if article.canonical_url else paper.url_key
    except ValueError:
        return None
    return None if key == paper.url_key else key


class Known(NamedTuple):
    """The page is that of another article."""

    article: int


def store(edges: Edges, paper: Paper, article: Article, signature: Signature, key: bytes | None) -> str | Known:  # noqa: PLR0917  what a row is made of
    """Store the article and return the door: new, changed:<class>, unchanged; or say whose page it is already.

    `key` is that of the page's own address, if it is `elsewhere`; the title's addresses are locked then.
    """
    if key and (other := _other(edges, paper, article, key)):
        return Known(other)
    digest = fingerprint(article)
    newest = dicts(edges.connection, "extract.newest", article_id=paper.article_id)
    if newest and newest[0]["text_sha"] == digest:
        return "unchanged"
    change = _change(newest[0], article, paper) if newest else None
    if newest and change is None:
        return "unchanged"
    number = newest[0]["number"] + 1 if newest else 1
    columns = row(edges, paper, article)
    write(edges.connection, "extract.add_version", **columns, number=number, text_sha=digest, change=change)
    many(edges.connection, "extract.add_credit", credit_rows(paper, article, number))
    published = {name: columns[name] for name in ("published_at", "published_precision", "published_from")}
    write(edges.connection, "extract.set_version", article_id=paper.article_id, number=number, **published)
    sign(edges, paper, signature, number)
    if not newest:
        begun = {"since": paper.page.fetched_at, "due_at": paper.page.fetched_at + AGAIN[0]}
        write(edges.connection, "reread.begin", article_id=paper.article_id, **begun)
    return f"changed:{change}" if newest else "new"


def fingerprint(article: Article) -> bytes:
    """Return the digest by which the same headline and text are known."""
    return sha256(f"{article.headline}\n\n{article.text}".encode()).digest()


def _change(newest: Mapping[str, Any], article: Article, paper: Paper) -> changes.Change | None:
    """Return what changed since the newest version; what was learnt of the title's pages since then is none of it."""
    before = "\n\n".join(repeats.without(newest["text"].split("\n\n"), paper.learnt))
    return changes.classify((newest["headline"], before), (article.headline, article.text))


def _other(edges: Edges, paper: Paper, article: Article, key: bytes) -> int | None:
    """Return the article that the page's canonical address belongs to, if it is another one; else remember the address."""
    which = {"article_id": paper.article_id, "url_key": key}
    other: int | None = value(edges.connection, "extract.same_page", **which, title_id=paper.title_id)
    if other is None:
        write(edges.connection, "extract.add_alias", **which, url=article.canonical_url)
    return other


def row(edges: Edges, paper: Paper, article: Article) -> Mapping[str, Any]:
    """Return an article as columns of its version; number, class and digest are the caller's."""
    names = (
        "headline",
        "standfirst",
        "text",
        "words",
        "language",
        "method",
        "access",
        "authors",
        "section",
        "tags",
        "canonical_url",
        "flags",
        "copyright_holder",
        "licence",
    )
    images = json.dumps([asdict(image) for image in article.images], ensure_ascii=False)
    return {name: getattr(article, name) for name in names} | {
        "article_id": paper.article_id,
        "images": images,
        "fence": paper.page_fence,
        "boilerplate": paper.learnt.edition or None,
        "at": edges.now(),
        **_moment("published", _sane(article.published, paper)),
        **_moment("modified", _sane(article.modified, paper)),
    }


def credit_rows(paper: Paper, article: Article, number: int) -> list[Mapping[str, Any]]:
    return [
        {"article_id": paper.article_id, "number": number, "rank": rank, **asdict(credit)} for rank, credit in enumerate(article.credits, 1)
    ]


def sign(edges: Edges, paper: Paper, signature: Signature, number: int) -> None:
    """Keep what copies are found by, what the title repeats discounted; a text without rare shingles is too short to have any."""
    known = repeated(edges.connection, paper.title_id)
    signature = signatures.discount(signature, known.shingles) if known.shingles else signature
    packed = signatures.pack(signature) if signature.sample else None
    which = {"article_id": paper.article_id}
    before = dicts(edges.connection, "extract.packed", **which)
    if before and before[0]["version"] == signatures.VERSION:  # those of another lead to nothing, and go with their window
        write(edges.connection, "extract.drop_samples", **which, sample=signatures.unpack(before[0]["packed"]).sample)
    write(edges.connection, "extract.sign", **which, number=number, version=signature.version, boilerplate=known.version, packed=packed)
    write(edges.connection, "extract.add_samples", **which, sample=signature.sample)


def _sane(moment: Moment | None, paper: Paper) -> Moment | None:
    """Return the time if news of that day can have it."""
    return moment if moment and FIRST <= moment.at <= paper.first_seen_at + AHEAD else None


def _moment(name: str, moment: Moment | None) -> Mapping[str, Any]:
    return {
        f"{name}_at": moment.at if moment else None,
        f"{name}_precision": moment.precision if moment else None,
        f"{name}_from": moment.source if moment else None,
    }
