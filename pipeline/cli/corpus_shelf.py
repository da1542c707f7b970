"""Bytes by number, and which documents have a shingle -> a file that only grows: what `fold` knows of a corpus, outside of memory."""

from __future__ import annotations

import os
from array import array
from collections import defaultdict
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Place = tuple[int, int]  # where something begins in the file, and its bytes
PARTS = 256  # of the shingles, looked at one after the other: of most of them only one document has each
LOT = 4096  # bytes of postings that are written at a time


class Shelf:
    """Bytes by number, 12 bytes of memory each. Several may stand in one file; of what is put twice the first stays behind unused."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.starts, self.sizes = array("Q"), array("I")

    def put(self, number: int, data: bytes) -> None:
        """Keep something under a number: a known one or the next. It can be got once the file is flushed."""
        self.starts[number : number + 1] = array("Q", [self.file.tell()])
        self.sizes[number : number + 1] = array("I", [self.file.write(data)])

    def place(self, number: int) -> Place:
        return self.starts[number], self.sizes[number]

    def get(self, number: int) -> bytes:
        return os.pread(self.file.fileno(), self.sizes[number], self.starts[number])

    def arrange(self, order: Sequence[int]) -> None:
        """Give what has number order[n] the number n."""
        self.starts = array("Q", map(self.starts.__getitem__, order))
        self.sizes = array("I", map(self.sizes.__getitem__, order))


class Postings:
    """Which documents have which shingles."""

    def __init__(self, file: IO[bytes]) -> None:
        self.parts = [Shelf(file) for _ in range(PARTS)]
        self.waiting = [array("q") for _ in range(PARTS)]

    def add(self, document: int, shingles: Iterable[int]) -> None:
        for shingle in shingles:
            self.waiting[shingle % PARTS].extend((shingle, document))
        for part, waiting in enumerate(self.waiting):
            if len(waiting) * waiting.itemsize >= LOT:
                self._store(part)

    def _store(self, part: int) -> None:
        shelf = self.parts[part]
        shelf.put(len(shelf.starts), self.waiting[part].tobytes())
        del self.waiting[part][:]

    def each(self) -> Iterator[list[int]]:
        """Yield, of each shingle in two documents and more, its documents in the order in which they were added."""
        for part in range(PARTS):
            self._store(part)
        self.parts[0].file.flush()
        for shelf in self.parts:
            posted: dict[int, list[int]] = defaultdict(list)
            for number in range(len(shelf.starts)):
                lot = array("q", shelf.get(number))
                for shingle, document in zip(lot[::2], lot[1::2], strict=True):
                    posted[shingle].append(document)
            yield from (documents for documents in posted.values() if len(documents) > 1)
