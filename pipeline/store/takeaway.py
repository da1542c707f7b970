"""A query -> its rows as CSV or JSON lines, as a stream of bytes: Postgres writes them (COPY), nothing is gathered here.

In CSV a text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV Injection": = + - @ tab return).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from pipeline.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

BARE = {"bool", "int2", "int4", "int8", "float4", "float8", "numeric", "date", "timestamptz", "timestamp"}  # never a formula
PLAIN = BARE | {"text", "varchar", "name", "interval"}
PATIENCE = "15min"  # for one export; an analyst's other queries have less


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a query's answer."""

    name: str
    type: str  # as Postgres calls it: int8, timestamptz


def statement(wanted: str) -> bytes:
    """Return the query that is meant: a view of mart by its name, or SQL as it is."""
    if wanted.replace(".", "").replace("_", "").isalnum():
        return b"SELECT * FROM " + sql.Identifier(*(wanted if "." in wanted else f"mart.{wanted}").split(".", 1)).as_bytes()
    return wanted.strip().rstrip(";").encode()


@contextmanager
def answered(wanted: str) -> Iterator[None]:
    """Say what Postgres says of a query that it does not take. QueryError."""
    try:
        yield
    except (psycopg.ProgrammingError, psycopg.InternalError, psycopg.DataError) as error:  # rights and SQL, a write, a division by zero
        hint = "What there is to ask stands in docs/tables.md, under mart; a query is one SELECT."
        raise QueryError(wanted, str(error).splitlines()[0], hint=hint) from error
    except (psycopg.errors.QueryCanceled, psycopg.errors.ConfigurationLimitExceeded) as error:
        hint = "An export has 15 minutes, and 2 GB on disk for sorting: ask for fewer rows, or without ORDER BY."
        raise QueryError(wanted, str(error).splitlines()[0], hint=hint) from error


def columns(connection: Connection, query: bytes) -> list[Column]:
    """Return what the query would answer with, without running it."""
    cursor = connection.execute(b"SELECT * FROM (" + query + b"\n) AS asked LIMIT 0")
    found = cursor.description or ()
    oids = [column.type_code for column in found]
    types: dict[int, str] = dict(connection.execute("SELECT oid, typname FROM pg_type WHERE oid = ANY (%s)", [oids]).fetchall())
    return [Column(name=column.name, type=types[column.type_code]) for column in found]


def rows(connection: Connection, query: bytes, mode: str) -> Iterator[bytes]:
    """Yield the answer as csv, jsonl, or typed (CSV for a machine: nothing is changed, and what has no plain type is JSON)."""
    connection.execute("SELECT set_config('statement_timeout', %s, false)", [PATIENCE])
    form = b"" if mode == "jsonl" else b" (FORMAT csv, HEADER)"
    cells = [sql.SQL("row_to_json(asked)::text")] if mode == "jsonl" else [_cell(column, mode) for column in columns(connection, query)]
    head = sql.SQL("COPY (SELECT {} FROM (").format(sql.SQL(", ").join(cells)).as_bytes(connection)
    with connection.cursor().copy(head + query + b"\n) AS asked) TO STDOUT" + form) as stream:
        for block in stream:
            piece = bytes(block)
            yield piece.replace(b"\\\\", b"\\") if mode == "jsonl" else piece  # COPY doubles backslashes; JSON has no other special sign


def _cell(column: Column, mode: str) -> sql.Composed:
    name = sql.Identifier(column.name)
    if mode == "typed":
        return sql.SQL("{}").format(name) if column.type in PLAIN else sql.SQL("to_json({})::text AS {}").format(name, name)
    if column.type in BARE:
        return sql.SQL("{} AS {}").format(name, sql.Identifier(_safe(column.name)))
    return sql.SQL("regexp_replace({}::text, {}, {}) AS {}").format(
        name, sql.Literal(r"^(?=[=+\-@\t\r])"), sql.Literal("'"), sql.Identifier(_safe(column.name))
    )


def _safe(name: str) -> str:
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
