"""A feed's bytes -> its text, free of what breaks a parser or a database, or slows one down; and what its outermost element is.

Decoded once, here: UTF-8 wins wherever the bytes are valid UTF-8, because servers and declarations name other charsets by habit.
"""

from __future__ import annotations

import codecs
import re
import string
from html import escape
from html.entities import html5

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as UTF-16's, so it comes first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_STARTS = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
# What people declare, and the larger charset that they use under its name (WHATWG's table).
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949"}
_STATEFUL = re.compile(r"iso2022|hz", re.IGNORECASE)  # seven-bit, so always valid UTF-8 too
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_MOSTLY = 0.5  # broken characters for each sound one outside ASCII, up to which a text is UTF-8 with faults

_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
# References to such characters: 0-31, D800-DFFF, FFFE, FFFF, and those so long that only arithmetic tells.
_SUSPECT = re.compile(
    r"&#(?:0*(?:\d|[12]\d|3[01]|5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]|6553[45]|[1-9]\d{6,})(?!\d)"
    r"|[xX]0*(?:[\da-fA-F]|1[\da-fA-F]|[dD][89a-fA-F][\da-fA-F]{2}|[fF]{3}[eEfF]|[1-9a-fA-F][\da-fA-F]{5,})(?![\da-fA-F]));?"
)
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)([A-Za-z][A-Za-z0-9]{1,30};)?", re.DOTALL
)
_MARGIN = string.whitespace + "\x85\xa0\ufeff"
_LAST = 0x10FFFF
_DIGITS = 40  # of a reference; Python refuses to read thousands
_ITEM_END = re.compile(r"</(?:[\w.-]+:)?(item|entry|url)\s*>", re.IGNORECASE)
_PROLOG = re.compile(
    r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s*(?:[^\[<>\"']|\"[^\"]*\"|'[^']*')*(?:\[.*?\]\s*)?>)*", re.DOTALL | re.IGNORECASE
)
_OUTERMOST = re.compile(r"<(?:[\w.-]+:)?(rss|rdf|feed|channel|urlset|sitemapindex|html|head|body|opml)\b", re.IGNORECASE)
_HTML = frozenset({"html", "head", "body"})
_FEED = re.compile(r"<(?:[\w.-]+:)?(rss|rdf|feed)\s[^<>]*>", re.IGNORECASE)
_JUNK = 4096  # characters before the feed that a server's own warnings may take


def decode(body: bytes, content_type: str = "") -> str:
    """Return the text of a body. What cannot be decoded becomes U+FFFD."""
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    for start, charset in _STARTS:
        if body.startswith(start):
            return body.decode(charset, "replace")
    named = _DECLARED.search(body[:1024])
    declared = [_codec(name) for name in ((named[1].decode("ascii") if named else ""), *_CHARSET.findall(content_type)[:1])]
    for charset in (*(c for c in declared if _STATEFUL.match(c)), "utf-8", *declared):
        text = _decoded(body, charset)
        if text is not None:
            return text
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = len(text) - len(text.encode("ascii", "ignore")) - broken
    return text if broken <= _MOSTLY * sound else body.decode("cp1252", "replace")


def begun(text: str) -> str:
    """Return the text from its first mark on, without references to characters that XML forbids."""
    if "&#" in text:
        text = _SUSPECT.sub(_legal, text)
    return text.strip(_MARGIN)


def clean(text: str) -> str:
    """Return the text from its first mark on, without characters that XML forbids and without references to them."""
    return begun(_ILLEGAL.sub("", text))


def outermost(text: str) -> tuple[str, str]:
    """Return the lower-case local name of the outermost element ("" if it is none that we know), and the text that begins with it.

    Raise ValueError where the text declares entities: they are how a small body becomes a huge one, or reads a file.
    """
    start = _PROLOG.match(text)
    prolog = start.end() if start else 0
    if "<!entity" in text[:prolog].lower():
        raise ValueError("declares entities")
    found = _OUTERMOST.match(text, prolog)
    if not found:
        first = _OUTERMOST.search(text, prolog, prolog + _JUNK)
        if not first or "<!entity" in text[prolog : first.start()].lower():
            return "", text
        found = first
    if found[1].lower() in _HTML:  # a feed that something wrapped in a page
        found = _FEED.search(text, found.end(), found.end() + _JUNK) or found
    return found[1].lower(), text[found.start() :]


def whole(text: str) -> tuple[str, bool]:
    """Return the text without what follows its outermost element, and whether that element ends at all.

    A text that ends in the middle is cut after its last complete item, so that no half address is believed, and closed.
    """
    name = text[1 : re.match(r"<[\w.:-]*", text).end()]  # type: ignore[union-attr]  # matches any text that begins with <
    if re.fullmatch(r"<[^<>]*/>", text):
        return text, True
    end = f"</{name}"
    place = text.rfind(end)
    if place >= 0:
        return text if text.endswith(end + ">") and place + len(end) + 1 == len(text) else text[:place] + end + ">", True
    last = max(((found.end(), found[1]) for found in _ITEM_END.finditer(text)), default=(0, ""))[0]
    if not last:
        return "", False
    if text[last:].strip().lower() == "</channel>":
        return text[:last] + "</channel>" + end + ">", True
    inside = "</channel>" if name.lower() == "rss" else ""
    return f"{text[:last]}{inside}{end}>", False


def mend(text: str) -> str:
    """Return the text with HTML's named characters as themselves and bare ampersands escaped, outside CDATA: the two usual faults."""
    return _REFERENCE.sub(_mended, text)


def _mended(found: re.Match[str]) -> str:
    if not found[0].startswith("&"):
        return found[0]
    meant = html5.get(found[1] or "", "")
    return escape(meant, quote=False) if meant else f"&amp;{found[1] or ''}"


def _decoded(body: bytes, charset: str) -> str | None:
    if not charset:
        return None
    try:
        return body.decode(charset)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _codec(name: str) -> str:
    try:
        known = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    return _MEANT.get(known.name, known.name) if known._is_text_encoding else ""  # noqa: SLF001 - "hex" and "zlib" are codecs too


def _legal(found: re.Match[str]) -> str:
    digits = found[0][2:].rstrip(";")
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits[:_DIGITS])
    if code > _LAST or _ILLEGAL.match(chr(code)):
        return ""
    return found[0]
