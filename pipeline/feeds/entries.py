"""A feed's bytes -> Reading, or the Refusal of the whole feed.

RSS, RDF, Atom, JSON Feed and news sitemaps are told apart from the bytes; what a server calls them is heard for the charset only.
Every distinct item is an Entry or a Refusal. An address listed twice is one entry, at its best rank, in its newest words. A body that ends
in the middle gives its complete items, a refusal for the rest, and `complete=False`: its validators must not be remembered, or the rest
would never be seen.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline import text as words
from pipeline.feeds import cleaning, jsonfeed, judging, lenient, markup, sitemap, syndication
from pipeline.feeds.dates import EARLIEST
from pipeline.feeds.listing import FORMS, MAX_ITEMS, Listing
from pipeline.reasons import Reason
from pipeline.records import Entry, Feed, Reading, Refusal, Title

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_DETAIL = 200
_NAMED = re.compile(r"<title[^<>]*>([^<]*)</title", re.DOTALL | re.IGNORECASE)
_FEEDS = frozenset({"rss", "rdf", "feed"})
_HTML = frozenset({"html", "head", "body"})


def parse(body: bytes, *, url: str, content_type: str, title: Title, feed: Feed, now: datetime) -> Reading | Refusal:
    """Return all that the body lists. `url` is where it was found in the end, `feed` is how the registry names it."""
    listing, complete = _listed(cleaning.begun(cleaning.decode(body, content_type)))
    if isinstance(listing, tuple):
        return _refuse(*listing, feed)
    ground = judging.ground(listing, url=url, title=title, now=now)
    judged = [judging.judge(item, rank, ground) for rank, item in enumerate(listing.items, 1)]
    return Reading(
        entries=_distinct(one for one in judged if isinstance(one, Entry)),
        refusals=(*(refusal for refusal in judged if isinstance(refusal, Refusal)), *_lost(listing, complete=complete)),
        form=listing.form,
        wishes=listing.wishes,
        language=ground.language,
        complete=complete,
    )


def _listed(text: str) -> tuple[Listing | tuple[Reason, str], bool]:
    """Return what a text lists, or why it lists nothing, and whether it ends where it should."""
    if text.startswith("<") and (found := _sound(text)):
        return found
    text = cleaning.clean(text)
    if not text:
        return (Reason.EMPTY_BODY, "nothing, or nothing but white space"), True
    return (_json(text), True) if text[0] in "{[" else _xml(text)


def _sound(text: str) -> tuple[Listing, bool] | None:
    """Return what a well-formed feed lists. Nothing is wrong with its characters: XML's own rules say so, and are faster to ask."""
    try:
        outermost, text = cleaning.outermost(text)
    except ValueError:
        return None
    if outermost not in _FEEDS:
        return None
    text, complete = cleaning.whole(text)
    root = markup.tree(text) if text else None
    return None if root is None else (syndication.read(root, outermost), complete)


def _json(text: str) -> Listing | tuple[Reason, str]:
    try:
        listing = jsonfeed.read(text)
    except ValueError as problem:
        return Reason.BROKEN_FEED, f"JSON that cannot be read: {problem}"
    return listing or (Reason.NOT_A_FEED, "JSON that is no JSON Feed")


def _xml(text: str) -> tuple[Listing | tuple[Reason, str], bool]:
    try:
        outermost, text = cleaning.outermost(text)
    except ValueError as problem:
        return (Reason.BROKEN_FEED, str(problem)), True
    if outermost == "sitemapindex":
        return (Reason.NOT_A_FEED, "a list of sitemaps: name the news sitemap itself"), True
    if outermost not in FORMS:
        named = _NAMED.search(text[:100_000])
        kind = "HTML" if outermost in _HTML or "<html" in text[:1000].lower() else "neither a feed nor HTML"
        return (Reason.NOT_A_FEED, f"{kind}: {words.plain(named[1] if named else text[:_DETAIL])}"), True
    text, complete = cleaning.whole(text)
    if not text:
        return (Reason.BROKEN_FEED, "ends before the first item does"), False
    return _listing(text, outermost), complete


def _listing(text: str, outermost: str) -> Listing | tuple[Reason, str]:
    root = markup.tree(text)
    if root is None:
        root = markup.tree(cleaning.mend(text))
    if outermost == "urlset":
        root = markup.tree(text, lenient=True) if root is None else root
        listing = None if root is None else sitemap.read(root)
        return listing or (Reason.NOT_A_FEED, "a sitemap without news")
    listing = lenient.read(text, outermost) if root is None else syndication.read(root, outermost)
    return listing or (Reason.BROKEN_FEED, "no parser finds a feed in it")


def _distinct(listed: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return each address once, at its best rank, and in the words of its newest item: caches of one feed list them in any order."""
    found: dict[bytes, Entry] = {}
    for entry in listed:  # the best rank comes first
        first = found.setdefault(entry.url_key, entry)
        if first is not entry and _newness(entry) > _newness(first):
            found[entry.url_key] = replace(entry, rank=first.rank)
    return tuple(sorted(found.values(), key=lambda entry: entry.rank))


def _newness(entry: Entry) -> tuple[object, ...]:
    times = [moment.at for moment in (entry.updated, entry.published) if moment]
    return (
        max(times, default=EARLIEST),
        len(entry.text or ""),
        len(entry.summary),
        entry.headline,
        entry.summary,
        entry.text or "",
        entry.guid,
    )


def _lost(listing: Listing, *, complete: bool) -> tuple[Refusal, ...]:
    lost = []
    if listing.left_out:
        lost.append(Refusal(stage="entry", reason=Reason.TOO_LARGE, detail=f"{listing.left_out} items after the first {MAX_ITEMS}"))
    if not complete:
        lost.append(
            Refusal(stage="entry", reason=Reason.BROKEN_ENTRY, detail="the feed ends in the middle: the last item, and all after it")
        )
    return tuple(lost)


def _refuse(reason: Reason, detail: str, feed: Feed) -> Refusal:
    return Refusal(stage="feed", reason=reason, detail=words.clean(detail, _DETAIL), url=feed.url)
