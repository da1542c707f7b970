"""An address as the web writes it -> the address to fetch and store, and the key by which it is the same page.

Two strengths. `plain` is for fetching and for people: the same page, without what only counts readers. `normalise` is for telling pages
apart and is never fetched: http is https, `www.` is nothing, a slash at the end is nothing, the order of parameters is nothing, nor is how
an accent is composed. Neither folds letters that look alike, the case of a path, or `m.` and AMP addresses (they may differ; rel=canonical
says so later). What stands after # is no part of either: a server never sees it. tests/data/urls.toml says all this by example.

`plain`, `normalise`, `key` and `host` raise ValueError for what is no http or https address; `belongs` and `is_home` answer False.
What is dropped is data, in tracking.toml. courlan's cleaner is not used: it drops parameters that are an article's only name (`cid`,
`uid`, `gallery`), and blank ones.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import quote, unquote, urlsplit

import idna

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BYTES = 2048  # of a stored address; a btree key of Postgres ends at 2,704

_TRACKING = tomllib.loads(Path(__file__).with_name("tracking.toml").read_text(encoding="utf-8"))
_PREFIXES = tuple(_TRACKING["prefixes"])
_NAMES = frozenset(_TRACKING["names"])
_DOUBTFUL = frozenset(_TRACKING["doubtful"])
_SOURCES = frozenset(_TRACKING["sources"])

_LONGEST = 32_768  # characters looked at; no server takes more
_STRIPPED = "".join(map(chr, range(33)))
_WRAPPED = re.compile(r"[\t\r\n]\s*")  # browsers drop these too
_AND = re.compile(r"&#(?:0*38|[xX]0*26);")  # WordPress escapes twice
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_HOST = re.compile(r"(?!.{254})[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?;]*|/\(S\([a-z0-9]{24}\)\)(?=/)", re.IGNORECASE)
_AMPERSANDS = re.compile(r"(?:^|&)(?:amp;|&)*")
_WWW = re.compile(r"^(?:www\.)+(?=[^.]+\.)")
_SLASHES = re.compile(r"/{2,}")
_LETTERS = re.compile(r"(?:(?<!%[0-9A-F])[A-Za-z])?(?:%[89A-F][0-9A-F])+")  # and the ASCII one to which an accent may belong
_DEFAULT = {"http": 80, "https": 443}
_HOME = re.compile(r"/(?:[a-z]{2}(?:-[a-z]{2})?/?)?(?:(?:index|default|home)(?:\.[a-z]{3,5})?/?)?", re.IGNORECASE)


def plain(url: str) -> str:
    """Return the address to store and fetch: ASCII, lower-case host, no default port, no tracking parameters, no fragment."""
    scheme, name, port, path, query = _parts(url)
    return f"{scheme}://{_at(name, port)}{path}{'?' if query else ''}{'&'.join(query)}"


def normalise(url: str) -> str:
    """Return the form that is equal for addresses of one page."""
    _, name, port, path, query = _parts(url)
    name = _WWW.sub("", name)
    path = _LETTERS.sub(_composed, _SLASHES.sub("/", path)).rstrip("/") or "/"
    query = tuple(sorted(query, key=lambda parameter: (parameter.partition("=")[0], parameter)))
    return f"https://{_at(name, None if port in {80, 443} else port)}{path}{'?' if query else ''}{'&'.join(query)}"


def key(url: str) -> bytes:
    """Return the sha-256 of the normalised address: the identity of an article."""
    return sha256(normalise(url).encode("ascii")).digest()


def host(url: str) -> str:
    """Return the host in lower case ASCII, without port and without a dot at the end."""
    return _split(url)[1]


def belongs(url: str, domains: Iterable[str]) -> bool:
    """Say whether the address is on one of the domains or below; a domain may name a port ("127.0.0.1:8001"), and then it counts."""
    try:
        _, name, port, _, _ = _split(url)
    except ValueError:
        return False
    wanted = _wanted(tuple(domains))
    while name:
        if name in wanted or (port is not None and _at(name, port) in wanted):
            return True
        name = name.partition(".")[2]
    return False


def is_home(url: str) -> bool:
    """Say whether the address is a site's front page: no path but a language or an index, and no parameter that names anything."""
    try:
        _, _, _, path, query = _parts(url)
    except ValueError:
        return False
    return not query and _HOME.fullmatch(path) is not None


@lru_cache(maxsize=64)
def _wanted(domains: tuple[str, ...]) -> frozenset[str]:
    return frozenset(domain.lower().rstrip(".") for domain in domains)


@lru_cache(maxsize=512)  # an entry's address is asked about five times in a row
def _parts(url: str) -> tuple[str, str, int | None, str, tuple[str, ...]]:
    scheme, name, port, path, asked = _split(url)
    path = _without_dots(_SESSION.sub("", _encoded(path))) or "/"
    query = tuple(p for p in _AMPERSANDS.sub("&", _encoded(asked)).split("&") if p and not _counts_readers(p)) if asked else ()
    return scheme, name, None if port == _DEFAULT[scheme] else port, path, query


@lru_cache(maxsize=512)
def _split(url: str) -> tuple[str, str, int | None, str, str]:
    """Return scheme, host in ASCII, port as written, path and query."""
    url = url.strip(_STRIPPED + "\x7f\u00a0\ufeff\u200b")
    if len(url) > _LONGEST:
        raise ValueError("an address of this length is junk")
    url = _AND.sub("&", _WRAPPED.sub("", url))
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or "@" in parts.netloc:
        raise ValueError("not an http or https address, or one with a user name in it")
    if parts.port == 0 or _CONTROL.search(url):
        raise ValueError("an address with port 0 or control characters")
    return parts.scheme, _ascii(parts.hostname or ""), parts.port, parts.path, parts.query


@lru_cache(maxsize=4096)
def _ascii(name: str) -> str:
    name = unquote(name).lower() if "%" in name else name
    if ":" in name and "%" not in name:  # a zone is a name of one machine's own
        return f"[{ipaddress.IPv6Address(name).compressed}]"
    if not name.isascii():
        name = idna.encode(name.rstrip(".\u3002\uff0e\uff61"), uts46=True).decode("ascii").lower()
    name = name.rstrip(".")
    if not _HOST.fullmatch(name):
        raise ValueError("an address whose host is no host name")
    return name


def _composed(found: re.Match[str]) -> str:
    """Return letters in Unicode's composed form (NFC): macOS writes e and an accent where others write é."""
    try:
        return quote(normalize("NFC", unquote(found[0], errors="strict")), safe="")
    except UnicodeDecodeError:
        return found[0]


def _at(name: str, port: int | None) -> str:
    return name if port is None else f"{name}:{port}"


def _encoded(part: str) -> str:
    return _PERCENT.sub(_encode, part)


def _encode(found: re.Match[str]) -> str:
    sign = found[0]
    if len(sign) == 1:
        return "".join(f"%{byte:02X}" for byte in sign.encode())
    meant = chr(int(sign[1:], 16))
    return meant if meant in _UNRESERVED else sign.upper()


def _without_dots(path: str) -> str:
    """Resolve `.` and `..` (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept) + ("/" if segments[-1] in {".", ".."} and kept else "")


def _counts_readers(parameter: str) -> bool:
    name, _, value = parameter.lower().partition("=")
    if name in _NAMES or name.startswith(_PREFIXES):
        return True
    return name in _DOUBTFUL and (value in _SOURCES or value.startswith("rss"))
