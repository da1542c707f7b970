"""Measure whether a learned score tells copies better than the plain rule of matches.py, on texts that it was not fitted to.

    python -m benchmarks.copies_learned            prints the table
    python -m benchmarks.copies_learned --check    and fails if something beats the rule: decision 17 then no longer holds

Fitted to: the earlier half of the agency items, the half of the editorial edits that numbers are chosen on, the kinds looked at, an
invented world in six languages. Reported: the other halves, the other kinds, another world, the 67 real pairs. A threshold is the one
with the highest sum of F1 over what was fitted to. Scores are logistic regressions (ridge, Newton's method); half of each set's weight
is on its copies. The two invented worlds tell the same stories with other edits, which flatters what was fitted to one of them.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import copies, copies_evidence, copies_orders, copies_scores
from benchmarks.copies_evidence import EVIDENCE, FACTS
from pipeline.stories import matches, partition

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from benchmarks.copies_evidence import Part, Parts

    Judge = Callable[[Part], np.ndarray]  # which of a part's pairs are copies

FITTED, REPORTED = 21, 11  # seeds of the invented worlds
STEPS = tuple(step / 50 for step in range(1, 50))
RIDGE, ROUNDS, WEIGHT = 1.0, 30, 10_000.0  # the last: that of all pairs together


def normal(part: Part) -> np.ndarray:
    return within(part, "normal")


def within(part: Part, level: str) -> np.ndarray:
    least = matches.LEVELS.index(level)
    return np.array([match.level in matches.LEVELS[: least + 1] for match in part.found])


def rules() -> Iterator[tuple[str, Judge]]:
    """Yield the plain rule, and what briefs of one kind suggest: to ask more of a brief text."""
    brief, subject, rare = EVIDENCE.index("brief"), len(EVIDENCE) + FACTS.index("subject kept"), len(EVIDENCE) + FACTS.index("rare kept")
    yield "rule at normal", normal
    yield "rule at strict", lambda part: within(part, "strict")
    yield "  briefs at strict", lambda part: normal(part) & (within(part, "strict") | (part.features[:, brief] == 0))
    yield "  an hour apart", lambda part: normal(part) & (within(part, "strict") | (part.features[:, brief] == 0) | (part.hours <= 1))
    yield "  same subject", lambda part: normal(part) & ((part.features[:, subject] > 0) | (part.features[:, brief] == 0))
    yield "  rare words", lambda part: normal(part) & ((part.features[:, rare] >= 0.5) | (part.features[:, brief] == 0))


def scores(fitted: Parts) -> Iterator[tuple[str, Judge]]:
    """Yield scores of few features and more, fitted to agency items or to all, of all pairs or of those that are copies at loose."""
    for names, what in ((tuple(fitted), "all"), (("agency",), "agency")):
        for count in (len(EVIDENCE), len(EVIDENCE) + len(FACTS)):
            for gated in (False, True):
                some = {name: fitted[name] for name in names}
                yield f"{count} of {what}{', in loose' if gated else ''}", learned(some, count, gated=gated)


def learned(fitted: Parts, count: int, *, gated: bool) -> Judge:
    """Return the judge that does best on what it is fitted to."""
    allowed: Judge = (lambda part: within(part, "loose")) if gated else (lambda part: np.ones(len(part.found), dtype=bool))
    score = fit(fitted, count, allowed)
    scored = {id(part): score(part) for parts in fitted.values() for part in parts}

    def reached(least: float) -> float:
        return sum(pairwise(parts, lambda part: allowed(part) & (scored[id(part)] >= least))[2] for parts in fitted.values())

    best = max(STEPS, key=reached)
    return lambda part: allowed(part) & (score(part) >= best)


def fit(fitted: Parts, count: int, allowed: Judge) -> Callable[[Part], np.ndarray]:
    """Return a logistic regression on the first so many features, 0..1."""
    rows, labels, weights = [], [], []
    for parts in fitted.values():
        used = [allowed(part) & ~ignored(part) for part in parts]
        label = np.hstack([truth(part)[kept] for part, kept in zip(parts, used, strict=True)])
        rows.append(np.vstack([part.features[kept, :count] for part, kept in zip(parts, used, strict=True)]))
        labels.append(label)
        weights.append(np.where(label, 0.5 / max(1, label.sum()), 0.5 / max(1, (~label).sum())))
    table, called, weight = np.vstack(rows), np.hstack(labels), np.hstack(weights)
    weight *= WEIGHT / weight.sum()
    middle, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    turned = np.column_stack([np.ones(len(table)), (table - middle) / spread])
    factors, ridge = np.zeros(count + 1), np.diag([0.0, *[RIDGE] * count])
    for _ in range(ROUNDS):
        expected = logistic(turned @ factors)
        slope = turned.T @ (weight * (called - expected)) - ridge @ factors
        bend = (turned * (weight * expected * (1 - expected))[:, None]).T @ turned + ridge + 1e-6 * np.eye(count + 1)
        factors += np.linalg.solve(bend, slope)
    return lambda part: logistic(np.column_stack([np.ones(len(part.found)), (part.features[:, :count] - middle) / spread]) @ factors)


def logistic(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(values, -30, 30)))


def truth(part: Part) -> np.ndarray:
    return np.array([(match.left, match.right) in part.true for match in part.found])


def ignored(part: Part) -> np.ndarray:
    return np.array([(match.left, match.right) in part.ignored for match in part.found])


def pairwise(parts: Collection[Part], judge: Judge) -> tuple[float, float, float]:
    """Return precision, recall and F1 of the pairs, before grouping."""
    found, true = set(), set()
    for number, part in enumerate(parts):
        called = judge(part) & ~ignored(part)
        found |= {(number, match.left, match.right) for match, one in zip(part.found, called, strict=True) if one}
        true |= {(number, *pair) for pair in part.true}
    return copies_scores.rates(found, true)


def grouped(parts: Collection[Part], judge: Judge) -> tuple[float, float, float]:
    """Return precision, recall and F1 of the stories. What the judge refuses and the rule would take at normal or loose is a doubt."""
    found, true = set(), set()
    for number, part in enumerate(parts):
        known = [
            replace(match, level=("strict" if match.level == "strict" else "normal") if one else "loose")
            for match, one in zip(part.found, judge(part), strict=True)
            if one or match.level != "none"
        ]
        stories = copies_scores.pairs_of(partition.group(copies_orders.copies(part.docs), known))
        found |= {(number, *pair) for pair in stories - part.ignored}
        true |= {(number, *pair) for pair in part.true}
    return copies_scores.rates(found, true)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail if something beats the rule")
    check = parser.parse_args().check
    if not copies.SHARED.is_dir():
        print("skipped: ../shared is absent")
        return 0
    fitted, reported = copies_evidence.everything(FITTED, REPORTED)
    judges, better = [*rules(), *scores(fitted)], []
    for title, rate in (("pairs", pairwise), ("stories", grouped)):
        print(f"\n{title + ': precision, recall':<26}" + "".join(f"{name:>14}" for name in reported), flush=True)
        for name, judge in judges:
            rates = {part: rate(parts, judge) for part, parts in reported.items()}
            print(f"{name:<26}" + "".join(f"{f'{one[0]:.4f} {one[1]:.4f}':>14}" for one in rates.values()), flush=True)
            if name == "rule at normal":
                rule = rates
            elif rates["agency"][2] > rule["agency"][2] and all(rates[part][2] >= rule[part][2] for part in reported):
                better.append(f"{name} ({title})")
    print("\n" + (f"BETTER THAN THE RULE  {', '.join(better)}" if better else "nothing beats the rule"))
    return 1 if check and better else 0


if __name__ == "__main__":
    sys.exit(main())
