"""EDGE: Postgres. Connect, migrate, run named statements; it knows no table."""

from psycopg import Connection, Error

from pipeline.store.attempts import POISON, committed, halved, retried, tried
from pipeline.store.connect import connect
from pipeline.store.queries import columns, dicts, load, many, read, value, write

__all__ = [
    "POISON",
    "Connection",
    "Error",
    "columns",
    "committed",
    "connect",
    "dicts",
    "halved",
    "load",
    "many",
    "read",
    "retried",
    "tried",
    "value",
    "write",
]
