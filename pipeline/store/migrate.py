"""The files of sql/ -> a database that is up to date: migrations forward only and checksummed, then the views."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import psycopg

from pipeline.errors import MigrationError
from pipeline.settings import ROOT
from pipeline.store import views
from pipeline.store.connect import connect

if TYPE_CHECKING:
    from pathlib import Path

    from psycopg import Connection

FOLDER = ROOT / "sql"
FIRST = "0000_migrations.sql"  # makes the table that remembers the others
ROLES = "roles.sql"
LOCK = 7000  # whoever migrates holds it; 7001 is the cluster step's
OLDEST = 150000  # Postgres 15
DEPENDS = (
    "Somebody has built on our views, which this release makes anew; nothing was changed. Keep what it says (in psql: \\sv name), drop it,"
    " run ./wiredesk migrate again, and make it again: the CHANGELOG says which columns changed."
)


def up(url: str, folder: Path = FOLDER) -> list[str]:
    """Apply what is missing and return its names. Two at once wait for each other. MigrationError says which file is wrong."""
    with connect(url, autocommit=True) as connection:
        if connection.info.server_version < OLDEST:
            raise MigrationError(
                "Postgres", f"is {connection.info.server_version // 10000}, and 15 is the oldest we know", hint="Upgrade it."
            )
        connection.execute("SET lock_timeout = 0")
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # the session's: it goes with the connection
        _run(connection, folder / "migrations" / FIRST)
        applied = [*_migrations(connection, folder / "migrations"), *_views(connection, folder / "views")]
        if (folder / ROLES).exists():
            _run(connection, folder / ROLES)  # last: what was made anew, or restored from a copy, has lost the rights that were given on it
        return applied


def _migrations(connection: Connection, folder: Path) -> list[str]:
    done: dict[str, bytes] = dict(
        connection.execute("SELECT name, sha256 FROM ops.migration WHERE name <> 'views' ORDER BY name").fetchall()
    )
    files = {path.name: path for path in sorted(folder.glob("[0-9]*.sql")) if path.name != FIRST}
    if unknown := sorted(done.keys() - files.keys()):
        raise MigrationError(
            unknown[-1], "is applied but not in this release", hint="The database is newer than this clone: update the clone."
        )
    applied = []
    for name, path in files.items():
        digest = hashlib.sha256(path.read_bytes()).digest()
        if name in done:
            if done[name] != digest:
                raise MigrationError(name, "has changed since it was applied", hint="Undo the change and write a new migration instead.")
            continue
        if done and name < max(done):
            raise MigrationError(name, f"comes before {max(done)}, which is applied", hint="Give it the next free number.")
        with connection.transaction():
            _run(connection, path)
            connection.execute("INSERT INTO ops.migration (name, sha256) VALUES (%s, %s)", [name, digest])
        applied.append(name)
    return applied


def _views(connection: Connection, folder: Path) -> list[str]:
    """Make all views anew if any has changed; they hold no data."""
    found = views.load(folder)
    rights = [path.read_bytes() for path in folder.parent.glob(ROLES)]  # they are given anew with the views
    digest = hashlib.sha256(b"\0".join([*(view.statement for view in found), *rights])).digest()
    if connection.execute("SELECT sha256 FROM ops.migration WHERE name = 'views'").fetchone() == (digest,):
        return []
    with connection.transaction():
        try:
            views.make(connection, found)
        except psycopg.errors.DependentObjectsStillExist as error:
            raise MigrationError("views", str(error.diag.message_detail), hint=DEPENDS) from error
        except psycopg.Error as error:
            raise MigrationError("views", str(error).strip()) from error
        connection.execute(
            "INSERT INTO ops.migration (name, sha256) VALUES ('views', %s)"
            " ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, applied_at = excluded.applied_at",
            [digest],
        )
    return [view.name for view in found]


def _run(connection: Connection, path: Path) -> None:
    try:
        connection.execute(path.read_bytes())
    except psycopg.Error as error:
        raise MigrationError(path.name, str(error).strip(), hint="Nothing of it was applied.") from error
