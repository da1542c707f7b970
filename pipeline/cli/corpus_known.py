"""Documents as they are read -> what is known of each, by number: little of it in memory, 100 bytes a document."""

from __future__ import annotations

import json
import pickle
from array import array
from typing import IO, TYPE_CHECKING

from pipeline.cli.corpus_shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from pipeline.cli.corpus_jobs import Changed, Read
    from pipeline.cli.corpus_told import Row

_SAME = 16  # bytes


class Corpus:
    """What is known of each document, in the order of lines, then of their keys."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.ids, self.copies, self.signed, self.samples, self.rows = (Shelf(file) for _ in range(5))
        self.moments: list[datetime] = []  # of publication
        self.precise = bytearray()  # whether that is known
        self.titles, self.agencies = array("I"), array("I")  # places in `names`
        self.names: dict[str | None, int] = {}
        self.same = bytearray()
        self.canonical = array("I")  # once it is told

    def __len__(self) -> int:
        return len(self.moments)

    def put(self, number: int, one: Read) -> None:
        """Keep a document under a known number or the next."""
        after = number + 1
        self.ids.put(number, one.id.encode())
        self.copies.put(number, pickle.dumps(one.copy))
        self.moments[number:after] = [one.copy.happened_at]
        self.precise[number:after] = bytes([one.copy.precise])
        self.titles[number:after] = array("I", [self._name(one.title)])
        self.agencies[number:after] = array("I", [self._name(one.copy.agency)])
        self.change(number, (one.packed, one.sample, one.same))

    def change(self, number: int, changed: Changed) -> None:
        """Keep another signature of a document."""
        packed, sample, same = changed
        self.signed.put(number, packed)
        self.samples.put(number, sample)
        self.same[number * _SAME : (number + 1) * _SAME] = same.ljust(_SAME, b"\0")

    def arrange(self, order: list[int]) -> None:
        """Give the document of number order[n] the number n."""
        for shelf in (self.ids, self.copies, self.signed, self.samples):
            shelf.arrange(order)
        self.moments = [self.moments[number] for number in order]
        self.precise = bytearray(map(self.precise.__getitem__, order))
        self.titles = array("I", map(self.titles.__getitem__, order))
        self.agencies = array("I", map(self.agencies.__getitem__, order))
        self.same = bytearray(b"".join(map(self._same, order)))

    def firsts(self) -> tuple[list[int], dict[int, list[int]]]:
        """Return one document for all of the same words, and for which of them there are several, itself the first."""
        met, firsts, several = dict[bytes, int](), list[int](), dict[int, list[int]]()
        for number in range(len(self)):
            same = self._same(number)
            first = met.setdefault(same, number) if any(same) else number
            if first == number:
                firsts.append(number)
            else:
                several.setdefault(first, [first]).append(number)
        return firsts, several

    def name(self, number: int) -> str:
        """Return a document's id."""
        return self.ids.get(number).decode()

    def begin(self) -> None:
        """Let each document be the canonical article of its own story, until something else is told."""
        self.canonical = array("I", range(len(self)))
        self.rows.starts, self.rows.sizes = array("Q", bytes(8 * len(self))), array("I", bytes(4 * len(self)))

    def tell(self, row: Row) -> None:
        """Keep a document's story, and what it is to it."""
        article, self.canonical[row[0]], *told = row
        self.rows.put(article, json.dumps(told).encode())

    def told(self) -> Iterator[Row]:
        """Yield what was told, stories by the time of their canonical articles, the canonical article first."""
        order = self.in_time(range(len(self)))
        order.sort(key=lambda number: self.canonical[number] != number)
        order.sort(key=self.canonical.__getitem__)
        order.sort(key=lambda number: self.moments[self.canonical[number]])
        names = list(self.names)
        for number in order:
            relation, kept, own, agency, holds = "origin", 1.0, 0.0, names[self.agencies[number]], None
            if self.rows.sizes[number]:
                relation, kept, own, agency, holds = json.loads(self.rows.get(number))
            yield number, self.canonical[number], relation, kept, own, agency, holds

    def in_time(self, numbers: Iterable[int]) -> list[int]:
        """Return documents, lower numbers first, in the order of time."""
        return sorted(numbers, key=self.moments.__getitem__)

    def _name(self, name: str | None) -> int:
        return self.names.setdefault(name, len(self.names))

    def _same(self, number: int) -> bytes:
        return bytes(self.same[number * _SAME : (number + 1) * _SAME])
