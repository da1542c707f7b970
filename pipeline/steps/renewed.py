"""What a second look at a page brought -> its rows: a version with its page where the text changed, that it is gone, its next time."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from pipeline.articles.repeats import NOTHING
from pipeline.reasons import Reason
from pipeline.records import Answer, Article, Page, Refusal, Signature
from pipeline.steps import kept
from pipeline.steps.extract import Paper
from pipeline.steps.fetch import PASSING, TRIES, validators
from pipeline.store import POISON, committed, value, write
from pipeline.text import clean

if TYPE_CHECKING:
    from pipeline.articles.repeats import Known
    from pipeline.steps.edges import Edges

RESTED = timedelta(minutes=30)  # since a page was read: before, no story that moves makes it due
GONE = frozenset({Reason.NOT_FOUND, Reason.GONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An article whose page is ours to read again, under a fence."""

    article_id: int
    url: str
    url_key: bytes
    title_id: int
    first_seen_at: datetime
    gone_at: datetime | None
    host: str
    fence: int
    since: datetime
    etag: str
    modified: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What came of asking for a page again."""

    claim: Claim
    at: datetime
    answer: Answer | Refusal | None  # None: not asked, its host wants us to wait
    robots: str | None = None
    page: Page | None = None
    found: tuple[Article, Signature] | Refusal | None = None  # None: nothing to read
    learnt: Known = NOTHING
    wait: timedelta | None = None


def due_next(since: datetime, now: datetime) -> datetime | None:
    """Return when a page is due next that was first fetched then: after an hour, a day, a week, and no more."""
    return next((since + pause for pause in kept.AGAIN if since + pause > now), None)


def store(edges: Edges, look: Look) -> str:
    """Store what came of it and return the door by which it left. Nothing, if the claim was lost."""
    return committed(edges.connection, partial(_stored, edges, look))


def _stored(edges: Edges, look: Look) -> str:
    held = {"article_id": look.claim.article_id, "fence": look.claim.fence}
    if value(edges.connection, "reread.hold", **held) is None:
        return "lost"
    reason = look.answer.reason if isinstance(look.answer, Refusal) else None
    if look.answer is None or reason in PASSING:
        door = f"put_off:{reason or Reason.RATE_LIMITED}"
        again = look.at + max(TRIES[-1] if reason else TRIES[0], look.wait or (look.answer and look.answer.retry_after) or timedelta(0))
        write(edges.connection, "reread.put_off", **held, due_at=again, outcome=door)
        return door
    door = f"refused:{reason}" if reason else _version(edges, look)
    if reason in GONE or (look.claim.gone_at and not reason):
        write(edges.connection, "reread.withdrawn", article_id=look.claim.article_id, at=look.at if reason else None)
        door = "withdrawn" if reason else door if door.startswith("changed") else "back"
    etag, modified = validators(look.answer)
    due = due_next(min(look.claim.since, look.at), look.at)
    write(edges.connection, "reread.done", **held, at=look.at, due_at=due, outcome=door, etag=etag, last_modified=modified)
    return door


def _version(edges: Edges, look: Look) -> str:
    """Store a version and its page if the text is another one, and return the door."""
    if look.found is None or look.page is None:
        return "unchanged"
    if isinstance(look.found, Refusal):
        return f"unreadable:{look.found.reason}"
    try:
        with edges.connection.transaction():
            fence = value(edges.connection, "reread.page_fence", article_id=look.claim.article_id)
            paper = replace(_paper(look.claim, look.page, fence), learnt=look.learnt)
            (door,) = kept.store(edges, [kept.Read(paper, *look.found)])
            if door != "unchanged":
                _keep(edges, look, look.page, fence)
                which = {"article_id": look.claim.article_id, "now": look.at, "rest": RESTED}
                write(edges.connection, "reread.hasten_others", **which)  # here, for the new text may leave its story
    except POISON as error:
        return f"unreadable:{Reason.POISON} {clean(str(error), 100)}"
    return door


def _paper(claim: Claim, page: Page, fence: int) -> Paper:
    return Paper(
        article_id=claim.article_id,
        fence=fence,
        claims=0,
        page_fence=fence,
        title_id=claim.title_id,
        url=page.url,
        own_url=claim.url,
        url_key=claim.url_key,
        first_seen_at=claim.first_seen_at,
        page=page,
    )


def _keep(edges: Edges, look: Look, page: Page, fence: int) -> None:
    etag, modified = validators(look.answer)
    body = {"bytes": len(page.body), "body": zlib.compress(page.body, 6), "at": look.at, "etag": etag, "last_modified": modified}
    robots = look.robots if look.robots in {"allowed", "no_rules"} else None
    which = {"article_id": look.claim.article_id, "fence": fence, "robots": robots}
    write(edges.connection, "reread.keep_page", **which, url=page.url, content_type=page.content_type, **body)
