"""Settings -> the addresses of the two databases: the news, and Airflow's metadata.

Nothing else in the code knows whether the Postgres behind them is the embedded one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from pipeline.errors import DatabaseError, SettingsError

if TYPE_CHECKING:
    from pipeline.machine.postgres import Server
    from pipeline.settings import Settings

OLDEST = 15  # MERGE, UNIQUE NULLS NOT DISTINCT, security_invoker views
FORM = "postgresql://user:password@host:5432/database"


@dataclass(frozen=True, slots=True, kw_only=True)
class Urls:
    """Where the databases are, passwords included."""

    news: str
    airflow: str


def urls(settings: Settings) -> Urls:
    """Return addresses that answer: the embedded server's, which is started, or those that the settings name."""
    here = news(settings)
    if settings.database_url is None:
        return Urls(news=here, airflow=settings.airflow_database_url or _server(settings).create("airflow"))
    airflow = settings.airflow_database_url or _beside(here)
    version(airflow)
    return Urls(news=here, airflow=airflow)


def news(settings: Settings) -> str:
    """Return the address of the news alone: a worker on another machine neither has nor needs Airflow's."""
    if settings.database_url is None:
        return _server(settings).create("news")
    version(settings.database_url)
    return settings.database_url


def filled(url: str) -> str:
    """Return `url`; DatabaseError where the database is there and our schema is not: nothing can be asked of it."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        if connection.execute("SELECT to_regnamespace('mart') IS NULL").fetchone() == (True,):
            raise DatabaseError("this database is empty", hint="Run ./wiredesk up, or name the demo's: WIREDESK_VAR=var/demo")
    return url


def version(url: str) -> int:
    """Return the major version of the Postgres at `url`; DatabaseError if it does not answer or is too old."""
    name = shown(url)
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            major = connection.info.server_version // 10_000
    except psycopg.OperationalError as error:
        hint = "Check that Postgres runs there and that WIREDESK_DATABASE_URL has the right user, password, host and database."
        raise DatabaseError(name, _first_line(error), hint=hint) from error
    if major < OLDEST:
        raise DatabaseError(
            name, f"is Postgres {major}", hint=f"Wiredesk needs {OLDEST} or newer; unset WIREDESK_DATABASE_URL to use its own."
        )
    return major


def shown(url: str) -> str:
    """Return `url` without its password, for people; SettingsError if it is no address of a Postgres."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise SettingsError("WIREDESK_DATABASE_URL", "is not the address of a Postgres database", hint=f"It looks like {FORM}")
    user = f"{parts.username}@" if parts.username else ""
    return f"postgresql://{user}{parts.hostname or 'localhost'}{f':{parts.port}' if parts.port else ''}{parts.path}"


def _server(settings: Settings) -> Server:
    from pipeline.machine.postgres import Server

    return Server(settings.var / "postgres").start()


def _beside(news: str) -> str:
    """Return the address of <database>_airflow on the same server, made if it is not there and we may."""
    parts = urlsplit(news)
    name = unquote(parts.path.strip("/")) + "_airflow"
    url = parts._replace(path=f"/{name}").geturl()
    try:
        with psycopg.connect(news, autocommit=True, connect_timeout=10) as connection:
            if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.errors.DuplicateDatabase:
        pass  # another process was first
    except psycopg.Error as error:
        hint = f"Airflow needs a database of its own: CREATE DATABASE {name} as somebody who may, or set WIREDESK_AIRFLOW_DATABASE_URL."
        raise DatabaseError(shown(url), _first_line(error), hint=hint) from error
    return url


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0] or type(error).__name__
