"""Titles' feeds -> what each says when it is polled once; nothing is stored."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline import clock, urls
from pipeline.children import Children, Killed
from pipeline.cli.spacing import spaced
from pipeline.feeds import entries
from pipeline.reasons import Reason
from pipeline.records import Refusal
from pipeline.web.asker import Asker
from pipeline.web.door import PRODUCT, open_door

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pipeline.clock import Clock
    from pipeline.records import Answer, Feed, Reading, Title
    from pipeline.settings import Settings
    from pipeline.web.door import Door

PARSING = 20.0  # seconds that reading one feed may take
Asked = tuple[int, "Title", "Feed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one poll of one feed gave."""

    place: int  # among the feeds that were asked for
    title: str  # key
    feed: str
    at: datetime
    form: str = ""  # "rss", "atom", ...
    entries: int = 0
    newest: datetime | None = None
    refusal: Reason | None = None  # of the feed as a whole
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Means:
    door: Door
    children: Children
    now: Clock


def poll(settings: Settings, asked: Sequence[tuple[Title, Feed]], *, threads: int) -> Iterator[Look]:
    """Yield what each feed says, as it comes. The feeds of one host are polled one after another."""
    hosts: dict[str, list[Asked]] = {}
    for place, (title, feed) in enumerate(asked):
        hosts.setdefault(urls.host(feed.url), []).append((place, title, feed))
    door = open_door(settings, spaced(settings.spacing))
    with Children(settings.workers, initializer=_ready) as children, ThreadPoolExecutor(threads) as pool:
        means = _Means(door=door, children=children, now=clock.read(settings.clock))
        visits = [pool.submit(_visit, means, feeds) for feeds in hosts.values()]
        try:
            for visit in as_completed(visits):
                yield from visit.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _ready() -> None:
    """Be in this module, and so have imported what parsing needs before the workers are forked."""


def _visit(means: _Means, feeds: Sequence[Asked]) -> list[Look]:
    asker = Asker(means.door, means.now, agent=PRODUCT)
    return [_look(means, asker, *one) for one in feeds]


def _look(means: _Means, asker: Asker, place: int, title: Title, feed: Feed) -> Look:
    found, moved = _read(means, asker, title, feed)
    if isinstance(found, Refusal):
        return Look(place=place, title=title.key, feed=feed.url, at=means.now(), refusal=found.reason, detail=found.detail)
    dates = [entry.published.at for entry in found.entries if entry.published]
    return Look(
        place=place,
        title=title.key,
        feed=feed.url,
        at=means.now(),
        form=found.form,
        entries=len(found.entries),
        newest=max(dates, default=None),
        detail=_detail(found, moved),
    )


def _read(means: _Means, asker: Asker, title: Title, feed: Feed) -> tuple[Reading | Refusal, str]:
    """Return what a feed says, and where it has moved to for good, if anywhere."""
    answer = asker.fetch(feed.url, kind="feed").answer
    if isinstance(answer, Refusal):
        return answer, ""
    try:
        return means.children.call(_parse, answer, title, feed, means.now(), seconds=PARSING), answer.moved_to or ""
    except Killed as killed:
        return Refusal(stage="feed", reason=Reason.PARSE_KILLED, detail=killed.why, url=feed.url), ""


def _parse(answer: Answer, title: Title, feed: Feed, now: datetime) -> Reading | Refusal:
    kind = answer.headers.get("content-type", "")
    return entries.parse(answer.body, url=answer.url, content_type=kind, title=title, feed=feed, now=now)


def _detail(reading: Reading, moved: str) -> str:
    """Return what of a feed that was read deserves a look: that it moved, and what of it was refused most."""
    said = [f"moved to {moved}"] if moved else []
    counts: dict[Reason, int] = {}
    for refusal in reading.refusals:
        counts[refusal.reason] = counts.get(refusal.reason, 0) + 1
    said += [f"{count} {reason}" for reason, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    return ", ".join(said)


def age(moment: datetime | None, now: datetime) -> str:
    """Return how long ago a moment was, in its largest unit: "12 min", "3 h", "5 d"."""
    if moment is None:
        return "-"
    minutes = max(0, int((now - moment).total_seconds() // 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"  # noqa: PLR2004  minutes up to two hours, hours up to two days
