"""A site's address -> its feeds and news sitemaps, each asked for once and read, and the title that they make. Nothing is stored."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline import urls
from pipeline.cli import strangers
from pipeline.cli.world import opened
from pipeline.reasons import Reason
from pipeline.records import Answer, Feed, Reading, Refusal
from pipeline.registry import discovery, drafts
from pipeline.registry.discovery import Candidate, Front
from pipeline.steps.poll import SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pipeline.cli.world import Terms, World
    from pipeline.records import Title
    from pipeline.settings import Settings

MOST = 80  # addresses that are asked for
DEEPEST = 1  # a list of feeds that the front page links to is looked at, those that it links to are not


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one candidate turned out to be."""

    url: str
    place: str
    outcome: str  # "feed", "news_sitemap", "same", "empty", "list", or "refused:..."
    detail: str = ""
    feed: Feed | None = None  # where it is one that the title may have
    language: str = ""
    keys: frozenset[bytes] = frozenset()  # of its entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The site's title, as far as it is known, and what came of every address that was asked."""

    title: Title | None  # None: the site has no feed that can be read
    looks: tuple[Look, ...]


def discover(settings: Settings, url: str, terms: Terms, report: Callable[[int, int], None]) -> Found:
    """Look for the feeds of a site. `report` is told how many addresses have been asked, of how many."""
    url = url if "://" in url else f"https://{url}"
    with opened(settings, terms) as world:
        answer = world.asker.fetch(url, kind="page").answer
        if isinstance(answer, Refusal):
            return Found(title=None, looks=(_refused(Candidate(url=url, place="given"), answer),))
        own = terms.domains or (drafts.domain(answer.url) or urls.host(answer.url),)
        front = _front(world, answer)
        first = (Candidate(url=answer.url, place="given"),) if _is_feed(world, answer, own) else ()
        waiting = deque((*first, *front.candidates, *_robots(world, answer.url), *discovery.usual(answer.url)))
        looks = _looks(world, waiting, front, own, report)
        feeds = [(look.feed, look.language) for look in looks if look.feed]
        taken = {title.key for title in world.known.titles}
        return Found(title=discovery.draft(front, feeds, own, taken) if feeds else None, looks=tuple(looks))


def _front(world: World, answer: Answer) -> Front:
    work = (discovery.front, answer.body, answer.url, answer.headers.get("content-type", ""))
    found: Front = world.call(work, SECONDS, lambda *_, **__: Front(url=answer.url))
    return found


def _is_feed(world: World, answer: Answer, own: tuple[str, ...]) -> bool:
    return isinstance(_read(world, answer, own), Reading)


def _robots(world: World, url: str) -> tuple[Candidate, ...]:
    return discovery.in_robots(world.asker.robots(url).text, url)


def _looks(world: World, waiting: deque[Candidate], front: Front, own: tuple[str, ...], report: Callable[[int, int], None]) -> list[Look]:
    """Ask for each candidate, and for those that a list of feeds or of sitemaps leads to."""
    looks: list[Look] = []
    asked: set[str] = set()
    while waiting and len(looks) < MOST:
        candidate = waiting.popleft()
        same = urls.normalise(candidate.url)
        if same in asked or (candidate.place == "usual" and not _may(world, candidate.url)):
            continue
        asked.add(same)
        look, more = _look(world, candidate, front, own)
        looks.append(_unlike(look, looks))
        waiting.extendleft(reversed(more))
        report(len(looks), len(looks) + len(waiting))
    return looks


def _may(world: World, url: str) -> bool:
    """Return whether a mere guess is allowed: what robots.txt forbids is not worth a line."""
    ruling = world.asker.ruling(url)
    return ruling is not None and ruling.allowed


def _look(world: World, candidate: Candidate, front: Front, own: tuple[str, ...]) -> tuple[Look, tuple[Candidate, ...]]:
    """Return what a candidate is, and the candidates that it leads to."""
    answer = world.asker.fetch(candidate.url, kind="feed").answer
    if isinstance(answer, Refusal):
        return _refused(candidate, answer), ()
    body = discovery.unzipped(answer.body)
    if discovery.is_index(body):
        leads: tuple[Candidate, ...] = world.call((discovery.in_index, body, answer.url), SECONDS, lambda *_, **__: ())
        return Look(url=candidate.url, place=candidate.place, outcome="list", detail=f"{len(leads)} sitemaps of news"), (
            leads if candidate.place == "robots" else ()
        )
    reading = _read(world, answer, own, body)
    if isinstance(reading, Reading):
        return _read_as(candidate, answer, reading, front), ()
    if reading.reason is Reason.NOT_A_FEED and candidate.place == "anchor":
        leads = tuple(Candidate(url=one.url, place="index", label=one.label) for one in _front(world, answer).candidates)
        if leads:
            return Look(url=candidate.url, place=candidate.place, outcome="list", detail=f"a page with {len(leads)} links"), leads
    return _refused(candidate, reading), ()


def _read(world: World, answer: Answer, own: tuple[str, ...], body: bytes | None = None) -> Reading | Refusal:
    kind = answer.headers.get("content-type", "")
    content = answer.body if body is None else body
    return world.read(strangers.Body(content=content, url=answer.url, content_type=kind, domains=own))[0]


def _read_as(candidate: Candidate, answer: Answer, reading: Reading, front: Front) -> Look:
    """Return what a feed is good for: one without an entry of the title's own is not proposed."""
    if not reading.entries:
        elsewhere = next((r for r in reading.refusals if r.reason is Reason.OFF_DOMAIN), None)
        if elsewhere:
            said = f"its entries are elsewhere, as {elsewhere.url}"
            return Look(url=candidate.url, place=candidate.place, outcome=f"refused:{elsewhere.reason}", detail=said)
        return Look(url=candidate.url, place=candidate.place, outcome="empty", detail=reading.form)
    news = reading.form == "news_sitemap"
    dated = max((entry.published.at for entry in reading.entries if entry.published), default=None)
    section = drafts.section(candidate.label, front.name) if candidate.label else None
    feed = Feed(
        url=answer.moved_to or candidate.url,
        kind="news_sitemap" if news else "feed",
        section=None if news else section or drafts.named(candidate.url) or None,
    )
    detail = f"{reading.form}, {len(reading.entries)} entries" + (f", the newest of {dated:%Y-%m-%d %H:%M}" if dated else "")
    keys = frozenset(entry.url_key for entry in reading.entries)
    found = Look(url=candidate.url, place=candidate.place, outcome=feed.kind, detail=detail)
    return replace(found, feed=feed, language=reading.language or "", keys=keys)


def _unlike(look: Look, others: Iterable[Look]) -> Look:
    """Return the look, without its feed if another one has the same address or lists the same articles."""
    for other in others:
        if look.feed and other.feed and (urls.normalise(look.feed.url) == urls.normalise(other.feed.url) or look.keys == other.keys):
            return Look(url=look.url, place=look.place, outcome="same", detail=f"as {other.feed.url}")
    return look


def _refused(candidate: Candidate, refusal: Refusal) -> Look:
    return Look(url=candidate.url, place=candidate.place, outcome=f"refused:{refusal.reason}", detail=refusal.detail)
