"""A site's front page, its robots.txt, an index of sitemaps -> where its feeds and news sitemaps may be, and what it says of itself.

Nothing is asked here: who asks reads each candidate, and only what can be read as a feed is one.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin, urlsplit

from pipeline import text, urls
from pipeline.articles import metadata, trees
from pipeline.feeds import cleaning, markup
from pipeline.records import Title
from pipeline.registry import drafts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from lxml.html import HtmlElement

    from pipeline.records import Feed

Place = Literal["given", "link", "anchor", "robots", "index", "usual"]  # the surest first

MOST = 40  # candidates of one page, of each kind
SITEMAPS = 8  # of a robots.txt or an index: those called news first
LARGEST = 10_000_000  # bytes of a sitemap, unzipped

_TYPES = frozenset(drafts.KNOWN["types"])
_WORDS = frozenset(drafts.KNOWN["words"])
_NEWS = frozenset(drafts.KNOWN["news"])
_OTHERS = frozenset(drafts.KNOWN["others"])
_SITEMAP = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_ENDS = re.compile(r"\.(?:rss|rdf|atom)$")
_PARTS = re.compile(r"[/._=?&-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may be a feed."""

    url: str
    place: Place
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What a page says of its site, and the candidates that it names."""

    url: str
    name: str = ""
    language: str = ""
    country: str = ""
    candidates: tuple[Candidate, ...] = ()


def front(body: bytes, url: str, content_type: str) -> Front:
    """Return what a page says. It may take long on a hostile one: callers run it in `pipeline.children`."""
    tree = trees.parse(trees.decode(body, content_type))
    if tree is None:
        return Front(url=url)
    said = metadata.metas(tree.root)
    base = urljoin(url, tree.root.xpath("string(//base/@href)").strip()) or url
    region = said.get("og:locale", "").replace("_", "-")
    tongue = tree.root.get("lang") or tree.root.get("xml:lang") or ""
    host = urls.host(url)
    found = (*_links(tree.root, base), *_anchors(tree.root, base, host))
    return Front(
        url=url,
        name=said.get("og:site_name") or said.get("application-name") or _called(tree.root),
        language=drafts.language(tongue, region),
        country=drafts.country(host, tongue, region),
        candidates=tuple(_distinct(found)),
    )


def usual(url: str) -> tuple[Candidate, ...]:
    """Return the addresses at which sites often have a feed."""
    return tuple(Candidate(url=urljoin(url, path), place="usual") for path in drafts.KNOWN["usual"])


def in_robots(rules: str, url: str) -> tuple[Candidate, ...]:
    """Return the sitemaps that a robots.txt names, those called news first."""
    return tuple(_sitemaps((urljoin(url, found) for found in _SITEMAP.findall(rules)), "robots"))


def is_index(body: bytes) -> bool:
    """Say whether it is a list of sitemaps."""
    return cleaning.clean(cleaning.decode(body[:4096])).find("<sitemapindex") >= 0


def in_index(body: bytes, url: str) -> tuple[Candidate, ...]:
    """Return the sitemaps of news that a list of sitemaps names. Callers run it in `pipeline.children`."""
    root = markup.tree(cleaning.clean(cleaning.decode(body)), lenient=True)
    if root is None:
        return ()
    named = (markup.words(part).strip() for _, one in markup.children(root) for name, part in markup.children(one) if name == "loc")
    return tuple(one for one in _sitemaps((urljoin(url, loc) for loc in named), "index") if _is_news(one.url))


def unzipped(body: bytes) -> bytes:
    """Return what a sitemap.xml.gz holds, up to the limit; anything else as it is."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(47).decompress(body, LARGEST)
    except zlib.error:
        return body


def draft(site: Front, feeds: Iterable[tuple[Feed, str]], domains: tuple[str, ...], taken: AbstractSet[str]) -> Title:
    """Return the title of a site as far as it is known; `feeds` come with the language that each says."""
    listed = tuple(feeds)
    name = site.name or drafts.domain(site.url)
    return Title(
        key=drafts.key(name, urls.host(site.url), taken),
        name=name,
        owner="",
        country=site.country,
        language=site.language or drafts.language(*(tongue for _, tongue in listed)),
        kind="",
        domains=domains,
        feeds=tuple(feed for feed, _ in listed),
    )


def _links(root: HtmlElement, base: str) -> Iterator[Candidate]:
    for node in root.iter("link"):
        kind = (node.get("type") or "").split(";")[0].strip().lower()
        if "alternate" in (node.get("rel") or "").lower().split() and kind in _TYPES:
            yield from _candidate(base, node.get("href"), "link", node.get("title") or "")


def _anchors(root: HtmlElement, base: str, host: str) -> Iterator[Candidate]:
    for node in root.iter("a"):
        href = (node.get("href") or "").strip()
        if href and _leads(href):
            label = text.plain(node.get("title") or node.text_content() or "", 100)
            yield from (one for one in _candidate(base, href, "anchor", label) if _near(one.url, host))


def _candidate(base: str, href: str | None, place: Place, label: str) -> Iterator[Candidate]:
    try:
        url = urls.plain(urljoin(base, (href or "").strip()))
    except ValueError:
        return
    if href and not _OTHERS & {*_PARTS.split(url.lower()), *label.lower().split()} and len(url) <= urls.MAX_BYTES:
        yield Candidate(url=url, place=place, label=text.clean(label, 100))


def _leads(href: str) -> bool:
    path = urlsplit(href.lower()) if "[" not in href else None
    return path is not None and bool(_ENDS.search(path.path) or _WORDS & {*_PARTS.split(f"{path.netloc}{path.path}?{path.query}")})


def _near(url: str, host: str) -> bool:
    own = drafts.domain(f"https://{host}/") or host
    return urls.belongs(url, (own,)) or own.endswith("." + drafts.domain(url)) or urls.belongs(url, drafts.KNOWN["services"])


def _sitemaps(named: Iterable[str], place: Place) -> Iterator[Candidate]:
    found = list(_distinct(one for url in named for one in _candidate(url, url, place, "")))
    yield from sorted(found, key=lambda one: not _is_news(one.url))[:SITEMAPS]


def _is_news(url: str) -> bool:
    path = urlsplit(url.lower()).path
    parts = {*_PARTS.split(path), *re.split(r"[/.]", path)}
    return bool(_NEWS & parts)


def _distinct(found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield each address once, and not more of a place than is to be asked."""
    seen: set[str] = set()
    counts: Counter[str] = Counter()
    for one in found:
        same = urls.normalise(one.url)
        if same not in seen and counts[one.place] < MOST:
            seen.add(same)
            counts[one.place] += 1
            yield one


def _called(root: HtmlElement) -> str:
    """Return the first part of the page's title."""
    return re.split(r"\s+[|»–—:-]\s+", text.clean(root.findtext(".//title") or "", 200))[0].strip()
