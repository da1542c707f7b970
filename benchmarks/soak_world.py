"""A number of titles and a time -> what a web of that many titles shows then: made on demand, nothing is remembered, for ever.

A title publishes when its own dice say so, 0.25 articles a day on average (a sample of what a real one does); four in ten run a text of the
day's wire. Texts are words of an invented language by Zipf's law, so that no two are alike unless one is the other's copy.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from itertools import accumulate
from typing import Any
from urllib.parse import urlsplit

from pipeline.reasons import Reason
from pipeline.records import Agency, Answer, Feed, Refusal, Title

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
LISTED = 20  # days that a feed looks back
RATE = 0.25
WIRES = 30  # a day
COPIES = 0.4
WORDS = [
    "".join(random.Random(number).choices(("ka", "ro", "mi", "ten", "sul", "var", "o", "dis", "ba", "lin"), k=3)) for number in range(4000)
]
WEIGHTS = list(accumulate(1 / (place + 10) for place in range(len(WORDS))))
AGENCY = Agency(key="npa", name="Northern Press Agency", aliases=("NPA",), languages=("en",), country="no", domains=("npa.example",))


def titles(many: int) -> list[Title]:
    return [
        Title(
            key=f"t{number}",
            name=f"Title {number}",
            owner=f"Owner {number % max(1, many // 10)}",
            country="no",
            language="en",
            kind="newspaper",
            domains=(f"t{number}.example",),
            feeds=(Feed(url=f"http://t{number}.example/feed.xml"),),
        )
        for number in range(many)
    ]


class Web:
    """The door to it, with the time by which it is asked."""

    def __init__(self, now: Any) -> None:
        self._now = now

    def fetch(self, url: str, *, kind: str, etag: str = "", **_: Any) -> Answer | Refusal:
        parts = urlsplit(url)
        if kind == "robots":
            return Answer(url=url, status=200, headers={"content-type": "text/plain"}, body=b"User-agent: *\nDisallow: /private/\n")
        title = int((parts.hostname or "t0").removeprefix("t").partition(".")[0])
        if kind == "feed":
            body, mime = _feed(title, self._now()), "application/rss+xml"
        else:
            _, day, place = parts.path.split("/")
            body, mime = _page(title, int(day), int(place)), "text/html; charset=utf-8"
        tag = f'"{hash(body)}"'
        if etag == tag:
            return Answer(url=url, status=304, headers={"etag": tag}, body=b"")
        return Answer(url=url, status=200, headers={"content-type": mime, "etag": tag}, body=body) if body else _gone(url, kind)


def _gone(url: str, kind: Any) -> Refusal:
    return Refusal(stage=kind, reason=Reason.NOT_FOUND, url=url)


@lru_cache(4096)
def _day(title: int, day: int) -> tuple[datetime, ...]:
    """Return when the title published on that day."""
    dice = random.Random(f"{title}/{day}")
    many = sum(dice.random() < RATE / 3 for _ in range(3))
    return tuple(sorted(START + day * DAY + dice.random() * DAY for _ in range(many)))


def _feed(title: int, now: datetime) -> bytes:
    today = (now - START) // DAY
    items = []
    for day in range(today, max(-1, today - LISTED), -1):
        for place, at in reversed(list(enumerate(_day(title, day)))):
            if at <= now:
                link = f"http://t{title}.example/{day}/{place}"
                items.append(
                    f"<item><title>{_headline(title, day, place)}</title><link>{link}</link><pubDate>{format_datetime(at)}</pubDate></item>"
                )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{"".join(items)}</channel></rss>'.encode()


def _source(title: int, day: int, place: int) -> str:
    """Return what decides an article's text: its own name, or that of a wire of the day."""
    dice = random.Random(f"source/{title}/{day}/{place}")
    return f"wire/{day}/{dice.randrange(WIRES)}" if dice.random() < COPIES else f"own/{title}/{day}/{place}"


def _headline(title: int, day: int, place: int) -> str:
    return _words(f"headline/{_source(title, day, place)}", 7).capitalize()


def _words(name: str, many: int) -> str:
    return " ".join(random.Random(name).choices(WORDS, cum_weights=WEIGHTS, k=many))


def _page(title: int, day: int, place: int) -> bytes:
    source, at = _source(title, day, place), _day(title, day)[place]
    paragraphs = "".join(f"<p>{_words(f'{source}/{number}', 45).capitalize()}.</p>" for number in range(8))
    byline = "NPA" if source.startswith("wire") else "Ada Holm"
    head = f'<title>{_headline(title, day, place)}</title><meta property="og:type" content="article">'
    head += f'<meta property="article:published_time" content="{at.isoformat()}">'
    body = f'<h1>{_headline(title, day, place)}</h1><p class="byline">{byline}</p>{paragraphs}'
    nav, foot = '<nav><a href="/">Home</a></nav>', "<footer>About us</footer>"
    page = f'<!doctype html><html lang="en"><head>{head}</head><body>{nav}<article>{body}</article>{foot}</body></html>'
    return page.encode()
