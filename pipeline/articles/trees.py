"""The bytes of a page -> its tree, parsed once, with scripts taken out and what they say about the article kept."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass

from lxml import etree, html

MAX_DEPTH = 200  # deeper elements give up their tags: extractors recurse, and no page needs it
CUT = 2048  # elements within each other, at which libxml2 stops: such a page is read without those that say nothing
MAX_LINKS = 1500  # in one block; trafilatura is quadratic in them (8,000 take 5 s)
MAX_TIMES = 300  # date-like elements; the same
MAX_HEAD = 500  # bytes of a script's tag
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
_CODE = {b"<script": b"</script", b"<style": b"</style", b"<!--": b"-->"}
_SAYING = (b"</p", b"</div", b"<br")  # code that holds these may have begun or ended elsewhere: in an attribute, in capitals
_WRAPPING = re.compile(
    rb"</?(?!(?:p|li|h[1-6]|a|img|br|fig\w+|html|head|body|title|meta|link|script|nav|aside|footer)\b)[a-z][^<>]*>", re.IGNORECASE
)
_PLAYS = re.compile(r"youtube|vimeo|dailymotion|player|video|embed")
_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
_SILENT = ("script", "style", "svg", "template", "iframe", "canvas", "object", "embed", "noscript")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A page, parsed. Whoever changes the root works on a copy."""

    root: html.HtmlElement
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
        markup = _REFERENCE.sub(b"", _without_code(text.encode(errors="replace")).translate(None, _CONTROLS))
        root = _rooted(markup)
        if _DEEP(root.getroottree()) and _is_cut(root):
            root = _rooted(_WRAPPING.sub(b" ", markup))
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    language = re.match(r"[a-zA-Z]{2,3}(?![a-zA-Z])", (root.get("lang") or root.get("xml:lang") or "").strip())
    scripts, players = _heard(root)
    etree.strip_elements(root, *_SILENT, with_tail=False)
    _flatten(root)
    if _thin(root):
        root = _rooted(etree.tostring(root, encoding="utf-8", method="html"))  # joins pieces of text; thousands of them are slow too
    return Tree(
        root=root,
        scripts=tuple(script for script in scripts if len(script) <= MAX_SCRIPT),
        language=language.group().lower() if language else None,
        players=players,
    )


def _rooted(markup: bytes) -> html.HtmlElement:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(_CLASS)
    return html.document_fromstring(markup, parser=parser)


def _without_code(markup: bytes) -> bytes:
    """Return the markup without its scripts and styles, half of a page. Where one may be something else, the parser sees to it."""
    kept, copied, seen = [], 0, 0
    places = {begin: markup.find(begin) for begin in _CODE}
    while begin := min((one for one in places if places[one] >= 0), key=places.__getitem__, default=b""):
        start = places[begin]
        seen = markup.find(_CODE[begin], start + 2)  # "<!-->" is a whole comment
        if seen < 0:
            break
        if begin != b"<!--" and markup[start + len(begin)] in b" >\t\r\n" and _is_code(markup[start:seen]):
            kept.append(markup[copied:start])
            copied = seen = markup.find(b">", seen) + 1 or len(markup)
        for one, place in places.items():
            if -1 < place < seen:
                places[one] = markup.find(one, seen)
    return b"".join((*kept, markup[copied:]))


def _is_code(element: bytes) -> bool:
    """Say whether a script or a style is nothing else: no JSON-LD, nor what began or ended elsewhere (in an attribute, in capitals)."""
    return b"ld+json" not in element[:MAX_HEAD] and not any(sign in element for sign in _SAYING)


def _codec(name: str) -> str:
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return "utf-8"
    return _ON_THE_WEB.get(found, found)


def _heard(root: html.HtmlElement) -> tuple[list[str], int]:
    """Return the page's JSON-LD, and how many videos and audios it would play."""
    scripts, players = [], 0
    for node in root.iter("script", "video", "audio", "iframe"):
        if node.tag == "script":
            if "ld+json" in (node.get("type") or "").lower():
                scripts.append(node.text or "")
        elif node.tag != "iframe" or _PLAYS.search(node.get("src") or ""):
            players += 1
    return scripts, players


def _is_cut(root: html.HtmlElement) -> bool:
    """Say whether a page is nested so deep that the parser gave up."""
    *_, last = root.iter()
    return sum(1 for _ in last.iterancestors()) >= CUT - 2


def _flatten(root: html.HtmlElement) -> None:
    """Let what is nested too deep give up its tags, so that its text stays and recursion ends: wrappers first, then all."""
    for kept in (_TELLING, frozenset[str]()):
        if not _DEEP(root.getroottree()):
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
    links: Counter[html.HtmlElement | None] = Counter()
    surplus, times = [], []
    for node in root.iter("a", "time"):
        if node.tag == "time":
            times.append(node)
            continue
        parent = node.getparent()
        links[parent] += 1
        if links[parent] > MAX_LINKS:
            surplus.append(node)
    for node in surplus:
        node.tag = _SURPLUS
    etree.strip_elements(root, _SURPLUS, with_tail=False)
    for node in times[MAX_TIMES:]:
        node.tag = _SURPLUS
    etree.strip_tags(root, _SURPLUS)  # at once: one by one, each copies the text
    return bool(surplus) or len(times) > MAX_TIMES
