"""The tables as they are -> what somebody should look at.

A title silent against its own rhythm, a changed layout, refusals as there were not before, entries that a feed lets go of before it is
polled, a share of copies that has jumped.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from pipeline.feeds import silence
from pipeline.store import dicts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pipeline.store import Connection

SINCE = timedelta(days=14)  # what is silent for longer is no news: it stays, and its hours are not counted anew
WEEK = timedelta(days=7)
CLOSED = "(A newsstand has no web to look further in: of real titles this line names the command that does.)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When refusals are many, entries are missed, and a share has jumped."""

    enough: int = 10  # articles of a day
    many: float = 0.5  # share of them refused
    before: float = 0.2  # share in the fortnight before, at most
    missed: int = 5  # entries in a week, at least
    of_all: float = 0.05  # and this share of those that came
    days: int = 7  # of history, at least, before a share can jump
    new: int = 200  # articles of a day, at least
    jump: float = 0.15  # so far from the usual share, at least
    times: float = 4.0  # and so many times as far as the days are usually from it


DEFAULT = Policy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that somebody should look at."""

    kind: str
    subject: str
    title_id: int | None
    cause: str
    step: str
    anchor: str


def found(connection: Connection, now: datetime, *, closed: bool = False) -> Iterator[Alarm]:
    """Return all that is to be looked at. Of a closed world, whose web is invented, no step is told that needs the real one."""
    yield from _silent(connection, now, closed=closed)
    yield from _layouts(connection, closed=closed)
    yield from _refused(connection, now)
    yield from _missed(connection, now, closed=closed)
    yield from _copies(connection, now)


def jumped(shares: Sequence[float], policy: Policy = DEFAULT) -> tuple[float, float] | None:
    """Return the usual share and the last day's, which is the last of `shares`, if that is far off; None if not, or if too little is known.

    Usual is the median; far is measured by the median distance from it, which one odd day does not move.
    """
    *before, last = shares
    if len(before) < policy.days:
        return None
    usual = statistics.median(before)
    spread = statistics.median(abs(share - usual) for share in before)
    far = abs(last - usual)
    return (usual, last) if far >= policy.jump and far > policy.times * spread else None


def _silent(connection: Connection, now: datetime, policy: silence.Policy = silence.DEFAULT, *, closed: bool) -> Iterator[Alarm]:
    span = timedelta(weeks=policy.weeks)
    back = now - SINCE - span
    heard: dict[int, list[int]] = {}
    for row in dicts(connection, "alarms.heard", since=back, until=now, weeks=policy.weeks):
        heard.setdefault(row["title_id"], [0] * silence.WEEK)[row["slot"]] = row["weeks"]
    read = {row["hour"] for row in dicts(connection, "alarms.read_hours", since=now - SINCE)}
    for title in dicts(connection, "alarms.titles", before=policy.before):
        last = title["last_at"]
        weeks = (last - max(title["first_at"], back, last - span)) / timedelta(weeks=1)
        if weeks < policy.enough or title["title_id"] not in heard:
            continue
        chance = silence.chances(heard[title["title_id"]], weeks, policy)
        quiet = silence.judge(chance, max(last, now - SINCE), now, heard_before=title["heard_before"], read=read, policy=policy)
        if quiet.silent:
            yield Alarm(
                kind="silent_title",
                subject=title["title"],
                title_id=title["title_id"],
                cause=f"Nothing new since {last:%Y-%m-%d %H:%M} UTC, for {quiet.hours} hours in which its feeds were read; "
                f"{quiet.usual} of them are hours in which it usually has something.",
                step=f"Look at its polls under *Feeds*: what do they bring? {CLOSED}"
                if closed
                else "Open its feed in a browser: are there newer articles on its site? Then it has left this feed for another: "
                f"`./wiredesk titles discover {_site(title['url'])}` finds it.",
                anchor="a-title-is-silent-though-all-is-green",
            )


def _layouts(connection: Connection, *, closed: bool) -> Iterator[Alarm]:
    for row in dicts(connection, "alarms.layouts"):
        yield Alarm(
            kind="layout_changed",
            subject=row["title"],
            title_id=row["title_id"],
            cause=f"Its newest texts are unlike its own: {row['detail']}.",
            step="Read one of its newest articles under *Stories*: is anything of it missing? " + CLOSED
            if closed
            else "Read one of its newest pages by hand: `./wiredesk extract ADDRESS`.",
            anchor="a-titles-layout-has-changed",
        )


def _refused(connection: Connection, now: datetime, policy: Policy = DEFAULT) -> Iterator[Alarm]:
    for row in dicts(connection, "alarms.refused", day=now - timedelta(days=1)):
        share = row["refused"] / row["lately"]
        known = row["before"] >= policy.enough and row["refused_before"] <= policy.before * row["before"]
        if known and row["lately"] >= policy.enough and share >= policy.many:
            yield Alarm(
                kind="refusals",
                subject=row["title"],
                title_id=row["title_id"],
                cause=f"{row['refused']} of {row['lately']} articles of the last day were refused, most for {row['reason']}; "
                f"of the fortnight before, {row['refused_before']} of {row['before']}.",
                step=f"Look at the refusals for {row['reason']}, and at one of the pages.",
                anchor="reasons",
            )


def _missed(connection: Connection, now: datetime, policy: Policy = DEFAULT, *, closed: bool) -> Iterator[Alarm]:
    for row in dicts(connection, "alarms.missed", since=now - WEEK, feed_id=None):
        if row["missed"] >= policy.missed and row["missed"] > policy.of_all * row["came"]:
            yield Alarm(
                kind="missed_entries",
                subject=row["url"],
                title_id=row["title_id"],
                cause=f"About {row['missed']} entries of a week came and went between two polls, beside {row['came']} that were seen: "
                f"in {row['turned']} of {row['polls']} polls all was new, so older ones may be lost; the feed holds {row['depth']}.",
                step=f"Look at its polls under *Feeds*: how many entries does it hold, and how often is it polled? {CLOSED}"
                if closed
                else f"Look for a fuller feed or a news sitemap of the title: `./wiredesk titles discover {_site(row['url'])}`.",
                anchor="entries-are-missed",
            )


def _site(feed: str) -> str:
    """Return the site of a feed's address, fit to stand in a command."""
    parts = urlsplit(feed)
    return quote(f"{parts.scheme}://{parts.netloc}", safe=":/.-[]@")


def _copies(connection: Connection, now: datetime, policy: Policy = DEFAULT) -> Iterator[Alarm]:
    days = dicts(connection, "alarms.copied", now=now)
    shares = [row["copies"] / row["articles"] for row in days if row["articles"] >= policy.new]
    if days and days[-1]["articles"] >= policy.new and shares and (jump := jumped(shares, policy)):
        yield Alarm(
            kind="copies_jumped",
            subject="all",
            title_id=None,
            cause=f"{jump[1]:.0%} of the last day's {days[-1]['articles']:,} new articles are copies; {jump[0]:.0%} is usual.",
            step="Look at the largest stories of the day: does each hold one text? If hardly any has copies, look at the days' refusals.",
            anchor="the-share-of-copies-has-jumped",
        )
