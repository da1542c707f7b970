"""Named statements of sql/queries -> rows as records.

A statement's name is that of its file and its own: "poll.claim" is `-- name: claim` in sql/queries/poll.sql.
They are read as bytes, so that no statement can be pasted together from data. A record's fields are the statement's columns.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from psycopg import Connection, Cursor

FOLDER = ROOT / "sql" / "queries"
Record = TypeVar("Record")
_NAME = re.compile(rb"^-- name: (\w+)$", re.MULTILINE)


@cache
def statements() -> Mapping[str, bytes]:
    """Return every named statement."""
    found: dict[str, bytes] = {}
    for path in sorted(FOLDER.glob("*.sql")):
        _head, *parts = _NAME.split(path.read_bytes())
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            found[f"{path.stem}.{name.decode()}"] = text.strip()
    return found


def read(connection: Connection, name: str, record: Callable[..., Record], **parameters: Any) -> list[Record]:
    """Run a statement and return each row as a `record`, arrays as tuples; a named tuple of these columns has lists, and is quicker."""
    with connection.cursor(row_factory=_rows_of(record)) as cursor:
        return cursor.execute(statements()[name], parameters).fetchall()


def dicts(connection: Connection, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Run a statement and return each row as a mapping, arrays as tuples."""
    return read(connection, name, dict[str, Any], **parameters)


def write(connection: Connection, name: str, **parameters: Any) -> int:
    """Run a statement and return how many rows it touched."""
    return connection.execute(statements()[name], parameters).rowcount


def many(connection: Connection, name: str, parameters: Iterable[Mapping[str, Any]]) -> int:
    """Run a statement once per row of parameters, in one round trip, and return how many rows it touched in all."""
    with connection.cursor() as cursor:
        cursor.executemany(statements()[name], list(parameters))
        return max(cursor.rowcount, 0)


def columns(connection: Connection, name: str, rows: Sequence[Mapping[str, Any]], **more: Any) -> int:
    """Run a statement over all rows at once, if any: its parameters are their columns. Return how many rows it touched."""
    if not rows:
        return 0
    return write(connection, name, **{column: [row[column] for row in rows] for column in rows[0]}, **more)


def load(connection: Connection, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Copy rows, if there are any, by a statement COPY ... (columns) FROM STDIN; they must be new."""
    if not rows:
        return
    statement = statements()[name]
    order = [column.strip() for column in statement.decode().partition("(")[2].partition(")")[0].split(",")]
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row[column] for column in order])


def value(connection: Connection, name: str, **parameters: Any) -> Any:
    """Run a statement and return the first column of its first row; None without a row."""
    row = connection.execute(statements()[name], parameters).fetchone()
    return row[0] if row else None


def _rows_of(record: Callable[..., Record]) -> Callable[[Cursor[Any]], Callable[[Sequence[Any]], Record]]:
    def factory(cursor: Cursor[Any]) -> Callable[[Sequence[Any]], Record]:
        columns = cursor.description or ()
        names, types = [column.name for column in columns], cursor.adapters.types
        known = [types.get(column.type_code) for column in columns]
        arrays = [info.array_oid == column.type_code if info else True for info, column in zip(known, columns, strict=True)]
        places = [place for place, may in enumerate(arrays) if may]

        if getattr(record, "_fields", None) == tuple(names):  # a named tuple is a row already
            return record._make  # type: ignore[attr-defined,no-any-return]

        def make(values: Sequence[Any]) -> Record:
            if not places:
                return record(**dict(zip(names, values, strict=True)))
            told = list(values)
            for place in places:
                if isinstance(told[place], list):
                    told[place] = tuple(told[place])
            return record(**dict(zip(names, told, strict=True)))

        return make

    return factory
