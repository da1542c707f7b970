"""EDGE: Postgres. Connect, migrate, run named statements; it knows no table."""

from psycopg import Connection, DataError, Error, IntegrityError

from pipeline.store.attempts import committed, retried, tried
from pipeline.store.connect import connect
from pipeline.store.queries import columns, dicts, load, many, read, value, write

POISON = (DataError, IntegrityError, UnicodeError)  # what Postgres, or its client, says of a row that cannot be held

__all__ = [
    "POISON",
    "Connection",
    "Error",
    "columns",
    "committed",
    "connect",
    "dicts",
    "load",
    "many",
    "read",
    "retried",
    "tried",
    "value",
    "write",
]
