"""Articles whose page is due again -> a version where its text or headline changed, or that it is gone. One transaction per page.

A page is asked for with the validators of its last answer, in its site's turn and by its robots.txt like any other. What cannot be
read now changes nothing: the article keeps its texts, and its next time comes.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from pipeline import inside
from pipeline.articles.repeats import NOTHING
from pipeline.children import Killed
from pipeline.reasons import Reason
from pipeline.records import Answer, Article, Page, Refusal, Signature, Tally
from pipeline.steps.edges import THREADS, Edges, Report, Wanted, silent
from pipeline.steps.extract import SECONDS, entries
from pipeline.steps.fetch import PER_HOST
from pipeline.steps.learn import known
from pipeline.steps.leases import holding
from pipeline.steps.renewed import RESTED, Claim, Look, store
from pipeline.steps.spread import spread
from pipeline.steps.visits import Visit, by_site, visits
from pipeline.store import committed, read, write
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from pipeline.articles.repeats import Known
    from pipeline.records import Entry, Title
    from pipeline.web.asker import Asked, Asker

About: TypeAlias = "tuple[Title, Entry | None, Known]"  # whose it is, what feeds said, what its title's pages repeat
BATCH = 200  # pages claimed at once
LATELY = timedelta(days=7)  # stories that moved before then make nothing due
NOT_MODIFIED = 304


def reread(edges: Edges, wanted: Wanted = Wanted(), report: Report = silent) -> Mapping[str, Tally]:  # noqa: B008  frozen
    """Read the wanted pages that are due again, and tally them."""
    now, pages = edges.now(), Counter[str]()
    times = {"now": now, "rested": now - RESTED, "lately": now - LATELY}
    committed(edges.connection, lambda: write(edges.connection, "reread.hasten", **times))
    while (size := wanted.at_most(BATCH, pages.total())) and (claims := _claim(edges, wanted, size)):
        with closing(_looked(edges, claims)) as left:
            for door in left:
                pages[door] += 1
                report(pages.total(), max(len(claims), pages.total()))
    return {"reread": Tally(seen=pages.total(), doors=pages)}


def _claim(edges: Edges, wanted: Wanted, size: int) -> list[Claim]:
    which = {"hosts": wanted.hosts, "titles": wanted.titles, "limit": size, "per_host": PER_HOST}
    claims = committed(edges.connection, lambda: read(edges.connection, "reread.claim", Claim, now=edges.now(), **edges.lease(), **which))
    return sorted(claims, key=lambda claim: claim.article_id)


def _looked(edges: Edges, claims: Sequence[Claim]) -> Generator[str, None, None]:
    edges.ready("children", "door", "shelf")  # before there is a thread, which renews claims
    with holding(edges, "reread", [(claim.article_id, claim.fence) for claim in claims]) as glass:
        titles = edges.titles()
        with edges.connection.transaction():
            said = entries(edges.connection, [claim.article_id for claim in claims])
            learnt = known(edges.connection, titles)
        about = {
            claim.article_id: (titles[claim.title_id], said.get(claim.article_id), learnt.get(claim.title_id, NOTHING)) for claim in claims
        }
        asker = edges.asker()

        def work(some: Sequence[Claim]) -> Iterator[Look]:
            asked = visits(some, partial(_asked, asker), glass=glass, now=edges.now)
            return (_look(edges, visit, about[visit.claim.article_id]) for visit in asked)

        with closing(spread(by_site(claims), work, THREADS)) as found:
            for look in found:
                yield store(edges, look)


def _asked(asker: Asker, claim: Claim) -> Asked:
    return asker.fetch(claim.url, kind="page", etag=claim.etag, modified=claim.modified)


def _look(edges: Edges, visit: Visit[Claim], about: About) -> Look:
    """Read a page that came with a new body."""
    answer, robots = visit.answer, visit.ruling.decision if visit.ruling else None
    if not isinstance(answer, Answer) or answer.status == NOT_MODIFIED:
        return Look(claim=visit.claim, at=visit.at, answer=answer, robots=robots, wait=visit.wait)
    kind = clean(answer.headers.get("content-type", ""), 200)
    title, entry, learnt = about
    page = Page(url=answer.url, body=answer.body, content_type=kind, fetched_at=visit.at, title=title, entry=entry)
    found = _read(edges, page, learnt)
    return Look(claim=visit.claim, at=visit.at, answer=answer, robots=robots, page=page, found=found, learnt=learnt)


def _read(edges: Edges, page: Page, learnt: Known) -> tuple[Article, Signature] | Refusal:
    try:
        return edges.children.call(inside.read_page, page, learnt, seconds=SECONDS)
    except Killed as killed:
        return Refusal(stage="article", reason=Reason.EXTRACT_KILLED, detail=killed.why, url=page.url)
    except Exception as error:  # noqa: BLE001  a page that breaks the extractor is nobody else's problem
        return Refusal(stage="article", reason=Reason.EXTRACT_FAILED, detail=f"{type(error).__name__}: {error}", url=page.url)
