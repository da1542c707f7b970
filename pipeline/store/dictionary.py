"""The schema's COMMENTs -> docs/tables.md, the dictionary of every table, view and column."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pipeline.store.queries import dicts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

SHORT = {  # our domains by what they are
    "core.moment": "timestamptz",
    "core.plain": "text",
    "core.sha256": "bytea",
    "core.share": "float8",
    "double precision": "float8",
    "timestamp with time zone": "timestamptz",
}
HEAD = """# Tables

Made from the COMMENTs of the schema by `./wiredesk tables --write`; a test keeps it true. Analysts use `mart`: its columns are a promise,
and the CHANGELOG says when one changes. Times are UTC. **Bold** columns are the key; *italic* ones may be null.
Questions and answers: [questions.md](questions.md). From other programs: [clients.md](clients.md).

![The tables of schema core: an arrow leads from a table to one that it refers to](tables.svg)
"""


def markdown(connection: Connection) -> str:
    """Return the dictionary as Markdown."""
    return "\n".join((HEAD, *_lines(connection)))


def _lines(connection: Connection) -> Iterator[str]:
    columns = dicts(connection, "dictionary.columns")
    for schema in dicts(connection, "dictionary.schemas"):
        yield f"## {schema['name']}\n\n{schema['says']}\n"
        mine = [column for column in columns if column["schema"] == schema["name"]]
        for (relation, says), group in groupby(mine, key=lambda column: (column["relation"], column["relation_says"])):
            yield f"### {schema['name']}.{relation}\n\n{says}\n\n| column | type | meaning |\n|--|--|--|"
            yield from (f"| {_name(column)} | {_type(column['type'])} | {_cell(column['says'])} |" for column in group)
            yield ""
        if schema["name"] == "mart":
            yield from _functions(connection)


def _functions(connection: Connection) -> Iterator[str]:
    yield "### Functions of mart\n\nAsked as a table: `SELECT * FROM mart.search('storm', most => 5)`.\n"
    yield "| function | answers with |\n|--|--|"
    for row in dicts(connection, "dictionary.functions"):
        call = re.sub(r"::[a-z ]+", "", row["call"]).replace("timestamp with time zone", "timestamptz")
        yield f"| `mart.{call}` | {_cell(row['says'])} |"
    yield ""


def _name(column: dict[str, Any]) -> str:
    view = column["schema"] == "mart"
    mark = "**" if column["key"] else "" if column["required"] or view else "*"
    return f"{mark}{column['name']}{mark}"


def _type(name: str) -> str:
    return SHORT.get(name, name)


def _cell(says: str | None) -> str:
    return (says or "").replace("|", "\\|")
