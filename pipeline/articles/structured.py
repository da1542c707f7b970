"""The JSON-LD of a page -> what it says about the article: facts as they stand, texts without markup."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from pipeline.articles import crumbs
from pipeline.records import Image
from pipeline.text import clean, plain, printable

MAX_NODES = 3000  # of one page; a graph of more is no description of an article
_ARTICLE = re.compile(r"(?:article|posting|report|review|opinion|analysis|backgrounder)$", re.IGNORECASE)
_OTHER = frozenset(
    {"videoobject", "imagegallery", "collectionpage", "searchresultspage", "profilepage", "product", "recipe", "podcastepisode"}
)
_PARTS = frozenset({"liveBlogUpdate", "comment", "review", "citation", "isBasedOn", "mentions", "about"})  # each an article of its own
_TRAILING = re.compile(r",\s*([}\]])")
_CREDITS = ("author", "creditText", "sourceOrganization", "copyrightHolder", "provider", "creator", "isBasedOn", "producer")
_BREAK = re.compile(r"</p>|<br\s*/?>|</h\d>|</li>|\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Structured:
    """Empty where the page says nothing."""

    kind: str = ""  # "newsarticle", "liveblogposting"; in lower case
    kinds: frozenset[str] = frozenset()  # of every node of the page
    headline: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    modified: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    text: str = ""  # paragraphs divided by line breaks
    words: int = 0  # what the page counts
    free: bool | None = None
    url: str = ""
    images: tuple[Image, ...] = ()
    publisher: str = ""
    holder: str = ""  # of the copyright
    licence: str = ""  # its address, or its name
    credits: tuple[str, ...] = ()  # whoever is named as author, source, provider or holder


def read(scripts: tuple[str, ...]) -> Structured:
    """Return what the page's best description of an article says."""
    nodes: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for script in scripts:
        _collect(_load(script), nodes, parts)
    kinds = frozenset(kind for node in nodes for kind in _kinds(node))
    articles = [node for node in nodes if any(_ARTICLE.search(kind) for kind in _kinds(node))]
    trail = next((found for node in nodes if "breadcrumblist" in _kinds(node) and (found := crumbs.section(node))), "")
    if not articles:
        return Structured(kinds=kinds, section=trail)
    index = {
        node["@id"]: node for node in sorted(nodes, key=lambda node: "name" in node) if isinstance(node.get("@id"), str) and len(node) > 1
    }
    within = {id(part) for part in parts}
    described = _described(max(articles, key=lambda node: (id(node) not in within, _telling(node))), kinds, index)
    return replace(described, section=described.section or trail)


def _load(script: str) -> Any:
    text = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*$", "", script).strip().rstrip(";")
    for candidate in (text, _TRAILING.sub(r"\1", text)):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _collect(value: Any, nodes: list[dict[str, Any]], parts: list[dict[str, Any]]) -> None:
    """Every object with a type, outermost first; those in parts of another also as parts. Without recursion: pages nest as they like."""
    waiting = [(value, False)]
    while waiting and len(nodes) < MAX_NODES:
        value, within = waiting.pop(0)
        if isinstance(value, list):
            waiting = [*((one, within) for one in value), *waiting]
        elif isinstance(value, dict):
            if value.get("@type") or value.get("@id"):
                nodes.append(value)
                parts += [value] if within else []
            waiting.extend((inner, within or name in _PARTS) for name, inner in value.items() if isinstance(inner, (list, dict)))


def _kinds(node: dict[str, Any]) -> list[str]:
    return [str(kind).rsplit("/", 1)[-1].lower() for kind in _many(node.get("@type"))]


def _telling(node: dict[str, Any]) -> int:
    return sum(
        bool(node.get(name)) for name in ("headline", "datePublished", "author", "articleBody", "image", "mainEntityOfPage", "dateModified")
    )


def _described(node: dict[str, Any], kinds: frozenset[str], index: dict[str, Any]) -> Structured:
    free = node.get("isAccessibleForFree")
    tags = [plain(_word(tag)) for found in _many(node.get("keywords")) for tag in (found.split(",") if isinstance(found, str) else [found])]
    return Structured(
        kind=_kinds(node)[0],
        kinds=kinds,
        headline=plain(_word(node.get("headline") or node.get("name"))),
        description=plain(_word(node.get("description"))),
        authors=_names(node.get("author") or node.get("creator"), index),
        published=clean(_word(node.get("datePublished"))),
        modified=clean(_word(node.get("dateModified"))),
        section=plain(_word(next(iter(_many(node.get("articleSection"))), ""))),
        tags=tuple(dict.fromkeys(tag for tag in tags if tag and ":" not in tag)),
        text=paragraphs(_word(node.get("articleBody"))),
        words=_count(node.get("wordCount")),
        free=None if free is None else str(free).lower() not in {"false", "0", "no"},
        url=clean(_word(node.get("url") or node.get("mainEntityOfPage"))),
        images=tuple(image for found in _many(node.get("image")) if (image := _image(found, index)).url),
        publisher=next(iter(_names(node.get("publisher"), index)), ""),
        holder=next(iter(_names(node.get("copyrightHolder"), index)), ""),
        licence=_licence(node.get("license")),
        credits=tuple(dict.fromkeys(name for part in _CREDITS for name in _names(node.get(part), index))),
    )


def paragraphs(markup: str) -> str:
    """Return the words of a text that may be HTML, one paragraph a line."""
    lines = (plain(line) for line in _BREAK.split(printable(markup)))
    return "\n".join(line for line in lines if line)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def _word(value: Any) -> str:
    """Return the text of a value that should be one."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or value.get("@id") or value.get("url") or ""
    return str(value) if isinstance(value, (str, int, float)) and value is not True else ""


def _names(value: Any, index: dict[str, Any]) -> tuple[str, ...]:
    found = []
    for one in _many(value):
        named = index.get(str(one.get("@id")), one) if isinstance(one, dict) and not one.get("name") else one
        if isinstance(named, dict):
            found += [plain(_word(name)) for name in _many(named.get("name"))]
        elif isinstance(named, str):
            found.append(plain(named))
    return tuple(dict.fromkeys(name for name in found if name))


def _licence(value: Any) -> str:
    first = next(iter(_many(value)), "")
    return clean(_word((first.get("url") or first.get("@id") or first.get("name")) if isinstance(first, dict) else first))


def _count(value: Any) -> int:
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdecimal() and len(value) < 7) else 0  # noqa: PLR2004  no article has millions of words


def _image(value: Any, index: dict[str, Any]) -> Image:
    if isinstance(value, str):
        return Image(url=clean(value))
    if not isinstance(value, dict):
        return Image()
    value = index.get(str(value.get("@id")), value) if not value.get("url") else value
    credit = _word(value.get("creditText")) or ", ".join(
        _names(value.get("creator") or value.get("author") or value.get("copyrightHolder"), index)
    )
    return Image(
        url=clean(_word(value.get("url") or value.get("contentUrl"))),
        caption=plain(_word(value.get("caption") or value.get("description"))),
        credit=plain(credit),
    )
