"""The files of sql/questions -> the questions that analysts ask, and a question with its values -> SQL to copy, or its rows.

A file is numbered (07_timeline.sql). Its first line, a comment, is the question; each further one names a value that it needs.
The statement reads views and functions of mart only, and has fewer than 500 characters; tests see to both. A condition that goes with
a value that may be left out is written: name = coalesce(%(name)s, name) AND.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

from pipeline.errors import QueryError, SettingsError
from pipeline.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from psycopg import Connection

FOLDER = ROOT / "sql" / "questions"
ANY = re.compile(rb"(\w+) = coalesce\(%\(\1\)s, \1\) AND\s+")  # a value that may be left out: Postgres plans badly for what is always true


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One file of sql/questions."""

    number: int
    name: str  # "timeline"
    says: str  # the question
    needs: Mapping[str, str]  # name of a value -> what it is
    statement: bytes  # with %(name)s for each


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def load(folder: Path = FOLDER) -> dict[int, Question]:
    """Return the questions by number, in order."""
    found = [_question(path) for path in sorted(folder.glob("*.sql"))]
    return {question.number: question for question in found}


def shown(connection: Connection, question: Question, values: Mapping[str, Any]) -> str:
    """Return the statement with its values filled in, to be copied into any client."""
    cursor = psycopg.ClientCursor(connection)
    return cursor.mogrify(_asked(question, values), {name: values[name] for name in question.needs})


def ask(connection: Connection, question: Question, values: Mapping[str, Any]) -> Reply:
    """Run a question in a transaction that can only read. QueryError for values that cannot be asked with."""
    with connection.transaction():
        connection.execute("SET TRANSACTION READ ONLY")
        try:
            cursor = connection.execute(_asked(question, values), {name: values[name] for name in question.needs})
        except psycopg.errors.InvalidParameterValue as error:  # our own word on what is asked
            raise QueryError(f"question {question.number}" if question.number else question.says, str(error).splitlines()[0]) from error
        return Reply(columns=tuple(column.name for column in cursor.description or ()), rows=cursor.fetchall())


def _asked(question: Question, values: Mapping[str, Any]) -> bytes:
    """Return the statement without the conditions on values that are not given."""

    def condition(found: re.Match[bytes]) -> bytes:
        name = found[1]
        return b"" if values[name.decode()] is None else b"%b = %%(%b)s AND " % (name, name)

    return ANY.sub(condition, question.statement)


def _question(path: Path) -> Question:
    lines = path.read_text(encoding="utf-8").strip().splitlines()
    heads = [line[3:].strip() for line in lines if line.startswith("-- ")]
    number, _, name = path.stem.partition("_")
    if not heads or not number.isdigit():
        raise SettingsError(f"sql/questions/{path.name}", "has no number, or does not begin with its question as a comment")
    needs = dict(head.split(": ", 1) for head in heads[1:])
    statement = "\n".join(line for line in lines if not line.startswith("-- "))
    return Question(number=int(number), name=name, says=heads[0], needs=needs, statement=statement.encode())
