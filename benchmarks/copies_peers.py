"""The usual ways to find near-duplicates, on the same words and the same candidate pairs as ours: pair -> how alike.

They get our normalised words, which does them good; what they lack is boilerplate, quotations, figures and average link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import copies_scores
from pipeline.stories import candidates, signatures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.records import Signature

Pair = tuple[int, int]
_PERMUTATIONS = 128


def alike(signed: Mapping[int, Signature], pairs: Iterable[Pair]) -> dict[str, dict[Pair, float]]:
    """Return for each method how alike the two texts of each pair are, 0..1."""
    shingles = {article: frozenset(signature.shingles) for article, signature in signed.items()}
    hashed = {article: _minhash(signature) for article, signature in signed.items()}
    table: dict[str, dict[Pair, float]] = {"MinHash 128": {}, "Jaccard, exact": {}, "containment": {}}
    for pair in pairs:
        left, right = (shingles[article] for article in pair)
        common = len(left & right)
        table["MinHash 128"][pair] = float(np.mean(hashed[pair[0]] == hashed[pair[1]]))
        table["Jaccard, exact"][pair] = common / max(1, len(left | right))
        table["containment"][pair] = common / max(1, min(len(left), len(right)))
    return table


def _minhash(signature: Signature) -> np.ndarray:
    random = np.random.default_rng(1)
    factor, offset = (random.integers(1, 2**63, (_PERMUTATIONS, 1), dtype=np.uint64) for _ in range(2))
    hashes = np.asarray(signature.shingles or (0,), dtype=np.int64).astype(np.uint64)
    return ((factor | np.uint64(1)) * hashes + offset).min(axis=1)


def components(count: int, links: Iterable[Pair]) -> list[list[int]]:
    """Group as the usual systems do: whatever hangs together is one."""
    parent = list(range(count))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = place = parent[parent[place]]
        return place

    for left, right in links:
        parent[root(left)] = root(right)
    groups: dict[int, list[int]] = {}
    for place in range(count):
        groups.setdefault(root(place), []).append(place)
    return list(groups.values())


def compare(chosen_on: Sequence[Mapping[str, Any]], reported: Sequence[Mapping[str, Any]], *, seed: int) -> None:
    """Print the usual methods at their usual thresholds and at those that do best on the other half."""
    similar = []
    for docs in (chosen_on, reported):
        signed = {place: signatures.sign(doc["text"], "en", seed=seed) for place, doc in enumerate(docs)}
        pairs = candidates.pairs({place: signature.sample for place, signature in signed.items()})
        similar.append(alike(signed, pairs))
    thresholds = [step / 20 for step in range(4, 20)]
    true = copies_scores.true_pairs([doc["cluster"] for doc in chosen_on])
    labels = [doc["cluster"] for doc in reported]

    def grouped(method: str, half: int, count: int, least: float) -> list[list[int]]:
        return components(count, [pair for pair, share in similar[half][method].items() if share >= least])

    def score(method: str, least: float) -> float:
        return copies_scores.rates(copies_scores.pairs_of(grouped(method, 0, len(chosen_on), least)), true)[2]

    for method in similar[0]:
        best = max(thresholds, key=lambda least: score(method, least))
        usual = {0.8: "usual", 0.7: "usual"} if method != "containment" else {0.8: "usual"}
        for least, why in {**usual, best: "tuned"}.items():
            copies_scores.row(f"{method} >= {least:.2f} ({why})", grouped(method, 1, len(reported), least), labels)
