"""Folders of recorded pages and feeds -> what they hold, each under the host and path it was recorded at. Bodies are read when asked for.

`pages/index.jsonl.gz` has id, url and path (of a .html.gz) on each line; `feeds/index.jsonl` has id, path (.gz) and, of most, link.
Nothing else of the indexes is looked at: what they say about the right answer must not reach what is served.
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003  records are read at run time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_LINKED = re.compile(rb"https?://([A-Za-z0-9.-]+)(:\d{1,5})?")
_HEAD = 20_000  # bytes in which <html lang> and <title> are looked for
_LANGUAGE = re.compile(r"<html[^>]*?\blang\s*=\s*[\"']?([A-Za-z]{2})", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A page or a feed that was recorded."""

    key: str  # of its index
    host: str  # lower case, without "www."
    url: str  # with the scheme http
    path: Path
    language: str = ""  # as the page says
    headline: str = ""  # of its <title>


def pages(folder: Path) -> Iterator[Recording]:
    """Yield the pages. One without a usable address gets one of its own; a second page of an address is told apart by a parameter."""
    seen: set[str] = set()
    with gzip.open(folder / "index.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            url = _plain(row.get("url") or "") or f"http://recorded.test/{_slug(row['id'])}.html"
            if url in seen:
                url += f"{'&' if '?' in url else '?'}recorded={_slug(row['id'])}"
            seen.add(url)
            head = read(folder / row["path"])[:_HEAD].decode("utf-8", "replace")
            language, title = _LANGUAGE.search(head), _TITLE.search(head)
            yield Recording(
                key=row["id"],
                host=bare(url),
                url=url,
                path=folder / row["path"],
                language=language[1].lower() if language else "",
                headline=" ".join(title[1].split()) if title else "",
            )


def feeds(folder: Path) -> Iterator[Recording]:
    """Yield the feeds, each under the host that it links to, or one of its own."""
    with (folder / "index.jsonl").open(encoding="utf-8") as file:
        rows: list[dict[str, Any]] = [json.loads(line) for line in file]
    for number, row in enumerate(rows):
        link = _plain(row.get("link") or "")
        host = (urlsplit(link).hostname or "") if link else f"www.recorded-{number}.test"
        url = f"http://{host}/recorded-feeds/{_slug(row['id'])}"
        yield Recording(key=row["id"], host=bare(url), url=url, path=folder / row["path"])


def read(path: Path) -> bytes:
    with gzip.open(path) as file:
        return file.read()


def linked(body: bytes) -> set[tuple[str, int]]:
    """Return the hosts and odd ports that a feed's body points to, in whatever encoding it is."""
    found = _LINKED.findall(body.replace(b"\0", b""))
    ports = ((host.decode().lower().strip("."), int(port[1:] or 80)) for host, port in found)
    return {(host, port) for host, port in ports if HOST.fullmatch(host)}


def bare(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _plain(url: str) -> str:
    """Return the address with the scheme http and without fragment and port, or nothing if it has no usable host."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode().lower()
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme not in {"http", "https"} or not HOST.fullmatch(host):
        return ""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return f"http://{host}{path}{'?' + query if query else ''}"


def _slug(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", key)
