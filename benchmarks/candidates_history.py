"""A count of articles -> tables that hold so many of them, with signatures, samples and stories, made inside Postgres in bulk.

Stored articles come evenly over the 30 days in which copies are looked for, the newest first; a third of them are stories of three
copies, and every text has two phrases from a pool that all share, as agencies' are. Fresh ones are real signatures: half are copies
(cut, edited, with words of their own) of stored ones or of each other, half are new.
"""

from __future__ import annotations

import random
import zlib
from array import array
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from pipeline.stories import signatures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

NOW = datetime(2026, 3, 31, tzinfo=UTC)
DAYS = 30
MOST = 1_000_000  # articles in these days: history grows backwards from NOW, at one pace
CHUNK = 50_000
TITLES = 200
WORDS = 320
PHRASES = 5_000

SCHEMA = """
INSERT INTO core.title (title, name, owner, country, language, kind, domains, agency, weight, active)
SELECT 't' || n, 'Title ' || n, 'Owner ' || n %% 50, 'no', 'en', 'newspaper', ARRAY['t' || n || '.example'], NULL, 0, true
FROM generate_series(1, %s) AS n;
"""
STORED = """
CREATE TEMP TABLE new ON COMMIT DROP AS
SELECT n AS id, CASE WHEN n %% 9 < 3 THEN -(n / 9) - 1 ELSE n END AS text,
    %(now)s::timestamptz - n * (%(days)s * interval '1 day' / %(most)s) AS at
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n;
INSERT INTO core.article (article_id, url_key, url, title_id, first_seen_at) OVERRIDING SYSTEM VALUE
SELECT id, sha256(int8send(id)), 'https://t.example/' || id, (SELECT min(title_id) FROM core.title) + id %% %(titles)s, at FROM new;
INSERT INTO core.article_version (article_id, number, headline, standfirst, text, words, language, method, access, authors, tags, images,
    flags, text_sha, fence, extracted_at)
SELECT id, 1, 'A headline', '', repeat('word ', 60), 320, 'en', 'made', 'full', '{}', '{}', '[]', '{}', sha256(int8send(id)), 1, at
FROM new;
UPDATE core.article SET version = 1 WHERE article_id BETWEEN %(first)s AND %(last)s;
INSERT INTO core.signature (article_id, number, version, packed, at, clustered_at)
SELECT id, 1, %(version)s, %(head)s::bytea || decode(repeat(md5(text::text), 80), 'hex') || %(flags)s::bytea, at, at FROM new;
INSERT INTO core.sample (shingle, at, article_id)
SELECT CASE WHEN k < 28 THEN hashint8extended(text * 64 + k, 1) WHEN k < 30 THEN hashint8extended(id * 64 + k, 2)
    ELSE hashint8extended(hashint8extended(id, k) %% %(phrases)s, 3) END AS shingle, at, id
FROM new CROSS JOIN generate_series(0, 31) AS k ORDER BY 1 ON CONFLICT DO NOTHING;
INSERT INTO core.story (story_id, canonical_id, created_at, changed_at) OVERRIDING SYSTEM VALUE
SELECT max(id), max(id), min(at), min(at) FROM new GROUP BY text;
INSERT INTO core.story_article (article_id, story_id, relation, kept, own)
SELECT id, max(id) OVER (PARTITION BY text),
    CASE WHEN id = max(id) OVER (PARTITION BY text) THEN 'origin' ELSE 'verbatim' END, 1, 0 FROM new;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A new text, or a copy of one; `of` is the place of the text that it copies, `page` the number in its address if not the article's."""

    article: int
    at: datetime
    packed: bytes
    sample: Sequence[int]
    of: int | None
    page: int | None = None


def store(connection: Connection, first: int, last: int) -> None:
    """Put stored articles number first to last into the tables."""
    with connection.transaction():
        connection.execute("ALTER TABLE core.story DISABLE TRIGGER USER")
        connection.execute("ALTER TABLE core.story_article DISABLE TRIGGER USER")
    flags = pack([0] * WORDS)
    values = {
        "now": NOW, "days": DAYS, "most": MOST, "titles": TITLES, "phrases": PHRASES, "version": signatures.VERSION,
        "head": flags[: -len(flags) + 6], "flags": flags[6 + 4 * WORDS :],
    }  # fmt: skip
    for start in range(first, last + 1, CHUNK):
        with connection.transaction():
            for statement in STORED.split(";\n"):
                if statement.strip():
                    connection.execute(statement.encode(), values | {"first": start, "last": min(last, start + CHUNK - 1)})
    with connection.transaction():
        connection.execute("ALTER TABLE core.story ENABLE TRIGGER USER")
        connection.execute("ALTER TABLE core.story_article ENABLE TRIGGER USER")


def pack(tokens: Sequence[int]) -> bytes:
    """Return a text made of hashes as signatures.pack does; it has no words to sign."""
    return (
        signatures._HEAD.pack(signatures.VERSION, signatures.WIDTH, len(tokens))  # noqa: SLF001  there is no text to sign
        + array("I", tokens).tobytes()
        + zlib.compress(bytes(len(tokens)))
    )


def fresh(count: int, first: int, seed: int) -> list[Fresh]:
    """Return so many new articles, numbered from `first`: originals, and as many copies after them."""
    chance = random.Random(seed)
    phrases = [[random.Random(n).getrandbits(32) for _ in range(8)] for n in range(PHRASES)]
    originals = [_text(chance, phrases) for _ in range(count // 2)]
    found = []
    for place in range(count):
        of = place - count // 2 if place >= count // 2 else None
        tokens = originals[place] if of is None else _edited(chance, originals[of], phrases)
        packed = pack(tokens)
        back = timedelta(hours=chance.uniform(0, 48)) if of is None else timedelta(0)
        sample = signatures.unpack(packed).sample
        found.append(Fresh(article=first + place, at=NOW - back + timedelta(seconds=place / 10), packed=packed, sample=sample, of=of))
    return found


def _text(chance: random.Random, phrases: Sequence[list[int]]) -> list[int]:
    tokens = [chance.getrandbits(32) for _ in range(chance.randint(150, 500))]
    for _ in range(4):
        at = chance.randrange(len(tokens))
        tokens[at:at] = chance.choice(phrases)
    return tokens


def _edited(chance: random.Random, tokens: list[int], phrases: Sequence[list[int]]) -> list[int]:
    """Do what a desk does: cut from the bottom, change a word in forty, write a paragraph."""
    kept = [chance.getrandbits(32) if chance.random() < 0.025 else token for token in tokens[: int(len(tokens) * chance.uniform(0.4, 1))]]
    return _text(chance, phrases)[: chance.choice((0, 0, 30, 60))] + kept


def arrive(connection: Connection, articles: Sequence[Fresh]) -> None:
    """Put new articles into the tables as `extract` does: they wait for the writer of stories."""
    with connection.transaction(), connection.cursor() as cursor:
        with cursor.copy("COPY core.article (article_id, url_key, url, title_id, first_seen_at) FROM STDIN") as copy:
            for one in articles:
                page = one.article if one.page is None else one.page
                url = f"https://t.example/{page}"
                copy.write_row([one.article, sha256(url.encode()).digest(), url, 1 + page % TITLES, one.at])
        columns = "article_id, number, headline, standfirst, text, words, language, method, access, authors, tags, images, flags, text_sha"
        with cursor.copy(f"COPY core.article_version ({columns}, fence, extracted_at) FROM STDIN") as copy:
            for one in articles:
                row = [one.article, 1, "A headline", "", "word " * 60, 320, "en", "made", "full", [], [], "[]", []]
                copy.write_row([*row, sha256(one.packed).digest(), 1, one.at])
        cursor.execute("UPDATE core.article SET version = 1 WHERE article_id >= %s AND version IS NULL", [articles[0].article])
        with cursor.copy("COPY core.signature (article_id, number, version, packed, at) FROM STDIN") as copy:
            for one in articles:
                copy.write_row([one.article, 1, signatures.VERSION, one.packed, one.at])
        with cursor.copy("COPY core.sample (shingle, at, article_id) FROM STDIN") as copy:
            for one in articles:
                for shingle in one.sample:
                    copy.write_row([shingle, one.at, one.article])
