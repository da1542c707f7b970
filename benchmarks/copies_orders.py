"""The same articles and matches, arriving in many orders -> in how many of them the stories come out the same."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.records import Copy
from pipeline.stories import canonical, partition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.records import Match

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
    return replace(match, left=right, right=left, left_in_right=match.right_in_left, right_in_left=match.left_in_right)
