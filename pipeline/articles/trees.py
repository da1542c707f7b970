"""The bytes of a page -> its tree, parsed once, with scripts taken out and what they say about the article kept."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from lxml import etree, html

MAX_DEPTH = 200  # deeper elements give up their tags: extractors recurse, and no page needs it
MAX_LINKS = 1500  # in one block; trafilatura is quadratic in them (8,000 take 5 s)
MAX_TIMES = 300  # date-like elements; the same
MAX_SCRIPT = 1_000_000  # characters of JSON-LD in one script

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_:.-]+)""", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# What the names mean on the web (encoding.spec.whatwg.org), where Python means less.
_ON_THE_WEB = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}
_SURPLUS = "surplus"
_TELLING = frozenset({"p", "li", "h1", "h2", "h3", "h4", "a", "img", "br", "figure", "figcaption"})
# Controls and surrogates, as they are and as references to them: an XML tree cannot hold them.
_CONTROLS = bytes({*range(32)} - {*b"\t\n\r"})
_REFERENCE = re.compile(rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[\da-fA-F]|[dD][89a-fA-F][\da-fA-F]{2}))\b;?")
_CLASS = etree.ElementDefaultClassLookup(element=html.HtmlElement)  # one for all: lxml's own asks Python at each element
_SILENT = ("script", "style", "svg", "template", "iframe", "canvas", "object", "embed", "noscript")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A page, parsed. Whoever changes the root works on a copy."""

    root: html.HtmlElement
    nodes: tuple[html.HtmlElement, ...]  # all of them: whoever holds these spares everybody the making of new ones
    scripts: tuple[str, ...]  # the JSON-LD, as it stands
    language: str | None  # what <html lang> says: "fr"
    players: int  # videos and audios that the page would play


def decode(body: bytes, content_type: str) -> str:
    """Return the page's characters: by its byte-order mark, the header, its <meta>, as UTF-8, or as Windows-1252."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    named = [*_CHARSET.findall(content_type.encode("ascii", "ignore")), *_CHARSET.findall(body[:4096])]
    for name in dict.fromkeys(["utf-8", *(_codec(found.decode("ascii")) for found in named), "cp1252"]):
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    declared = _codec(named[0].decode("ascii")) if named else "utf-8"
    return body.decode(declared, "replace")


def parse(text: str) -> Tree | None:
    """Return the tree; None where there is no element in it."""
    try:
        root = _rooted(_REFERENCE.sub(b"", text.encode(errors="replace").translate(None, _CONTROLS)))
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    scripts = [node.text or "" for node in root.iter("script") if "ld+json" in (node.get("type") or "").lower()]
    players = sum(1 for _ in root.iter("video", "audio")) + sum(1 for node in root.iter("iframe") if _plays(node.get("src") or ""))
    language = re.match(r"[a-zA-Z]{2,3}(?![a-zA-Z])", (root.get("lang") or root.get("xml:lang") or "").strip())
    _strip(root)
    _flatten(root)
    if _thin(root):
        root = _rooted(etree.tostring(root, encoding="utf-8", method="html"))  # joins pieces of text; thousands of them are slow too
    return Tree(
        root=root,
        nodes=tuple(root.iter()),
        scripts=tuple(script for script in scripts if len(script) <= MAX_SCRIPT),
        language=language.group().lower() if language else None,
        players=players,
    )


def _rooted(markup: bytes) -> html.HtmlElement:
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(_CLASS)
    return html.document_fromstring(markup, parser=parser)


def _codec(name: str) -> str:
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return "utf-8"
    return _ON_THE_WEB.get(found, found)


def _plays(address: str) -> bool:
    return bool(re.search(r"youtube|vimeo|dailymotion|player|video|embed", address))


def _strip(root: html.HtmlElement) -> None:
    etree.strip_elements(root, *_SILENT, with_tail=False)


def _flatten(root: html.HtmlElement) -> None:
    """Let what is nested too deep give up its tags, so that its text stays and recursion ends: wrappers first, then all."""
    for kept in (_TELLING, frozenset[str]()):
        if not root.getroottree().xpath(f"boolean({'/*' * (MAX_DEPTH + 1)})"):
            return
        deep, depth = [], 0
        for event, node in etree.iterwalk(root, events=("start", "end")):
            depth += 1 if event == "start" else -1
            if event == "start" and depth > MAX_DEPTH // 2 and node.tag not in kept:
                deep.append(node)
        for node in reversed(deep):
            node.drop_tag()


def _thin(root: html.HtmlElement) -> bool:
    """Untag what makes extractors slow beyond any use, thousands of links in one block, thousands of times; say whether there was any."""
    links: dict[html.HtmlElement, int] = {}
    for node in list(root.iter("a")):
        parent = node.getparent()
        if parent is None:
            continue
        links[parent] = links.get(parent, 0) + 1
        if links[parent] > MAX_LINKS:
            node.tag = _SURPLUS
    etree.strip_elements(root, _SURPLUS, with_tail=False)
    times = list(root.iter("time"))
    for node in times[MAX_TIMES:]:
        node.tag = _SURPLUS
    etree.strip_tags(root, _SURPLUS)  # at once: one by one, each copies the text
    return len(times) > MAX_TIMES or any(count > MAX_LINKS for count in links.values())
