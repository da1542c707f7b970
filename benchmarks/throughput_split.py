"""Invented pages -> which share of a reader's CPU signing takes, reading a page and signing its text being one call of a child."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from pipeline.articles import credits, extract  # noqa: A004  the module's name is the glossary's
from pipeline.newsstand import world
from pipeline.newsstand.site import WorldSite
from pipeline.records import Article, Page
from pipeline.stories import signatures

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
PAGES = 300


def share_of_signing() -> float:
    """Return seconds of signing by seconds of reading and signing, 0..1."""
    made = world.build(seed=3, titles=40, days=1, start=START)
    end = START + timedelta(days=1)
    site = WorldSite(made, lambda: end)
    rules = credits.compile_rules(tuple(made.cast.agencies.values()))
    spent = [0.0, 0.0]
    for house, shelf in zip(made.cast.houses, made.shelves, strict=True):
        for piece in shelf[: PAGES // len(made.shelves)]:
            host, _, path = piece.url.partition("://")[2].partition("/")
            found = site.find(host, f"/{path}")
            page = Page(url=piece.url, body=found.body, content_type=found.content_type, fetched_at=end, title=house.title, entry=None)
            began = time.process_time()
            article = extract.extract(page, rules)
            read = time.process_time()
            if isinstance(article, Article):
                signatures.sign(article.text, article.language, seed=1)
                spent[0] += read - began
                spent[1] += time.process_time() - read
    return spent[1] / sum(spent)
