"""A Postgres and its superuser -> databases, their owners, and the roles that sql/roles.sql gives rights to; the analyst's with limits."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from psycopg import sql

from pipeline.machine.secrets import secret

if TYPE_CHECKING:
    from pathlib import Path

    from psycopg import Connection

ROLES = ("migrator", "ingest", "cluster", "ui", "analyst")
PREFIX = "wiredesk_"
LIMITS = {  # of an analyst's session: a runaway query ends by itself, and hurts nobody before
    "default_transaction_read_only": "on",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "5min",
    "lock_timeout": "5s",
    "temp_file_limit": "2GB",
    "max_parallel_workers_per_gather": "1",
}
INHERIT = 160000  # the first Postgres in which a membership need not inherit
CONNECTIONS = 20  # of a hundred
PATH = "mart, public"  # where an analyst's names are looked up: `story` is mart.story


def login(superuser: Connection, role: str, password: str) -> None:
    """Make an owner of databases, if there is none of the name."""
    if not superuser.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount:
        superuser.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), password))


def database(superuser: Connection, name: str, owner: str, *, template: str = "template1", strategy: str = "wal_log") -> bool:
    """Make a database, if there is none of the name, which its owner enters, and whom `admit` lets in; tell whether it was made."""
    if superuser.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
        return False
    named = map(sql.Identifier, (name, owner, template))
    superuser.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY {}").format(*named, sql.Identifier(strategy)))
    close(superuser, name)
    return True


def close(superuser: Connection, name: str) -> None:
    """Let nobody into a database just because everybody is let in."""
    superuser.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))


def make(superuser: Connection, owner: str, secrets: Path | None) -> None:
    """Make the roles that are missing, with passwords from `secrets`, or with none: an administrator gives those.

    `owner` may become any of them; `migrator` may all that the owner may.
    """
    there = {name for (name,) in superuser.execute("SELECT rolname FROM pg_roles")}
    for role in ROLES:
        name = PREFIX + role
        if name in there:
            continue
        with superuser.transaction():  # whole or not at all: a role that is there is not looked at again
            superuser.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
            if secrets:
                superuser.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), secret(secrets, name)))
            given, to = (owner, name) if role == "migrator" else (name, owner)
            inherits = sql.SQL("" if role == "migrator" or superuser.info.server_version < INHERIT else "WITH INHERIT false")
            superuser.execute(sql.SQL("GRANT {} TO {} {}").format(sql.Identifier(given), sql.Identifier(to), inherits))
            if role == "analyst":
                superuser.execute(sql.SQL("ALTER ROLE {} CONNECTION LIMIT {}").format(sql.Identifier(name), sql.Literal(CONNECTIONS)))
                for setting, value in LIMITS.items():
                    superuser.execute(sql.SQL("ALTER ROLE {} SET {} = {}").format(sql.Identifier(name), sql.Identifier(setting), value))
    superuser.execute(sql.SQL("ALTER ROLE {} SET search_path = " + PATH).format(sql.Identifier(f"{PREFIX}analyst")))


def admit(superuser: Connection, database: str) -> None:
    """Let the roles into a database."""
    names = sql.SQL(", ").join(sql.Identifier(PREFIX + role) for role in ROLES)
    superuser.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), names))


def taken_on(url: str, role: str) -> str:
    """Return the owner's address with which a session begins as `role`, and with its limits where it may set them."""
    limits = {name: value for name, value in LIMITS.items() if name != "temp_file_limit"} if role == "analyst" else {}
    limits |= {"search_path": PATH.replace(" ", "")} if role == "analyst" else {}
    options = " ".join(f"-c {name}={value}" for name, value in {"role": PREFIX + role, **limits}.items())
    return f"{url}{'&' if urlsplit(url).query else '?'}options={quote(options)}"
