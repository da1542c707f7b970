"""What runs in a child process: bytes from the web -> records. Prepared once per child, called by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline import urls
from pipeline.articles import credits, extract  # noqa: A004  the module's name is the glossary's
from pipeline.articles.repeats import NOTHING
from pipeline.feeds import entries
from pipeline.reasons import Reason
from pipeline.records import Article, Refusal
from pipeline.stories import signatures

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.articles.repeats import Known
    from pipeline.records import Agency, Feed, Page, Reading, Signature, Title

_prepared: tuple[credits.Rules, int] | None = None


def prepare(agencies: tuple[Agency, ...], seed: int) -> None:
    """Build what every page needs."""
    global _prepared  # noqa: PLW0603  a child is one process that reads many pages
    _prepared = (credits.compile_rules(agencies), seed)


def read_feed(body: bytes, url: str, content_type: str, title: Title, feed: Feed, now: datetime) -> Reading | Refusal:  # noqa: PLR0917  a child is called by position
    """Return what a feed's body says."""
    return entries.parse(body, url=url, content_type=content_type, title=title, feed=feed, now=now)


def read_article(page: Page) -> Article | Refusal:
    """Return the article of a page."""
    assert _prepared, "prepare runs first"
    return extract.extract(page, _prepared[0])


def read_page(page: Page, learnt: Known = NOTHING) -> tuple[Article, Signature] | Refusal:
    """Return the article of a page and its signature."""
    assert _prepared, "prepare runs first"
    rules, seed = _prepared
    if elsewhere := _elsewhere(page):
        return Refusal(stage="article", reason=elsewhere, detail="where its address led", url=page.url)
    article = extract.extract(page, rules, learnt)
    if isinstance(article, Refusal):
        return article
    return article, signatures.sign(article.text, article.language, seed=seed)


def _elsewhere(page: Page) -> Reason | None:
    """Say where redirects led, if to no page of the title's: a site that moved away or was sold, a wall's own host, the front page."""
    if not urls.belongs(page.url, page.title.domains):
        return Reason.OFF_DOMAIN
    return Reason.HOME_PAGE if urls.is_home(page.url) else None
