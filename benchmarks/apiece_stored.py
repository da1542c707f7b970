"""A database -> the same with so many stored articles (apiece_stored.sql), as the steps would have left them: a million in some minutes.

What takes longest are indexes, if each row is put into them by itself. So those that no constraint needs, and the key of samples, are
dropped first and made again from all rows at the end, from their own definitions; no trigger and no foreign key is asked meanwhile.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.settings import ROOT
from pipeline.steps import books
from pipeline.store import connect, migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pipeline.store import Connection

DAYS = timedelta(days=30)
TOLD = 1.0  # seconds: what takes less is not told
PARTS = ROOT / "benchmarks" / "apiece_stored.sql"
SAMPLES = "PRIMARY KEY (shingle, at, article_id)"
KEY = "SELECT conname FROM pg_constraint WHERE conrelid = 'core.sample'::regclass AND contype = 'p'"
PLAIN = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
WHERE relname IN ('article', 'sighting', 'entry', 'intake', 'reread', 'article_version', 'signature', 'sample', 'story', 'story_article',
        'match', 'story_event', 'fulltext')
    AND relnamespace IN ('core'::regnamespace, 'raw'::regnamespace, 'ops'::regnamespace)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


def fill(url: str, articles: int, now: datetime) -> None:
    """Bring the schema, and so many articles of the thirty days before `now`, saying how far it is."""
    migrate.up(url)
    with connect(url, autocommit=True) as connection:
        connection.execute("SELECT core.turn_samples(%s, '70 days', '30 days')", [now - DAYS])
        settings = {"synchronous_commit": "off", "work_mem": "256MB", "maintenance_work_mem": "1GB", "session_replication_role": "replica"}
        for name, value in (settings | {"fill.articles": str(articles), "fill.now": now.isoformat()}).items():
            connection.execute("SELECT set_config(%s, %s, false)", [name, value])
        if articles:
            for what, statement in _parts(connection):
                started = time.monotonic()
                connection.execute(statement.encode())
                if (seconds := time.monotonic() - started) >= TOLD:
                    print(f"  {seconds:6.1f} s  {what}", file=sys.stderr, flush=True)
        connection.execute("VACUUM ANALYZE")
        with connection.transaction():
            books.keep(connection, anew=True)
        connection.execute("CHECKPOINT")


def _parts(connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield what each part brings, and its statements."""
    plain = connection.execute(PLAIN).fetchall()
    (key,) = (
        connection.execute("SELECT conname FROM pg_constraint WHERE conrelid = 'core.sample'::regclass AND contype = 'p'").fetchone() or ()
    )
    yield "indexes dropped", f"ALTER TABLE core.sample DROP CONSTRAINT {key}; DROP INDEX {', '.join(name for name, _ in plain)}"
    for part in PARTS.read_text(encoding="utf-8").split("\n\n-- ")[1:]:
        what, _, statements = part.partition("\n")
        yield what, statements
    yield "key of samples", f"ALTER TABLE core.sample ADD {SAMPLES}"
    for name, made in plain:
        yield f"index {name}", made.replace(" ON ONLY ", " ON ")  # of windows: all of them
