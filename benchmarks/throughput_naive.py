"""The newsstand's hosts, feeds and a time -> what the pipeline that tutorials show reads of them in that time: its rate, CPU and memory.

requests + feedparser + trafilatura + MinHash (128 permutations, 32 bands of 4) + one insert an article, in as many processes as there are
cores. It keeps no manners, no versions and no books; a copy is what shares a band with an earlier text.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import multiprocessing
import os
import time
import tomllib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import feedparser
import numpy as np
import psutil
import psycopg
import requests
import trafilatura

if TYPE_CHECKING:
    from pathlib import Path

PERMUTATIONS, BANDS, PRIME = 128, 32, (1 << 61) - 1
TABLES = """CREATE TABLE article (url text PRIMARY KEY, title text, body text, copy_of text);
CREATE TABLE band (hash bigint, url text); CREATE INDEX ON band (hash)"""
_dice = np.random.default_rng(1)
_A, _B = (_dice.integers(1, PRIME, PERMUTATIONS, dtype=np.uint64) for _ in range(2))


def feeds(registry: Path) -> list[str]:
    """Return the addresses of all feeds that the registry lists."""
    files = sorted((registry / "titles").glob("*.toml"))
    titles = itertools.chain.from_iterable(tomllib.loads(file.read_text(encoding="utf-8"))["title"] for file in files)
    return [feed["url"] for title in titles for feed in title.get("feeds", ())]


def read(stand: dict[str, Any], url: str, addresses: list[str], seconds: float) -> dict[str, float]:
    """Read for so many seconds, and return articles, seconds, and seconds of CPU of ours and of Postgres."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLES)
    context, many = multiprocessing.get_context("spawn"), os.cpu_count() or 1
    with context.Pool(many) as pool:
        began = time.monotonic()
        parts = pool.starmap(_reader, [(stand["port"], url, addresses[place::many], began + seconds) for place in range(many)])
        lasted = time.monotonic() - began
    return {name: sum(part[name] for part in parts) for name in parts[0]} | {"seconds": lasted}


def _reader(port: int, url: str, addresses: list[str], until: float) -> dict[str, float]:
    own, articles = psutil.Process(), 0
    with psycopg.connect(url) as connection:
        server, before = psutil.Process(connection.info.backend_pid), _cpu(own)
        for address in addresses:
            if time.monotonic() > until:
                break
            parsed = feedparser.parse(io.BytesIO(_get(port, address)))
            articles += sum(_stored(connection, port, entry) for entry in parsed.entries if time.monotonic() <= until)
        return {
            "articles": articles,
            "reading": _cpu(own) - before,
            "loading": _cpu(server),
            "memory": own.memory_info().rss / 2**20,
        }


def _get(port: int, address: str) -> bytes:
    parts = urlsplit(address)
    host = {"Host": parts.hostname or ""}
    answer = requests.get(f"http://127.0.0.1:{port}{parts.path}?{parts.query}".rstrip("?"), headers=host, timeout=10, allow_redirects=False)
    return answer.content if answer.status_code == 200 else b""


def _stored(connection: psycopg.Connection, port: int, entry: Any) -> int:
    """Read an entry's page and insert it; 0 if it is known or has no text."""
    link = entry.get("link", "")
    if not link or connection.execute("SELECT FROM article WHERE url = %s", [link]).rowcount:
        return 0
    try:
        text = trafilatura.extract(_get(port, link))
    except Exception:  # noqa: BLE001  whatever it is, this page has failed
        text = None
    if not text:
        return 0
    bands = _bands(text)
    with connection.transaction():
        found = connection.execute("SELECT url FROM band WHERE hash = ANY (%s) LIMIT 1", [bands]).fetchone()
        values = [link, entry.get("title", ""), text, found[0] if found else None]
        connection.execute("INSERT INTO article VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING", values)
        connection.execute("INSERT INTO band SELECT unnest(%s::bigint[]), %s", [bands, link])
    return 1


def _bands(text: str) -> list[int]:
    words = text.lower().split()
    shingles = {" ".join(words[place : place + 5]) for place in range(max(1, len(words) - 4))}
    hashes = np.array([int.from_bytes(hashlib.blake2b(one.encode(), digest_size=4).digest()) for one in shingles], dtype=np.uint64)
    lowest = ((hashes[:, None] * _A + _B) % PRIME).min(axis=0)
    return [int.from_bytes(hashlib.blake2b(band.tobytes(), digest_size=7).digest()) for band in np.split(lowest, BANDS)]


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
