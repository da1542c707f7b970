"""Text -> Signature: what is kept of a text to find its copies."""

from __future__ import annotations

import struct
import zlib
from array import array
from dataclasses import replace
from itertools import compress, starmap
from typing import TYPE_CHECKING

import xxhash

from pipeline.records import Signature
from pipeline.stories import quotations, vocabularies, words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

VERSION = 1  # of what a word, a shingle and a sample are; a higher one means that every text is signed anew
WIDTH = 4  # words in a shingle
SIGN_WIDTH = 8  # signs in a shingle of a script without blanks: about four words
SAMPLE, SHARE, MOST = 32, 12, 160  # rows an article in the candidate table: a 12th of its shingles, at least and at most; see decision 14
MIN_WORDS = 24  # narrated or quoted words that are no boilerplate; below this a text has no sample and matches nothing
QUOTED, BOILERPLATE = 4, 8  # what a word is, beside words.NUMBER and words.NAME

WORTH = bytes(not flag & BOILERPLATE for flag in range(256))  # translates flags for itertools.compress
_TOLD = bytes(flag for flag in range(256) if not flag & BOILERPLATE)
_WITHOUT_BOILERPLATE = bytes(flag & ~BOILERPLATE for flag in range(256))
_AS_QUOTED = bytes(flag | QUOTED for flag in range(256))
_HEAD = struct.Struct("<BBI")  # version, width, words


def sign(text: str, language: str, *, seed: int, boilerplate: AbstractSet[int] = frozenset()) -> Signature:
    """Return the text's signature.

    `seed` is the deployment's own, so that nobody outside can write texts that collide. `boilerplate` holds
    the shingles that the article's title repeats on its pages (see boilerplate.py): they weigh nothing.
    """
    text = words.clean(text, language)
    pattern = words.pattern(text)
    vocabulary = vocabularies.of(seed, pattern)
    apart = (
        pattern.findall if pattern is words.WORD_OR_SIGN else str.split
    )  # what stands between blanks is met again, unless nothing has any
    parts, lines, end = list[bytes](), list[quotations.Line](), 0
    for line, quoted in quotations.split(text):
        parts.append(b"".join(map(vocabulary.__getitem__, apart(line))))
        start, end = end, end + len(parts[-1]) // vocabularies.SIZE
        lines.append((start, end, quoted))
    tokens, flags, voices = vocabularies.parted(b"".join(parts))
    for start, end in quotations.hear(lines, voices, language):
        flags[start:end] = flags[start:end].translate(_AS_QUOTED)
    signs = len(words.SIGN.findall(text)) if pattern is words.WORD_OR_SIGN else 0
    whole = _whole(tokens, bytes(flags), SIGN_WIDTH if signs * 2 > len(tokens) else WIDTH)
    return discount(whole, boilerplate) if boilerplate else whole


def discount(signature: Signature, boilerplate: AbstractSet[int]) -> Signature:
    """Return the signature as if it had been signed with this boilerplate, and no other."""
    marked = mark(signature, boilerplate)
    if marked is signature.flags:
        return signature
    return replace(signature, flags=marked, sample=_sample(signature.shingles, marked, signature.width))


def mark(signature: Signature, boilerplate: AbstractSet[int]) -> bytes:
    """Return the words' flags if this is boilerplate and nothing else is: the signature's own, if neither it nor they have any."""
    places = list(compress(range(len(signature.shingles)), map(boilerplate.__contains__, signature.shingles)))
    if not places and not repeats(signature.flags):
        return signature.flags
    flags = signature.flags.translate(_WITHOUT_BOILERPLATE)
    return (int.from_bytes(flags, "little") | covered(signature, places, BOILERPLATE)).to_bytes(len(flags), "little")


def covered(signature: Signature, places: Iterable[int], flag: int) -> int:
    """Return the flag at every word that shingles at these places cover, a byte a word, as one number, because words are many."""
    begun = bytearray(len(signature.flags))
    for place in places:
        begun[place] = flag
    first = int.from_bytes(begun, "little")
    whole = first
    for shift in range(1, signature.width):
        whole |= first << 8 * shift
    return whole


def repeats(flags: bytes | bytearray) -> bool:
    """Return whether any word is boilerplate."""
    return len(flags.translate(None, _TOLD)) > 0


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
    return _whole(tokens, zlib.decompress(data[end:]), width)


def _whole(tokens: array[int], flags: bytes, width: int) -> Signature:
    shingles = tuple(_shingles(tokens, width))
    sample = _sample(shingles, flags, width)
    return Signature(version=VERSION, width=width, tokens=tuple(tokens), flags=flags, shingles=shingles, sample=sample)


def _shingles(tokens: array[int], width: int) -> array[int]:
    """Return a signed 64-bit hash of each window, in text order. The words' own hashes are seeded already.

    Windows that follow one another without sharing a word are read in one go, as many times as a window has words.
    """
    data, size, count = tokens.tobytes(), tokens.itemsize, max(len(tokens) - width + 1, 0)
    hashed, window = xxhash.xxh3_64_intdigest, struct.Struct(f"{width * size}s")
    shingles = array("Q", bytes(8 * count))
    for shift in range(min(width, count)):
        windows = (len(tokens) - shift) // width
        following = data[shift * size : (shift + windows * width) * size]
        shingles[shift::width] = array("Q", starmap(hashed, window.iter_unpack(following)))
    return array("q", shingles.tobytes())


def _sample(shingles: tuple[int, ...], flags: bytes | bytearray, width: int) -> tuple[int, ...]:
    """Return the lowest-hashing shingles that are no boilerplate: more of a long text, or a stub of it would hold next to none of them."""
    clean = not repeats(flags)
    if (len(flags) if clean else sum(flags.translate(WORTH))) < MIN_WORDS * (width // WIDTH):
        return ()
    told = shingles if clean else list(compress(shingles, flags.translate(WORTH)))
    size = max(SAMPLE, min(len(told) // SHARE, MOST))
    # Hashes are spread evenly: of those below this about twice as many as wanted are expected, and few need be sorted.
    below = (size << 65) // max(len(told), 1) - (1 << 63)
    low = {shingle for shingle in told if shingle < below}
    return tuple(sorted(low if len(low) >= size else set(told))[:size])
