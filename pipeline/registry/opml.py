"""OPML -> the feeds it lists, and titles -> OPML 2.0.

Lists from the wild are seldom well-formed: bare ampersands, quotes within quotes, HTML's entities, a charset that is not the declared one,
no head, no end. So no XML parser reads them, and no entity or DTD is ever heard: each `<outline` is read for itself, up to the next,
and a broken one costs itself only. For well-formed lists it comes to the same.

Ours carry what OPML has no word for in attributes `wiredesk:...`, so that titles come back as they were.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING

from lxml import etree

from pipeline import text, urls
from pipeline.feeds import cleaning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipeline.records import FeedKind, Title

OURS = "urn:wiredesk:registry"
ABOUT = ("key", "owner", "country", "kind", "agency", "weight")  # of a title, beside its name, language and domains
LONGEST = 4000  # characters of an attribute that are looked at
DEEPEST = 64  # outlines within outlines; more are taken as beside each other

_OUTLINE = re.compile(r"<outline(?=[\s/>])", re.IGNORECASE)
_TAG = re.compile(r"""(?:[^>"']|"[^"]*"|'[^']*')*+>""")
_ATTRIBUTE = re.compile(r"""(?<![\w:.-])([\w:.-]{1,64})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,9}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,30});")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed that a list names."""

    url: str
    name: str
    site: str = ""  # the address of its site, if the list has one
    language: str = ""
    kind: FeedKind = "feed"
    section: str = ""
    folders: tuple[str, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)  # what ours says of the title


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """An outline that gives no feed, and why."""

    name: str
    url: str
    why: str


@dataclass(slots=True)
class _Folder:
    name: str
    about: dict[str, str]


def read(body: bytes) -> tuple[tuple[Outline, ...], tuple[Unusable, ...]]:
    """Return what a list names, in its order, and what of it cannot be used."""
    outlines: dict[str, Outline] = {}
    unusable: list[Unusable] = []
    for said, folders in _outlines(_spoken(cleaning.clean(cleaning.decode(body)))):
        found = _outline(said, folders)
        if isinstance(found, Outline):
            same = urls.normalise(found.url)
            if same in outlines:
                found = Unusable(name=found.name, url=found.url, why="listed before")
            else:
                outlines[same] = found
        if isinstance(found, Unusable):
            unusable.append(found)
    return tuple(outlines.values()), tuple(unusable)


def write(titles: Iterable[Title]) -> bytes:
    """Return the titles as OPML 2.0: a folder for each country, in it one for each title, in it its feeds."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"wiredesk": OURS})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Wiredesk"
    body = etree.SubElement(root, "body")
    countries: dict[str, etree._Element] = {}
    for title in sorted(titles, key=lambda title: (title.country, title.key)):
        if title.country not in countries:
            countries[title.country] = etree.SubElement(body, "outline", {"text": title.country})
        whole = etree.SubElement(countries[title.country], "outline", _about(title))
        for feed in title.feeds:
            name = f"{title.name}: {feed.section}" if feed.section else title.name
            said = {"type": "rss" if feed.kind == "feed" else feed.kind, "text": name, "title": name, "xmlUrl": feed.url}
            said |= {"htmlUrl": f"https://{title.domains[0]}/"} if title.domains else {}
            said |= {"language": title.language, f"{{{OURS}}}section": feed.section or ""}
            etree.SubElement(whole, "outline", {name: text.printable(value) for name, value in said.items() if value})
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _about(title: Title) -> dict[str, str]:
    said = {f"{{{OURS}}}{name}": str(getattr(title, name) or "") for name in ABOUT}
    said |= {"text": title.name, f"{{{OURS}}}domains": " ".join(title.domains)}
    return {name: text.printable(value) for name, value in said.items() if value}


def _spoken(markup: str) -> str:
    """Return the markup without comments; one that never ends is none."""
    kept, place = [], 0
    while (start := markup.find("<!--", place)) >= 0 and (end := markup.find("-->", start + 4)) >= 0:
        kept.append(markup[place:start])
        place = end + 3
    return "".join((*kept, markup[place:]))


def _outlines(markup: str) -> Iterator[tuple[dict[str, str], tuple[_Folder, ...]]]:
    """Yield the attributes of each outline, and the outlines around it."""
    around: list[_Folder] = []
    for piece in _OUTLINE.split(markup)[1:]:
        tag = _TAG.match(piece)
        inside, after = (piece[: tag.end()], piece[tag.end() :]) if tag else (piece, piece)
        said: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(inside):
            said.setdefault(name.lower(), text.clean(_unescaped(next(filter(None, values), "")[:LONGEST])))
        yield said, tuple(around)
        if not (inside.rstrip("> \r\n\t").endswith("/") if tag else "/>" in piece) and len(around) < DEEPEST:
            about = {name.removeprefix("wiredesk:"): value for name, value in said.items() if name.startswith("wiredesk:")}
            around.append(_Folder(_name(said), about))
        del around[max(0, len(around) - after.lower().count("</outline")) :]


def _outline(said: Mapping[str, str], folders: tuple[_Folder, ...]) -> Outline | Unusable | None:
    """Return the feed of one outline, why it gives none, or None for a folder."""
    kind = said.get("type", "").lower()
    given = said.get("xmlurl", "") or (said.get("url", "") if kind in {"rss", "atom", "feed"} else "")
    name = _name(said)
    if not given:
        if kind in {"link", "include"} and said.get("url"):
            return Unusable(name=name, url=said["url"], why="a page or another list, not a feed")
        return Unusable(name=name, url="", why="no address") if kind in {"rss", "atom", "feed"} or "xmlurl" in said else None
    try:
        url = _address(given)
    except ValueError as problem:
        return Unusable(name=name, url=given, why=str(problem))
    return Outline(
        url=url,
        name=name,
        site=said.get("htmlurl", ""),
        language=said.get("language", ""),
        kind="news_sitemap" if kind == "news_sitemap" else "feed",
        section=said.get("wiredesk:section", ""),
        folders=tuple(folder.name for folder in folders if folder.name),
        about={"name": folders[-1].name, **folders[-1].about} if folders and "key" in folders[-1].about else {},
    )


def _name(said: Mapping[str, str]) -> str:
    return text.plain(said.get("text") or said.get("title") or "", 200)


def _address(given: str) -> str:
    """Return the address as it is polled. ValueError if it is none: escaped twice, `feed:`, a lost closing mark are mended."""
    url = next(iter(given.replace("&amp;", "&").split()), "")
    if url[:5].lower() == "feed:":
        rest = url[5:].lstrip("/")
        url = rest if rest[:4].lower() == "http" else f"http://{rest}"
    urls.normalise(url)  # or it is none
    if len(url.encode()) > urls.MAX_BYTES:
        raise ValueError(f"an address of more than {urls.MAX_BYTES} bytes")
    return url


def _unescaped(value: str) -> str:
    """Return the value with references as what they mean. One without its semicolon is an address's parameter: "&copy=1"."""
    return _REFERENCE.sub(lambda found: unescape(found[0]), value)
