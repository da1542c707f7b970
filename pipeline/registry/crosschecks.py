"""All blocks of a registry -> the mistakes that only show when they are seen together."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from pipeline import urls

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from pipeline.registry.blocks import AgencyBlock, TitleBlock
    from pipeline.registry.mistakes import Mistake, Placed


def agencies(placed: Sequence[Placed[AgencyBlock]]) -> Iterator[Mistake]:
    """Yield duplicate keys, aliases and domains of agencies."""
    keys: dict[str, str] = {}
    names: dict[str, str] = {}
    domains: dict[str, str] = {}
    for at in placed:
        block = at.block
        if block.key in keys:
            yield at.mistake(f"the key `{block.key}` is already used at {keys[block.key]}: choose another")
        keys.setdefault(block.key, f"{at.file}:{at.start}")
        for field, words in (("aliases", block.aliases), ("ambiguous", block.ambiguous)):
            for word in words:
                if names.setdefault(word, block.key) != block.key:
                    yield at.mistake(f'"{word}" is already a name of `{names[word]}`: it can mean one agency only', field)
        for domain in block.domains:
            if domains.setdefault(domain, block.key) != block.key:
                yield at.mistake(f"the domain {domain} is already that of `{domains[domain]}`", "domains")


def titles(placed: Sequence[Placed[TitleBlock]], known: AbstractSet[str]) -> Iterator[Mistake]:
    """Yield duplicate keys, feeds and domains of titles, and agencies that are not among the known keys."""
    keys: dict[str, str] = {}
    feeds: dict[str, str] = {}
    owners: dict[str, tuple[str, str]] = {}
    for at in placed:
        block = at.block
        if block.key in keys:
            yield at.mistake(f"the key `{block.key}` is already used at {keys[block.key]}: choose another")
        keys.setdefault(block.key, f"{at.file}:{at.start}")
        for number, feed in enumerate(block.feeds):
            if (same := urls.normalise(feed.url)) in feeds:
                yield at.mistake(f"the feed {feed.url} is already polled for `{feeds[same]}`: remove one", "feeds", number)
            feeds.setdefault(same, block.key)
        for domain in block.domains:
            key, owner = owners.setdefault(domain, (block.key, block.owner))
            if owner != block.owner:
                problem = f"the domain {domain} is already that of `{key}`, whose owner is {owner}: one domain has one owner"
                yield at.mistake(problem, "domains")
        yield from _agency(at, known)


def _agency(at: Placed[TitleBlock], known: AbstractSet[str]) -> Iterator[Mistake]:
    block = at.block
    if block.agency is not None and block.agency not in known:
        close = get_close_matches(block.agency, known, n=1, cutoff=0.6)
        right = f'did you mean "{close[0]}"?' if close else f"known are {', '.join(sorted(known)) or 'none'}"
        yield at.mistake(f'agency: "{block.agency}" is the key of no agency; {right}', "agency")
    if block.kind == "agency" and block.agency is None:
        yield at.mistake("a title of kind agency says whose site it is: the field `agency` is missing", "kind")
