"""Groups and the truth -> how well they agree, as pairs, as clusters, and by kind of edit."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Pair = tuple[int, int]


def pairs_of(groups: Iterable[Iterable[int]]) -> set[Pair]:
    return {pair for members in groups for pair in combinations(sorted(members), 2)}


def true_pairs(labels: Sequence[str]) -> set[Pair]:
    members: dict[str, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        members[label].append(place)
    return pairs_of(members.values())


def rates(found: set[Pair], true: set[Pair]) -> tuple[float, float, float]:
    """Return precision, recall, F1."""
    right = len(found & true)
    precision, recall = (right / len(some) if some else 1.0 for some in (found, true))
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


def agreement(groups: Sequence[Sequence[int]], labels: Sequence[str]) -> tuple[float, float]:
    """Return the adjusted Rand index (Hubert and Arabie 1985) and B-cubed F1 (Bagga and Baldwin 1998)."""
    cells = [Counter(labels[member] for member in members) for members in groups]
    sizes, count = Counter(labels), len(labels)
    both = sum(comb(times, 2) for cell in cells for times in cell.values())
    mine, truth = sum(comb(len(members), 2) for members in groups), sum(comb(size, 2) for size in sizes.values())
    chance = mine * truth / comb(count, 2)
    rand = (both - chance) / ((mine + truth) / 2 - chance)
    precision = sum(times * times / len(members) for members, cell in zip(groups, cells, strict=True) for times in cell.values()) / count
    recall = sum(times * times / sizes[label] for cell in cells for label, times in cell.items()) / count
    return rand, 2 * precision * recall / (precision + recall)


def by_edit(found: set[Pair], true: set[Pair], edits: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return for each kind of edit how many of the true pairs with such a copy were found, and how many there are."""
    table: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for pair in true:
        for edit in {edits[place] for place in pair}:
            table[edit][0] += pair in found
            table[edit][1] += 1
    return {edit: (row[0], row[1]) for edit, row in sorted(table.items())}


def by_negative(found: set[Pair], true: set[Pair], kinds: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return for each kind of document in how many wrong pairs it stands, and how many documents there are."""
    wrong = Counter(kind for pair in found - true for kind in {kinds[place] for place in pair})
    return {kind: (wrong[kind], count) for kind, count in sorted(Counter(kinds).items())}


def row(name: str, groups: Iterable[Sequence[int]], labels: Sequence[str]) -> tuple[tuple[float, float, float], tuple[float, float]]:
    """Print and return what a method reached: precision, recall, F1; adjusted Rand index, B-cubed F1."""
    groups = list(groups)
    reached = rates(pairs_of(groups), true_pairs(labels))
    agreed = agreement(groups, labels)
    print(f"{name:<34}" + "".join(f"{figure:>8.4f}" for figure in (*reached, *agreed)))
    return reached, agreed
