"""Invented pages of one kind, once to sixteen times as long -> how extraction's time grows with them.

    python -m benchmarks.articles_lengths            prints the table
    python -m benchmarks.articles_lengths --check    and fails where time grows faster than pages do

Exponent: log of the growth in time over log of the growth in bytes, between pages of 4 and of 16 times the length; 1 is linear. The
least of three runs counts, for the machine is shared.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import registry
from pipeline.articles.credits import compile_rules
from pipeline.articles.extract import extract
from pipeline.records import Page, Title

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 1.35  # of the exponent; 0.5 to 1.1 measured
TIMES = (1, 2, 4, 8, 16)
WORDS = [
    "harbour",
    "ferry",
    "island",
    "quay",
    "council",
    "nets",
    "herring",
    "strike",
    "fares",
    "winter",
    "board",
    "moorings",
    "lantern",
    "crew",
]
TITLE = Title(key="x", name="", owner="", country="gb", language="en", kind="newspaper", domains=("x.invalid",), feeds=())


def lines(count: int) -> list[str]:
    draw = random.Random(5)
    return [f"{' '.join(draw.choices(WORDS, k=30)).capitalize()} number {number}." for number in range(count)]


def pages(times: int) -> Iterator[tuple[str, str]]:
    """Yield a page of each kind, so many times as long as its first."""
    text = "".join(f"<p>{line}</p>" for line in lines(40))
    yield "paragraphs", "".join(f"<p>{line}</p>" for line in lines(40 * times))
    yield "lists of links", text + "".join(f"<li><a href='/a/{line[:9]}'>{line[:60]}</a></li>" for line in lines(200 * times))
    yield (
        "captions",
        text + "".join(f"<figure><img src='/a.jpg'><figcaption>{line} (AFP)</figcaption></figure>" for line in lines(30 * times)),
    )
    yield (
        "boxes",
        text
        + "".join(f"<div class='teaser'><div><a href='/a'>{line[:50]}</a><p>{line[:90]}</p></div></div>" for line in lines(60 * times)),
    )
    yield "scripts", text + "".join(f"<script>var a = {{b: '{line}'}};</script>" for line in lines(100 * times))
    yield "no text", "".join(f"<div><a href='/a'>{line[:50]}</a></div>" for line in lines(60 * times))


def spent(inner: str) -> tuple[int, float]:
    """Return a page's bytes and the CPU seconds that it takes."""
    body = (
        f"<!DOCTYPE html><html lang='en'><title>Ferries sail again</title><body><h1>Ferries sail again</h1>{inner}</body></html>".encode()
    )
    page = Page(url="https://x.invalid/a/b", body=body, content_type="text/html", fetched_at=datetime(2026, 11, 1, tzinfo=UTC), title=TITLE)
    took = []
    for _ in range(3):
        began = time.process_time()
        extract(page, RULES)
        took.append(time.process_time() - began)
    return len(body), min(took)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true")
    chosen = options.parse_args()
    found: dict[str, list[tuple[int, float]]] = {}
    for times in TIMES:
        for kind, inner in pages(times):
            found.setdefault(kind, []).append(spent(inner))
    wrong = []
    for kind, measured in found.items():
        (small, quick), (large, slow) = measured[2], measured[-1]
        exponent = math.log(slow / quick) / math.log(large / small)
        print(
            f"{kind:16}" + "".join(f"{size // 1024:5} KB {1000 * took:6.1f} ms " for size, took in measured) + f"  exponent {exponent:.2f}"
        )
        if exponent > MOST:
            wrong.append(f"{kind}: time grows by the power of {exponent:.2f}, and may by {MOST}")
    print(*wrong, sep="\n")
    return int(chosen.check and bool(wrong))


RULES = compile_rules(registry.load(Path(__file__).resolve().parent.parent / "pipeline" / "registry").agencies)

if __name__ == "__main__":
    sys.exit(main())
