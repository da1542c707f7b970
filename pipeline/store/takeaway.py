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
    from collections.abc import Iterable, Iterator

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


def listed(name: str) -> str:
    """Return the type of an array's elements, if those are plain; else nothing."""
    return name[1:] if name.startswith("_") and name[1:] in PLAIN else ""


def rows(connection: Connection, query: bytes, mode: str) -> Iterator[bytes]:
    """Yield the answer as csv, jsonl, or typed: JSON lines of plain values, lists of them, and text where there is no such type."""
    connection.execute("SELECT set_config('statement_timeout', %s, false)", [PATIENCE])
    asked, cells, form = b"(" + query + b"\n) AS asked", b"row_to_json(asked)::text", b""
    if mode == "csv":
        cells, form = _joined(connection, map(_cell, columns(connection, query))), b" (FORMAT csv, HEADER)"
    elif mode == "typed":
        plain = _joined(connection, map(_plain, columns(connection, query)))
        asked = b"(SELECT " + plain + b" FROM " + asked + b") AS asked"
    with connection.cursor().copy(b"COPY (SELECT " + cells + b" FROM " + asked + b") TO STDOUT" + form) as stream:
        for block in stream:
            piece = bytes(block)
            yield piece if mode == "csv" else piece.replace(b"\\\\", b"\\")  # COPY doubles backslashes; JSON has no other special sign


def _joined(connection: Connection, cells: Iterable[sql.Composed]) -> bytes:
    return sql.SQL(", ").join(cells).as_bytes(connection)


def _plain(column: Column) -> sql.Composed:
    name = sql.Identifier(column.name)
    if column.type in PLAIN or listed(column.type):
        return sql.SQL("{}").format(name)
    return sql.SQL("to_json({})::text AS {}" if column.type.startswith("_") else "{}::text AS {}").format(name, name)


def _cell(column: Column) -> sql.Composed:
    name = sql.Identifier(column.name)
    if column.type in BARE:
        return sql.SQL("{} AS {}").format(name, sql.Identifier(_safe(column.name)))
    return sql.SQL("regexp_replace({}::text, {}, {}) AS {}").format(
        name, sql.Literal(r"^(?=[=+\-@\t\r])"), sql.Literal("'"), sql.Identifier(_safe(column.name))
    )


def _safe(name: str) -> str:
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
