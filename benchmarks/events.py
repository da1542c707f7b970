"""How well stories about one happening are put together: `python -m benchmarks.events [--check] [--tune] [--json FILE]`.

Three kinds of news with known events: ECB+ (pairs of like events: two people who go to one clinic, two earthquakes), BASIL (three
papers on one event, with their dates) and the bundled newsstand, whose templates - weather, markets, matches - are the hard part.
ECB+ and BASIL also stand amid other articles, on days drawn at random, since what is rare and what is alike depends on all that is
read. Half of the topics (by the hash of their names, and other seeds) was never looked at while figures were chosen; the table
shows that half. Baselines stand beside ours, each with the cut that is best for it on the other half: one for all sets, as ours.
B-cubed precision, recall and F1 (Bagga and Baldwin 1998), over the articles whose event is known.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.events_news import sets
from benchmarks.events_peers import BASELINES, CUTS, cut_at, whole
from pipeline.events import grouping, likeness, sketches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.events_news import Doc
    from benchmarks.events_peers import Groups, Scores

    Sets = dict[str, list[list[Doc]]]

FLOORS = {"ecb": 0.84, "basil": 0.91, "amid": 0.85, "newsstand": 0.89}  # F1; measured: docs/events.md
MARGIN = 0.02  # by which ours is better than each baseline, on the mean of the sets


def ours(docs: Sequence[Doc], policy: grouping.Policy = grouping.Policy()) -> Groups:  # noqa: B008  frozen
    known = [sketches.sketch(doc.headline, doc.text, doc.language, story=place, at=doc.at) for place, doc in enumerate(docs)]
    return whole([tuple(one.story for one in event.tellers) for event in grouping.group(known, policy=policy)], len(docs))


def bcubed(docs: Sequence[Doc], groups: Groups) -> tuple[float, float, float]:
    """Return precision, recall and F1 over the documents whose event is known; others in their groups are wrong."""
    events: Counter[str] = Counter(doc.event for doc in docs)
    precision = recall = count = 0.0
    for group in groups:
        mine = Counter(docs[place].event for place in group)
        for event, times in mine.items():
            if event:
                precision += times * times / len(group)
                recall += times * times / events[event]
                count += times
    precision, recall = precision / count, recall / count
    return precision, recall, 2 * precision * recall / (precision + recall)


def mean(values: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    return tuple(sum(column) / len(column) for column in zip(*values, strict=True))


def measured(reported: Sets, tuned: Sets) -> dict[str, dict[str, tuple[float, ...]]]:
    """Return precision, recall and F1 by method and set of news; a baseline has the one cut that is best on the mean of the tuned sets."""
    table = {"ours": {which: mean([bcubed(docs, ours(docs)) for docs in some]) for which, some in reported.items()}}
    for score in dict.fromkeys(score for score, _ in BASELINES.values()):
        mine, theirs = ({which: [(docs, score(docs)) for docs in some] for which, some in half.items()} for half in (reported, tuned))
        for name, group in ((name, group) for name, (scored, group) in BASELINES.items() if scored is score):
            f1 = {cut: sum(at(some, group, cut)[2] for some in theirs.values()) for cut in CUTS}
            cut = max(f1, key=lambda cut: (f1[cut], cut))
            table[f"{name}, {cut:.2f}"] = {which: at(some, group, cut) for which, some in mine.items()}
    return table


def at(scored: Sequence[tuple[Sequence[Doc], Scores]], group: Callable[[int, dict], Groups], cut: float) -> tuple[float, ...]:
    """Return what a baseline reaches with a cut."""
    return mean([bcubed(docs, cut_at(docs, scores, group, cut)) for docs, scores in scored])


def strangers(docs: Sequence[Doc]) -> float:
    """Return the share of articles of drawn days that are put together with something."""
    groups = ours(docs)
    return sum(len(group) > 1 for group in groups for place in group if not docs[place].event) / sum(not doc.event for doc in docs)


def speed(docs: Sequence[Doc]) -> tuple[float, float, float]:
    """Return milliseconds of one core to sketch a story, to group one of these, and pairs compared per story."""
    began = time.process_time()
    known = [sketches.sketch(doc.headline, doc.text, doc.language, story=place, at=doc.at) for place, doc in enumerate(docs)]
    sketched = time.process_time()
    grouping.group(known)
    grouped = time.process_time()
    count = sum(1 for _ in grouping.pairs(likeness.weigh(sorted(known, key=lambda one: (one.at, one.story)))))
    return 1000 * (sketched - began) / len(docs), 1000 * (grouped - sketched) / len(docs), count / len(docs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail where a floor is not held")
    parser.add_argument("--tune", action="store_true", help="show ours on the half that may be looked at, and stop")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    tuned = sets(0)
    if options.tune:
        for which, some in tuned.items():
            print(f"{which:<10} {' '.join(f'{value:.3f}' for value in mean([bcubed(docs, ours(docs)) for docs in some]))}")
        return
    reported = sets(1)
    table = measured(reported, tuned)
    print(f"{'B-cubed P / R / F1':<30}" + "".join(f"{which:^22}" for which in reported))
    for name, line in table.items():
        print(f"{name:<30}" + "".join(f"{' / '.join(f'{value:.3f}' for value in line[which]):^22}" for which in reported))
    counts = {
        which: (sum(map(len, some)), len({doc.event for docs in some for doc in docs if doc.event})) for which, some in reported.items()
    }
    print(f"{'articles, events':<30}" + "".join(f"{f'{articles}, {events}':^22}" for articles, events in counts.values()))
    if "amid" in reported:
        docs = reported["amid"][0]
        print(f"of other articles, on drawn days, put together with something: {strangers(docs):.3f}")
        print("to sketch, to group: {:.2f}, {:.2f} ms a story; compared: {:.1f} pairs a story".format(*speed(docs)))
    if options.json:
        options.json.write_text(json.dumps(table))
    low = [
        f"{which}: {table['ours'][which][2]:.3f} is under {FLOORS[which]}" for which in reported if table["ours"][which][2] < FLOORS[which]
    ]
    means = {name: sum(values[2] for values in line.values()) / len(line) for name, line in table.items()}
    low += [
        f"{name} is better than ours: {value:.3f}" for name, value in means.items() if name != "ours" and value + MARGIN > means["ours"]
    ]
    print(*low, sep="\n")
    if options.check and low:
        sys.exit(1)


if __name__ == "__main__":
    main()
