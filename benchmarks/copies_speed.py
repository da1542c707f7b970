"""Measure what signing a text costs on one core, part by part, beside a naive fingerprint of the same texts in the same run.

    python -m benchmarks.copies_speed [--texts 300] [--check]

Milliseconds of CPU an article, the best of some rounds, on invented English news of 246 and 757 words. The naive fingerprint is what
a first afternoon gives: lower-cased words, each four of them joined and hashed, the 32 lowest kept. It knows no house styles, no
quotations, no kinds of words. Machines are shared, so that the floor is on the ratio of the two.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from array import array
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any

import xxhash

from benchmarks import copies_news
from pipeline.stories import quotations, signatures, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LENGTHS = (246, 757)  # words
ROUNDS = 7
FLOORS = {246: 0.5, 757: 0.5}  # the naive fingerprint's time (xxhash) by ours: 0.6 to 0.7 measured


def naive(text: str, hashed: Callable[[bytes], int]) -> list[int]:
    said = re.findall(r"\w+", text.lower())
    return sorted({hashed(" ".join(said[at : at + 4]).encode()) for at in range(len(said) - 3)})[:32]


def texts(length: int, count: int) -> list[str]:
    """Return so many texts of about so many words."""
    return list(islice(_texts(length, count), count))


def _texts(length: int, count: int) -> Iterator[str]:
    told: list[str] = []
    for one in copies_news.corpus(20 * count, 11):
        if one.language == "en":
            told.append(one.text)
            if sum(len(text.split()) for text in told) >= length:
                yield re.match(rf"\s*(?:\S+\s*){{{length}}}", "\n".join(told))[0]  # type: ignore[index]  there are so many
                told = []


def best(function: Callable[..., object], items: Sequence[tuple[Any, ...]]) -> float:
    """Return the milliseconds of CPU an item takes in the best round."""
    spent = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for item in items:
            function(*item)
        spent.append(time.process_time() - start)
    return min(spent) / len(items) * 1000


def measure(some: Sequence[str]) -> dict[str, float]:
    cleaned = [words.clean(text, "en") for text in some]
    signed = [signatures.sign(text, "en", seed=7) for text in some]
    packed = [(signatures.pack(one),) for one in signed]
    return {
        "clean": best(words.clean, [(text, "en") for text in some]),
        "quotations": best(quotations.split, [(text,) for text in cleaned]),
        "shingles": best(signatures._shingles, [(array("I", one.tokens), one.width) for one in signed]),  # noqa: SLF001  a part of signing, timed by itself
        "sample": best(signatures._sample, [(one.shingles, one.flags, one.width) for one in signed]),  # noqa: SLF001  a part of signing, timed by itself
        "unpack": best(signatures.unpack, packed),
        "sign, whole": best(lambda text: signatures.sign(text, "en", seed=7), [(text,) for text in some]),
        "naive, xxhash": best(naive, [(text, xxhash.xxh3_64_intdigest) for text in some]),
        "naive, blake2": best(naive, [(text, lambda said: int.from_bytes(blake2b(said, digest_size=8).digest())) for text in some]),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--check", action="store_true", help="fail where a floor is not held")
    args = parser.parse_args()
    failed = []
    for length in LENGTHS:
        some = texts(length, args.texts)
        found = measure(some)
        mean = sum(len(text.split()) for text in some) / len(some)
        print(f"{len(some)} texts of {mean:.0f} words, ms an article")
        print("\n".join(f"  {name:14} {spent:.3f}" for name, spent in found.items()))
        ratio = found["naive, xxhash"] / found["sign, whole"]
        print(f"  {1000 / found['sign, whole']:,.0f} signed a second; the naive fingerprint takes {ratio:.2f} times as long")
        if ratio < FLOORS[length]:
            failed.append(f"{length} words: {ratio:.2f} < {FLOORS[length]}")
    print("\n".join(f"BELOW ITS FLOOR  {line}" for line in failed) or "every floor is held")
    return 1 if args.check and failed else 0


if __name__ == "__main__":
    sys.exit(main())
