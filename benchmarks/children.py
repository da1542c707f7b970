"""Measure what child processes survive and cost: a thousand kills of every kind, and good pages and feeds through them.

    python -m benchmarks.children            prints the tables
    python -m benchmarks.children --check    and fails where something is left behind, or good work costs over a tenth more

Kills: a loop on the CPU, a wait, a hoard of memory, a result that is too large, SIGSEGV, an exit. After each comes good work. Processes,
descriptors and files in the temporary folder are counted before and after, and the memory of this process, which stands for a worker.
Cost: the CPU time of `inside.read_page` and `inside.read_feed`, here and through a child (its own, and ours for packing and unpacking), on
the same files of ../shared, the lesser of three runs each. Wall time would measure what else the machine does. What a
child adds is bounded in shares of an extraction, the dear part of our work; to the reading of a feed it adds the packing of all entries.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import os
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from benchmarks import feeds
from benchmarks.children_ends import add, crash, hoard, leave, spin, swell, wait
from pipeline import inside, registry, urls
from pipeline.children import Children, Killed
from pipeline.records import Page, Title

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT.parent / "shared" / "data" / "pages"
KILLS = 1000
SAMPLE = 40  # pages
RUNS = 3
CEILINGS = {"processes": 0, "descriptors": 0, "files": 0, "MB": 100, "wrong": 0, "not killed": 0}
MOST = 0.10  # of the time of an extraction
TITLE = Title(key="x", name="", owner="", country="us", language="en", kind="newspaper", domains=("x.invalid",), feeds=())


# function, seconds; the dear ones (they fill memory) once in five
KINDS: list[tuple[Callable[..., Any], float]] = [
    (spin, 0.02), (wait, 0.01), (crash, 5), (leave, 5), (spin, 0.02), (wait, 0.01), (crash, 5), (leave, 5), (hoard, 10), (swell, 10),
]  # fmt: skip


def standing() -> dict[str, float]:
    """Return what a leak would show in: of this process and all below it."""
    gc.collect()
    me = psutil.Process()
    return {
        "processes": len(me.children(recursive=True)),
        "descriptors": me.num_fds(),
        "files": len(list(Path(tempfile.gettempdir()).iterdir())),
        "MB": me.memory_info().rss / 2**20,
    }


def survive(kills: int) -> dict[str, float]:
    """Kill so many children, with good work between, and return what that left behind."""
    wrong = alive = 0
    with Children(1, megabytes=160) as children:
        children.call(add, 1, 2, seconds=5)
        before, began = standing(), time.perf_counter()
        for number in range(kills):
            function, seconds = KINDS[number % len(KINDS)]
            alive += 1
            with suppress(Killed):
                children.call(function, seconds=seconds)
                alive += 1
            alive -= 1
            wrong += children.call(add, number, 2, seconds=10) != number + 2
        took, after = time.perf_counter() - began, standing()
    return {name: after[name] - before[name] for name in after} | {"wrong": wrong, "not killed": alive, "kills/s": kills / took}


def jobs() -> dict[str, list[tuple[Any, ...]]]:
    """Return good work: a call and its arguments, for pages and for feeds."""
    rows = [json.loads(line) for line in gzip.decompress((PAGES / "index.jsonl.gz").read_bytes()).splitlines()]
    rows = [row for row in rows if row["source"] == "scrapinghub"]
    at = datetime(2026, 11, 1, tzinfo=UTC)
    pages = [
        Page(
            url=row["url"] or "https://x.invalid/a/b",
            body=gzip.decompress((PAGES / row["path"]).read_bytes()),
            content_type="text/html",
            fetched_at=at,
            title=replace(TITLE, domains=(urls.host(row["url"] or "https://x.invalid"),)),
        )
        for row in rows[:: max(1, len(rows) // SAMPLE)]
    ]
    bodies = {path: body for path, body in feeds.load().items() if path.startswith(feeds.LIVE)}
    return {
        "extraction": [(inside.read_page, page) for page in pages],
        "feeds": [(inside.read_feed, body, feeds.FEED.url, "", feeds.title(body), feeds.FEED, feeds.NOW) for body in bodies.values()],
    }


def cost() -> dict[str, tuple[float, float]]:
    """Return the CPU milliseconds of a piece of good work here, and through a child; the lesser of some runs."""
    agencies = registry.load(ROOT / "pipeline" / "registry").agencies
    inside.prepare(agencies, 1)
    figures = {}
    with Children(1, initializer=inside.prepare, initargs=(agencies, 1)) as children:
        for name, calls in jobs().items():
            here, there = [], []
            for _ in range(RUNS):
                before = spent()
                for function, *arguments in calls:
                    function(*arguments)
                middle = spent()
                for function, *arguments in calls:
                    children.call(function, *arguments, seconds=60)
                here.append(middle - before)
                there.append(spent() - middle)
            figures[name] = (min(here) / len(calls) * 1000, min(there) / len(calls) * 1000)
    return figures


def spent() -> float:
    """Return the CPU seconds that this process and all below it have taken."""
    times = [process.cpu_times() for process in psutil.Process().children(recursive=True)]
    return time.process_time() + sum(sum(one[:4]) for one in times)  # user, system, and both of children that have ended


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail where a ceiling is not held")
    parser.add_argument("--kills", type=int, default=KILLS)
    options = parser.parse_args()
    bad = []
    with tempfile.TemporaryDirectory() as place:
        tempfile.tempdir = os.environ["TMPDIR"] = place  # so that nobody else's files are counted
        left = survive(options.kills)
        tempfile.tempdir = None
        del os.environ["TMPDIR"]
    print(f"after {options.kills} kills, more than before:")
    for name, value in left.items():
        print(f"{name:14}{value:8.1f}" + (f"   at most {CEILINGS[name]}" if name in CEILINGS else ""))
        bad += [name] if value > CEILINGS.get(name, value) else []
    if not PAGES.is_dir():
        print("cost skipped: ../shared is absent")
    else:
        figures = cost()
        whole = figures["extraction"][0]
        for name, (here, there) in figures.items():
            share = (there - here) / whole
            print(f"{name:14}{here:8.2f} ms here {there:8.2f} ms in a child {there / here - 1:+8.1%}, {share:+.1%} of an extraction")
            bad += [name] if share > MOST else []
        print(f"at most {MOST:+.0%} of an extraction")
    if options.check and bad:
        print("not held:", ", ".join(bad))
    return int(options.check and bool(bad))


if __name__ == "__main__":
    sys.exit(main())
