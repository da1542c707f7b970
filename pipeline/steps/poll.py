"""Feeds that are due -> their entries as articles to fetch. One transaction per feed; validators and the next poll are written last."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pipeline.children import Killed
from pipeline.reasons import Reason
from pipeline.records import Answer, Feed, Refusal, Tally
from pipeline.steps import inside, polled
from pipeline.steps.edges import THREADS, Edges, Report, Wanted, silent
from pipeline.steps.hosts import Rules, key
from pipeline.steps.leases import holding
from pipeline.steps.spread import spread
from pipeline.store import committed, read
from pipeline.web import robots

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from datetime import datetime

    from pipeline.records import Reading, Title
    from pipeline.steps.leases import Hourglass

BATCH = 200  # feeds claimed at once: they are asked within a lease
SECONDS = 10.0  # for parsing one feed
RECHECK = 50  # every so many polls of a feed are unconditional: some servers answer 304 for ever
NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A feed that is ours to poll, under a fence."""

    feed_id: int
    title_id: int
    host: str
    url: str
    kind: Any
    section: str | None
    fence: int
    next_poll_at: datetime
    interval: Any
    failures: int
    state: Any
    etag: str
    last_modified: str
    body_sha: bytes | None
    moved_to: str | None


def poll(edges: Edges, wanted: Wanted = Wanted(), report: Report = silent) -> Mapping[str, Tally]:  # noqa: B008  frozen
    """Poll the wanted feeds that are due, and tally feeds and entries."""
    feeds: Counter[str] = Counter()
    entries: Counter[str] = Counter()
    while (size := wanted.at_most(BATCH, feeds.total())) and (claims := _claim(edges, wanted, size)):
        with closing(_polled(edges, claims)) as left:
            for door, doors in left:
                feeds[door] += 1
                entries.update(doors)
                report(feeds.total(), max(len(claims), feeds.total()))
    return {"feed": Tally(seen=feeds.total(), doors=feeds), "entry": Tally(seen=entries.total(), doors=entries)}


def _claim(edges: Edges, wanted: Wanted, size: int) -> list[Claim]:
    which = {"hosts": wanted.hosts, "titles": wanted.titles, "limit": size}
    claims = committed(edges.connection, lambda: read(edges.connection, "poll.claim", Claim, now=edges.now(), **edges.lease(), **which))
    return sorted(claims, key=lambda claim: (claim.next_poll_at, claim.feed_id))  # of feeds that list the same, the first has the news


def _polled(edges: Edges, claims: Sequence[Claim]) -> Generator[tuple[str, Mapping[str, int]], None, None]:
    """Look at what was claimed, and yield the doors by which each feed and its entries left."""
    hosts: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        hosts[claim.host].append(claim)
    with holding(edges.url, "poll.let_go", [(claim.feed_id, claim.fence) for claim in claims]) as glass:
        edges.ready("door", "children")
        titles = edges.titles()
        with edges.connection.transaction():
            rules = Rules(edges.connection, [*hosts, *_moved(claims)], edges.now())
        work = partial(_look, edges, rules, titles, glass)
        with closing(spread(list(hosts.values()), work, THREADS)) as looks:
            for look in looks:
                yield polled.store(edges, rules, look)


def _moved(claims: Sequence[Claim]) -> Iterator[str]:
    """Yield the hosts that feeds have moved to."""
    for claim in claims:
        with suppress(ValueError):
            if claim.moved_to:
                yield key(claim.moved_to)


def _look(edges: Edges, rules: Rules, titles: Mapping[int, Title], glass: Hourglass, claims: Sequence[Claim]) -> Iterator[polled.Look]:  # noqa: PLR0917  bound with partial, called with the last
    """Look at the feeds of one host, one after the other, while the lease lasts."""
    for claim in claims:
        if glass.empty:
            return
        at, started = edges.now(), time.monotonic()
        answer = _ask(edges, rules, claim)
        reading, digest = None, claim.body_sha
        if isinstance(answer, Answer) and answer.status != NOT_MODIFIED:
            digest = sha256(answer.body).digest()
            if digest != claim.body_sha:
                reading = _read(edges, answer, claim, titles[claim.title_id])
        yield polled.Look(claim=claim, at=at, seconds=time.monotonic() - started, answer=answer, digest=digest, reading=reading)


def _ask(edges: Edges, rules: Rules, claim: Claim) -> Answer | Refusal:
    url = claim.moved_to or claim.url
    try:
        allowed = rules.of(url, edges.door, edges.now())
    except ValueError as error:
        return Refusal(stage="feed", reason=Reason.BAD_URL, detail=str(error), url=url)
    if not robots.allowed(allowed, url, edges.agent):
        if allowed.state == "unreachable":
            return Refusal(stage="feed", reason=Reason.ROBOTS_UNREACHABLE, detail=allowed.text, url=url)
        return Refusal(stage="feed", reason=Reason.ROBOTS_DENIED, url=url)
    if claim.fence % RECHECK == 0:
        return edges.door.fetch(url, kind="feed")
    return edges.door.fetch(url, kind="feed", etag=claim.etag, modified=claim.last_modified)


def _read(edges: Edges, answer: Answer, claim: Claim, title: Title) -> Reading | Refusal:
    """Parse a feed's body in a child."""
    feed = Feed(url=claim.url, kind=claim.kind, section=claim.section)
    arguments = (answer.body, answer.url, answer.headers.get("content-type", ""), title, feed, edges.now())
    try:
        return edges.children.call(inside.read_feed, *arguments, seconds=SECONDS)
    except Killed as killed:
        return Refusal(stage="feed", reason=Reason.PARSE_KILLED, detail=killed.why, url=claim.url)
    except Exception as error:  # noqa: BLE001  a body that breaks the parser is one feed's row and nobody else's problem
        return Refusal(stage="feed", reason=Reason.BROKEN_FEED, detail=f"{type(error).__name__}: {error}", url=claim.url)
