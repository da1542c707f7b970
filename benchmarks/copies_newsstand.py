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
from typing import TYPE_CHECKING

from benchmarks import copies_languages, copies_peers
from benchmarks.copies_news import Told
from benchmarks.events_news import START
from pipeline.newsstand import score, truth, world
from pipeline.newsstand.newsroom import compose
from pipeline.stories import candidates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.newsstand.score import Rate
    from pipeline.newsstand.truth import Truth

SEEDS, TITLES = (31, 32, 33), 160
PRECISION, RECALL = 0.98, 0.95  # floors in each language with 500 pairs of copies and more, and of all together
MANY = 500


def articles(seed: int) -> Iterator[tuple[Truth, Told]]:
    """Yield what is true of each article, and the article as its desk composed it."""
    made = world.build(seed=seed, titles=TITLES, start=START)
    known = {row.url: row for row in truth.tell(made)}
    for piece in (piece for shelf in made.shelves for piece in shelf):
        true = known.get(piece.url)
        if true and true.expect == ("article",):
            draft = compose(made, piece, made.end)
            text = "\n\n".join((draft.standfirst, *draft.paragraphs, draft.signoff)).strip()
            yield true, Told(
                id=true.url, title=true.title, language=true.language, at=piece.published, headline=draft.headline, text=text,
                story=true.story, kind=true.kind,
            )  # fmt: skip


def stories(told: Sequence[Told]) -> tuple[Sequence[Sequence[int]], list[list[int]]]:
    """Return our groups, and those of plain containment of the same words, joined by connected components."""
    signed = copies_languages.sign(told)
    pairs = candidates.pairs({place: signature.sample for place, signature in signed.items()})
    held = copies_peers.alike(signed, pairs)["containment"]
    links = [pair for pair, share in held.items() if share >= 0.65]
    return copies_languages.grouped(told, signed), copies_peers.components(len(told), links)


def rates(true: Sequence[Truth], groups: Sequence[Sequence[int]]) -> dict[str, Rate]:
    """Return pairs found by language, and of all."""
    story = {true[place].url: number for number, members in enumerate(groups) for place in members}
    by_language: dict[str, list[Truth]] = defaultdict(list)
    for one in true:
        by_language[one.language].append(one)
        by_language["all"].append(one)
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
        true, told = zip(*articles(seed), strict=True)
        texts += len(told)
        for method, groups in enumerate(stories(told)):
            for language, rate in rates(true, groups).items():
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
