"""Titles that were found or listed -> blocks for the registry on standard output, and what became of each address on standard error."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from pipeline.registry import newcomers, writing
from pipeline.text import cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.cli.discover import Look
    from pipeline.records import Title
    from pipeline.registry.newcomers import Newcomers
    from pipeline.registry.opml import Unusable

LONG = {"name", "owner", "feed", "address", "not usable", "why", "detail"}  # columns that a narrow terminal wraps
UNBOUND = 4000
WIDEST = 100  # characters of an address that is none


def discovered(titles: Sequence[Title], looks: Sequence[Look], registry: Sequence[Title], *, as_json: bool) -> None:
    """Print what was found of one site."""
    found = newcomers.sort(titles, registry)
    known = {feed.url: key for key, feed in found.known}
    rows = [
        (look.url, look.place, f"known: {known[look.feed.url]}" if look.feed and look.feed.url in known else look.outcome, look.detail)
        for look in looks
    ]
    if as_json:
        seen = [dict(zip(("url", "place", "outcome", "detail"), row, strict=True)) for row in rows]
        _data(found, looks=seen)
        return
    _blocks(found)
    wrong = [look.outcome.startswith("refused") for look in looks]
    table(("address", "named by", "is", "detail"), rows, wrong, aside=True)
    feeds = sum(look.feed is not None for look in looks)
    _say(f"asked {len(looks):,}  feeds {feeds:,}  known {len(found.known):,}")


def imported(drafts: Sequence[Title], unusable: Sequence[Unusable], registry: Sequence[Title], *, as_json: bool) -> None:
    """Print what a list brings."""
    found = newcomers.sort(drafts, registry)
    if as_json:
        _data(found, unusable=[asdict(one) for one in unusable])
        return
    _blocks(found)
    if unusable:
        table(("not usable", "address", "why"), [(one.name, cut(one.url, WIDEST), one.why) for one in unusable], aside=True)
    new = sum(len(title.feeds) for title in found.titles)
    _say(
        f"new titles {len(found.titles):,} with feeds {new:,}  feeds of known titles {len(found.feeds):,}"
        f"  known {len(found.known):,}  not usable {len(unusable):,}"
    )


def blocks(titles: Iterable[Title]) -> None:
    print("\n".join(writing.block(title) for title in titles), end="")


def table(names: Sequence[str], rows: Sequence[Sequence[str]], wrong: Sequence[bool] = (), *, aside: bool = False) -> None:
    """Print rows, the wrong ones in red; a file or a pipe gets them as wide as they are. `aside`: on standard error."""
    shown = Table(*names, box=None, header_style="dim", pad_edge=False)
    for column in shown.columns:
        column.overflow = "fold"
        column.no_wrap = column.header not in LONG
        column.justify = "right" if column.header in {"feeds", "entries", "newest"} else "left"
    for number, row in enumerate(rows):
        shown.add_row(*map(Text, row), style="red" if wrong and wrong[number] else None)
    console = Console(stderr=aside, highlight=False)
    if not console.is_terminal:
        console.width = Measurement.get(console, console.options.update(width=UNBOUND), shown).maximum
    console.print(shown)


def _blocks(found: Newcomers) -> None:
    print("\n".join(newcomers.blocks(found)), end="")


def _data(found: Newcomers, **more: object) -> None:
    pairs = {name: [{"title": key, **asdict(feed)} for key, feed in getattr(found, name)] for name in ("feeds", "known")}
    print(json.dumps({"titles": [asdict(title) for title in found.titles], **pairs, **more}, ensure_ascii=False, indent=1))


def _say(words: str) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(Text(words))
