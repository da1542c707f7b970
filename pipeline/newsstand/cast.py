"""A seed and a number of titles -> the cast: the agencies, and houses, each a title with its habits."""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.newsstand import names
from pipeline.newsstand.habits import LAYOUTS, SIGNATURES, Habits, form_habits
from pipeline.records import Agency, Feed, Title

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMS = ("rss", "rdf", "atom", "json", "sitemap")
FEED_PATHS = {"rss": "/rss.xml", "rdf": "/index.rdf", "atom": "/atom.xml", "json": "/feed.json", "sitemap": "/sitemap-news.xml"}
BROKEN_PATHS = {"html": "/news-feed.xml", "empty": "/rss/archive.xml", "zero": "/rss/special.xml"}  # an HTML page, no entries, no bytes
TURNS = ("rss", "atom", "rss", "sitemap", "json", "rss", "rdf", "atom", "rss", "sitemap", "rss")  # as common as they are
OWNED = 3  # titles of one owner, on average

TWO_FEEDS = 0.2  # of titles


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
    sites = [block for block in book["agency"] if "site" in block]
    houses = [
        _site(random.Random(f"{seed}/site/{block['key']}"), block, book["language"][block["site"]])
        for block in sites[: max(0, titles // 8)]
    ]
    deck = _Deck(seed, book["language"], houses)
    while len(houses) < titles:
        number = len(houses)
        kind = "republisher" if number % 50 == len(sites) else ""
        houses.append(
            _house(random.Random(f"{seed}/title/{number}"), deck, kind, titles=titles, first=number < len(sites) + len(deck.names))
        )
    if dirt and titles > len(sites) + len(BROKEN_PATHS):
        for place, form in zip((-1, -2, -3), BROKEN_PATHS, strict=True):
            houses[place] = _broken(houses[place], form)
    return Cast(
        agencies={block["key"]: _agency(block) for block in book["agency"]},
        short={block["key"]: block["short"] for block in book["agency"]},
        houses=tuple(houses),
        names=book["language"],
    )


class _Deck:
    """Deals languages, mastheads and ways of signing, so that also a small cast has everything in proportion."""

    def __init__(self, seed: int, languages: dict[str, Any], houses: Sequence[House]) -> None:
        self.names = languages
        self.taken = {house.title.domains[0] for house in houses}
        self._shares = {language: block["share"] for language, block in languages.items()}
        self._known = Counter(house.title.language for house in houses)
        self._signed: Counter[str] = Counter()
        self._mastheads = {
            language: names.shuffled(f"{seed}/mastheads/{language}", languages[language]["mastheads"]) for language in languages
        }

    def language(self, number: int, *, first: bool) -> str:
        """Return the next language; the first few titles have each language once."""
        language = list(self.names)[number % len(self.names)] if first else names.owed(self._shares, self._known)
        self._known[language] += 1
        return language

    def masthead(self, language: str) -> str:
        known = self._mastheads[language]
        return known[self._known[language] % len(known)]

    def signature(self) -> str:
        signature = names.owed(SIGNATURES, self._signed)
        self._signed[signature] += 1
        return signature


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


def _site(rng: random.Random, block: dict[str, Any], language: dict[str, Any]) -> House:
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
    return House(
        title=title, city=language["places"][0], offset=_offset(language, block["country"]), forms=(form, "sitemap"), habits=habits
    )


def _house(rng: random.Random, deck: _Deck, kind: str, *, titles: int, first: bool) -> House:
    language, number = deck.language(len(deck.taken), first=first), len(deck.taken) + 1
    block, kind = deck.names[language], kind or rng.choices(("newspaper", "portal", "broadcaster", "magazine"), (12, 4, 3, 2))[0]
    masthead = f"{block['republisher']} {{place}}" if kind == "republisher" else deck.masthead(language)
    for _ in range(10_000):
        name, city = names.title(rng, block, masthead)
        slug = names.slug(name)
        if f"{slug}.test" not in deck.taken:
            break
    deck.taken.add(f"{slug}.test")
    country, offset = rng.choice(block["countries"])
    forms = _forms(rng, number)
    title = Title(
        key=slug,
        name=name,
        owner=names.owner(language, rng.randrange(max(1, titles // (OWNED * len(deck.names)))), block),
        country=country,
        language=language,
        kind=kind,
        domains=(f"{slug}.test",),
        feeds=_feeds(f"www.{slug}.test", forms),
        weight=rng.choice((0, 0, 1, 2)),
    )
    layout = "reader" if kind == "republisher" else LAYOUTS[number % len(LAYOUTS)]
    staff = tuple(names.person(rng, block) for _ in range(4))
    habits = form_habits(rng, language, layout, deck.signature())
    return House(title=title, city=city, offset=offset, forms=forms, habits=habits, staff=staff)


def _broken(house: House, form: str) -> House:
    """Return the house with a broken feed: besides its own, or, if that is HTML, in their place."""
    feed = Feed(url=f"http://www.{house.title.domains[0]}{BROKEN_PATHS[form]}")
    alone = form == "html"
    feeds, forms = ((feed,), (form,)) if alone else ((*house.title.feeds, feed), (*house.forms, form))
    return replace(house, title=replace(house.title, feeds=feeds), forms=forms)


def _forms(rng: random.Random, number: int) -> tuple[str, ...]:
    """Return one form, in turn, or for one title in five two: both then list the same URLs."""
    first = TURNS[number % len(TURNS)]
    if rng.random() < TWO_FEEDS:
        return (first, rng.choice([form for form in FORMS if form != first]))
    return (first,)


def _feeds(host: str, forms: tuple[str, ...]) -> tuple[Feed, ...]:
    return tuple(Feed(url=f"http://{host}{FEED_PATHS[form]}", kind="news_sitemap" if form == "sitemap" else "feed") for form in forms)


def _offset(language: dict[str, Any], country: str) -> int:
    return int(next((hours for code, hours in language["countries"] if code == country), 0))
