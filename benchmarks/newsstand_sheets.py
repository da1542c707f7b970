"""Seeds -> the pages of the newsstand's worlds, each with what was composed for it: the truth of benchmarks/newsstand_texts.py."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.articles.body import key
from pipeline.feeds import entries
from pipeline.newsstand import feeds, newsroom, typeset, world
from pipeline.newsstand.habits import LAYOUTS
from pipeline.records import Page, Reading
from pipeline.urls import key as url_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.newsstand.edits import Draft
    from pipeline.newsstand.plan import Piece, World
    from pipeline.records import Entry

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
SEEDS = (1, 2, 3)
SWEPT = 4  # the seed of the world whose every language is set in every layout
TITLES = 40  # as many as `./wiredesk demo` has


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page and what was composed for it."""

    piece: Piece
    page: Page
    draft: Draft
    layout: str
    agency: str | None  # whose text it is, where the page says so
    agencies: frozenset[str]  # of other texts that it holds
    author: str  # the person that the page names
    others: frozenset[str]  # what else it may call its author


def sheets(seed: int) -> Iterator[Sheet]:
    """Yield the pages of a world at its end."""
    made = world.build(seed=seed, titles=TITLES, start=START)
    turn: Counter[str] = Counter()
    for place, shelf in enumerate(made.shelves):
        said = fed(made, place)
        for piece in shelf:
            if piece.kind != "dirt":
                language = made.cast.houses[place].title.language
                turn[language] += 1
                swept = relaid(made, place, LAYOUTS[turn[language] % len(LAYOUTS)]) if seed == SWEPT else made
                yield sheet(swept, piece, said.get(url_key(piece.url)))


def fed(made: World, place: int) -> dict[bytes, Entry]:
    """Return what the feeds of a title say at the end, by key."""
    title, found = made.cast.houses[place].title, {}
    for feed, form in zip(title.feeds, made.cast.houses[place].forms, strict=True):
        shown = feeds.sheet(made, place, form, made.end)
        reading = entries.parse(shown.body, url=feed.url, content_type=shown.content_type, title=title, feed=feed, now=made.end)
        if isinstance(reading, Reading):
            found |= {entry.url_key: entry for entry in reading.entries if entry.url_key not in found}
    return found


def relaid(made: World, place: int, layout: str) -> World:
    """Return the world with one title in another layout."""
    houses = list(made.cast.houses)
    habits = houses[place].habits
    bare = layout in {"plain", "tables"}
    houses[place] = replace(houses[place], habits=replace(habits, layout=layout, structured=habits.structured and not bare))
    return replace(made, cast=replace(made.cast, houses=tuple(houses)))


def sheet(made: World, piece: Piece, entry: Entry | None) -> Sheet:
    house, draft = made.cast.houses[piece.house], newsroom.compose(made, piece, made.end)
    wire = made.desk.wire(piece.source) if piece.source and piece.source.kind == "wire" else None
    label = newsroom.words()[house.title.language]
    shorts, names = {*made.cast.short.values()}, {agency.name for agency in made.cast.agencies.values()}
    others = {*shorts, *names, label["staff"], *(one.title.name for one in made.cast.houses)}
    shown = house.habits.byline or draft.credit in {"byline", "with"}
    named = draft.structured if house.habits.layout not in {"plain", "tables"} and draft.structured else draft.byline if shown else ""
    if draft.credit == "with":
        person = named.removesuffix(label["with"].format(name="", agency=made.cast.short[wire.agency]) if wire else "").strip()
    else:
        person = named
    body = typeset.page(made, piece, made.end)
    page = Page(url=piece.url, body=body, content_type="text/html; charset=utf-8", fetched_at=made.end, title=house.title, entry=entry)
    return Sheet(
        piece=piece,
        page=page,
        draft=draft,
        layout=house.habits.layout,
        agency=wire.agency if wire and draft.credit != "none" else None,
        agencies=frozenset({made.desk.wire(source).agency for source in piece.also} | ({wire.agency} if wire else set())),
        author="" if person in others or any(person.startswith(f"{short},") for short in shorts) else person,
        others=frozenset(map(key, others)),
    )
