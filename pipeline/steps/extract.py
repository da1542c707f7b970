"""Pages that wait to be read -> article versions, credits and signatures, or refusals. One transaction per page."""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.children import Killed
from pipeline.reasons import Reason
from pipeline.records import Entry, Moment, Page, Refusal, Tally
from pipeline.steps import inside, kept
from pipeline.steps.edges import Edges, Report, Wanted, silent
from pipeline.steps.refusals import refuse
from pipeline.steps.spread import spread
from pipeline.store import POISON, dicts, value, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from pipeline.records import Article, Signature, Title

BATCH = 64  # pages claimed and held in memory at once
SECONDS = 10.0  # for one page


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A fetched page with what was known of its article."""

    article_id: int
    fence: int  # of the claim
    page_fence: int
    title_id: int
    url: str
    own_url: str
    url_key: bytes
    first_seen_at: datetime
    page: Page


def extract(edges: Edges, wanted: Wanted = Wanted(), report: Report = silent) -> Mapping[str, Tally]:  # noqa: B008  frozen
    """Read the wanted pages, and tally articles."""
    articles: Counter[str] = Counter()
    titles = edges.titles()
    with edges.connection.transaction():
        total = value(edges.connection, "extract.waiting", wall=edges.wall(), titles=wanted.titles)
    while size := wanted.at_most(BATCH, articles.total()):
        papers = _claim(edges, wanted, size, titles)
        for paper, found in spread(papers, lambda paper: _read(edges, paper), edges.settings.workers):
            articles[_store(edges, paper, found)] += 1
            report(articles.total(), max(total, articles.total()))
        if not papers:
            break
    return {"article": Tally(seen=articles.total(), doors=articles)}


def _claim(edges: Edges, wanted: Wanted, size: int, titles: Mapping[int, Title]) -> list[Paper]:
    with edges.connection.transaction():
        claims = dicts(
            edges.connection, "extract.claim", wall=edges.wall(), lease_until=edges.lease_until(), titles=wanted.titles, limit=size
        )
        fences = {claim["article_id"]: claim["fence"] for claim in claims}
        entries = {row["article_id"]: _entry(row) for row in dicts(edges.connection, "extract.entries", articles=list(fences))}
        rows = dicts(edges.connection, "extract.pages", articles=list(fences))
    return [_paper(row, fences[row["article_id"]], entries.get(row["article_id"]), titles[row["title_id"]]) for row in rows]


def _paper(row: Mapping[str, Any], fence: int, entry: Entry | None, title: Title) -> Paper:
    page = Page(
        url=row["url"],
        body=zlib.decompress(row["body"]),
        content_type=row["content_type"],
        fetched_at=row["fetched_at"],
        title=title,
        entry=entry,
    )
    names = ("article_id", "page_fence", "title_id", "url", "own_url", "url_key", "first_seen_at")
    return Paper(fence=fence, page=page, **{name: row[name] for name in names})


def _entry(row: Mapping[str, Any]) -> Entry:
    names = ("url", "url_key", "rank", "headline", "summary", "guid", "authors", "language", "section")
    return Entry(
        **{name: row[name] for name in names},
        published=_moment(row["published_at"], row["published_precision"]),
        updated=_moment(row["updated_at"], row["updated_precision"]),
        text=row["markup"],
    )


def _moment(at: datetime | None, precision: Any) -> Moment | None:
    return Moment(at=at, precision=precision, source="feed") if at else None


def _read(edges: Edges, paper: Paper) -> Iterator[tuple[Paper, tuple[Article, Signature] | Refusal]]:
    try:
        yield paper, edges.children.call(inside.read_page, paper.page, seconds=SECONDS)
    except Killed as killed:
        yield paper, Refusal(stage="article", reason=Reason.EXTRACT_KILLED, detail=killed.why, url=paper.own_url)
    except Exception as error:  # noqa: BLE001  a page that breaks the extractor is one row and nobody else's problem
        detail = f"{type(error).__name__}: {error}"
        yield paper, Refusal(stage="article", reason=Reason.EXTRACT_FAILED, detail=detail, url=paper.own_url)


def _store(edges: Edges, paper: Paper, found: tuple[Article, Signature] | Refusal) -> str:
    """Store what was found and return the door by which the article left. Nothing, if the claim was lost."""
    held = {"article_id": paper.article_id, "fence": paper.fence}
    with edges.connection.transaction():
        if value(edges.connection, "fetch.hold", **held) is None:
            return "lost"
        if not isinstance(found, Refusal):
            try:
                with edges.connection.transaction():
                    outcome = kept.store(edges, paper, *found)
            except POISON as error:
                outcome = Refusal(stage="article", reason=Reason.POISON, detail=str(error), url=paper.own_url)
        else:
            outcome = found
        if isinstance(outcome, str):
            write(edges.connection, "extract.kept", **held)
            return outcome
        return _refuse(edges, paper, outcome, held)


def _refuse(edges: Edges, paper: Paper, refusal: Refusal, held: Mapping[str, int]) -> str:
    same_as = None
    if refusal.reason == Reason.SAME_PAGE:
        same_as = int(refusal.detail.rpartition(" ")[2])
        write(edges.connection, "extract.hand_over_sightings", article_id=paper.article_id, same_as=same_as)
    refuse(edges.connection, [refusal], edges.now(), article=paper.article_id)
    write(edges.connection, "fetch.refused", **held, tried=0, reason=str(refusal.reason), same_as=same_as)
    return f"refused:{refusal.reason}"
