"""Measure `./wiredesk fold` on a corpus of any size: documents a second, memory, and whether the order of lines changes a byte.

    python -m benchmarks.copies_fold [--size 10000] [--workers 1] [--check]

Processes of their own, as people run it. Since machines are shared, one core's CPU time of the same work in one process is told too,
beside that of `json.loads` of the same lines.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import copies_news, copies_scores
from pipeline.cli import corpus, corpus_jobs
from pipeline.registry import load
from pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

FLOORS = {
    "precision": 0.99,
    "recall": 0.95,
    "the same in another order": 1.0,
    "documents a second of CPU": 200,
}  # of 412-467, many others at work
CODE = "from pipeline.cli.fold import app; app()"


def fold(docs: Path, out: Path, workers: int) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", CODE, str(docs), "--out", str(out), "--workers", str(workers)], check=True)
    return time.perf_counter() - start


class Inline:
    """A pool that is this process."""

    workers = 1

    def each(self, function: Callable[..., Any], jobs: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        for job in jobs:
            yield function(*job)


def cpu(lines: Sequence[str]) -> float:
    """Return the seconds of CPU that folding takes in one process."""
    pool: Any = Inline()
    with tempfile.NamedTemporaryFile() as spool:
        corpus_jobs.prepare(load(Settings().registry).agencies, spool.name)
        start = time.process_time()
        numbered = enumerate((line.encode() for line in lines), start=1)
        known = corpus.gather(numbered, pool, spool, refuse=print, report=lambda *_: None)
        corpus.discount(known, pool, spool, lambda *_: None)
        corpus.tell(known, pool, lambda *_: None)
        return time.process_time() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--check", action="store_true", help="fail where a floor is not held")
    args = parser.parse_args()
    told = list(copies_news.corpus(args.size, 3))
    lines = [
        json.dumps(
            {"id": one.id, "title": one.title, "language": one.language, "published_at": one.at.isoformat(), "text": one.text},
            ensure_ascii=False,
        )
        for one in told
    ]
    start = time.process_time()
    for line in lines:
        json.loads(line)
    loading = time.process_time() - start
    with tempfile.TemporaryDirectory() as folder:
        docs, out, again = (Path(folder) / name for name in ("docs.jsonl", "stories.jsonl", "again.jsonl"))
        docs.write_text("\n".join(lines))
        seconds = fold(docs, out, args.workers)
        megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        random.Random(1).shuffle(lines)
        docs.write_text("\n".join(lines))
        fold(docs, again, args.workers)
        same = out.read_bytes() == again.read_bytes()
        story = {row["id"]: row["story"] for row in map(json.loads, out.read_text().splitlines())}
    words = sum(len(one.text.split()) for one in told) / len(told)
    used = cpu(lines)
    print(
        f"{len(told) / used:,.0f} documents of {words:.0f} words a second of CPU, {used / loading:,.0f} times as long as json.loads alone"
    )
    print(f"{len(told) / seconds:,.0f} a second by the clock, {megabytes:,.0f} MB in the largest process")
    groups: dict[int, list[int]] = {}
    for place, one in enumerate(told):
        groups.setdefault(story[one.id], []).append(place)
    (precision, recall, _), _ = copies_scores.row(f"{len(told):,} documents", list(groups.values()), [one.story for one in told])
    figures = {
        "precision": precision,
        "recall": recall,
        "the same in another order": float(same),
        "documents a second of CPU": len(told) / used,
    }
    failed = [f"{name}: {figures[name]:.4f} < {floor}" for name, floor in FLOORS.items() if figures[name] < floor]
    print("\n".join(f"BELOW ITS FLOOR  {line}" for line in failed) or "every floor is held")
    return 1 if args.check and failed else 0


if __name__ == "__main__":
    sys.exit(main())
