"""Measure what a poll costs us where nothing has changed: a 304, or a 200 with the same body. Neither is parsed.

    python -m benchmarks.feeds_unchanged            prints the table
    python -m benchmarks.feeds_unchanged --check    and fails where a ceiling is not held

The web is a table in memory that answers at once, so all of a poll's time is ours: claiming, the digest, and the transaction that writes
the poll and the schedule, in a Postgres of this machine that does not wait for the disk. `parsed` are the calls to a child; it must be 0.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import inside
from pipeline.machine.postgres import Server
from pipeline.newsstand.enrolment import enrol
from pipeline.records import Agency, Answer, Feed, Title
from pipeline.settings import Settings
from pipeline.steps import polled, sync
from pipeline.steps.edges import Edges, opened
from pipeline.steps.poll import poll
from pipeline.store import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

FEEDS = 400
ITEMS = 50
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CEILINGS = {"digest": 1.0, "304 cpu": 2.0, "same body cpu": 2.0}  # milliseconds a poll: the requirement, of our own CPU time
NOBODY = Agency(key="npa", name="Northern Press Agency", aliases=("NPA",), languages=("en",), country="no", domains=("npa.example",))
TEXT = "The ferry left the harbour at noon with forty people on board, a week after the storms. " * 20


class Web:
    """Answers each feed with its one body, or with 304 if it is to and the validator is right."""

    def __init__(self) -> None:
        self.honest = True
        self.bodies = {f"http://title{n}.example/feed.xml": body(n) for n in range(FEEDS)}

    def fetch(self, url: str, *, kind: str, etag: str = "", modified: str = "") -> Answer:
        """Answer at once."""
        del modified
        if kind == "robots":
            return Answer(url=url, status=200, headers={"content-type": "text/plain"}, body=b"")
        if etag and self.honest:
            return Answer(url=url, status=304, headers={"etag": etag}, body=b"")
        return Answer(url=url, status=200, headers={"content-type": "application/rss+xml", "etag": '"1"'}, body=self.bodies[url])


class Inline:
    """Calls the function here, and counts."""

    calls = 0

    def call(self, function: Any, *args: Any, seconds: float) -> Any:
        assert seconds > 0
        self.calls += 1
        return function(*args)


def body(title: int) -> bytes:
    date = "<pubDate>Mon, 02 Mar 2026 11:00:00 GMT</pubDate>"
    items = "".join(
        f"<item><title>Story {n}</title><link>http://title{title}.example/{n}-story</link>{date}<description>{TEXT}</description></item>"
        for n in range(ITEMS)
    )
    return f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>".encode()


@contextmanager
def world(place: Path) -> Iterator[tuple[Edges, Web, Inline, list[datetime]]]:
    """Yield edges onto a database of its own, a web in memory, and a clock that is moved."""
    bare = Title(key="", name="", owner="Quay Ltd", country="no", language="en", kind="newspaper", domains=(), feeds=())
    hosts = [f"title{n}.example" for n in range(FEEDS)]
    titles = [
        replace(bare, key=f"title-{n}", name=f"Title {n}", domains=(host,), feeds=(Feed(url=f"http://{host}/feed.xml"),))
        for n, host in enumerate(hosts)
    ]
    with Server(place / "postgres", durable=False) as server:
        migrate.up(url := server.create("news"))
        settings = Settings(var=place / "var", registry=place / "registry", database_url=url, spacing=0.0)
        enrol(settings.registry, titles, [NOBODY])
        sync(settings.model_copy(update={"clock": f"{NOON.isoformat()} {NOON.isoformat()} 0"}), url)
        at = [NOON]
        with opened(settings, url, now=lambda: at[0]) as edges:
            web, inline = Web(), Inline()
            edges.door, edges.children = web, inline  # type: ignore[assignment]  # a small web, and no processes
            inside.prepare((), 1)
            yield edges, web, inline, at


def measure() -> dict[str, float]:
    figures = {"digest": _digest()}
    storing = [0.0]
    store = polled.store

    def timed(*args: Any) -> Any:
        began = time.perf_counter()
        try:
            return store(*args)
        finally:
            storing[0] += time.perf_counter() - began

    with tempfile.TemporaryDirectory() as place, world(Path(place)) as (edges, web, inline, at):
        at[0] += timedelta(hours=12)
        assert poll(edges)["feed"].doors == {"read": FEEDS}
        read = inline.calls
        polled.store = timed
        for name, honest in (("304", True), ("same body", False)):
            at[0] += timedelta(days=2)
            web.honest, storing[0] = honest, 0.0
            began, busy = time.perf_counter(), time.process_time()
            assert poll(edges)["feed"].doors == {"unchanged": FEEDS}
            figures[f"{name} cpu"] = (time.process_time() - busy) / FEEDS * 1000
            figures[f"{name} wall"] = (time.perf_counter() - began) / FEEDS * 1000
            figures[f"{name} of it storing"] = storing[0] / FEEDS * 1000
        polled.store = store
        figures["parsed"] = inline.calls - read
    return figures


def _digest() -> float:
    """Return the milliseconds that knowing a body takes."""
    said = body(1)
    began = time.process_time()
    for _ in range(200):
        sha256(said).digest()
    return (time.process_time() - began) / 200 * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail where a ceiling is not held")
    options = parser.parse_args()
    figures = measure()
    print(f"milliseconds a poll of {FEEDS} feeds of {ITEMS} entries, {len(body(1)) / 1000:.0f} kB each")
    for name, value in figures.items():
        print(f"{name:26}{value:8.3f}" + (f"   at most {CEILINGS[name]}" if name in CEILINGS else ""))
    high = [name for name, ceiling in CEILINGS.items() if figures[name] > ceiling] + (["parsed"] if figures["parsed"] else [])
    if options.check and high:
        print("over the ceiling:", ", ".join(high))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
