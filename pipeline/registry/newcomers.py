"""Drafts of titles and the registry -> which are new, which feeds are new to a title that is known, and which are known already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline import urls
from pipeline.registry import writing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.records import Feed, Title


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomers:
    """Drafts, sorted by what the registry has of them."""

    titles: tuple[Title, ...]  # new ones
    feeds: tuple[tuple[str, Feed], ...]  # new ones of titles that are known: key or keys, feed
    known: tuple[tuple[str, Feed], ...]  # key, feed


def sort(drafts: Iterable[Title], registry: Sequence[Title]) -> Newcomers:
    """Return what is new of the drafts. A draft on the domain of a title, or with its key, is that title."""
    polled = {urls.normalise(feed.url): title.key for title in registry for feed in title.feeds}
    titles: list[Title] = []
    feeds: list[tuple[str, Feed]] = []
    known: list[tuple[str, Feed]] = []
    for draft in drafts:
        known += [(polled[same], feed) for feed in draft.feeds if (same := urls.normalise(feed.url)) in polled]
        new = tuple(feed for feed in draft.feeds if urls.normalise(feed.url) not in polled)
        if keys := _same(draft, registry):
            feeds += [(" or ".join(keys), feed) for feed in new]
        elif new:
            titles.append(replace(draft, feeds=new))
    return Newcomers(titles=tuple(titles), feeds=tuple(feeds), known=tuple(known))


def blocks(found: Newcomers) -> Iterator[str]:
    """Yield the new titles as blocks, and new feeds of known ones as comments: they go into blocks that are there."""
    for title in found.titles:
        yield writing.block(title)
    for key in dict.fromkeys(key for key, _ in found.feeds):
        lines = [f"#   {writing.feed(feed)}," for whose, feed in found.feeds if whose == key]
        yield "\n".join((f"# the registry has {key}; to its `feeds` may be added", *lines, ""))


def _same(draft: Title, registry: Sequence[Title]) -> tuple[str, ...]:
    if any(title.key == draft.key for title in registry):
        return (draft.key,)
    return tuple(title.key for title in registry if set(title.domains) & set(draft.domains))
