"""A piece and a moment -> the bytes of its page, in its title's layout."""

from __future__ import annotations

import random
from bisect import bisect_left
from datetime import timedelta, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.newsstand.addresses import host
from pipeline.newsstand.dirt import BY_NAME
from pipeline.newsstand.newsroom import compose, words

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.newsstand.cast import House
    from pipeline.newsstand.edits import Draft
    from pipeline.newsstand.plan import Piece, World

TYPES = {"rss": "application/rss+xml", "rdf": "application/rdf+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
NEAR = 12  # pieces before this one from which the boxes beside it are filled
_WORDS_A_MINUTE = 200


@cache
def templates() -> Environment:
    """Return the page and feed templates; everything in them is escaped."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        auto_reload=False,
    )
    made.filters["rfc822"] = lambda moment: moment.strftime("%a, %d %b %Y %H:%M:%S %z")
    return made


def page(world: World, piece: Piece, now: datetime) -> bytes:
    """Return the page as it stands at `now`. It changes only when the piece does."""
    house = world.cast.houses[piece.house]
    layout = "video" if piece.dirt == "video" else "missing" if piece.dirt == "soft_404" else house.habits.layout
    content = _oddity(house, piece) if piece.kind == "dirt" else _content(world, piece, compose(world, piece, now), now)
    return templates().get_template(f"{layout}.html").render(p=content).encode()


def front(world: World, place: int, now: datetime) -> bytes:
    """Return a title's home page."""
    house, shelf = world.cast.houses[place], world.shelves[place]
    seen = [piece for piece in shelf if piece.published <= now and piece.kind != "dirt"][-NEAR:]
    content = _frame(house) | {"latest": [_link(world, piece) for piece in reversed(seen)]}
    return templates().get_template("front.html").render(p=content).encode()


def changed(piece: Piece, now: datetime) -> datetime:
    """Return when the piece was last changed, as seen at `now`."""
    return max((piece.published, *(at for at, _ in piece.changes if at <= now)))


def local(moment: datetime, house: House) -> datetime:
    return moment.astimezone(timezone(timedelta(hours=house.offset)))


def headline(world: World, piece: Piece) -> str:
    """Return a headline without composing the piece: the author's, not the desk's."""
    if piece.source is None:
        return str(words()[world.cast.houses[piece.house].title.language]["roundup"])
    return world.desk.headline(piece.source)


def _frame(house: House) -> dict[str, Any]:
    title, label = house.title, words()[house.title.language]
    alternates = [{"url": feed.url, "type": TYPES[form]} for feed, form in zip(title.feeds, house.forms, strict=True) if form in TYPES]
    return {
        "name": title.name,
        "owner": title.owner,
        "language": title.language,
        "label": label,
        "menu": [*label["sections"].values(), *label["menu"]],
        "feeds": alternates,
    }


def _content(world: World, piece: Piece, draft: Draft, now: datetime) -> dict[str, Any]:
    house = world.cast.houses[piece.house]
    frame, modified = _frame(house), changed(piece, now)
    label = frame["label"]
    related, most_read = _boxes(world, piece)
    show = draft.byline and (house.habits.byline or draft.credit in {"byline", "with"})
    named = draft.byline.startswith(label["staff"]) or draft.byline == house.title.name or draft.credit == "byline"
    content = frame | {
        "url": piece.url,
        "number": sum(piece.url.encode()),
        "year": piece.published.year,
        "headline": draft.headline,
        "standfirst": draft.standfirst,
        "paragraphs": draft.paragraphs,
        "byline": draft.byline if show else "",
        "by": draft.byline if named else label["by"].format(name=draft.byline),
        "structured": draft.structured,
        "signoff": draft.signoff,
        "caption": draft.caption,
        "photo": draft.photo,
        "wall": draft.wall,
        "section_key": piece.section,
        "section": label["sections"][piece.section],
        "published": local(piece.published, house).isoformat(),
        "modified": local(modified, house).isoformat(),
        "date": _date(local(piece.published, house), label),
        "modified_date": _date(local(modified, house), label),
        "minutes": 1 + sum(len(text.split()) for text in draft.paragraphs) // _WORDS_A_MINUTE,
        "image": f"http://{host(house)}/img/{sum(piece.url.encode())}.jpg",
        "related": related,
        "most_read": most_read,
    }
    content["json_ld"] = _json_ld(house, content, _author(world, piece, draft.structured)) if house.habits.structured else None
    return content


def _author(world: World, piece: Piece, name: str) -> list[dict[str, str]]:
    """Return the author as JSON-LD names one: an agency, the title or the title it was taken from, else a person."""
    places = (piece.house, piece.copied.house) if piece.copied else (piece.house,)
    desks = {agency.name for agency in world.cast.agencies.values()} | {world.cast.houses[place].title.name for place in places}
    return [{"@type": "Organization" if name in desks else "Person", "name": name}] if name else []


def _json_ld(house: House, content: dict[str, Any], author: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": content["url"],
        "headline": content["headline"],
        "description": content["standfirst"],
        "datePublished": content["published"],
        "dateModified": content["modified"],
        "inLanguage": house.title.language,
        "isAccessibleForFree": not content["wall"],
        "image": {"@type": "ImageObject", "url": content["image"], "caption": content["caption"], "creditText": content["photo"]},
        "publisher": {"@type": "NewsMediaOrganization", "name": house.title.name},
    } | ({"author": author} if author else {})


def _boxes(world: World, piece: Piece) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return two boxes of headlines of what the title ran before, the same at every look."""
    shelf = world.shelves[piece.house]
    place = bisect_left(shelf, piece.published, key=lambda other: other.published)
    near = [other for other in shelf[max(0, place - NEAR) : place] if other.kind != "dirt"]
    rng = random.Random(f"boxes/{piece.url}")
    return tuple([_link(world, other) for other in rng.sample(near, min(len(near), number))] for number in (3, 5))  # type: ignore[return-value]  # two lists, three and five long


def _link(world: World, piece: Piece) -> dict[str, str]:
    return {"url": piece.url, "headline": headline(world, piece)}


def _oddity(house: House, piece: Piece) -> dict[str, Any]:
    return _frame(house) | {
        "headline": BY_NAME[piece.dirt].headline,
        "url": piece.url,
        "published": local(piece.published, house).isoformat(),
    }


def _date(moment: datetime, label: dict[str, Any]) -> str:
    text: str = label["date"]
    return text.format(day=moment.day, month=label["months"][moment.month - 1], year=moment.year, time=f"{moment:%H:%M}")
