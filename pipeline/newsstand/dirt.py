"""What goes wrong at real titles: a table of oddities, each with the reason by which it must be refused, strewn over the world."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.newsstand.addresses import host
from pipeline.newsstand.plan import Piece
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from pipeline.newsstand.cast import Cast

BLURRED = 0.3  # chance of an own report, until there are enough
TITLES_EACH = 40  # one of each oddity for so many titles


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """An entry or page that is no article. `path` is below the title's host, or a whole address."""

    name: str
    path: str
    headline: str
    reasons: tuple[Reason, ...]  # any of them is right


ODDITIES = (
    Oddity(name="no_link", path="", headline="Live updates", reasons=(Reason.NO_LINK,)),
    Oddity(
        name="off_domain",
        path="http://www.sunny-offers.test/deal/{n}",
        headline="Advertisement: two weeks by the sea",
        reasons=(Reason.OFF_DOMAIN, Reason.ADVERTISEMENT),
    ),
    Oddity(name="home_page", path="/", headline="Read more on our site", reasons=(Reason.HOME_PAGE,)),
    Oddity(name="empty_page", path="/news/empty-{n}.html", headline="Council meets again", reasons=(Reason.EMPTY_BODY,)),
    Oddity(name="missing", path="/news/withdrawn-{n}.html", headline="Report withdrawn", reasons=(Reason.NOT_FOUND,)),
    Oddity(name="gone", path="/news/deleted-{n}.html", headline="Notice deleted", reasons=(Reason.GONE,)),
    Oddity(
        name="soft_404",
        path="/news/moved-{n}.html",
        headline="Bridge closed for repairs",
        reasons=(Reason.SOFT_404, Reason.NOT_AN_ARTICLE, Reason.TOO_SHORT, Reason.NO_TEXT),
    ),
    Oddity(
        name="video",
        path="/video/from-above-{n}",
        headline="Watch: the valley from above",
        reasons=(Reason.VIDEO, Reason.TOO_SHORT, Reason.NO_TEXT),
    ),
    Oddity(name="pdf", path="/documents/budget-{n}.pdf", headline="The budget in full", reasons=(Reason.NOT_HTML,)),
    Oddity(name="denied", path="/private/archive-{n}.html", headline="From our archive", reasons=(Reason.ROBOTS_DENIED,)),
)
BY_NAME = {oddity.name: oddity for oddity in ODDITIES}

# Whole feeds: pseudo-forms of a house's feeds (see cast). An empty feed lists nothing, which is no mistake.
FEED_REASONS: dict[str, tuple[Reason, ...]] = {"html": (Reason.NOT_A_FEED,), "zero": (Reason.EMPTY_BODY,)}


def strew(cast: Cast, span: tuple[datetime, datetime], seed: int) -> Iterator[Piece]:
    """Yield every oddity at least once, each in a house of its own as far as there are enough."""
    places = [
        place for place, house in enumerate(cast.houses) if house.title.kind not in {"agency", "republisher"} and "html" not in house.forms
    ]
    rng = random.Random(f"{seed}/dirt")
    rng.shuffle(places)
    number = 0
    for _ in range(max(1, len(cast.houses) // TITLES_EACH)):
        for oddity in ODDITIES if places else ():
            place = places[number % len(places)]
            number += 1
            at = (span[0] + (span[1] - span[0]) * rng.uniform(0.1, 0.9)).replace(microsecond=0)
            path = oddity.path.format(n=number)
            url = path if "://" in path else f"http://{host(cast.houses[place])}{path}" if path else cast.houses[place].title.feeds[0].url
            yield Piece(house=place, url=url, kind="dirt", published=at, dirt=oddity.name)


def blur(pieces: Iterable[Piece], titles: int, seed: int) -> Iterator[Piece]:
    """Yield the pieces, a few of them with a date in the feed that no one can read. They are articles all the same."""
    rng, left = random.Random(f"{seed}/blur"), max(1, titles // TITLES_EACH)
    for piece in pieces:
        chosen = left > 0 and piece.kind == "own" and rng.random() < BLURRED
        left -= chosen
        yield replace(piece, dirt="broken_date") if chosen else piece
