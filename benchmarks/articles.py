"""Real pages with known texts and facts -> how good and how fast extraction is, beside plain trafilatura in the same run.

`python -m benchmarks.articles [--check] [--limit N]` prints a table; with --check it fails below the pinned floors.
Needs ../shared; without it nothing is measured, and it says so. The pages there were all looked at while rules were
made: these figures are of the pages tuned on, and only pages held back elsewhere tell how they carry over.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import trafilatura
from dateutil import parser as dates

from pipeline import registry
from pipeline.articles.body import key
from pipeline.articles.credits import compile_rules
from pipeline.articles.extract import extract
from pipeline.records import Article, Page, Title

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT.parent / "shared" / "data" / "pages"
SETS = ("scrapinghub", "fundus", "andy")
FLOORS = {
    "scrapinghub f1": 0.962,
    "fundus f1": 0.960,
    "andy f1": 0.933,
    "fundus lead": 0.86,
    "andy lead": 0.86,
    "fundus headline": 0.78,
    "andy headline": 0.90,
    "fundus instant": 0.90,
    "fundus day": 0.96,
    "fundus authors": 0.84,
    "andy authors": 0.79,
}
CEILINGS = {"fundus leaked": 0.03}
MODES = {"precision": {"favor_precision": True}, "default": {}}
TITLE = Title(key="x", name="", owner="", country="us", language="en", kind="newspaper", domains=("x.invalid",), feeds=())
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]|[^\W_]+")


def f1(found: str, gold: str) -> float:
    left, right = Counter(_WORD.findall(found.lower())), Counter(_WORD.findall(gold.lower()))
    return 2 * (left & right).total() / max(1, left.total() + right.total())


def facts(article: Article, gold: dict) -> dict[str, float]:
    """Return what is right among the facts that the gold names: 1 or 0 each."""
    found: dict[str, float] = {}
    if gold.get("title"):
        found["headline"] = key(article.headline) == key(gold["title"])
    if gold.get("authors"):
        found["authors"] = {*map(key, article.authors)} == {*map(key, gold["authors"])}
    if (said := gold.get("date")) and said != "NaT":
        found |= times(article, dates.parse(said))
    captions = [image.get("caption") or "" for image in gold.get("images") or []]
    captions = [caption for caption in captions if len(caption) > 30 and key(caption) not in key(gold.get("body") or "")]
    if captions:
        found["leaked"] = any(key(caption) in key(article.text) for caption in captions)
        found["captions"] = sum(
            any(key(c)[:60] in key(i.caption) or (key(i.caption) and key(i.caption) in key(c)) for i in article.images) for c in captions
        ) / len(captions)
    return found


def times(article: Article, gold: datetime) -> dict[str, float]:
    """Judge a time: gold without a zone is right in any zone, gold of midnight sharp is a day."""
    if article.published is None:
        return {"day": 0, "instant": 0}
    apart = (article.published.at - (gold if gold.tzinfo else gold.replace(tzinfo=UTC))).total_seconds()
    day = article.published.at.date() == gold.astimezone(UTC).date() if gold.tzinfo else article.published.at.date() == gold.date()
    if not gold.tzinfo:
        apart = min(apart % 900, -apart % 900) if abs(apart) <= 14 * 3600 else apart
    exact = article.published.precision != "day" and abs(apart) <= 60
    return {
        "day": day or exact,
        "instant": exact or (article.published.precision == "day" and day and gold.hour == gold.minute == gold.second == 0),
    }


def measure(row: dict) -> tuple[str, dict[str, float], dict[str, float]]:
    """Return the page's set, its scores, and the CPU seconds of each contender."""
    body, gold = gzip.decompress((PAGES / row["path"]).read_bytes()), row["gold"]
    page = Page(
        url=row["url"] or "https://x.invalid/a/b",
        body=body,
        content_type="text/html",
        fetched_at=datetime(2026, 11, 1, tzinfo=UTC),
        title=TITLE,
    )
    began = time.process_time()
    article = extract(page, RULES)
    spent = {"ours": time.process_time() - began}
    texts = {"ours": article.text if isinstance(article, Article) else ""}
    for mode, options in MODES.items():
        began = time.process_time()
        texts[mode] = trafilatura.extract(body, include_comments=False, **options) or ""
        spent[mode] = time.process_time() - began
        began = time.process_time()
        trafilatura.bare_extraction(body, include_comments=False, with_metadata=True, **options)
        spent[f"{mode} with metadata"] = time.process_time() - began
    scores: dict[str, float] = {"refused": not isinstance(article, Article)}
    if gold.get("body"):
        lead = key(gold["body"].strip())[:40]
        for name, text in texts.items():
            scores |= {
                f"{name} f1": f1(text, gold["body"]),
                f"{name} under .8": f1(text, gold["body"]) < 0.8,
                f"{name} lead": lead in key(text),
            }
    return row["source"], scores | (facts(article, gold) if isinstance(article, Article) else {}), spent


def table(measured: list[tuple[str, dict[str, float], dict[str, float]]]) -> dict[str, float]:
    """Print a line per set and figure, and return them by name."""
    figures = {}
    for source in SETS:
        rows = [scores for name, scores, _ in measured if name == source]
        for name in dict.fromkeys(one for scores in rows for one in scores):
            values = [scores[name] for scores in rows if name in scores]
            figure = sum(values) / len(values)
            spread = 1.96 * (sum((value - figure) ** 2 for value in values) / len(values) / len(values)) ** 0.5
            figures[f"{source} {name.removeprefix('ours ')}"] = figure
            print(f"{source:12} {name:22} {figure:6.4f} ±{spread:.3f}  n={len(values)}")
    for name in measured[0][2]:
        milliseconds = 1000 * sum(spent[name] for _, _, spent in measured) / len(measured)
        print(f"{'CPU':12} {name:24} {milliseconds:6.1f} ms a page, {1000 / milliseconds:5.1f} pages/s and core")
    return figures


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", action="store_true")
    options.add_argument("--limit", type=int)
    chosen = options.parse_args()
    if not PAGES.is_dir():
        print("skipped: ../shared is absent")
        return 0
    rows = [json.loads(line) for line in gzip.decompress((PAGES / "index.jsonl.gz").read_bytes()).splitlines()]
    rows = [row for row in rows if row["source"] in SETS][: chosen.limit]
    with get_context("fork").Pool(2) as pool:
        figures = table(pool.map(measure, rows, chunksize=8))
    wrong = [f"{name}: {figures[name]:.4f} is under {floor}" for name, floor in FLOORS.items() if figures.get(name, 1) < floor]
    wrong += [f"{name}: {figures[name]:.4f} is over {most}" for name, most in CEILINGS.items() if figures.get(name, 0) > most]
    print(*wrong, sep="\n")
    return int(chosen.check and bool(wrong))


RULES = compile_rules(registry.load(ROOT / "pipeline" / "registry").agencies)

if __name__ == "__main__":
    sys.exit(main())
