"""Pages of the bundled newsstand -> how much of what its newsrooms composed is extracted, beside trafilatura in the same run.

    python -m benchmarks.newsstand_texts             prints the table, and the commonest lines that are too many or too few
    python -m benchmarks.newsstand_texts --check     and fails where a floor is not held
    python -m benchmarks.newsstand_texts --show N    and lists N of the pages that are wrong, by figure

Three worlds as they come, at their end, each page with what its title's feeds say of it; and a fourth in which every language is set in
every layout. A text's standfirst and the line that signs it may be kept or not; every other line must be a paragraph as composed. Whoever
mends the extractor sees these pages: they show that nothing breaks; how good it is on pages of others, benchmarks/articles.py shows.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

import trafilatura

from benchmarks.newsstand_sheets import SEEDS, START, SWEPT, sheets
from pipeline.articles.body import key
from pipeline.articles.credits import compile_rules
from pipeline.articles.extract import extract
from pipeline.newsstand import world
from pipeline.newsstand.habits import LAYOUTS
from pipeline.records import Article
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.newsstand_sheets import Sheet
    from pipeline.newsstand.edits import Draft

SHOWN = 14  # lines of each kind
BARE = frozenset({"wire", "reader"})  # layouts that show no standfirst
FLOORS = {  # measured: 1 but for exact .9945, standfirst .9931, nobody .9956, caption .9978, credit .9976, access .9988, agency .9027
    "kept": 0.999,
    "exact": 0.985,
    "f1": 0.999,
    "standfirst": 0.98,
    "headline": 0.999,
    "authors": 0.99,
    "nobody": 0.98,
    "instant": 0.999,
    "caption": 0.985,
    "credit": 0.985,
    "credit right": 0.99,
    "access": 0.99,
    "access stub found": 0.97,
    "named": 0.999,
    "agency": 0.88,
    "roundup": 0.99,
    "live blog": 0.999,
}
CEILINGS = {"named by its photo": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One page: its layout, what is right (1 or 0, or a share), and the lines that are too many and too few."""

    layout: str
    url: str
    figures: dict[str, float]
    extra: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]  # (figure, what was found instead)


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
