"""The usual ways to find near-duplicates, on the same words and the same candidate pairs as ours: pair -> how alike.

They get our normalised words, which does them good; what they lack is boilerplate, quotations, figures and average link.
MinHash: Broder 1997; SimHash: Charikar 2002, with the weights of Manku and others 2007 left out; SpotSigs: Theobald and others 2008,
their English antecedents and distance 2, 3; TF-IDF: inverse document frequencies of the set itself.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import copies_scores
from pipeline.stories import candidates, signatures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pipeline.records import Signature

Pair = tuple[int, int]
_PERMUTATIONS = 128
_BITS = 64
_SPOTS = {"is": 2, "the": 2, "do": 2, "have": 2, "a": 3, "an": 3, "be": 3, "was": 3, "said": 3, "there": 2}
_STOPS = frozenset("the a an is are was were be do have has had said of to in on at for and or that it he she they as by".split())  # noqa: SIM905  a list of forty quotes is hard to read
USUAL = {"MinHash 128": (0.8, 0.7), "Jaccard, exact": (0.8, 0.7), "containment": (0.8,), "SimHash 64": (61 / 64,), "SpotSigs": (0.44,),
         "TF-IDF cosine": (0.7,)}  # fmt: skip


def alike(signed: Mapping[int, Signature], pairs: Iterable[Pair], texts: Mapping[int, str] | None = None) -> dict[str, dict[Pair, float]]:
    """Return for each method how alike the two texts of each pair are, 0..1. SpotSigs needs the texts as printed."""
    pairs = list(pairs)
    shingles = {article: frozenset(signature.shingles) for article, signature in signed.items()}
    hashed = {article: _minhash(signature) for article, signature in signed.items()}
    simhashed = {article: _simhash(signature) for article, signature in signed.items()}
    vectors = _vectors(signed)
    methods: dict[str, Callable[[int, int], float]] = {
        "MinHash 128": lambda left, right: float(np.mean(hashed[left] == hashed[right])),
        "Jaccard, exact": lambda left, right: _jaccard(shingles[left], shingles[right]),
        "containment": lambda left, right: len(shingles[left] & shingles[right]) / max(1, min(len(shingles[left]), len(shingles[right]))),
        "SimHash 64": lambda left, right: 1 - (simhashed[left] ^ simhashed[right]).bit_count() / _BITS,
        "TF-IDF cosine": lambda left, right: _cosine(vectors[left], vectors[right]),
    }
    if texts is not None:
        spots = {article: _spots(text) for article, text in texts.items()}
        methods["SpotSigs"] = lambda left, right: _jaccard(spots[left], spots[right])
    return {name: {pair: method(*pair) for pair in pairs} for name, method in methods.items()}


def _jaccard(left: frozenset[Any], right: frozenset[Any]) -> float:
    common = len(left & right)
    return common / max(1, len(left) + len(right) - common)


def _minhash(signature: Signature) -> np.ndarray:
    random = np.random.default_rng(1)
    factor, offset = (random.integers(1, 2**63, (_PERMUTATIONS, 1), dtype=np.uint64) for _ in range(2))
    hashes = np.asarray(signature.shingles or (0,), dtype=np.int64).astype(np.uint64)
    return ((factor | np.uint64(1)) * hashes + offset).min(axis=1)


def _simhash(signature: Signature) -> int:
    hashes = np.asarray(signature.shingles or (0,), dtype=np.int64).view(np.uint64)
    bits = (hashes[:, None] >> np.arange(_BITS, dtype=np.uint64)) & np.uint64(1)
    ahead = bits.sum(axis=0) * 2 > len(hashes)
    return sum(1 << place for place, one in enumerate(ahead) if one)


def _spots(text: str) -> frozenset[tuple[str, ...]]:
    """Return each antecedent with the two words that follow it at its distance and are no stop words."""
    words = text.lower().split()
    found = set()
    for place, word in enumerate(words):
        if distance := _SPOTS.get(word):
            chain = [other for other in words[place + 1 : place + 1 + 4 * distance] if other not in _STOPS][::distance][:2]
            found.add((word, *chain))
    return frozenset(found)


def _vectors(signed: Mapping[int, Signature]) -> dict[int, dict[int, float]]:
    held = Counter(token for signature in signed.values() for token in set(signature.tokens))
    vectors = {}
    for article, signature in signed.items():
        weights = {token: (1 + math.log(times)) * math.log(len(signed) / held[token]) for token, times in Counter(signature.tokens).items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        vectors[article] = {token: weight / length for token, weight in weights.items()}
    return vectors


def _cosine(left: Mapping[int, float], right: Mapping[int, float]) -> float:
    return sum(weight * right[token] for token, weight in left.items() if token in right)


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


def compare(chosen_on: Sequence[Mapping[str, Any]], reported: Sequence[Mapping[str, Any]], *, seed: int) -> float:
    """Print the usual methods at their usual thresholds and at those that do best on the other half; return the best F1."""
    similar = []
    for docs in (chosen_on, reported):
        signed = {place: signatures.sign(doc["text"], "en", seed=seed) for place, doc in enumerate(docs)}
        pairs = candidates.pairs({place: signature.sample for place, signature in signed.items()})
        similar.append(alike(signed, pairs, {place: doc["text"] for place, doc in enumerate(docs)}))
    true = copies_scores.true_pairs([doc["cluster"] for doc in chosen_on])
    labels = [doc["cluster"] for doc in reported]

    def grouped(method: str, half: int, count: int, least: float) -> list[list[int]]:
        return components(count, [pair for pair, share in similar[half][method].items() if share >= least])

    def score(method: str, least: float) -> float:
        return copies_scores.rates(copies_scores.pairs_of(grouped(method, 0, len(chosen_on), least)), true)[2]

    reached = []
    for method in similar[0]:
        steps = [step / _BITS for step in range(38, _BITS)] if method == "SimHash 64" else [step / 20 for step in range(2, 20)]
        best = max(steps, key=lambda least: score(method, least))
        for least, why in {**dict.fromkeys(USUAL[method], "usual"), best: "tuned"}.items():
            rates, _ = copies_scores.row(f"{method} >= {least:.2f} ({why})", grouped(method, 1, len(reported), least), labels)
            reached.append(rates[2])
    return max(reached)
