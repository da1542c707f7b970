"""EDGE: Postgres. Connect, migrate, run named statements; it knows no table."""

from psycopg import Connection, DataError, IntegrityError

from pipeline.store.connect import connect
from pipeline.store.queries import dicts, many, read, value, write

POISON = (DataError, IntegrityError)  # what Postgres says of a row that it cannot hold

__all__ = ["POISON", "Connection", "connect", "dicts", "many", "read", "value", "write"]
