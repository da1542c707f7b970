"""Complete pages that a test changes only in what it is about."""

from datetime import UTC, datetime
from pathlib import Path

from pipeline.articles.credits import compile_rules
from pipeline.articles.extract import extract
from pipeline.records import Agency, Entry, Page, Title

PAGES = Path(__file__).parent / "data" / "pages"
FETCHED = datetime(2026, 3, 6, 9, tzinfo=UTC)
URL = "https://www.courier.example/2026/03/05/ferries-sail-again"
TITLE = Title(
    key="courier",
    name="The Courier",
    owner="Courier Ltd",
    country="gb",
    language="en",
    kind="newspaper",
    domains=("courier.example",),
    feeds=(),
)
RULES = compile_rules(
    [
        Agency(key="afp", name="Agence France-Presse", aliases=("AFP",), languages=("en", "fr")),
        Agency(key="ap", name="Associated Press", aliases=("AP",)),
    ]
)
SENTENCES = (
    "The ferries between Port Maren and the outer islands sailed again on Thursday after a strike of nine weeks.",
    "Crews returned to the piers before dawn and were met by islanders who had waited through the night with lanterns.",
    'The union said its members had won "most of what was asked", and the harbour board spoke of a fair compromise.',
    "Fares will rise by four per cent in June, and the winter timetable will be voted on by the island council next week.",
    "Fishermen in Sellis said that the closed moorings had cost them the best part of the herring season this year.",
    "Engineers have yet to examine the damaged quay, which was flooded twice by storms in the course of the autumn.",
)
HEADLINE = "Ferries sail again after nine weeks"


def paragraphs(*sentences):
    return "".join(f"<p>{sentence}</p>" for sentence in sentences or SENTENCES)


def markup(body=None, *, head="", title=f"{HEADLINE} | The Courier", top=f"<h1>{HEADLINE}</h1>", around=""):
    inner = f"{top}<div class='story'>{paragraphs() if body is None else body}</div>"
    return f"<!DOCTYPE html><html lang='en'><head><title>{title}</title>{head}</head><body><article>{inner}</article>{around}</body></html>"


def page(body, *, url=URL, content_type="text/html; charset=utf-8", entry=None, title=TITLE):
    return Page(
        url=url,
        body=body if isinstance(body, bytes) else body.encode(),
        content_type=content_type,
        fetched_at=FETCHED,
        title=title,
        entry=entry,
    )


def entry(**changes):
    return Entry(**{"url": URL, "url_key": b"k" * 32, "rank": 1} | changes)


def read(body, **changes):
    """Return what is made of a page's markup."""
    return extract(page(body, **changes), RULES)


def article(*args, **changes):
    """Return the article of a page built with `markup`."""
    return read(markup(*args, **changes))
