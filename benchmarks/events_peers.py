"""Stories -> groups by the usual methods: TF-IDF with components and with average link, headlines alone, names of one day."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from pipeline.events import likeness
from pipeline.stories import cliques, linkage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.events_news import Doc

CUTS = tuple(cut / 100 for cut in range(10, 62, 3))
COMMON = 0.1  # share of texts: what more have costs all the time and tells nothing
Groups = list[tuple[int, ...]]


def whole(groups: Iterable[tuple[int, ...]], count: int) -> Groups:
    """Return the groups with those that are in none as groups of one."""
    groups = list(groups)
    return [*groups, *((place,) for place in set(range(count)) - {place for group in groups for place in group})]


Vectors = list[dict[str, float]]


def tfidf(texts: Iterable[str]) -> Vectors:
    """Return unit vectors of words: (1 + log tf) x log(n / df), as textbooks have it; the commonest words left out."""
    counted = [Counter(re.findall(r"\w+", text.lower())) for text in texts]
    had = Counter(word for words in counted for word in words)
    vectors = []
    for words in counted:
        vector = {word: (1 + math.log(times)) * math.log(len(counted) / had[word]) for word, times in words.items()}
        norm = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
        vectors.append({word: weight / norm for word, weight in vector.items() if had[word] <= max(20, COMMON * len(counted))})
    return vectors


def cosines(docs: Sequence[Doc], vectors: Vectors) -> dict[tuple[int, int], float]:
    """Return every pair's cosine within the days in which ours looks."""
    having: dict[str, list[tuple[int, float]]] = defaultdict(list)
    found: dict[tuple[int, int], float] = defaultdict(float)
    for place, vector in enumerate(vectors):
        for word, weight in vector.items():
            for other, theirs in having[word]:
                found[other, place] += weight * theirs
            having[word].append((place, weight))
    window = likeness.Policy().window
    return {pair: cosine for pair, cosine in found.items() if cosine >= CUTS[0] and abs(docs[pair[0]].at - docs[pair[1]].at) <= window}


def components(count: int, links: dict[tuple[int, int], int]) -> Groups:
    return whole((tuple(sorted(part)) for part in cliques.parts(cliques.neighbours(links))), count)


def average(count: int, links: dict[tuple[int, int], int]) -> Groups:
    return list(linkage.average(count, links))


def names(docs: Sequence[Doc]) -> dict[tuple[int, int], float]:
    """Return for pairs of one day the number of names that both have, over twenty so that the same cuts do."""
    said = [set(re.findall(r"(?<=[a-z,] )[A-Z]\w+(?: [A-Z]\w+)*", doc.text[:2500])) for doc in docs]
    having: dict[str, list[int]] = defaultdict(list)
    found: Counter[tuple[int, int]] = Counter()
    for place, mine in enumerate(said):
        for name in mine:
            found.update((other, place) for other in having[name] if docs[other].at.date() == docs[place].at.date())
            having[name].append(place)
    return {pair: count / 20 for pair, count in found.items()}


def texts(docs: Sequence[Doc]) -> dict[tuple[int, int], float]:
    return cosines(docs, tfidf(f"{doc.headline} {doc.text}" for doc in docs))


def headlines(docs: Sequence[Doc]) -> dict[tuple[int, int], float]:
    return cosines(docs, tfidf(doc.headline or doc.text[:80] for doc in docs))


Scores = dict[tuple[int, int], float]
BASELINES: dict[str, tuple[Callable[[Sequence[Doc]], Scores], Callable[[int, dict], Groups]]] = {
    "TF-IDF, components": (texts, components),
    "TF-IDF, average link": (texts, average),
    "headlines, average link": (headlines, average),
    "names of one day": (names, components),
}


def cut_at(docs: Sequence[Doc], scores: Scores, group: Callable[[int, dict], Groups], least: float) -> Groups:
    return group(len(docs), {pair: round(score * 1_000_000) for pair, score in scores.items() if score >= least})
