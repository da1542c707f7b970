"""Measure how fast and how rightly feeds are read, beside feedparser, over the files of ../shared/data/feeds.

    python -m benchmarks.feeds            prints the table
    python -m benchmarks.feeds --check    and fails where a floor is not held

Speed is CPU time of one core. Rightness is agreement with feedparser's default reading, item by item, on the files it can read: of what
it lists, the share that we list too (an address it gives is ours, or is refused by name), and of what both list, the share of equal
headlines and instants. Where they differ neither is the truth; `--show` prints the differences.
"""

from __future__ import annotations

import argparse
import calendar
import gzip
import io
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import feedparser

from pipeline import text, urls
from pipeline.feeds import entries
from pipeline.records import Entry, Feed, Reading, Refusal, Title

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "feeds"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
LIVE = "kagi_live200/"  # recorded from the web as they are, the rest are test files of other parsers
FEED = Feed(url="https://feed.example/feed.xml")
FLOORS = {
    "feeds_per_second": 110.0,  # 165-170 measured with a core to itself, 140 where six others work; the ratio does not depend on it
    "times_feedparser": 11.0,  # 13.4 measured
    "links": 0.995,
    "headlines": 0.985,
    "instants": 0.985,
    "readings": 0.985,
}


@dataclass(slots=True)
class Agreement:
    """Counts of what feedparser lists, and of what we say of it."""

    listed: int = 0
    links: int = 0
    headlines: int = 0
    headlines_equal: int = 0
    dates: int = 0
    dates_equal: int = 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail where a floor is not held")
    parser.add_argument("--show", action="store_true", help="print where we and feedparser differ")
    options = parser.parse_args()
    if not SHARED.is_dir():
        print("skipped: ../shared is absent")
        return 0
    figures = measure(show=options.show)
    for name, value in figures.items():
        floor = FLOORS.get(name)
        print(f"{name:24}{value:10.3f}" + (f"   floor {floor}" if floor is not None else ""))
    low = [name for name, floor in FLOORS.items() if figures[name] < floor]
    if options.check and low:
        print("under the floor:", ", ".join(low))
        return 1
    return 0


def measure(*, show: bool = False) -> dict[str, float]:
    bodies = load()
    titles = {path: title(body) for path, body in bodies.items()}
    outcomes: Counter[str] = Counter()
    agreement = Agreement()
    for path, body in bodies.items():
        reading = ours(body, titles[path])
        outcomes["reading" if isinstance(reading, Reading) else reading.reason] += 1
        if isinstance(reading, Reading):
            outcomes.update(f"refused:{refusal.reason}" for refusal in reading.refusals)
            outcomes["entries"] += len(reading.entries)
            compare(path, body, reading, agreement, show=show)
        elif show:
            print("refused", path, reading.reason, reading.detail)
    print(dict(outcomes))
    return speeds({p: b for p, b in bodies.items() if p.startswith(LIVE)}, titles) | {
        "readings": outcomes["reading"] / len(bodies),
        "links": agreement.links / agreement.listed,
        "headlines": agreement.headlines_equal / agreement.headlines,
        "instants": agreement.dates_equal / agreement.dates,
    }


def load() -> dict[str, bytes]:
    rows = [json.loads(line) for line in (SHARED / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    return {row["path"]: gzip.decompress((SHARED / row["path"]).read_bytes()) for row in rows if not row["dup"]}


def ours(body: bytes, of: Title) -> Reading | Refusal:
    return entries.parse(body, url=FEED.url, content_type="", title=of, feed=FEED, now=NOW)


def peer(body: bytes, **options: bool) -> list[Any]:
    try:
        return feedparser.parse(io.BytesIO(body), **options).entries
    except (ValueError, LookupError):
        return []


def title(body: bytes) -> Title:
    """Return a title on whose domains every link of the feed is: what is off-domain is not measured here."""
    hosts = {"feed.example"}
    bare = Title(key="t", name="t", owner="t", country="us", language="en", kind="portal", domains=("feed.example",), feeds=())
    reading = ours(body, bare)
    for refusal in reading.refusals if isinstance(reading, Reading) else ():
        if refusal.url:
            try:
                hosts.add(urls.host(refusal.url))
            except ValueError:
                continue
    return Title(key="t", name="t", owner="t", country="us", language="en", kind="portal", domains=tuple(sorted(hosts)), feeds=())


def compare(path: str, body: bytes, reading: Reading, agreement: Agreement, *, show: bool) -> None:
    mine = {entry.url: entry for entry in reading.entries}
    refused = {refusal.url for refusal in reading.refusals}
    seen: set[str] = set()
    for item in peer(body):
        try:
            link = urls.plain(urljoin(FEED.url, item.get("feedburner_origlink") or item["link"]))
        except (ValueError, KeyError):  # no entry without an address
            continue
        if link in seen:
            continue
        seen.add(link)
        entry = mine.get(link) or next((e for e in mine.values() if e.guid and e.guid == item.get("id")), None)
        agreement.listed += 1
        agreement.links += entry is not None or link in refused or urls.is_home(link)
        if entry is None:
            if show and link not in refused and not urls.is_home(link):
                print("not listed", path, link)
            continue
        said = text.plain(item.get("title", ""), 500)
        agreement.headlines += 1
        agreement.headlines_equal += said == entry.headline
        if show and said != entry.headline:
            print("headline", path, repr(said[:90]), repr(entry.headline[:90]))
        compare_dates(path, item, entry, agreement, show=show)


def compare_dates(path: str, item: Any, entry: Entry, agreement: Agreement, *, show: bool) -> None:
    parsed = item.get("published_parsed") or item.get("updated_parsed")
    if not parsed or parsed.tm_year < 1990:
        return
    said = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    mine = entry.published or entry.updated
    agreement.dates += 1
    equal = mine is not None and (mine.at == said or (mine.precision == "day" and abs((said - mine.at).days) <= 1))
    agreement.dates_equal += equal
    if show and not equal:
        print("date", path, item.get("published") or item.get("updated"), said, mine)


def speeds(bodies: dict[str, bytes], titles: dict[str, Title]) -> dict[str, float]:
    readers = {
        "feeds_per_second": lambda path, body: ours(body, titles[path]),
        "feedparser": lambda _, body: peer(body),
        "feedparser_unsanitised": lambda _, body: peer(body, sanitize_html=False, resolve_relative_uris=False),
    }
    best = {name: max(_speed(read, bodies) for _ in range(2)) for name, read in readers.items()}
    return best | {"times_feedparser": best["feeds_per_second"] / best["feedparser"]}


def _speed(read: Callable[[str, bytes], object], bodies: dict[str, bytes]) -> float:
    began = time.process_time()
    for path, body in bodies.items():
        read(path, body)
    return len(bodies) / (time.process_time() - began)


if __name__ == "__main__":
    sys.exit(main())
