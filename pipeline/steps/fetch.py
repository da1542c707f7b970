"""Articles that wait for their page -> pages, or refusals. Pages that are there together are stored in one transaction."""

from __future__ import annotations

import zlib
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.reasons import Reason
from pipeline.records import Answer, Refusal, Tally
from pipeline.steps.edges import THREADS, Edges, Report, Wanted, silent
from pipeline.steps.leases import Budget, holding
from pipeline.steps.refusals import refuse
from pipeline.steps.spread import lots
from pipeline.steps.visits import Visit, by_site, visits
from pipeline.store import columns, committed, halved, read, value, write
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from datetime import datetime


BATCH = 400  # pages claimed at once: they are fetched within a lease, a second apart on one host
LOT = 16  # pages stored in one transaction: a statement costs as much for many rows as for one
PATIENCE = 0.25  # seconds that a page waits for others
PER_HOST = 120  # of one host among them; the others are let go again
PASSING = frozenset(
    {  # failures that usually pass: the page is asked again
        Reason.TIMED_OUT,
        Reason.DNS_FAILED,
        Reason.CONNECT_FAILED,
        Reason.SERVER_ERROR,
        Reason.RATE_LIMITED,
        Reason.BROKEN_RESPONSE,
        Reason.EMPTY_BODY,
        Reason.ROBOTS_UNREACHABLE,
    }
)
LONGEST = {"etag": 1000, "last-modified": 200}  # characters of a validator; a longer one is not sent back
TRIES = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))  # until the next try; then it is refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An article whose page is ours to fetch, under a fence."""

    article_id: int
    url: str
    host: str
    fence: int
    attempts: int


class Page(NamedTuple):
    """A page that came, as columns of raw.page."""

    visit: Visit[Claim]
    columns: Mapping[str, Any]


def fetch(edges: Edges, wanted: Wanted = Wanted(), report: Report = silent) -> Mapping[str, Tally]:  # noqa: B008  frozen
    """Fetch the wanted pages that are due, and tally them. What failed is not asked for twice."""
    begun, pages = edges.now(), Counter[str]()
    while (size := wanted.at_most(BATCH, pages.total())) and (claims := _claim(edges, wanted, size, begun)):
        with closing(_fetched(edges, claims)) as left:
            for door in left:
                pages[door] += 1
                report(pages.total(), max(len(claims), pages.total()))
    return {"page": Tally(seen=pages.total(), doors=pages)}


def _claim(edges: Edges, wanted: Wanted, size: int, begun: datetime) -> list[Claim]:
    which = {"hosts": wanted.hosts, "titles": wanted.titles, "limit": size, "per_host": PER_HOST}
    claims = committed(edges.connection, lambda: read(edges.connection, "fetch.claim", Claim, now=begun, **edges.lease(), **which))
    return sorted(claims, key=lambda claim: claim.article_id)


def _fetched(edges: Edges, claims: Sequence[Claim]) -> Generator[str, None, None]:
    """Fetch what was claimed, and yield the door by which each page left."""
    with holding(edges, "fetch", [(claim.article_id, claim.fence) for claim in claims]) as glass:
        edges.ready("door", "shelf")
        asker = edges.asker()

        def look(some: Sequence[Claim]) -> Iterator[Visit[Claim]]:
            return visits(some, lambda claim: asker.fetch(claim.url, kind="page"), glass=glass, now=edges.now)

        with closing(lots(by_site(claims), look, THREADS, LOT, patience=PATIENCE)) as found:
            for lot in found:
                yield from _store(edges, lot)


def _store(edges: Edges, lot: Sequence[Visit[Claim]]) -> list[str]:
    """Store what came and return the doors by which the pages left, in no order; "lost" where the claim was."""
    pages = [_page(visit.answer, visit) for visit in lot if isinstance(visit.answer, Answer)]
    others = [visit for visit in lot if not isinstance(visit.answer, Answer)]
    doors = halved(pages, partial(_together, edges), partial(_poisoned, edges))
    return [*doors, *(committed(edges.connection, partial(_alone, edges, visit)) for visit in others)]


def _together(edges: Edges, pages: Sequence[Page]) -> list[str]:
    kept = committed(edges.connection, partial(columns, edges.connection, "fetch.keep_pages", [page.columns for page in pages]))
    return ["fetched"] * kept + ["lost"] * (len(pages) - kept)


def _poisoned(edges: Edges, page: Page, error: Exception) -> list[str]:
    poison = Refusal(stage="page", reason=Reason.POISON, detail=str(error), url=page.visit.claim.url)
    return [committed(edges.connection, partial(_alone, edges, replace(page.visit, answer=poison)))]


def _alone(edges: Edges, visit: Visit[Claim]) -> str:
    """Store a refusal, or that a page was not asked for, and return the door by which it left. Nothing, if the claim was lost."""
    held = {"article_id": visit.claim.article_id, "fence": visit.claim.fence}
    if value(edges.connection, "fetch.hold", **held) is None:
        return "lost"
    if isinstance(visit.answer, Refusal):
        return _refused(edges, visit, visit.answer, held)
    reason = str(Reason.RATE_LIMITED) if visit.wait else None
    again = visit.at + (visit.wait or Budget.PAUSE)
    write(edges.connection, "fetch.put_off", **held, tried=0, reason=reason, next_try_at=again)
    return "put_off"


def _refused(edges: Edges, fetched: Visit[Claim], refusal: Refusal, held: Mapping[str, int]) -> str:
    attempts = fetched.claim.attempts
    if refusal.reason in PASSING and attempts < len(TRIES):
        again = fetched.at + max(TRIES[attempts], fetched.wait or refusal.retry_after or timedelta(0))
        write(edges.connection, "fetch.put_off", **held, tried=1, reason=str(refusal.reason), next_try_at=again)
        return f"put_off:{refusal.reason}"
    refuse(edges.connection, [refusal], fetched.at, article=fetched.claim.article_id)
    write(edges.connection, "fetch.refused", **held, tried=1, reason=str(refusal.reason), same_as=None)
    write(edges.connection, "fetch.take_back", article_id=fetched.claim.article_id)
    return f"refused:{refusal.reason}"


def _page(answer: Answer, visit: Visit[Claim]) -> Page:
    etag, modified = validators(answer)
    row = {
        "article_id": visit.claim.article_id,
        "fence": visit.claim.fence,
        "url": answer.url,
        "content_type": clean(answer.headers.get("content-type", ""), 200),
        "bytes": len(answer.body),
        "body": zlib.compress(answer.body, 6),
        "at": visit.at,
        "robots": visit.ruling.decision if visit.ruling else None,
        "etag": etag,
        "last_modified": modified,
    }
    return Page(visit, row)


def validators(answer: Answer | Refusal | None) -> tuple[str | None, str | None]:
    """Return an answer's ETag and Last-Modified, to be sent when the page is read again; None for what it has not."""
    if not isinstance(answer, Answer):
        return None, None
    etag, modified = (said if len(said := clean(answer.headers.get(name, ""))) <= most else "" for name, most in LONGEST.items())
    return etag or None, modified or None
