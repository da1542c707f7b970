"""Feeds that are due -> their entries as articles to fetch. What came of them is stored in lots; validators and the next poll last."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pipeline import inside
from pipeline.children import Killed
from pipeline.reasons import Reason
from pipeline.records import Answer, Feed, Refusal, Tally
from pipeline.steps import polled
from pipeline.steps.edges import THREADS, Edges, Report, Wanted, silent
from pipeline.steps.leases import Budget, holding
from pipeline.steps.spread import lots
from pipeline.store import committed, read, write
from pipeline.web.sites import site

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from datetime import datetime

    from pipeline.records import Reading, Title
    from pipeline.steps.leases import Hourglass
    from pipeline.web.asker import Asked, Asker

BATCH = 200  # feeds claimed at once: they are asked within a lease
LOT = 16  # feeds stored in one transaction, if so many are there: a statement costs as much for many rows as for one
PATIENCE = 0.25  # seconds that a look waits for others
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
    bodies: tuple[bytes, ...]
    moved_to: str | None


def poll(edges: Edges, wanted: Wanted = Wanted(), report: Report = silent) -> Mapping[str, Tally]:  # noqa: B008  frozen
    """Poll the wanted feeds that are due, and tally feeds and entries. Each once: what becomes due meanwhile is the next run's."""
    begun, feeds = edges.now(), Counter[str]()
    entries: Counter[str] = Counter()
    while (size := wanted.at_most(BATCH, feeds.total())) and (claims := _claim(edges, wanted, size, begun)):
        with closing(_polled(edges, claims)) as left:
            for door, doors in left:
                feeds[door] += 1
                entries.update(doors)
                report(feeds.total(), max(len(claims), feeds.total()))
    return {"feed": Tally(seen=feeds.total(), doors=feeds), "entry": Tally(seen=entries.total(), doors=entries)}


def _claim(edges: Edges, wanted: Wanted, size: int, begun: datetime) -> list[Claim]:
    which = {"hosts": wanted.hosts, "titles": wanted.titles, "limit": size}
    claims = committed(
        edges.connection, lambda: read(edges.connection, "poll.claim", Claim, begun=begun, now=edges.now(), **edges.lease(), **which)
    )
    return sorted(claims, key=polled.place)


def _polled(edges: Edges, claims: Sequence[Claim]) -> Generator[tuple[str, Mapping[str, int]], None, None]:
    """Look at what was claimed, and yield the doors by which each feed and its entries left."""
    edges.ready("parsers", "door", "shelf")  # before there is a thread, which renews claims
    with holding(edges, "poll", [(claim.feed_id, claim.fence) for claim in claims]) as glass:
        sites: dict[str, list[tuple[Claim, Title]]] = defaultdict(list)
        titles = edges.titles()
        for claim in claims:
            sites[site(claim.host)].append((claim, titles[claim.title_id]))
        work = partial(_looks, edges, edges.asker(), glass)
        with closing(lots(list(sites.values()), work, THREADS, LOT, patience=PATIENCE)) as looks:
            for lot in looks:
                yield from polled.store(edges, [look for look in lot if isinstance(look, polled.Look)])
                yield from (_put_off(edges, look) for look in lot if isinstance(look, Claim))


def _looks(edges: Edges, asker: Asker, glass: Hourglass, claims: Sequence[tuple[Claim, Title]]) -> Iterator[polled.Look | Claim]:
    """Look at the feeds of one site, one after the other, while the lease lasts; yield those for which its time was too short."""
    budget = Budget()
    for claim, title in claims:
        if glass.empty:
            return
        yield claim if budget.spent else _look(edges, asker, title, claim)


def _look(edges: Edges, asker: Asker, title: Title, claim: Claim) -> polled.Look:
    at, started = edges.now(), time.monotonic()
    answer, ruling = _ask(asker, claim)
    reading, digest = None, None
    if isinstance(answer, Answer) and answer.status != NOT_MODIFIED:
        digest = sha256(answer.body).digest()
        if digest not in claim.bodies:
            reading = _read(edges, answer, claim, title)
    seconds = time.monotonic() - started
    return polled.Look(claim=claim, at=at, seconds=seconds, answer=answer, ruling=ruling, digest=digest, reading=reading)


def _ask(asker: Asker, claim: Claim) -> Asked:
    url = claim.moved_to or claim.url
    if claim.fence % RECHECK == 0:
        return asker.fetch(url, kind="feed")
    return asker.fetch(url, kind="feed", etag=claim.etag, modified=claim.last_modified)


def _put_off(edges: Edges, claim: Claim) -> tuple[str, Mapping[str, int]]:
    """Let go of a feed until its site has time again."""
    again = edges.now() + Budget.PAUSE
    committed(edges.connection, partial(write, edges.connection, "poll.put_off", feed_id=claim.feed_id, fence=claim.fence, again=again))
    return "put_off", {}


def _read(edges: Edges, answer: Answer, claim: Claim, title: Title) -> Reading | Refusal:
    """Parse a feed's body in a child."""
    feed = Feed(url=claim.url, kind=claim.kind, section=claim.section)
    arguments = (answer.body, answer.url, answer.headers.get("content-type", ""), title, feed, edges.now())
    try:
        return edges.parsers.call(inside.read_feed, *arguments, seconds=SECONDS)
    except Killed as killed:
        return Refusal(stage="feed", reason=Reason.PARSE_KILLED, detail=killed.why, url=claim.url)
    except Exception as error:  # noqa: BLE001  a body that breaks the parser is one feed's row and nobody else's problem
        return Refusal(stage="feed", reason=Reason.BROKEN_FEED, detail=f"{type(error).__name__}: {error}", url=claim.url)
