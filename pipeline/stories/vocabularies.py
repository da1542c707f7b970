"""What stands between two blanks of a text -> its words' hashes and kinds, remembered: news has few words, and says them again and again.

Marks belong to what is looked up (`said,` is not `said`), so that most texts need no search for their words, only for their blanks.
"""

from __future__ import annotations

import struct
from array import array
from functools import lru_cache
from typing import TYPE_CHECKING

import xxhash

from pipeline.stories import quotations, words

if TYPE_CHECKING:
    import re

MOST = 1 << 17  # pieces remembered: 30 MB
LONGEST = 60  # signs of a piece worth remembering; nobody prints a longer one twice
_WORD = struct.Struct("=IBB2x")
SIZE = _WORD.size
_KIND, _VOICE = 4, 5  # where they stand among a word's bytes


class Vocabulary(dict[str, bytes]):
    """Piece of a text as printed -> `SIZE` bytes for each of its words: hash, kind and voice, and nothing in the last."""

    def __init__(self, seed: int, pattern: re.Pattern[str]) -> None:
        self.seed = seed
        self.pattern = pattern

    def __missing__(self, piece: str) -> bytes:
        said = b"".join(map(self._word, self.pattern.findall(piece)))
        if len(self) >= MOST:
            self.clear()
        if len(piece) <= LONGEST:
            self[piece] = said
        return said

    def _word(self, printed: str) -> bytes:
        word, kind = words.plain(printed)
        token = xxhash.xxh3_64_intdigest(word.encode("utf-8", "replace"), self.seed) & 0xFFFFFFFF
        return _WORD.pack(token, kind, quotations.voices(printed))


of = lru_cache(maxsize=8)(Vocabulary)  # of a seed and a pattern


def parted(said: bytes) -> tuple[array[int], bytearray, bytes]:
    """Return the hashes of words, their kinds and their voices, of what a vocabulary has of them."""
    return array("I", memoryview(said).cast("I")[::2].tobytes()), bytearray(said[_KIND::SIZE]), said[_VOICE::SIZE]
