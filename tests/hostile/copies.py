"""Who runs whose text: copycats that date back or post again, and one text at many addresses."""

from __future__ import annotations

from builders_news import WIRE
from builders_web import reply

from hostile.cases import Case, case, item, rss
from hostile.pages import article


def _told(
    name: str, number: int, *, at: float, text: str = WIRE, published: str = "2026-03-02T11:50:00Z", origin: str = "", **more
) -> Case:
    """Return a title that runs a text at so many addresses, seen at this hour."""
    head = f'<meta property="article:published_time" content="{published}"><meta property="og:type" content="article">'
    feed = reply(rss(*map(item, range(1, number + 1))).replace("HOST", f"{name}.example").encode())
    answers = {f"/news/{n}": article(text, head=head, headline=f"Strike closes Ostraven port {n}") for n in range(1, number + 1)}
    return case(name, "copies", feed, answers=answers, at=(at,), pages=True, kept=number, origins={f"{origin or name}.example"}, **more)


CASES = (
    _told("copies-first", 1, at=0.0),
    _told("copies-dated-back", 1, at=1.0, published="2026-02-27T08:00:00Z", origin="copies-first"),
    _told("copies-dated-ahead", 1, at=1.0, published="2026-03-03T08:00:00Z", origin="copies-first"),
    _told("copies-1990", 1, at=1.0, published="1990-01-01T00:00:00Z", origin="copies-first"),
    _told("copies-cut", 1, at=1.0, text="\n\n".join(WIRE.split("\n\n")[:4]), origin="copies-first"),
    _told("copies-at-many-slugs", 8, at=1.0, published="2026-03-01T08:00:00Z", origin="copies-first"),
    _told("copies-posted-again", 2, at=2.0, published="2026-03-02T00:00:01Z", origin="copies-first"),
)
