"""Pages that wait to be read -> article versions, credits and signatures, or refusals. What came of them is stored in lots."""

from __future__ import annotations

import time
import zlib
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from pipeline import inside
from pipeline.articles.repeats import NOTHING
from pipeline.children import Killed
from pipeline.reasons import Reason
from pipeline.records import Entry, Moment, Page, Refusal, Tally
from pipeline.steps import stored
from pipeline.steps.edges import Edges, Report, Wanted, silent
from pipeline.steps.learn import known
from pipeline.steps.leases import holding
from pipeline.steps.spread import spread
from pipeline.store import committed, dicts, read, value, write

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from datetime import datetime

    from pipeline.articles.repeats import Known
    from pipeline.records import Article, Signature, Title
    from pipeline.steps.leases import Hourglass
    from pipeline.store import Connection

Found: TypeAlias = "tuple[Article, Signature] | Refusal"
BATCH = 64  # pages claimed and held in memory at once
LOT = 16  # pages stored in one transaction: a statement costs as much for many rows as for one
SECONDS = 10.0  # for one page
GLANCE = 1.0  # seconds until it is looked again whether pages have come
PATIENCE = 10.0  # seconds in which nobody fetches what is due; between two tasks that do there are some
CLAIMS = 5  # then it is read no more: those who held it died with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An article whose page is ours to read, under a fence."""

    article_id: int
    fence: int
    claims: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A fetched page with what was known of its article."""

    article_id: int
    fence: int  # of the claim
    claims: int  # this one, and those before it that came to nothing
    page_fence: int
    title_id: int
    url: str
    own_url: str
    url_key: bytes
    first_seen_at: datetime
    page: Page
    learnt: Known = NOTHING  # what pages of its title are known to repeat


def extract(edges: Edges, wanted: Wanted = Wanted(), report: Report = silent, *, follow: bool = False) -> Mapping[str, Tally]:  # noqa: B008  frozen
    """Read the wanted pages, and tally articles; if to `follow`, until no more pages come from who fetches them at the same time."""
    articles, begun = Counter[str](), edges.now()
    with edges.connection.transaction():
        total = value(edges.connection, "extract.waiting", titles=wanted.titles, **edges.lease())
    if total or follow:
        edges.ready("children")  # before there is a thread, which renews claims
    while size := wanted.at_most(BATCH, articles.total()):
        claims = _claim(edges, wanted, size) or (_followed(edges, wanted, size, begun) if follow else [])
        if not claims:
            break
        with closing(_extracted(edges, claims)) as left:
            for door in left:
                articles[door] += 1
                report(articles.total(), max(total, articles.total()))
    return {"article": Tally(seen=articles.total(), doors=articles)}


def _followed(edges: Edges, wanted: Wanted, size: int, begun: datetime) -> list[Claim]:
    """Wait for pages, and claim them; none, when none is due any more, or nobody has been fetching any for a while."""
    alone = time.monotonic()
    while time.monotonic() - alone < PATIENCE:
        time.sleep(GLANCE)
        if claims := _claim(edges, wanted, size):
            return claims
        with edges.connection.transaction():
            coming = value(edges.connection, "extract.coming", **edges.lease(), begun=begun)
        if coming is None:
            break
        if coming == "held":
            alone = time.monotonic()
    return []


def _claim(edges: Edges, wanted: Wanted, size: int) -> list[Claim]:
    which = {"titles": wanted.titles, "limit": size}
    return committed(edges.connection, lambda: read(edges.connection, "extract.claim", Claim, **edges.lease(), **which))


def _extracted(edges: Edges, claims: Sequence[Claim]) -> Generator[str, None, None]:
    """Read what was claimed, and yield the door by which each article left."""
    with holding(edges, "fetch", [(claim.article_id, claim.fence) for claim in claims]) as glass:
        papers = _papers(edges, {claim.article_id: claim for claim in claims})
        with closing(spread(papers, partial(_read, edges, glass), edges.settings.workers)) as found:
            while lot := list(islice(found, LOT)):
                yield from stored.store(edges, lot)


def _papers(edges: Edges, claims: Mapping[int, Claim]) -> list[Paper]:
    titles, articles = edges.titles(), list(claims)
    with edges.connection.transaction():
        write(edges.connection, "extract.fetch_again", articles=articles)
        said = entries(edges.connection, articles)
        learnt = known(edges.connection, titles)
        rows = dicts(edges.connection, "extract.pages", articles=articles)
    papers = (_paper(row, claims[row["article_id"]], said.get(row["article_id"]), titles[row["title_id"]]) for row in rows)
    return [replace(paper, learnt=learnt.get(paper.title_id, NOTHING)) for paper in papers]


def entries(connection: Connection, articles: Sequence[int]) -> dict[int, Entry]:
    """Return what feeds said about articles, the fullest word on each."""
    return {row["article_id"]: entry_of(row) for row in dicts(connection, "extract.entries", articles=articles)}


def _paper(row: Mapping[str, Any], claim: Claim, entry: Entry | None, title: Title) -> Paper:
    page = Page(
        url=row["url"],
        body=zlib.decompress(row["body"]),
        content_type=row["content_type"],
        fetched_at=row["fetched_at"],
        title=title,
        entry=entry,
    )
    names = ("article_id", "page_fence", "title_id", "url", "own_url", "url_key", "first_seen_at")
    return Paper(fence=claim.fence, claims=claim.claims, page=page, **{name: row[name] for name in names})


def entry_of(row: Mapping[str, Any]) -> Entry:
    """Return a row of the queries `entries` as the record."""
    names = ("url", "url_key", "rank", "headline", "summary", "guid", "authors", "language", "section")
    return Entry(
        **{name: row[name] for name in names},
        published=_moment(row["published_at"], row["published_precision"]),
        updated=_moment(row["updated_at"], row["updated_precision"]),
        text=row["markup"],
    )


def _moment(at: datetime | None, precision: Any) -> Moment | None:
    return Moment(at=at, precision=precision, source="feed") if at else None


def _read(edges: Edges, glass: Hourglass, paper: Paper) -> Iterator[tuple[Paper, Found]]:
    if glass.empty:
        return
    failed = partial(Refusal, stage="article", url=paper.own_url)
    if paper.claims > CLAIMS:
        yield paper, failed(reason=Reason.EXTRACT_KILLED, detail=f"{CLAIMS} readers came to nothing")
        return
    try:
        yield paper, edges.children.call(inside.read_page, paper.page, paper.learnt, seconds=SECONDS)
    except Killed as killed:
        yield paper, failed(reason=Reason.EXTRACT_KILLED, detail=killed.why)
    except Exception as error:  # noqa: BLE001  a page that breaks the extractor is one row and nobody else's problem
        yield paper, failed(reason=Reason.EXTRACT_FAILED, detail=f"{type(error).__name__}: {error}")
