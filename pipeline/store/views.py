"""The files of sql/views -> views with comments.

A file is named after its view (mart.article.sql), and holds one SELECT. Its first line, a comment, says what a row means;
a comment behind a column says what the column means. Both become COMMENTs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from psycopg import sql

from pipeline.errors import MigrationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from psycopg import Connection

_COLUMN = re.compile(r"(\w+),?\s+--\s+(\S.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One file of sql/views."""

    name: str  # "mart.article"
    statement: bytes  # the SELECT
    says: str  # what a row means
    columns: Mapping[str, str]  # what a column means


def load(folder: Path) -> list[View]:
    """Return the views, each after those that it reads from."""
    found = {path.stem: _view(path) for path in sorted(folder.glob("*.sql"))}
    order = TopologicalSorter({name: {other for other in found if _reads(view, other)} for name, view in found.items()})
    return [found[name] for name in order.static_order()]


def make(connection: Connection, views: Sequence[View]) -> None:
    """Drop ours and make them all, within the caller's transaction. What somebody else has made on top of one is an error, and stays."""
    known = {name for (name,) in connection.execute("SELECT name FROM ops.view").fetchall()}
    for schema in sorted({view.name.split(".")[0] for view in views}):
        old = [name for name in _there(connection, schema) if name in known]
        if old:
            connection.execute(sql.SQL("DROP VIEW {}").format(sql.SQL(", ").join(_identifier(name) for name in old)))
    connection.execute("DELETE FROM ops.view")
    for view in views:
        name = _identifier(view.name)
        connection.execute(sql.SQL("CREATE VIEW {} AS ").format(name).as_bytes(connection) + view.statement)
        connection.execute(sql.SQL("COMMENT ON VIEW {} IS {}").format(name, sql.Literal(view.says)))
        connection.execute("INSERT INTO ops.view (name) VALUES (%s)", [view.name])
        for column, says in view.columns.items():
            target = sql.Identifier(*view.name.split("."), column)
            connection.execute(sql.SQL("COMMENT ON COLUMN {} IS {}").format(target, sql.Literal(says)))


def _there(connection: Connection, schema: str) -> list[str]:
    found = connection.execute("SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = %s::regnamespace", [schema])
    return [f"{schema}.{name}" for (name,) in found]


def _identifier(name: str) -> sql.Identifier:
    return sql.Identifier(*name.split(".", 1))


def _view(path: Path) -> View:
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    if not first.startswith("-- "):
        raise MigrationError(f"sql/views/{path.name}", "does not begin with a comment that says what a row means")
    columns = {found[1]: found[2] for line in rest.splitlines() if (found := _COLUMN.search(line))}
    return View(name=path.stem, statement=rest.strip().rstrip(";").encode(), says=first[3:].strip(), columns=columns)


def _reads(view: View, other: str) -> bool:
    return view.name != other and re.search(rf"\b{re.escape(other)}\b", view.statement.decode()) is not None
