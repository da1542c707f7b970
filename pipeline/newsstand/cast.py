"""A seed and a number of titles -> the cast: the agencies, and houses, each a title with its habits."""

from __future__ import annotations

import random
import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.newsstand.habits import LAYOUTS, Habits, form_habits
from pipeline.records import Agency, Feed, Title

FORMS = ("rss", "rdf", "atom", "json", "sitemap")
FEED_PATHS = {"rss": "/rss.xml", "rdf": "/index.rdf", "atom": "/atom.xml", "json": "/feed.json", "sitemap": "/sitemap-news.xml"}
BROKEN_PATHS = {"html": "/news-feed.xml", "empty": "/rss/archive.xml", "zero": "/rss/special.xml"}  # an HTML page, no entries, no bytes
TURNS = ("rss", "atom", "rss", "sitemap", "json", "rss", "rdf", "atom", "rss", "sitemap", "rss")  # as common as they are
OWNED = 3  # titles of one owner, on average

# Shares of titles
KNOWN_PLACE = 0.5  # the others are in a place made of syllables
DOUBLE_NAME = 0.7  # of owners
TWO_FEEDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A title, what it is called and how it works."""

    title: Title
    city: str
    offset: int  # hours from UTC
    forms: tuple[str, ...]  # of its feeds, in the order of title.feeds
    habits: Habits
    staff: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everybody: agencies by key with their short names, houses, and what names are made of."""

    agencies: dict[str, Agency]
    short: dict[str, str]
    houses: tuple[House, ...]
    names: dict[str, dict[str, Any]]  # language -> what its names are made of


def draw(seed: int, titles: int, *, dirt: bool = True) -> Cast:
    """Return the cast of `seed`: agency sites first, then titles of owners, a republisher among fifty; with `dirt`, three broken feeds."""
    book = tomllib.loads((Path(__file__).parent / "cast.toml").read_text(encoding="utf-8"))
    agencies = {block["key"]: _agency(block) for block in book["agency"]}
    houses: list[House] = []
    taken: set[str] = set()
    sites = [block for block in book["agency"] if "site" in block]
    for block in sites[: max(0, titles // 8)]:
        houses.append(_site(random.Random(f"{seed}/site/{block['key']}"), block, book["language"][block["site"]]))
        taken.add(block["domain"])
    languages = list(book["language"])
    shares = {language: book["language"][language]["share"] for language in languages}
    mastheads = {language: _shuffled(f"{seed}/mastheads/{language}", book["language"][language]["mastheads"]) for language in languages}
    known = Counter(house.title.language for house in houses)
    while len(houses) < titles:
        number = len(houses)
        rng = random.Random(f"{seed}/title/{number}")
        language = languages[number % 4] if number < len(sites) + 4 else _owed(shares, known)
        kind = (
            "republisher"
            if number % 50 == len(sites)
            else rng.choices(("newspaper", "portal", "broadcaster", "magazine"), (12, 4, 3, 2))[0]
        )
        masthead = mastheads[language][known[language] % len(mastheads[language])]
        houses.append(_house(rng, book["language"][language], kind, language=language, masthead=masthead, titles=titles, taken=taken))
        known[language] += 1
    if dirt and titles > len(sites) + len(BROKEN_PATHS):
        for place, form in zip((-1, -2, -3), BROKEN_PATHS, strict=True):
            houses[place] = _broken(houses[place], form)
    return Cast(
        agencies=agencies,
        short={block["key"]: block["short"] for block in book["agency"]},
        houses=tuple(houses),
        names=book["language"],
    )


def _owed(shares: dict[str, int], known: Counter[str]) -> str:
    """Return the language that is furthest behind its share, so that a small cast has every language in proportion."""
    return max(shares, key=lambda language: shares[language] * (known.total() + 1) / sum(shares.values()) - known[language])


def _shuffled(seed: str, some: list[str]) -> list[str]:
    return random.Random(seed).sample(some, len(some))


def _agency(block: dict[str, Any]) -> Agency:
    year = "2026"
    return Agency(
        key=block["key"],
        name=block["name"],
        aliases=(block["short"],),
        languages=tuple(block["languages"]),
        country=block["country"],
        domains=(block["domain"],),
        signoffs=(f"({block['short']})", f"© {year} {block['name']}"),
    )


def _site(rng: random.Random, block: dict[str, Any], names: dict[str, Any]) -> House:
    host = f"www.{block['domain']}"
    form = rng.choice(("rss", "atom"))
    title = Title(
        key=f"{block['key']}-site",
        name=block["name"],
        owner=block["name"],
        country=block["country"],
        language=block["site"],
        kind="agency",
        domains=(block["domain"],),
        feeds=_feeds(host, (form, "sitemap")),
        agency=block["key"],
        weight=10,
    )
    habits = form_habits(rng, block["site"], "wire", signature="dateline")
    return House(title=title, city=names["places"][0], offset=_offset(names, block["country"]), forms=(form, "sitemap"), habits=habits)


def _house(  # noqa: PLR0913
    rng: random.Random, names: dict[str, Any], kind: str, *, language: str, masthead: str, titles: int, taken: set[str]
) -> House:
    for _ in range(10_000):
        name, city = _name(rng, names, kind, masthead)
        slug = _slug(name)
        domain = f"{slug}.test"
        if domain not in taken:
            break
    taken.add(domain)
    country, offset = rng.choice(names["countries"])
    forms = _forms(rng, len(taken))
    owners = max(1, titles // (OWNED * 4))
    owner = random.Random(f"{language}/owner/{rng.randrange(owners)}")
    title = Title(
        key=slug,
        name=name,
        owner=owner.choice(names["owners"]).format(name=_surname(owner, names)),
        country=country,
        language=language,
        kind=kind,
        domains=(domain,),
        feeds=_feeds(f"www.{domain}", forms),
        weight=rng.choice((0, 0, 1, 2)),
    )
    layout = "reader" if kind == "republisher" else LAYOUTS[len(taken) % len(LAYOUTS)]
    staff = tuple(f"{rng.choice(names['first'])} {rng.choice(names['last'])}" for _ in range(4))
    return House(title=title, city=city, offset=offset, forms=forms, habits=form_habits(rng, language, layout), staff=staff)


def _broken(house: House, form: str) -> House:
    """Return the house with a broken feed: besides its own, or, if that is HTML, in their place."""
    feed = Feed(url=f"http://www.{house.title.domains[0]}{BROKEN_PATHS[form]}")
    alone = form == "html"
    feeds, forms = ((feed,), (form,)) if alone else ((*house.title.feeds, feed), (*house.forms, form))
    return replace(house, title=replace(house.title, feeds=feeds), forms=forms)


def _name(rng: random.Random, names: dict[str, Any], kind: str, masthead: str) -> tuple[str, str]:
    city = rng.choice(names["places"]) if rng.random() < KNOWN_PLACE else "".join(rng.choice(part) for part in names["syllables"])
    if kind == "republisher":
        return f"{names['republisher']} {city}", city
    return masthead.format(place=city), city


def _surname(rng: random.Random, names: dict[str, Any]) -> str:
    """Return a surname; a second one is joined so that hundreds of owners stay apart."""
    return f"{rng.choice(names['last'])}-{rng.choice(names['last'])}" if rng.random() < DOUBLE_NAME else str(rng.choice(names["last"]))


def _forms(rng: random.Random, number: int) -> tuple[str, ...]:
    """Return one form, in turn, or for one title in five two: both then list the same URLs."""
    first = TURNS[number % len(TURNS)]
    if rng.random() < TWO_FEEDS:
        return (first, rng.choice([form for form in FORMS if form != first]))
    return (first,)


def _feeds(host: str, forms: tuple[str, ...]) -> tuple[Feed, ...]:
    return tuple(Feed(url=f"http://{host}{FEED_PATHS[form]}", kind="news_sitemap" if form == "sitemap" else "feed") for form in forms)


def _offset(names: dict[str, Any], country: str) -> int:
    return int(next((hours for code, hours in names["countries"] if code == country), 0))


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("'", "-")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
