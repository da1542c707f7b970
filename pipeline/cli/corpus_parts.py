"""Samples of documents -> the neighbourhoods that candidate pairs make of them, in lots for one call of a child."""

from __future__ import annotations

from array import array
from itertools import chain, groupby
from typing import IO, TYPE_CHECKING

from pipeline.cli.corpus_shelf import Postings
from pipeline.cli.corpus_told import Neighbourhood
from pipeline.stories import candidates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipeline.cli.corpus_known import Corpus

    Pairs = tuple[array[int], array[int]]  # the left documents and the right ones

ARTICLES = 200  # that one call compares, whole neighbourhoods


def pairs(corpus: Corpus, firsts: Sequence[int], file: IO[bytes]) -> Pairs:
    """Return the candidate pairs of these documents, in order. Postings wait in the file."""
    timed = all(corpus.precise)
    postings = Postings(file)
    for article in corpus.in_time(firsts) if timed else firsts:
        postings.add(article, array("q", corpus.samples.get(article)))
    lefts, rights = array("I"), array("I")
    size = array("q").itemsize
    met = candidates.meet(postings.each(), lambda article: corpus.samples.sizes[article] // size, corpus.moments if timed else None)
    for left, right in met:
        lefts.append(left)
        rights.append(right)
    return lefts, rights


def neighbourhoods(corpus: Corpus, firsts: list[int], several: Mapping[int, Sequence[int]], pairs: Pairs) -> Iterator[Neighbourhood]:
    """Yield the sets of documents that pairs hold together, if there is more than one, each with its pairs."""
    lefts, rights = pairs
    heads = _heads(len(corpus), pairs)
    order = iter(groupby(sorted(range(len(lefts)), key=lambda pair: heads[lefts[pair]]), lambda pair: heads[lefts[pair]]))
    for _, part in groupby(sorted(firsts, key=heads.__getitem__), heads.__getitem__):
        same = tuple(tuple(several.get(first, (first,))) for first in part)
        if len(same) == 1 and len(same[0]) == 1:
            continue
        held = next(order)[1] if len(same) > 1 else ()
        yield Neighbourhood(
            members=tuple((article, corpus.copies.place(article), corpus.signed.place(article)) for article in chain(*same)),
            same=same,
            pairs=tuple((lefts[pair], rights[pair]) for pair in held),
        )


def _heads(count: int, pairs: Pairs) -> array[int]:
    """Return for each document the lowest one that pairs hold it together with."""
    parent = array("I", range(count))

    def root(article: int) -> int:
        while parent[article] != article:
            parent[article] = article = parent[parent[article]]
        return article

    for pair in zip(*pairs, strict=True):
        left, right = map(root, pair)
        parent[max(left, right)] = min(left, right)
    return array("I", map(root, range(count)))


def filled(neighbourhoods: Iterable[Neighbourhood]) -> Iterator[list[Neighbourhood]]:
    """Yield neighbourhoods in lots of about as many articles."""
    lot, size = list[Neighbourhood](), 0
    for one in neighbourhoods:
        lot.append(one)
        size += len(one.members)
        if size >= ARTICLES:
            yield lot
            lot, size = [], 0
    if lot:
        yield lot
