"""An address -> a connection that gives up rather than hang, speaks UTC, and takes tuples as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.types.array import ListDumper

from pipeline.errors import DatabaseError

if TYPE_CHECKING:
    from psycopg import Connection

LIMITS = {  # a worker that vanished must not hold a lock for long; see decision 5
    "TimeZone": "UTC",
    "lock_timeout": "20s",
    "idle_in_transaction_session_timeout": "120s",
}
KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}


class _Tuples(ListDumper):
    """Send a tuple as an array; psycopg alone would send a composite value."""

    def get_key(self, obj: tuple[Any, ...], format: Any) -> Any:  # type: ignore[override]  # noqa: A002  psycopg's own name
        return super().get_key(list(obj), format)

    def upgrade(self, obj: tuple[Any, ...], format: Any) -> Any:  # type: ignore[override]  # noqa: A002  psycopg's own name
        return super().upgrade(list(obj), format)

    def dump(self, obj: tuple[Any, ...]) -> Any:  # type: ignore[override]  # tuples where it has lists
        return super().dump(list(obj))


def connect(url: str, *, autocommit: bool = False) -> Connection:
    """Return an open connection to be closed by the caller. DatabaseError if there is none to be had."""
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=10, application_name="wiredesk", **KEEPALIVE)  # type: ignore[arg-type]  # libpq's own keywords
    except psycopg.OperationalError as error:
        raise DatabaseError("Postgres", str(error).strip().splitlines()[0], hint="Run ./wiredesk doctor.") from error
    for name, limit in LIMITS.items():
        connection.execute("SELECT set_config(%s, %s, false)", [name, limit])
    connection.autocommit = autocommit
    connection.adapters.register_dumper(tuple, _Tuples)
    return connection
