"""What a page, its address and its feed say about times -> when it was published and changed, how exactly, by whose word."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from dateutil import parser as dates
from htmldate import find_date

from pipeline.records import Moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import html

    from pipeline.articles.structured import Structured
    from pipeline.records import Page, Precision

    _Nodes = Sequence[html.HtmlElement]

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ]+(\d\d):(\d\d)(?::(\d\d))?(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?)?(?:\[[\w/]+\])?$",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?$")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d\d")
_IN_URL = re.compile(r"(?<!\d)((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_ZONES = {
    "EST": -18000,
    "EDT": -14400,
    "CST": -21600,
    "CDT": -18000,
    "MST": -25200,
    "MDT": -21600,
    "PST": -28800,
    "PDT": -25200,
    "CET": 3600,
}
_ZONES |= {"CEST": 7200, "MEZ": 3600, "MESZ": 7200, "BST": 3600, "IST": 19800, "JST": 32400, "KST": 32400, "AEST": 36000, "AEDT": 39600}
_PUBLISHED_NAMES = (
    "article:published_time og:article:published_time og:published_time datepublished publication_date publish-date "
    "publishdate pubdate date.created dc.date.issued dcterms.created dc.date.created dc.date sailthru.date parsely-pub-date "
    "cxenseparse:recs:publishtime article.published article:published date last_published originalpublicationdate timestamp "
    "release_date"
)
_PUBLISHED = tuple(_PUBLISHED_NAMES.split())
_MODIFIED_NAMES = (
    "article:modified_time og:article:modified_time og:updated_time datemodified last-modified dcterms.modified "
    "dc.date.modified article.updated"
)
_MODIFIED = tuple(_MODIFIED_NAMES.split())


def find(page: Page, root: html.HtmlElement, metas: dict[str, str], told: Structured) -> tuple[Moment | None, Moment | None]:
    """Return when the page was published and when it was changed."""
    marked = root.xpath("//@itemprop/.. | //@pubdate/..")
    return _published(page, root, metas, told, marked=marked), _modified(page, metas, told, marked)


def _published(page: Page, root: html.HtmlElement, metas: dict[str, str], told: Structured, *, marked: _Nodes) -> Moment | None:
    """Return the publication time: JSON-LD, meta, marked-up time, feed, then what htmldate or the address shows."""
    times = _marked(marked, "datepublished", "pubdate") or _shown(root)
    named = [
        (told.published, "json-ld"),
        *((metas[name], "meta") for name in _PUBLISHED if name in metas),
        *((one, "html") for one in times),
    ]
    found = _settled(named, page.fetched_at, zoned=[told.modified, *(metas[name] for name in _MODIFIED if name in metas)])
    fed = page.entry.published if page.entry else None
    if found and found.precision == "day" and fed and fed.precision != "day" and abs(fed.at - found.at) < timedelta(days=2):
        return fed
    if found or fed:
        return found or fed
    return _dated(page, root)


def _modified(page: Page, metas: dict[str, str], told: Structured, marked: _Nodes) -> Moment | None:
    named = [
        (told.modified, "json-ld"),
        *((metas[name], "meta") for name in _MODIFIED if name in metas),
        *((one, "html") for one in _marked(marked, "datemodified")),
    ]
    found = _settled(named, page.fetched_at, zoned=[told.published, *(metas[name] for name in _PUBLISHED if name in metas)])
    return found or (page.entry.updated if page.entry else None)


def read(text: str, source: str, *, offset: timedelta = timedelta(0)) -> Moment | None:
    """Return the moment that a string names; `offset` is of the page's zone. Midnight sharp, there or in the zone named, means a day."""
    text = " ".join(text.split())
    try:
        if _EPOCH.match(text):
            return Moment(at=datetime.fromtimestamp(int(text[:10]), UTC), precision="second", source=source)
        if iso := _ISO.match(text):
            when, exact = _from_iso(iso), iso[4] is not None
        elif 8 <= len(text) <= 80 and any(map(str.isdecimal, text)):  # noqa: PLR2004  no date is shorter or longer
            when, exact = dates.parse(text, tzinfos=_ZONES, default=datetime(1, 1, 1), dayfirst=(".") in text), bool(_CLOCK.search(text))  # noqa: DTZ001  the zone is put in below
        else:
            return None
        return _moment(when, exact, source, offset)
    except (ValueError, OverflowError, TypeError):  # TypeError: dateutil on some words
        return None


def _from_iso(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    zone = (found[7] or "").upper()
    text = "+00:00" if zone in {"Z", "UTC", "GMT"} else f"{zone}:00" if len(zone) == 3 else zone  # noqa: PLR2004  "+02"
    return datetime.fromisoformat(f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{min(second, 59):02}{text}")


def _moment(when: datetime, exact: bool, source: str, offset: timedelta) -> Moment:  # noqa: FBT001  one of two answers of a parser
    here = when + offset if when.tzinfo and not when.utcoffset() else when  # a day that a system in that zone wrote in UTC: 23:00:00Z
    when = here if exact and _is_midnight(here) else when
    if not exact or _is_midnight(when):
        return Moment(at=datetime(when.year, when.month, when.day, tzinfo=UTC), precision="day", source=source)
    at = when.astimezone(UTC) if when.tzinfo else (when - offset).replace(tzinfo=UTC)
    precision: Precision = "second" if when.second else "minute"
    return Moment(at=at.replace(microsecond=0), precision=precision, source=source)


def _is_midnight(when: datetime) -> bool:
    return when.hour == when.minute == when.second == 0


def _marked(nodes: _Nodes, *names: str) -> list[str]:
    """Return the times that elements carry for one of these properties."""
    return [
        str(node.get("datetime") or node.get("content") or node.text_content())[:100]
        for node in nodes
        if (node.get("itemprop") or "").lower() in names or ("pubdate" in names and node.get("pubdate") is not None)
    ]


def _shown(root: html.HtmlElement) -> list[str]:
    """Return the first time that the page shows outside of menus and boxes."""
    times = (node for node in root.iter("time") if node.get("datetime"))
    return [node.get("datetime")[:100] for node in times if next(node.iterancestors("aside", "nav", "footer"), None) is None][:1]


def _settled(named: list[tuple[str, str]], fetched_at: datetime, *, zoned: list[str]) -> Moment | None:
    """Return the first possible moment, made more exact by a later one that means the same day or the same clock."""
    offset = _offset([text for text, _ in named] + zoned)
    possible = [
        one
        for text, source in named
        if text and (one := read(text, source, offset=offset)) and EARLIEST <= one.at <= fetched_at + timedelta(days=1)
    ]
    if not possible:
        return None
    first = possible[0]
    if first.precision == "day":
        return next((one for one in possible if one.precision != "day" and abs(one.at - first.at) < timedelta(hours=36)), first)
    return first


def _offset(texts: list[str]) -> timedelta:
    """Return the zone's offset that the page uses where it gives one."""
    for text in texts:
        found = _ISO.match(" ".join(text.split()))
        if found and found[7] and (when := _from_iso(found).utcoffset()):
            return when
    return timedelta(0)


def _dated(page: Page, root: html.HtmlElement) -> Moment | None:
    latest = page.fetched_at + timedelta(days=1)
    try:
        day = find_date(root, original_date=True, extensive_search=False, url=page.url, max_date=latest.strftime("%Y-%m-%d"))
    except (ValueError, TypeError, OverflowError):  # htmldate on odd pages
        day = None
    found = read(day, "html") if day else None
    if found is None and (inside := _IN_URL.search(page.url)):
        found = read("-".join(inside.groups()), "url")
    return replace(found, precision="day") if found and EARLIEST <= found.at <= latest else None
