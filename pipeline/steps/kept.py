"""Articles and their signatures -> rows, within the caller's transaction: a version where the text is new, credits, signature."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline import urls
from pipeline.articles import changes, repeats
from pipeline.steps import signed
from pipeline.store import columns, dicts, load, value, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


class Read(NamedTuple):
    """A page with what was read on it."""

    paper: Paper
    article: Article
    signature: Signature


class _Version(NamedTuple):
    """A text that becomes a version of its article."""

    read: Read
    columns: Mapping[str, Any]

    @property
    def number(self) -> int:
        number: int = self.columns["number"]
        return number


def store(edges: Edges, lot: Sequence[Read]) -> list[str]:
    """Store articles, each another one, and return the door of each: new, changed:<class>, unchanged."""
    rows = dicts(edges.connection, "extract.newest", articles=[one.paper.article_id for one in lot])
    newest = {row["article_id"]: row for row in rows}
    versions = {one.paper.article_id: _version(edges, one, newest.get(one.paper.article_id)) for one in lot}
    _write(edges, sorted((version for version in versions.values() if version), key=lambda version: version.read.paper.article_id))
    return [_door(versions[one.paper.article_id]) for one in lot]


def _version(edges: Edges, one: Read, newest: Mapping[str, Any] | None) -> _Version | None:
    """Return what becomes a version, if it differs from the newest one."""
    digest = fingerprint(one.article)
    if newest and newest["text_sha"] == digest:
        return None
    change = _change(newest, one.article, one.paper) if newest else None
    if newest and change is None:
        return None
    number = newest["number"] + 1 if newest else 1
    return _Version(one, {**row(edges, one.paper, one.article), "number": number, "text_sha": digest, "change": change})


def _door(version: _Version | None) -> str:
    if version is None:
        return "unchanged"
    return "new" if version.number == 1 else f"changed:{version.columns['change']}"


def _write(edges: Edges, versions: Sequence[_Version]) -> None:
    load(edges.connection, "extract.add_versions", [version.columns for version in versions])
    credited = [row for version in versions for row in credit_rows(version.read.paper, version.read.article, version.number)]
    load(edges.connection, "extract.add_credits", credited)
    names = ("article_id", "number", "published_at", "published_precision", "published_from")
    columns(edges.connection, "extract.set_versions", [{name: version.columns[name] for name in names} for version in versions])
    signed.sign(edges, [signed.Text(version.read.paper, version.read.signature, version.number) for version in versions])
    first = [version.read.paper for version in versions if version.number == 1]
    begun = [(paper.article_id, paper.page.fetched_at, paper.page.fetched_at + AGAIN[0]) for paper in first]
    columns(edges.connection, "reread.begin", [dict(zip(("article_id", "since", "due_at"), row, strict=True)) for row in begun])


def fingerprint(article: Article) -> bytes:
    """Return the digest by which the same headline and text are known."""
    return sha256(f"{article.headline}\n\n{article.text}".encode()).digest()


def _change(newest: Mapping[str, Any], article: Article, paper: Paper) -> changes.Change | None:
    """Return what changed since the newest version; what was learnt of the title's pages since then is none of it."""
    before = "\n\n".join(repeats.without(newest["text"].split("\n\n"), paper.learnt))
    return changes.classify((newest["headline"], before), (article.headline, article.text))


def whose(edges: Edges, paper: Paper, article: Article, key: bytes) -> int | None:
    """Return the article that the page's own address belongs to, if it is another one; else remember the address.

    `key` is that of the page's own address, if it is `elsewhere`; the title's addresses are locked then.
    """
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
        "extracted_at": edges.now(),
        **_moment("published", _sane(article.published, paper)),
        **_moment("modified", _sane(article.modified, paper)),
    }


def credit_rows(paper: Paper, article: Article, number: int) -> list[Mapping[str, Any]]:
    return [
        {"article_id": paper.article_id, "number": number, "rank": rank, **asdict(credit)} for rank, credit in enumerate(article.credits, 1)
    ]


def _sane(moment: Moment | None, paper: Paper) -> Moment | None:
    """Return the time if news of that day can have it."""
    return moment if moment and FIRST <= moment.at <= paper.first_seen_at + AHEAD else None


def _moment(name: str, moment: Moment | None) -> Mapping[str, Any]:
    return {
        f"{name}_at": moment.at if moment else None,
        f"{name}_precision": moment.precision if moment else None,
        f"{name}_from": moment.source if moment else None,
    }
