"""Feeds that were found or listed -> titles as far as they are known: a Title whose empty fields are to be filled in by somebody.

Feeds of one site are one title. What is guessed is guessed from the site's own words: language and country from what it declares and
from its top-level domain, name and sections from how its feeds are called.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline import text, urls
from pipeline.records import Feed, Title
from pipeline.registry.codes import COUNTRIES, LANGUAGES, MEANT_COUNTRY, MEANT_LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from pipeline.registry.opml import Outline

KNOWN = tomllib.loads(Path(__file__).with_name("discovery.toml").read_text(encoding="utf-8"))
LONGEST = 60  # characters of a section

_EMPTY = frozenset(KNOWN["empty"])
_DIVIDER = re.compile(r"\s*[|»›·•–—:/]\s*|\s+-\s+|\s>\s")
_PREFIXES = re.compile(r"^(?:www|feeds?|rss|xml|m)\.(?=[^.]+\.)")
_CODE = re.compile(r"([a-zA-Z]{2,3})(?:[-_]([a-zA-Z]{2}))?(?:[-_.@]|$)")


def from_outlines(outlines: Sequence[Outline], taken: AbstractSet[str]) -> tuple[Title, ...]:
    """Return the titles whose feeds a list names, in its order. Keys that are `taken` are not used again."""
    sites: dict[str, list[Outline]] = {}
    for number, outline in enumerate(outlines):
        sites.setdefault(outline.about.get("key") or _site(outline) or f"#{number}", []).append(outline)
    keys = set(taken)
    found = []
    for listed in sites.values():
        title = _ours(listed) if listed[0].about else _theirs(listed, keys)
        keys.add(title.key)
        found.append(title)
    return tuple(found)


def domain(url: str) -> str:
    """Return the domain of a site, as far as its address tells; "" where it is a service that carries the feeds of others."""
    try:
        host = urls.host(url)
    except ValueError:
        return ""
    return "" if urls.belongs(url, KNOWN["services"]) else _PREFIXES.sub("", host)


def key(name: str, host: str, taken: AbstractSet[str]) -> str:
    """Return a key that is not taken: of the name, or of the host where the name has no Latin letters."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("ø", "o").replace("æ", "ae").replace("ł", "l"))
    parts = re.findall(r"[a-z0-9]+", re.sub(r"['’]", "-", plain).encode("ascii", "ignore").decode().lower())
    if not parts or not any(letter.isascii() and letter.isalpha() for letter in name):
        parts = re.findall(r"[a-z0-9]+", host.rpartition(".")[0].lower()) or ["title"]
    wanted = "-".join(parts)[:LONGEST].strip("-")
    number = 1
    while (f"{wanted}-{number}" if number > 1 else wanted) in taken:
        number += 1
    return f"{wanted}-{number}" if number > 1 else wanted


def language(*said: str | None) -> str:
    """Return the first language that is one: of "en-GB", "EN_us"."""
    for one in said:
        found = _CODE.match((one or "").strip())
        code = MEANT_LANGUAGE.get(found[1].lower(), found[1].lower()) if found and found[1].lower() not in LANGUAGES else ""
        code = code or (found[1].lower() if found else "")
        if code in LANGUAGES:
            return code
    return ""


def country(host: str, *said: str | None) -> str:
    """Return the country of a host's top-level domain; else the first region that is said, as in "en-GB"."""
    last = host.rpartition(".")[2]
    regions = [found[2].lower() for one in said if (found := _CODE.match((one or "").strip())) and found[2]]
    for code in ("" if last in KNOWN["sold"] else last, *regions):
        if code in COUNTRIES or code == "uk":
            return MEANT_COUNTRY.get(code, code)
    return ""


def section(label: str, name: str) -> str | None:
    """Return the section that a feed's label names, beside the name of its title; None where it names none."""
    parts = [part.strip() for part in _DIVIDER.split(text.plain(label)) if part.strip()]
    telling = [part for part in parts if not _says_nothing(part, name)]
    return text.cut(telling[-1], LONGEST) if telling else None


def _says_nothing(part: str, name: str) -> bool:
    words = [word for word in re.split(r"[\s()\[\]-]+", part.lower()) if word]
    return part.casefold() == name.casefold() or all(word in _EMPTY or word in name.lower().split() for word in words)


def _site(outline: Outline) -> str:
    return domain(outline.site) or domain(outline.url)


def _ours(listed: Sequence[Outline]) -> Title:
    """Return a title of a list that is ours, as it was written."""
    about = listed[0].about
    weight = about.get("weight", "0")
    return Title(
        key=about["key"],
        name=about.get("name", ""),
        owner=about.get("owner", ""),
        country=about.get("country", ""),
        language=listed[0].language,
        kind=about.get("kind", ""),
        domains=tuple(about.get("domains", "").split()),
        feeds=tuple(Feed(url=one.url, kind=one.kind, section=one.section or None) for one in listed),
        agency=about.get("agency"),
        weight=int(weight) if re.fullmatch(r"-?[0-9]{1,3}", weight) else 0,
    )


def _theirs(listed: Sequence[Outline], taken: AbstractSet[str]) -> Title:
    site = _site(listed[0])
    name = _common([one.name for one in listed]) or site
    feeds = [Feed(url=one.url, kind=one.kind, section=one.section or section(one.name, name)) for one in listed]
    said = [one.language for one in listed]
    return Title(
        key=key(name, site or urls.host(listed[0].url), taken),
        name=name,
        owner="",
        country=country(site, *said),
        language=language(*said),
        kind="",
        domains=(site,) if site else (),
        feeds=tuple(feeds),
    )


def _common(names: Iterable[str]) -> str:
    """Return what the names of a site's feeds begin or end with, up to a divider: the name of the site."""
    parts = [[part for part in _DIVIDER.split(name) if part] for name in names if name]
    if not parts:
        return ""
    if whole := [part for part in parts[0] if all(part in other for other in parts)]:
        return whole[0]
    words = [" ".join(one).split() for one in parts]
    return " ".join(same[0] for same in takewhile(lambda same: len(set(same)) == 1, zip(*words, strict=False)))


def named(url: str) -> str:
    """Return the words of an address's path that may name a section: of ".../sport/rss.xml", "sport"."""
    path = [re.sub(r"\.[a-z]{2,4}$", "", part.lower()) for part in urlsplit(url).path.split("/")]
    return next((part for part in reversed(path) if part and part.isalpha() and part not in _EMPTY), "")
