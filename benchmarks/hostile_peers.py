"""The usual pipeline over one hostile case -> what it stored and how it ended, told in the facts that a case can ask of anybody.

requests.get with a timeout, feedparser, one transaction of inserts a feed, trafilatura for pages: what tutorials show. It is given the
kinder reading wherever there is a choice: it raises for a bad status, and its timeout is as short as our deadline.
"""

from __future__ import annotations

import calendar
import io
import os
import resource
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import feedparser
import psycopg
import requests
import trafilatura
from builders_news import NOON, Clock
from hostile import certificates, world
from hostile.cases import hours
from hostile.internet import opened

if TYPE_CHECKING:
    from pathlib import Path

    from hostile.cases import Case

TIMEOUT = 2.0  # as our total deadline in these cases
MEMORY = 1 << 31  # bytes of address space: what a container of a worker may have
TABLE = """
CREATE TABLE article (site text, url text, title text, published timestamptz, summary text, body text, UNIQUE (site, url));
CREATE INDEX ON article USING gin (to_tsvector('simple', summary))"""
INSERT = "INSERT INTO article (site, url, title, published, summary) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"


def play(case: Case, database: str, folder: Path, *, wrapped: bool) -> dict[str, Any]:
    """Return what came of a case. `wrapped`: feedparser is given io.BytesIO, so that it opens no files."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    clock, tls = Clock(), certificates.contexts(folder)
    bundle = folder / "bundle"
    bundle.write_bytes(b"".join(path.read_bytes() for path in folder.glob("*.pem") if path.stem != certificates.UNKNOWN))
    os.environ["REQUESTS_CA_BUNDLE"] = str(bundle)
    url = case.feed if not case.feed.startswith("/") else f"http://{case.host}{case.feed}"
    with psycopg.connect(database) as connection, opened(world.internet([case], clock, tls)) as net:
        ok = []
        for moment in case.at:
            clock.at = NOON + timedelta(hours=moment)
            try:
                with connection.transaction():
                    _poll(connection, case.name, url, wrapped=wrapped)
                ok.append(True)
            except Exception:  # noqa: BLE001  whatever it is, the feed has failed and somebody knows
                ok.append(False)
        pages = _pages(connection, case) if case.pages else {}
        rows = connection.execute("SELECT url, title, published FROM article WHERE site = %s", [case.name]).fetchall()
    asked = [seen for seen in net.requests if seen.host in {case.host, *case.hosts}]
    feed = [seen for seen in asked if seen.path == (case.feed if case.feed.startswith("/") else "/feed.xml")]
    return {
        "ok": ok[-1],
        "kept": len(rows),
        "headlines": {row[1] for row in rows},
        "dates": {row[0].split(case.host, 1)[-1]: (row[2], "second") for row in rows},
        "asked": tuple(hours(seen.at - NOON) for seen in feed),
        "validators": tuple((seen.headers.get("if-none-match", ""), seen.headers.get("if-modified-since", "")) for seen in feed),
        "paths": Counter(seen.path for seen in asked),
        "headers": tuple(seen.headers for seen in asked),
        "polls": len(case.at),
        "pages": pages,
        "touched": len(net.touched),
    }


def wrong(case: Case, found: dict[str, Any]) -> list[str]:
    """Return in what a peer is wrong, of the facts that it has. That it fails where we do must show; with which reason need not."""
    names = [name for name in ("kept", "headlines", "dates", "asked", "validators", "paths", "headers", "polls") if name in case.expect]
    bad = [name for name in names if not _holds(case.expect[name], found[name])]
    said = case.expect.get("outcome", case.expect.get("outcomes", ("read",))[-1])
    if not callable(said) and (said in {"read", "unchanged"}) != found["ok"]:
        bad.append("outcome")
    if isinstance(case.expect.get("pages"), dict):
        bad += [path for path, must in case.expect["pages"].items() if (found["pages"].get(path) == "kept") != (must == "kept")]
    return [*bad, *(["touched"] if found["touched"] else [])]


def _holds(must: Any, fact: Any) -> bool:
    try:
        return bool(must(fact)) if callable(must) else bool(must == fact)
    except (LookupError, TypeError, ValueError):  # what is asked for is not even there
        return False


def _poll(connection: psycopg.Connection, site: str, url: str, *, wrapped: bool) -> None:
    response = requests.get(url, timeout=TIMEOUT)
    response.raise_for_status()
    parsed = feedparser.parse(io.BytesIO(response.content) if wrapped else response.content)
    for entry in parsed.entries:
        time = entry.get("published_parsed")
        published = datetime.fromtimestamp(calendar.timegm(time), UTC) if time else None
        connection.execute(INSERT, [site, entry["link"], entry.get("title", ""), published, entry.get("summary", "")])


def _pages(connection: psycopg.Connection, case: Case) -> dict[str, str]:
    found = {}
    for (link,) in connection.execute("SELECT url FROM article WHERE site = %s", [case.name]).fetchall():
        try:
            response = requests.get(link, timeout=TIMEOUT)
            response.raise_for_status()
            text = trafilatura.extract(response.content)
            with connection.transaction():
                connection.execute("UPDATE article SET body = %s WHERE site = %s AND url = %s", [text, case.name, link])
            found[link.split(case.host, 1)[-1]] = "kept" if text else "no text"
        except Exception as error:  # noqa: BLE001  whatever it is, the page has failed and somebody knows
            found[link.split(case.host, 1)[-1]] = type(error).__name__
    return found
