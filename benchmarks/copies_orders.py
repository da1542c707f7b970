"""The same articles and matches, arriving in many orders -> in how many of them the stories come out the same.

python -m benchmarks.copies_orders            20 orders of 5,000 invented articles; crowds of 2,000 copies of a text
python -m benchmarks.copies_orders --check    and fails where an order changes anything, or a crowd takes minutes
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

from benchmarks import copies_news
from pipeline.records import Copy
from pipeline.stories import candidates, canonical, linkage, matches, partition, signatures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.records import Match

SECONDS = 60  # of CPU that a crowd may take; 4 measured
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def copy(article: int, name: str, words: int) -> Copy:
    key = hashlib.sha256(name.encode()).digest()
    seen = NOON + timedelta(minutes=key[0] // 64)  # many see a text at the same time
    return Copy(
        article=article, url_key=key, words=words, access="full", by_agency=False, first_seen_at=seen, happened_at=seen, precise=True
    )


def copies(docs: Sequence[Mapping[str, Any]], ids: Sequence[int] | None = None) -> list[Copy]:
    return [copy(ids[place] if ids else place, doc["id"], len(doc["text"].split())) for place, doc in enumerate(docs)]


def same(docs: Sequence[Mapping[str, Any]], found: Mapping[tuple[int, int], Match], times: int = 20) -> int:
    """Return in how many random orders of arrival the stories and their canonical articles come out as in the first."""
    dice, seen = random.Random(1), Counter[frozenset[tuple[frozenset[str], str]]]()
    for _ in range(times):
        ids = list(range(len(docs)))
        dice.shuffle(ids)
        arrived = copies(docs, ids)
        by_article = {one.article: one for one in arrived}
        turned = [renamed(match, ids) for match in found.values()]
        dice.shuffle(arrived)
        dice.shuffle(turned)
        name = {ids[place]: doc["id"] for place, doc in enumerate(docs)}
        groups = partition.group(arrived, turned)
        seen[
            frozenset(
                (frozenset(name[member] for member in members), name[canonical.choose(by_article[member] for member in members)])
                for members in groups
            )
        ] += 1
    print(f"\n{times} random orders of {len(docs):,} articles: {len(seen)} outcome(s), with canonical articles")
    return max(seen.values())


def renamed(match: Match, ids: Sequence[int]) -> Match:
    left, right = ids[match.left], ids[match.right]
    if left < right:
        return replace(match, left=left, right=right)
    return replace(
        match, left=right, right=left, left_in_right=match.right_in_left, right_in_left=match.left_in_right,
        left_words=match.right_words, right_words=match.left_words,
        passages=tuple((there, at, length) for at, there, length in match.passages),
    )  # fmt: skip


def found(told: Sequence[copies_news.Told]) -> dict[tuple[int, int], Match]:
    """Return the matches of invented articles."""
    signed = {place: signatures.sign(one.text, one.language, seed=7) for place, one in enumerate(told)}
    pairs = candidates.pairs({place: signature.sample for place, signature in signed.items()})
    compared = {pair: matches.compare(signed[pair[0]], signed[pair[1]], pair=pair) for pair in pairs}
    return {pair: match for pair, match in compared.items() if match}


def crowd(count: int, linked: float) -> float:
    """Return the seconds that it takes to group so many copies of one text."""
    dice = random.Random(1)
    links = {pair: dice.randint(1_500_000, 2_000_000) for pair in combinations(range(count), 2) if dice.random() < linked}
    start = time.process_time()
    groups = linkage.average(count, links)
    seconds = time.process_time() - start
    print(f"{count:,} copies, {linked:.0%} of {count * (count - 1) // 2:,} pairs linked: {len(groups)} story in {seconds:.1f} s")
    return seconds if len(groups) == 1 else float("inf")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail where an order changes anything, or a crowd takes minutes")
    check = parser.parse_args().check
    told = list(copies_news.corpus(5000, 21))[:5000]
    alike = same([{"id": one.id, "text": one.text} for one in told], found(told))
    slowest = max(crowd(2000, linked) for linked in (1.0, 0.95, 0.7))
    return 1 if check and (alike < 20 or slowest > SECONDS) else 0


if __name__ == "__main__":
    sys.exit(main())
