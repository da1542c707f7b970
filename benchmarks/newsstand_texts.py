"""Pages of the bundled newsstand -> how much of what its newsrooms composed is extracted, beside trafilatura in the same run.

    python -m benchmarks.newsstand_texts             prints the table, and the commonest lines that are too many or too few
    python -m benchmarks.newsstand_texts --check     and fails where a floor is not held
    python -m benchmarks.newsstand_texts --show N    and lists N of the pages that are wrong, by figure

Three worlds as they come, at their end, each page with what its title's feeds say of it; and a fourth in which every language is set in every
layout. The text's standfirst and the line that signs it may be kept or not; every other line must be a paragraph as composed. These pages
are the same for whoever mends the extractor: they show that it does not break, only real pages (benchmarks/articles.py) that it is good.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import TYPE_CHECKING

import trafilatura

from pipeline.articles.body import key
from pipeline.articles.credits import compile_rules
from pipeline.articles.extract import extract
from pipeline.feeds import entries
from pipeline.newsstand import feeds, newsroom, typeset, world
from pipeline.newsstand.habits import LAYOUTS
from pipeline.records import Article, Page, Reading
from pipeline.text import clean
from pipeline.urls import key as url_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.newsstand.edits import Draft
    from pipeline.newsstand.plan import Piece, World
    from pipeline.records import Entry

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
SEEDS = (1, 2, 3)
SWEPT = 4  # the seed of the world whose every language is set in every layout
TITLES = 40  # as many as `./wiredesk demo` has
SHOWN = 14  # lines of each kind
BARE = frozenset({"wire", "reader"})  # layouts that show no standfirst
FLOORS: dict[str, float] = {}
CEILINGS: dict[str, float] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One page: its layout, what is right (1 or 0, or a share), and the lines that are too many and too few."""

    layout: str
    url: str
    figures: dict[str, float]
    extra: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]  # (figure, what was found instead)


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


def measure(one: Sheet) -> Scored:
    """Compare a page's article with what was composed."""
    found = extract(one.page, RULES)
    if not isinstance(found, Article):
        return Scored(layout=one.layout, url=one.page.url, figures={"kept": 0}, extra=(), missing=(), notes=(("kept", str(found.reason)),))
    extra, missing, figures = compared(one.draft, found.text)
    peer = trafilatura.extract(one.page.body, include_comments=False, favor_precision=True) or ""
    theirs = compared(one.draft, peer)[2]
    figures = {"kept": 1} | figures | {f"trafilatura {name}": value for name, value in theirs.items()} | facts(one, found)
    said = {
        "headline": found.headline,
        "authors": f"{found.authors}, not {one.author}",
        "nobody": f"{found.authors} by {one.draft.byline!r} ({one.draft.credit})",
        "instant": f"{found.published} not {one.piece.published}",
        "access": f"{found.access} {found.words} words, not {one.piece.kind}",
        "agency": f"{found.credits[:1]}, not {one.agency} ({one.draft.credit})",
        "named": f"{found.credits[:1]}, not {one.agency} ({one.draft.credit}); photo {one.draft.photo}",
        "roundup": f"{found.flags}, not {one.piece.kind}",
        "caption": f"{found.images} not {one.draft.caption}",
        "credit": f"{found.images} not {one.draft.photo}",
        "credit right": f"{found.images} not {one.draft.photo}",
        "standfirst": f"{found.standfirst!r} not {one.draft.standfirst!r}",
        "exact": f"extra {extra}, missing {missing}",
    }
    notes = tuple((name, what) for name, what in said.items() if figures.get(name, 1) < 1)
    return Scored(layout=one.layout, url=one.page.url, figures=figures, extra=extra, missing=missing, notes=notes)


def compared(draft: Draft, text: str) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, float]]:
    """Return the lines that are no paragraph, the paragraphs that are no line, and how good that is."""
    gold = [clean(paragraph) for paragraph in draft.paragraphs]
    free = {clean(draft.standfirst), clean(draft.signoff)} - set(gold)
    lines = [line for line in map(clean, text.split("\n")) if line and line not in free]
    extra, missing = Counter(lines) - Counter(gold), Counter(gold) - Counter(lines)
    left, right = Counter(" ".join(lines).split()), Counter(" ".join(gold).split())
    f1 = 2 * (left & right).total() / max(1, left.total() + right.total())
    return tuple(extra), tuple(missing), {"exact": lines == gold, "f1": f1}


def facts(one: Sheet, found: Article) -> dict[str, float]:
    """Return what is right of all that is no text: 1 or 0 each, only what the page says."""
    draft, piece, layout = one.draft, one.piece, one.layout
    named, images = found.credits[0].agency if found.credits else None, found.images
    figures: dict[str, float] = {"headline": found.headline == clean(draft.headline)}
    if draft.standfirst and layout not in BARE:
        figures["standfirst"] = found.standfirst == clean(draft.standfirst)
    people = {*map(key, found.authors)} - one.others
    figures["authors" if one.author else "nobody"] = people == ({key(one.author)} if one.author else set())
    figures["instant"] = found.published is not None and abs((found.published.at - piece.published).total_seconds()) <= 60
    figures["instant"] = figures["instant"] and found.published is not None and found.published.precision != "day"
    if draft.caption:
        figures["caption"] = any(image.caption == clean(draft.caption) for image in images)
    figures["credit"] = any(image.credit == draft.photo for image in images)
    if given := [image.credit for image in images if image.credit]:
        figures["credit right"] = sum(credit == draft.photo for credit in given) / len(given)
    figures["access"] = (found.access != "full") == draft.wall
    figures["access stub found" if draft.wall else "access full found"] = figures["access"]
    if named:
        figures["named"] = named in one.agencies
        figures["named by its photo"] = named not in one.agencies
    if one.agency:
        figures["agency"] = named in one.agencies
    figures["roundup"] = ("roundup" in found.flags) == (piece.kind == "roundup")
    figures["live blog"] = "live_blog" not in found.flags
    return figures


def table(scored: Sequence[Scored]) -> dict[str, float]:
    """Print each figure, over all and by layout, and return those over all."""
    print(f"{'':24}{'all':>8}{'pages':>7}" + "".join(f"{layout:>11}" for layout in (*LAYOUTS, "reader")))
    means = {}
    for name in dict.fromkeys(name for one in scored for name in one.figures):
        means[name] = mean([one.figures[name] for one in scored if name in one.figures])
        with_it = [one for one in scored if name in one.figures]
        cells = [mean([one.figures[name] for one in with_it if one.layout == layout]) for layout in (*LAYOUTS, "reader")]
        number = len(with_it)
        print(f"{name:24}{means[name]:8.4f}{number:7}" + "".join(f"{cell:11.3f}" for cell in cells))
    for kind in ("extra", "missing"):
        print(f"\ncommonest {kind} lines")
        lines = Counter((one.layout, line[:110]) for one in scored for line in getattr(one, kind))
        for (layout, line), number in lines.most_common(SHOWN):
            print(f"{number:5} {layout:11} {line}")
    return means


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else float("nan")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="fail where a floor is not held")
    options.add_argument("--show", type=int, default=0, metavar="N", help="list N wrong pages by figure")
    chosen = options.parse_args()
    with get_context("fork").Pool(2) as pool:
        scored = pool.map(measure, [one for seed in (*SEEDS, SWEPT) for one in sheets(seed)], chunksize=16)
    means = table(scored)
    notes: dict[str, list[tuple[str, str, str]]] = {}
    for one in scored:
        for name, what in one.notes:
            notes.setdefault(name, []).append((one.layout, one.url, what))
    for name, some in notes.items() if chosen.show else ():
        print(f"\n{name}: {len(some)}")
        for layout, url, what in some[:: max(1, len(some) // chosen.show)][: chosen.show]:
            print(f"  {layout:11} {url}\n      {what[:600]}")
    wrong = [f"{name}: {means[name]:.4f} is under {floor}" for name, floor in FLOORS.items() if means[name] < floor]
    wrong += [f"{name}: {means[name]:.4f} is over {most}" for name, most in CEILINGS.items() if means[name] > most]
    print(*wrong, sep="\n")
    return int(chosen.check and bool(wrong))


RULES = compile_rules(world.build(seed=1, titles=1, start=START).cast.agencies.values())

if __name__ == "__main__":
    sys.exit(main())
