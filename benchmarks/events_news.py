"""ECB+, BASIL and the newsstand -> stories whose event is known, in halves: 0 was looked at while figures were chosen, 1 is reported."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.newsstand import truth, world
from pipeline.newsstand.newsroom import compose
from pipeline.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = ROOT.parent / "shared" / "data" / "copies"
START = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 15  # over which what has no date is spread
SEEDS = ((11, 12, 13), (21, 22, 23))


@dataclass(frozen=True, slots=True, kw_only=True)
class Doc:
    """A story whose event is known; "" where it is not."""

    event: str
    language: str
    headline: str
    text: str
    at: datetime


def half(topic: str) -> int:
    return hashlib.md5(topic.encode()).digest()[0] % 2


def rows(name: str) -> list[dict]:
    with gzip.open(SHARED / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def ecb(part: int) -> Iterator[Doc]:
    """Yield the documents of half of the topics. They have no dates: all are of one day, the harder case."""
    for row in rows("events_ecbplus"):
        if half(row["event"][:-1]) == part:
            text = re.sub(r"\s+([.,;:!?)'’])", r"\1", row["text"].replace("``", '"').replace("''", '"'))
            lines = [line for line in text.split("\n") if line.strip() and not line.lower().startswith(("http", "www"))]
            titled = len(lines) > 1 and len(lines[0].split()) < 16
            yield Doc(event=row["event"], language="en", headline=lines[0] if titled else "", text="\n".join(lines[titled:]), at=START)


def basil(part: int) -> Iterator[Doc]:
    for row in rows("events_basil"):
        if half(row["event"]) == part:
            at = datetime.fromisoformat(row["date"]).replace(tzinfo=UTC)
            yield Doc(event=row["event"], language="en", headline=row["title"], text=row["text"], at=at)


def amid(part: int) -> Iterator[Doc]:
    """Yield both within a fortnight amid other news. Both events of a pair of ECB+ are of one day; others' days are drawn."""
    rng = random.Random(part)
    day: dict[str, float] = defaultdict(lambda: rng.uniform(0, DAYS))
    for doc in ecb(part):
        yield replace(doc, at=START + timedelta(days=day[doc.event[:-1]] + rng.uniform(0, 1)))
    first: dict[str, datetime] = {}
    for doc in basil(part):
        since = doc.at - first.setdefault(doc.event, doc.at)
        yield replace(doc, at=START + timedelta(days=day[doc.event]) + since)
    for row in rows("editorial_edits"):
        if row["kind"] == "real" and half(row["id"]) == part:
            at = START + timedelta(days=rng.uniform(0, DAYS))
            yield Doc(event="", language="en", headline=row["title"], text=row["text"], at=at)


def newsstand(seed: int) -> Iterator[Doc]:
    """Yield a day's stories: of each the piece that was out first. What belongs to no event is one of its own."""
    made = world.build(seed=seed, titles=40, start=START)
    true, first = {row.url: row for row in truth.tell(made)}, {}
    for piece in (piece for shelf in made.shelves for piece in shelf):
        told = true.get(piece.url)
        if told and told.kind in {"wire", "own", "template"}:
            before = first.get(told.story)
            first[told.story] = before if before and before[0].published <= piece.published else (piece, told)
    for story, (piece, told) in sorted(first.items()):
        draft = compose(made, piece, made.end)
        text = "\n\n".join((draft.standfirst, *draft.paragraphs))
        yield Doc(event=told.event or story, language=told.language, headline=draft.headline, text=text, at=piece.published)


def sets(part: int) -> dict[str, list[list[Doc]]]:
    """Return the sets of news by name."""
    stands = [list(newsstand(seed)) for seed in SEEDS[part]]
    if not SHARED.exists():
        print("ECB+ and BASIL are left out: ../shared is not there", file=sys.stderr)
        return {"newsstand": stands}
    return {"ecb": [list(ecb(part))], "basil": [list(basil(part))], "amid": [list(amid(part))], "newsstand": stands}
