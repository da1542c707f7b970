"""What runs in a child process: bytes from the web -> records. Prepared once per child, called by name.

Who calls imports this module, too, so what reads pages and feeds is imported by the child alone: that takes a second.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline import urls
from pipeline.reasons import Reason
from pipeline.records import Page, Refusal, Title

if TYPE_CHECKING:
    from pipeline.articles.credits import Rules
    from pipeline.articles.repeats import Known
    from pipeline.records import Agency, Article, Feed, Reading, Signature

_prepared: tuple[Rules, int] | None = None


def prepare(agencies: tuple[Agency, ...], seed: int) -> None:
    """Import and build what every page and every feed needs."""
    global _prepared  # noqa: PLW0603  a child is one process that reads many pages
    from pipeline.articles import credits, extract  # noqa: A004, F401  its name is the glossary's; the child forks with it
    from pipeline.stories import signatures  # noqa: F401  and with this

    prepare_feeds()
    _prepared = (credits.compile_rules(agencies), seed)
    for paragraphs in (16, 3):  # what its tables and patterns take, most of a second, is taken once and not by every child
        read_page(_first(paragraphs))


def _first(paragraphs: int) -> Page:
    """Return a page that says next to nothing, in the form that most have; one of few paragraphs needs every way to find a text."""
    title = Title(key="first", name="First", owner="", country="", language="en", kind="newspaper", domains=("first.example",), feeds=())
    days = range(4, 4 + paragraphs)
    said = "".join(f"<p>Nothing happened in the harbour on Monday, the {day}th day on which nothing did.</p>" for day in days)
    body = f"<html lang=en><head><title>Nothing happened</title></head><body><article><h1>Nothing happened</h1>{said}</article></body>"
    at = datetime(2026, 1, 1, tzinfo=UTC)
    url = "http://first.example/nothing"
    return Page(url=url, body=body.encode(), content_type="text/html", fetched_at=at, title=title, entry=None)


def prepare_feeds() -> None:
    """Import what every feed needs."""
    from pipeline.feeds import entries  # noqa: F401  the child forks with it


def read_feed(body: bytes, url: str, content_type: str, title: Title, feed: Feed, now: datetime) -> Reading | Refusal:  # noqa: PLR0917  a child is called by position
    """Return what a feed's body says."""
    from pipeline.feeds import entries

    return entries.parse(body, url=url, content_type=content_type, title=title, feed=feed, now=now)


def read_article(page: Page) -> Article | Refusal:
    """Return the article of a page."""
    from pipeline.articles import extract

    assert _prepared, "prepare runs first"
    return extract.extract(page, _prepared[0])


def read_page(page: Page, learnt: Known | None = None) -> tuple[Article, Signature] | Refusal:
    """Return the article of a page and its signature."""
    from pipeline.articles import extract
    from pipeline.articles.repeats import NOTHING
    from pipeline.stories import signatures

    assert _prepared, "prepare runs first"
    rules, seed = _prepared
    if elsewhere := _elsewhere(page):
        return Refusal(stage="article", reason=elsewhere, detail="where its address led", url=page.url)
    article = extract.extract(page, rules, learnt or NOTHING)
    if isinstance(article, Refusal):
        return article
    return article, signatures.sign(article.text, article.language, seed=seed)


def _elsewhere(page: Page) -> Reason | None:
    """Say where redirects led, if to no page of the title's: a site that moved away or was sold, a wall's own host, the front page."""
    if not urls.belongs(page.url, page.title.domains):
        return Reason.OFF_DOMAIN
    return Reason.HOME_PAGE if urls.is_home(page.url) else None
