"""A folder -> the embedded Postgres whose data lies in it, on a free port of 127.0.0.1.

Everything belongs to the folder: data, log, port, passwords. Any number of processes may ask for the server at once;
it outlives them until somebody stops it. A server that was killed is recovered at the next start.
"""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Self

import filelock
import psycopg
from psycopg import sql

from pipeline.errors import DatabaseError, SettingsError
from pipeline.machine import ports, processes, roles
from pipeline.machine.cluster import HASTY, SETTINGS, SUPERUSER, Cluster
from pipeline.machine.databases import Urls, filled, news, urls
from pipeline.machine.secrets import secret

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.settings import Settings

__all__ = ["Server", "Urls", "urls"]

SECONDS = 60.0  # for a start, recovery after a kill included, and for a clean stop
OWNER = "news"
RESERVED = {"postgres", "template0", "template1"}


class Server:
    """The Postgres of one folder. `durable=False` is for tests: quick, and a power cut may lose everything."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self.cluster = Cluster(self.folder, SETTINGS if durable else SETTINGS | HASTY)
        self._launched = False  # by us, now
        self.copying = "wal_log" if durable else "file_copy"  # a database is copied in a fifth of the time where nothing is synced

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Return when the server answers; about a second the first time, a tenth of one later."""
        with self._lock():
            if self.cluster.postmaster() and self._answers():
                return self
            self.cluster.clear()  # none, or one that was just ending
            if not self.cluster.data.exists():
                self.cluster.initialise(secret(self.folder / "secrets", SUPERUSER))
            self.cluster.launch()
            self._launched = True
            if not self._answers():
                raise DatabaseError("embedded Postgres", f"ended: {self.cluster.last_words()}", hint=f"The log is {self.cluster.log}.")
        return self

    def stop(self) -> bool:
        """End the server cleanly and tell whether there was one."""
        if not self.folder.exists():
            return False
        with self._lock():
            postmaster = self.cluster.postmaster()
            if postmaster:
                postmaster.send_signal(signal.SIGINT)  # "fast": ends sessions, writes a checkpoint
                for process in processes.wait([postmaster], SECONDS):
                    process.send_signal(signal.SIGQUIT)  # "immediate": recovers at the next start
            self.cluster.clear()
        return postmaster is not None

    def url(self, database: str, role: str = "") -> str:
        """Return the address of `database` for its owner (`news` owns every one but Airflow's), or for one of `roles.ROLES`."""
        role = roles.PREFIX + role if role else _role(database)
        return f"postgresql://{role}:{secret(self.folder / 'secrets', role)}@{ports.HOST}:{self.cluster.port()}/{database}"

    def create(self, database: str, *, template: str = "template1") -> str:
        """Make `database`, a copy of `template`, if it is not there, and return its address."""
        role = _role(database)
        with self._lock(), self._superuser() as connection:
            roles.login(connection, role, secret(self.folder / "secrets", role))
            if role == OWNER:
                roles.make(connection, role, self.folder / "secrets")
            if roles.database(connection, database, role, template=template, strategy=self.copying) and role == OWNER:
                roles.admit(connection, database)
            if role == OWNER and template == "template1" and self._launched:  # its copies have it, and who comes later finds it there
                self._watch(database)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove `database` and everything in it, ending the sessions that use it."""
        if database in RESERVED:
            raise DatabaseError(f"database {database}", "belongs to Postgres itself and is not dropped")
        with self._superuser() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def _lock(self) -> filelock.BaseFileLock:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise DatabaseError(str(self.folder), f"cannot be made: {error.strerror}") from error
        if not os.access(self.folder, os.W_OK):
            raise DatabaseError(str(self.folder), "belongs to another user", hint="Run as the user who started it first.")
        return filelock.FileLock(self.folder / "lock", timeout=3 * SECONDS)

    def _watch(self, database: str) -> None:
        """Count what statements take, where the package can and nobody has yet; the owner reads it, and other roles' with it."""
        with self._superuser(database=database) as connection:
            if connection.execute(
                "SELECT current_setting('shared_preload_libraries') <> '' AND to_regclass('pg_stat_statements') IS NULL"
            ).fetchone() == (True,):
                connection.execute("CREATE EXTENSION pg_stat_statements")
                connection.execute("COMMENT ON EXTENSION pg_stat_statements IS NULL")  # else a dump has what only a superuser may restore
                connection.execute(sql.SQL("GRANT pg_read_all_stats TO {}").format(sql.Identifier(OWNER)))

    def _superuser(self, timeout: int = 10, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            host=ports.HOST,
            port=self.cluster.port(),
            user=SUPERUSER,
            password=secret(self.folder / "secrets", SUPERUSER),
            dbname=database,
            autocommit=True,
            connect_timeout=timeout,
        )

    def _answers(self) -> bool:
        """Wait until a session can be opened, or the server has ended: after a kill Postgres replays its log first."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            try:
                self._superuser(timeout=2).close()
            except psycopg.OperationalError:
                if not self.cluster.runs():
                    return False
                time.sleep(0.05)
            else:
                return True
        problem = f"did not answer within {SECONDS:.0f} s: {self.cluster.last_words()}"
        raise DatabaseError("embedded Postgres", problem, hint=f"The log is {self.cluster.log}.")


def _role(database: str) -> str:
    return "airflow" if database == "airflow" or database.endswith("_airflow") else OWNER


def address(settings: Settings, role: str = "") -> str:
    """Return the address of the news for its owner, or for one of `roles.ROLES`: DatabaseError if all is empty, but for `migrator`.

    Elsewhere than here the owner takes the role on.
    """
    if role and role not in roles.ROLES:
        raise SettingsError(f"--as {role}", "is no role", hint=f"There are {', '.join(roles.ROLES)}.")
    owner = news(settings)
    if not role:
        return owner
    if role != "migrator":
        filled(owner)
    if settings.database_url is None:
        return Server(settings.var / "postgres").url("news", role)
    return roles.taken_on(owner, role)
