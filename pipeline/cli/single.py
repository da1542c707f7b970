"""One address or file and a moment -> what a single poll, fetch or reading of it gives. No database; nothing is stored."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline import urls
from pipeline.cli import strangers
from pipeline.cli.world import opened
from pipeline.feeds import pace
from pipeline.reasons import Reason
from pipeline.records import Answer, Article, Page, Reading, Refusal, Rhythm
from pipeline.steps.fetch import PASSING, TRIES
from pipeline.steps.poll import NOT_MODIFIED
from pipeline.steps.sync import FIRST_INTERVAL
from pipeline.web.answers import Policy

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.cli.world import Terms, World
    from pipeline.records import Title
    from pipeline.settings import Settings
    from pipeline.web.asker import Ruling

AT_MOST = Policy().feed  # bytes of a feed in a file, as of one on the web


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll gave."""

    url: str
    at: datetime
    title: str | None  # key of the registry's title that it is a feed of
    domains: tuple[str, ...]  # entries elsewhere are refused
    robots: Ruling | None
    answer: Answer | Refusal
    reading: Reading | Refusal | None  # None: nothing has changed, or there was no answer
    rhythm: Rhythm
    next_poll_at: datetime
    seconds: float

    @property
    def refusal(self) -> Refusal | None:
        """Return why the feed as a whole was not read."""
        return _refusal(self.answer, self.reading)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What one fetch of a page gave, and what the page says."""

    url: str
    at: datetime
    title: str | None
    robots: Ruling | None
    answer: Answer | Refusal
    article: Article | Refusal
    next_try_at: datetime | None  # where the failure is one that usually passes
    seconds: float


def poll_once(settings: Settings, url: str, terms: Terms) -> Polled:
    """Ask for a feed as a first poll would, and read it."""
    with opened(settings, terms) as world:
        at, started = world.now(), time.monotonic()
        answer, ruling = world.asker.fetch(url, kind="feed", etag=terms.etag, modified=terms.modified)
        title = _of_feed(world.known.titles, url)
        reading, own = None, title.domains if title else terms.domains
        if isinstance(answer, Answer) and answer.status != NOT_MODIFIED:
            reading, own = world.read(_body(answer, title, terms))
        rhythm, next_poll_at = _planned(url, at, answer, reading)
        return Polled(
            url=url,
            at=at,
            title=title.key if title else None,
            domains=own,
            robots=ruling,
            answer=answer,
            reading=reading,
            rhythm=rhythm,
            next_poll_at=next_poll_at,
            seconds=time.monotonic() - started,
        )


def fetch_once(settings: Settings, url: str, terms: Terms) -> Fetched:
    """Ask for a page, and read it."""
    with opened(settings, terms, articles=True) as world:
        at, started = world.now(), time.monotonic()
        answer, ruling = world.asker.fetch(url, kind="page")
        title = next((one for one in world.known.titles if urls.belongs(url, one.domains)), None)
        passing = isinstance(answer, Refusal) and answer.reason in PASSING
        return Fetched(
            url=url,
            at=at,
            title=title.key if title else None,
            robots=ruling,
            answer=answer,
            article=answer if isinstance(answer, Refusal) else _article(world, answer, title, at),
            next_try_at=at + max(TRIES[0], answer.retry_after or TRIES[0]) if passing else None,
            seconds=time.monotonic() - started,
        )


def read_any(settings: Settings, source: strangers.Body | str, terms: Terms) -> Reading | Refusal:
    """Read a feed that somebody has already, or the one at an address. Entries of any host are its own, if no domain is named."""
    if not isinstance(source, str) and len(source.content) > AT_MOST:
        return Refusal(stage="feed", reason=Reason.TOO_LARGE, detail=f"more than {AT_MOST:,} bytes", url=source.url)
    with opened(settings, terms) as world:
        if isinstance(source, str):
            answer = world.asker.fetch(source, kind="feed").answer
            if isinstance(answer, Refusal):
                return answer
            source = _body(answer, None, replace(terms, every=not terms.domains))
        return world.read(source)[0]


def _of_feed(titles: tuple[Title, ...], url: str) -> Title | None:
    """Return the title of which this is a feed."""
    try:
        same = urls.normalise(url)
    except ValueError:
        return None
    return next((title for title in titles if any(urls.normalise(feed.url) == same for feed in title.feeds)), None)


def _body(answer: Answer, title: Title | None, terms: Terms) -> strangers.Body:
    kind = answer.headers.get("content-type", "")
    return strangers.Body(content=answer.body, url=answer.url, content_type=kind, title=title, domains=terms.domains, every=terms.every)


def _article(world: World, answer: Answer, title: Title | None, at: datetime) -> Article | Refusal:
    from pipeline import inside
    from pipeline.steps.extract import SECONDS

    whose = title or strangers.title((strangers.site(answer.url),))
    kind = answer.headers.get("content-type", "")
    page = Page(url=answer.url, body=answer.body, content_type=kind, fetched_at=at, title=whose)

    def failed(why: str, *, killed: bool) -> Refusal:
        return Refusal(stage="article", reason=Reason.EXTRACT_KILLED if killed else Reason.EXTRACT_FAILED, detail=why, url=answer.url)

    found = world.call((inside.read_page, page), SECONDS, failed)
    return found if isinstance(found, Refusal) else found[0]


def _planned(url: str, at: datetime, answer: Answer | Refusal, reading: Reading | Refusal | None) -> tuple[Rhythm, datetime]:
    """Return the rhythm of a feed that has never been polled before, and when it is polled next."""
    refusal = _refusal(answer, reading)
    outcome = pace.Outcome(
        refusal=refusal.reason if refusal else None,
        fresh_for=pace.fresh_for(answer.headers, at) if isinstance(answer, Answer) else None,
        retry_after=answer.retry_after,
        unchanged=reading is None and refusal is None,
    )
    if isinstance(reading, Reading):
        dates = tuple(e.published.at for e in reading.entries if e.published and e.published.precision != "day")
        seen, new = len(reading.entries) + len(reading.refusals), len(reading.entries)
        outcome = replace(outcome, seen=seen, new=new, published=dates, wishes=reading.wishes)
    try:
        key = urls.key(url)
    except ValueError:  # no address: the jitter does not matter
        key = b""
    return pace.plan(Rhythm(interval=FIRST_INTERVAL), outcome, now=at, feed_key=key)


def _refusal(*said: object) -> Refusal | None:
    return next((one for one in said if isinstance(one, Refusal)), None)
