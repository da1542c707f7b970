"""Recorded pages and feeds -> the same Stand: each under its own host and path, with feeds that list the pages, and a registry."""

from __future__ import annotations

import contextlib
import csv
import json
import re
import tomllib
from collections import Counter, defaultdict
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.newsstand import recordings
from pipeline.newsstand.cast import FEED_PATHS, FORMS
from pipeline.newsstand.enrolment import enrol
from pipeline.newsstand.listing import ListedSite
from pipeline.newsstand.server import Stand, serve
from pipeline.newsstand.truth import Truth
from pipeline.records import Feed, Title
from pipeline.registry.codes import COUNTRIES, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.clock import Clock
    from pipeline.newsstand.recordings import Recording

AGENCIES = Path(__file__).parent.parent / "registry" / "agencies.toml"
_COUNTRY = {"uk": "gb"}
SOLD = frozenset({"io", "co", "tv", "fm", "me", "ai", "cc", "am", "li", "ms"})  # country endings that anybody buys


@contextlib.contextmanager
def open(  # noqa: A001, PLR0913  `replay.open(...)`
    pages: Path,
    feeds: Path | None = None,
    *,
    clock: Clock,
    folder: Path,
    port: int = 0,
    catalogue: Path | None = None,
    agencies: Path = AGENCIES,
) -> Iterator[Stand]:
    """Serve recorded pages, and the feeds if given, with the product's own agencies.

    `catalogue` is a folder with fundus.csv, from which titles' names, countries and languages are taken.
    """
    shelves: dict[str, list[Recording]] = defaultdict(list)
    for page in recordings.pages(pages):
        shelves[page.host].append(page)
    recorded: dict[str, list[Recording]] = defaultdict(list)
    for feed in recordings.feeds(feeds) if feeds else ():
        recorded[feed.host].append(feed)
    names, sites = _names(catalogue), _sites(agencies)
    titles = _apart([_title(host, shelves[host], recorded[host], names, sites) for host in sorted({*shelves, *recorded})])
    folder.mkdir(parents=True, exist_ok=True)
    enrol(folder / "registry", titles, agencies.read_text(encoding="utf-8"))
    _tell(folder / "truth.jsonl", titles, shelves)
    site = ListedSite(titles, shelves, [feed for some in recorded.values() for feed in some])
    with serve(site, clock=clock, port=port, folder=folder) as stand:
        yield stand


def _title(  # noqa: PLR0917  what a title is made of
    host: str, pages: Sequence[Recording], feeds: Sequence[Recording], names: Mapping[str, tuple[str, str, str]], sites: Mapping[str, str]
) -> Title:
    """Return a title of a host: named by the catalogue, else by the host; language and country as the data says, else English and us."""
    name, country, language = names.get(host, (host, "", ""))
    ending = host.rsplit(".", 1)[-1]
    country = country or ("us" if ending in SOLD else _COUNTRY.get(ending, ending))
    said = [page.language for page in pages if page.language in LANGUAGES]
    agency = sites.get(host)
    return Title(
        key=re.sub(r"[^a-z0-9]+", "-", host).strip("-"),
        name=name,
        owner=host,
        country=country if country in COUNTRIES else "us",
        language=language if language in LANGUAGES else max(sorted(set(said)), key=said.count, default="en"),
        kind="agency" if agency else "newspaper",
        domains=(host,),
        feeds=(*_listing(host, pages), *(Feed(url=feed.url) for feed in feeds)),
        agency=agency,
    )


def _listing(host: str, pages: Sequence[Recording]) -> Iterator[Feed]:
    """Yield the feed that lists a host's pages, of a form that the host's name decides."""
    if pages:
        form = FORMS[sum(host.encode()) % len(FORMS)]
        served = urlsplit(pages[0].url).hostname
        yield Feed(url=f"http://{served}/recorded{FEED_PATHS[form]}", kind="news_sitemap" if form == "sitemap" else "feed")


def _apart(titles: Sequence[Title]) -> list[Title]:
    """Return the titles with a number on each key that another title has already: "a-b.test" and "a.b.test"."""
    seen: Counter[str] = Counter()
    apart = []
    for title in titles:
        seen[title.key] += 1
        apart.append(replace(title, key=f"{title.key}-{seen[title.key]}") if seen[title.key] > 1 else title)
    return apart


def _sites(agencies: Path) -> dict[str, str]:
    """Return the agency of each agency's own domain."""
    blocks = tomllib.loads(agencies.read_text(encoding="utf-8"))["agency"]
    return {domain: block["key"] for block in blocks for domain in block.get("domains", ())}


def _names(catalogue: Path | None) -> dict[str, tuple[str, str, str]]:
    """Return name, country and language by host."""
    if catalogue is None or not (catalogue / "fundus.csv").exists():
        return {}
    with (catalogue / "fundus.csv").open(encoding="utf-8", newline="") as file:
        return {
            recordings.bare(row["homepage"]): (row["name"], row["country"], row["language"])
            for row in csv.DictReader(file)
            if row["name"].strip() == row["name"]
        }


def _tell(path: Path, titles: Sequence[Title], shelves: Mapping[str, Sequence[Recording]]) -> None:
    """Write which page is which; of what it should become, only that a recorded article is an article."""
    with path.open("w", encoding="utf-8") as file:
        for title in titles:
            for page in shelves.get(title.domains[0], ()):
                row = Truth(url=page.url, title=title.key, kind="recorded", story=f"recorded:{page.key}", language=title.language)
                file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
