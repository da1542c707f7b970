"""Measure how copies are found on the bundled newsstand, language by language, against what its desks really did.

    python -m benchmarks.copies_newsstand            prints the table
    python -m benchmarks.copies_newsstand --check    and fails where a floor is not held

Three worlds of 160 titles, whose texts are taken as their desks composed them, without the web: what extraction costs, `./wiredesk demo`
shows. No number of a policy was chosen on them. A page that holds parts of another story may be told with either, as in the demo's score.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks import copies_orders, copies_peers
from benchmarks.events_news import START
from pipeline.newsstand import score, truth, world
from pipeline.newsstand.newsroom import compose
from pipeline.stories import boilerplate, candidates, matches, partition, signatures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from pipeline.newsstand.score import Rate
    from pipeline.newsstand.truth import Truth
    from pipeline.records import Signature

SEEDS, TITLES = (31, 32, 33), 160
PRECISION, RECALL = 0.98, 0.95  # floors in each language with 500 pairs of copies and more, and of all together
MANY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An article as its desk composed it."""

    true: Truth
    text: str
    at: datetime


def articles(seed: int) -> Iterator[Told]:
    made = world.build(seed=seed, titles=TITLES, start=START)
    known = {row.url: row for row in truth.tell(made)}
    for piece in (piece for shelf in made.shelves for piece in shelf):
        true = known.get(piece.url)
        if true and true.expect == ("article",):
            draft = compose(made, piece, made.end)
            yield Told(true=true, text="\n\n".join((draft.standfirst, *draft.paragraphs, draft.signoff)).strip(), at=piece.published)


def signed(told: Sequence[Told]) -> dict[int, Signature]:
    """Sign, and discount what each title repeats."""
    found = {place: signatures.sign(one.text, one.true.language, seed=7) for place, one in enumerate(told)}
    by_title: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(told):
        by_title[one.true.title].append(place)
    for places in by_title.values():
        learnt = boilerplate.learn([found[place] for place in places])
        found.update({place: signatures.discount(found[place], learnt) for place in places})
    return found


def stories(told: Sequence[Told], found: Mapping[int, Signature]) -> tuple[list[Sequence[int]], list[list[int]]]:
    """Return our groups, and those of plain containment of the same words, joined by connected components."""
    at = {place: one.at for place, one in enumerate(told)}
    pairs = candidates.pairs({place: signature.sample for place, signature in found.items()}, at)
    compared = (matches.compare(found[left], found[right], pair=(left, right), apart=at[right] - at[left]) for left, right in pairs)
    copies = copies_orders.copies([{"id": one.true.url, "text": one.text} for one in told])
    ours = partition.group(copies, [match for match in compared if match])
    held = copies_peers.alike(found, pairs)["containment"]
    return list(ours), copies_peers.components(len(told), [pair for pair, share in held.items() if share >= 0.65])


def rates(told: Sequence[Told], groups: Sequence[Sequence[int]]) -> dict[str, Rate]:
    """Return pairs found by language, and of all."""
    story = {told[place].true.url: number for number, members in enumerate(groups) for place in members}
    by_language: dict[str, list[Truth]] = defaultdict(list)
    for one in told:
        by_language[one.true.language].append(one.true)
        by_language["all"].append(one.true)
    return {
        language: score.score(rows, {row.url: story[row.url] for row in rows}, {}, {}).pairs
        for language, rows in sorted(by_language.items(), key=lambda item: (item[0] == "all", item[0]))
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail where a floor is not held")
    check = parser.parse_args().check
    counts: dict[str, list[list[int]]] = defaultdict(lambda: [[0, 0, 0], [0, 0, 0]])  # right, wrong, missed: ours, containment
    texts = 0
    for seed in SEEDS:
        told = list(articles(seed))
        texts += len(told)
        for method, groups in enumerate(stories(told, signed(told))):
            for language, rate in rates(told, groups).items():
                row = counts[language][method]
                counts[language][method] = [row[0] + rate.right, row[1] + rate.wrong, row[2] + rate.missed]
    print(f"{texts:,} articles of {len(SEEDS)} worlds\n{'language':<12}{'pairs':>9}{'P':>9}{'R':>9}{'F1':>9}   containment >= .65: P, R")
    failed = []
    for language, methods in counts.items():
        shown = [_shares(*row) for row in methods]
        pairs = methods[0][0] + methods[0][2]
        print(f"{language:<12}{pairs:>9,}" + "".join(f"{figure:>9.4f}" for figure in shown[0]) + f"   {shown[1][0]:.4f}, {shown[1][1]:.4f}")
        if pairs >= MANY and (shown[0][0] < PRECISION or shown[0][1] < RECALL):
            failed.append(f"{language}: precision {shown[0][0]:.4f}, recall {shown[0][1]:.4f}")
    print("\n" + ("\n".join(f"BELOW ITS FLOOR  {line}" for line in failed) or "every floor is held"))
    return 1 if check and failed else 0


def _shares(right: int, wrong: int, missed: int) -> tuple[float, float, float]:
    precision = right / (right + wrong) if right + wrong else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


if __name__ == "__main__":
    sys.exit(main())
