"""Text -> Signature: what is kept of a text to find its copies."""

from __future__ import annotations

import struct
import zlib
from array import array
from dataclasses import replace
from functools import lru_cache
from itertools import chain, compress
from typing import TYPE_CHECKING

import xxhash

from pipeline.records import Signature
from pipeline.stories import quotations, words

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

VERSION = 1  # of what a word, a shingle and a sample are; a higher one means that every text is signed anew
WIDTH = 4  # words in a shingle
SIGN_WIDTH = 8  # signs in a shingle of a script without blanks: about four words
SAMPLE, SHARE, MOST = 32, 12, 160  # rows an article in the candidate table: a 12th of its shingles, at least and at most; see decision 14
MIN_WORDS = 24  # narrated or quoted words that are no boilerplate; below this a text has no sample and matches nothing
QUOTED, BOILERPLATE = 4, 8  # what a word is, beside words.NUMBER and words.NAME

WORTH = bytes(not flag & BOILERPLATE for flag in range(256))  # translates flags for itertools.compress
_WITHOUT_BOILERPLATE = bytes(flag & ~BOILERPLATE for flag in range(256))
_HEAD = struct.Struct("<BBI")  # version, width, words


def sign(text: str, language: str, *, seed: int, boilerplate: AbstractSet[int] = frozenset()) -> Signature:
    """Return the text's signature.

    `seed` is the deployment's own, so that nobody outside can write texts that collide. `boilerplate` holds
    the shingles that the article's title repeats on its pages (see boilerplate.py): they weigh nothing.
    """
    text = words.clean(text, language)
    pattern, vocabulary = words.pattern(text), _vocabulary(seed)
    lines = [(pattern.findall(line), quoted) for line, quoted in quotations.split(text)]
    found = list(map(vocabulary.__getitem__, chain.from_iterable([printed for printed, _ in lines])))
    tokens, kinds = zip(*found, strict=True) if found else ((), ())
    flags, end = bytearray(kinds), 0
    for (printed, _), said in zip(lines, quotations.hear(lines, language), strict=True):
        start, end = end, end + len(printed)
        if said:
            flags[start:end] = bytes([flag | QUOTED for flag in flags[start:end]])
    width = SIGN_WIDTH if len(words.SIGN.findall(text)) * 2 > len(found) else WIDTH
    whole = _whole(tokens, bytes(flags), width)
    return discount(whole, boilerplate) if boilerplate else whole


def discount(signature: Signature, boilerplate: AbstractSet[int]) -> Signature:
    """Return the signature as if it had been signed with this boilerplate, and no other."""
    places = list(compress(range(len(signature.shingles)), map(boilerplate.__contains__, signature.shingles)))
    if not places and max(signature.flags, default=0) < BOILERPLATE:
        return signature
    flags = bytearray(signature.flags.translate(_WITHOUT_BOILERPLATE))
    for place in places:
        for covered in range(place, place + signature.width):
            flags[covered] |= BOILERPLATE
    marked = bytes(flags)
    return replace(signature, flags=marked, sample=_sample(signature.shingles, marked, signature.width))


def pack(signature: Signature) -> bytes:
    """Return the signature as bytes, about 4.3 a word; the shingles and the sample are not in it, they follow from the words."""
    head = _HEAD.pack(signature.version, signature.width, len(signature.tokens))
    return head + array("I", signature.tokens).tobytes() + zlib.compress(signature.flags, 1)


def unpack(data: bytes) -> Signature:
    """Return the signature that `pack` was given. Raises ValueError for another version."""
    version, width, count = _HEAD.unpack_from(data)
    if version != VERSION:
        raise ValueError(f"signature of version {version}, this is version {VERSION}: sign the text anew")
    tokens = array("I")
    end = _HEAD.size + count * tokens.itemsize
    tokens.frombytes(data[_HEAD.size : end])
    return _whole(tuple(tokens), zlib.decompress(data[end:]), width)


def _whole(tokens: tuple[int, ...], flags: bytes, width: int) -> Signature:
    shingles = _shingles(array("I", tokens), width)
    sample = _sample(shingles, flags, width)
    return Signature(version=VERSION, width=width, tokens=tokens, flags=flags, shingles=shingles, sample=sample)


class _Vocabulary(dict[str, tuple[int, int]]):
    """Word as printed -> its hash and kind. Filled as words are met: news has few, and hashing is what signing costs."""

    MOST = 1 << 18

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __missing__(self, printed: str) -> tuple[int, int]:
        if len(self) >= self.MOST:
            self.clear()
        word, kind = words.plain(printed)
        self[printed] = token = xxhash.xxh3_64_intdigest(word.encode("utf-8", "replace"), self.seed) & 0xFFFFFFFF, kind
        return token


_vocabulary = lru_cache(maxsize=4)(_Vocabulary)


def _shingles(tokens: array[int], width: int) -> tuple[int, ...]:
    """Return a signed 64-bit hash of each window, in text order. The words' own hashes are seeded already."""
    data, size = tokens.tobytes(), tokens.itemsize
    span = width * size
    hashed = xxhash.xxh3_64_intdigest
    unsigned = array("Q", [hashed(data[at : at + span]) for at in range(0, len(data) - span + size, size)])
    return tuple(memoryview(unsigned).cast("B").cast("q"))


def _sample(shingles: tuple[int, ...], flags: bytes | bytearray, width: int) -> tuple[int, ...]:
    """Return the lowest-hashing shingles that are no boilerplate: more of a long text, or a stub of it would hold next to none of them."""
    clean = max(flags, default=0) < BOILERPLATE
    if (len(flags) if clean else sum(flags.translate(WORTH))) < MIN_WORDS * (width // WIDTH):
        return ()
    told = shingles if clean else list(compress(shingles, flags.translate(WORTH)))
    size = max(SAMPLE, min(len(told) // SHARE, MOST))
    # Hashes are spread evenly: of those below this about twice as many as wanted are expected, and few need be sorted.
    below = (size << 65) // max(len(told), 1) - (1 << 63)
    low = {shingle for shingle in told if shingle < below}
    return tuple(sorted(low if len(low) >= size else set(told))[:size])
