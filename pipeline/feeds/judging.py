"""An Item of a Listing, and what is known of the title -> an Entry, or a Refusal."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  records are read at run time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from pipeline import text, urls
from pipeline.feeds.dates import moment
from pipeline.reasons import Reason
from pipeline.records import Entry, Refusal, Title

if TYPE_CHECKING:
    from pipeline.feeds.listing import Item, Listing

HEADLINE, SUMMARY, NAME, GUID, TEXT = 500, 4000, 200, 500, 500_000  # characters kept
SHORT = 2  # of two texts of one item, the longer is the text if it is twice as long

_ADVERTISING = tomllib.loads(Path(__file__).with_name("advertising.toml").read_text(encoding="utf-8"))
_HOSTS = tuple(_ADVERTISING["hosts"])
_SEGMENTS = frozenset(_ADVERTISING["segments"])
_NAMES = frozenset(_ADVERTISING["names"])
_PREFIX = re.compile(r"\s*(?:[\[(]\s*([^\W\d_][^\[\]():|]{0,30}?)\s*[\])]|([^\W\d_][^:|–—]{0,30}?)\s*(?:[:|]|[–—]|\s-\s))")
_LANGUAGE = re.compile(r"([a-zA-Z]{2,3})(?:[-_]|$)")
_MAILBOX = re.compile(r"<?[\w.+-]{1,64}@[\w.-]{1,190}>?")
_ABSOLUTE = re.compile(r"https?://[^/]", re.IGNORECASE)
_SCHEME = re.compile(r"https?:", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Against what an item is judged."""

    title: Title
    base: str  # relative links are below it
    language: str | None
    now: datetime


def ground(listing: Listing, *, url: str, title: Title, now: datetime) -> Ground:
    """Return against what the items of a listing are judged.

    Links are relative to xml:base; else to the feed, or to the site it names where the feed lies on another's host (a feed service).
    """
    base = urljoin(url, listing.base.strip()) if listing.base.strip() else url
    site = urljoin(url, listing.site.strip())
    if not listing.base.strip() and not urls.belongs(url, title.domains) and urls.belongs(site, title.domains):
        base = site
    return Ground(title=title, base=base, language=language(listing.language), now=now)


def judge(item: Item | str, rank: int, ground: Ground) -> Entry | Refusal:
    """Return the entry that the item at `rank` makes, or why it makes none."""
    if isinstance(item, str):
        return Refusal(stage="entry", reason=Reason.BROKEN_ENTRY, detail=text.clean(item, NAME))
    try:
        return _entry(item, rank, ground)
    except ValueError as problem:  # one broken entry never loses the feed
        return Refusal(stage="entry", reason=Reason.BROKEN_ENTRY, detail=text.clean(str(problem), NAME))


def _entry(item: Item, rank: int, ground: Ground) -> Entry | Refusal:
    headline = text.plain(item.headline, HEADLINE)
    url = _address(item, headline, ground)
    if isinstance(url, Refusal):
        return url
    summary, full = _texts(item)
    return Entry(
        url=url,
        url_key=urls.key(url),
        rank=rank,
        headline=headline,
        summary=text.plain(summary, SUMMARY),
        guid=_guid(text.clean(item.guid, GUID)),
        published=moment(item.published, ground.now),
        updated=moment(item.updated, ground.now),
        authors=tuple(dict.fromkeys(filter(None, map(_author, item.authors)))),
        language=language(item.language) or ground.language,
        section=next(filter(None, (text.plain(section, NAME) for section in item.sections)), None),
        text=text.cut(text.printable(full), TEXT) or None,
    )


def _guid(said: str) -> str:
    """Return an identifier; one that is an address without what counts readers, which differs from one cache of a feed to the next."""
    if "?" in said and _ABSOLUTE.match(said):
        with suppress(ValueError):
            return text.cut(urls.plain(said), GUID)
    return said


def language(said: str) -> str | None:
    """Return the language of "en-US", "EN_us", "English" as "en"; None where it is no code."""
    found = _LANGUAGE.match(said.strip())
    return found[1].lower() if found else None


def _address(item: Item, headline: str, ground: Ground) -> str | Refusal:
    """Return the first link that is an article of the title, or why the first link is none."""
    refusals: list[Refusal] = []
    for link in item.links:
        if link.href.strip() and (link.surely or _SCHEME.match(link.href.strip())):
            found = _judged(link.href.strip(), item, headline, ground)
            if isinstance(found, str):
                return found
            refusals.append(found)
    if refusals:
        return refusals[0]
    return Refusal(stage="entry", reason=Reason.NO_LINK, detail=headline)


def _judged(href: str, item: Item, headline: str, ground: Ground) -> str | Refusal:
    try:
        url = urls.plain(href if _ABSOLUTE.match(href) else urljoin(urljoin(ground.base, item.base.strip()), href))
    except ValueError:
        return _refusal(Reason.BAD_URL, headline, text.clean(href, GUID))
    if len(url) > urls.MAX_BYTES:
        return _refusal(Reason.URL_TOO_LONG, headline, url[:GUID])
    if _advertises(url, headline, item):
        return _refusal(Reason.ADVERTISEMENT, headline, url)
    if not urls.belongs(url, ground.title.domains):
        return _refusal(Reason.OFF_DOMAIN, headline, url)
    return _refusal(Reason.HOME_PAGE, headline, url) if urls.is_home(url) else url


def _refusal(reason: Reason, headline: str, url: str) -> Refusal:
    return Refusal(stage="entry", reason=reason, detail=headline, url=url)


def _advertises(url: str, headline: str, item: Item) -> bool:
    if not _SEGMENTS.isdisjoint(url.lower().partition("?")[0].split("/")[3:]) or urls.belongs(url, _HOSTS):
        return True
    begins = _PREFIX.match(headline)
    called = (begins[1] or begins[2]).lower() if begins else ""
    return called in _NAMES or any(section.strip().lower() in _NAMES for section in item.sections)


def _texts(item: Item) -> tuple[str, str]:
    """Return summary and full text. Some feeds give the text twice, some in the summary and a teaser as the text."""
    if item.text and item.summary and len(item.summary) >= SHORT * len(item.text):
        return item.text, item.summary
    return item.summary or item.text, "" if item.text == item.summary else item.text


def _author(said: str) -> str:
    """Return the name of "desk@title.example (Jane Doe)" and of "Jane Doe <desk@title.example>"."""
    said = text.plain(said, NAME)
    name = _MAILBOX.sub("", said).strip() if "@" in said else said
    return name.strip("()<> ") if name != said else name
