"""A question and what was typed -> the values that it is asked with; and all questions with their answers -> docs/questions.md."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import typer

from pipeline.cli import options
from pipeline.settings import ROOT, Settings
from pipeline.store import dicts, questions, value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeline.store import Connection
    from pipeline.store.questions import Question

PAGE = ROOT / "docs" / "questions.md"
SINCE = timedelta(days=7)
EARLIEST = datetime.fromisoformat("1990-01-01T00:00:00Z")
SEARCH = questions.Question(
    number=0,
    name="search",
    says="Search",
    needs=dict.fromkeys(("words", "language", "since", "copies", "most"), ""),
    statement=b"SELECT place, story_id, title_name, headline, snippet, articles, titles"
    b" FROM mart.search(%(words)s, %(language)s, %(since)s, %(copies)s, %(most)s) ORDER BY place",
)
HEAD = """# Sixteen questions

Each is a short query over `mart`, the analysts' schema ([every column](tables.md)), and one word away: `./wiredesk ask 1`, with
`--agency`, `--since`, `--story`, `--words`, `--language` to ask about something else, and `--sql` to see it. The answers below are those
of the demo's invented news (`./wiredesk demo`, then `WIREDESK_VAR=var/demo ./wiredesk ask 1`); the same with `--write`
makes this page, and a test keeps it true.

Three things to know. An **article** is one address, a **story** is one text and all its copies: count articles to measure what readers
see, stories to measure what was reported. Figures are those of the last edition (`SELECT max(at) FROM mart.edition`), a few minutes old.
Shares are 0 to 1 in the views, and percent where a column says so.
"""


def values(connection: Connection, question: Question, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for each that the question needs: what was given, else something telling."""
    return {name: _value(connection, name, given.get(name)) for name in question.needs}


def moment(said: str) -> datetime:
    """Return a moment, or the earliest there is."""
    return options.moment(said) if said else EARLIEST


def text(value: Any) -> str:
    """Return a value as a cell."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def markdown(connection: Connection) -> str:
    """Return the page of all questions, with what this database answers."""
    return "\n".join((HEAD, *_lines(connection)))


def write() -> None:
    """Write the page."""
    from pipeline.machine.postgres import urls
    from pipeline.store import connect

    with connect(urls(Settings()).news) as connection:
        PAGE.write_text(markdown(connection), encoding="utf-8")


def _lines(connection: Connection) -> Iterator[str]:
    for question in questions.load().values():
        with connection.transaction():
            told = {"words": "Haldenmark", "story": value(connection, "ask.related_story") if question.name == "related" else None}
            asked = values(connection, question, told)  # what the invented news can answer at some length
        reply = questions.ask(connection, question, asked)
        yield f"## {question.number}. {question.says}\n\n```sql\n{questions.shown(connection, question, asked)};\n```\n"
        if not reply.rows:
            yield "No row: nothing of the kind has happened in this news.\n"
            continue
        yield f"| {' | '.join(reply.columns)} |\n|{'--|' * len(reply.columns)}"
        yield from (f"| {' | '.join(text(each).replace('|', '/') for each in row)} |" for row in reply.rows)
        yield ""


def _value(connection: Connection, name: str, given: Any) -> Any:
    if name == "agency":
        return _agency(connection, given) if given else value(connection, "ask.busiest_agency")
    if name == "since":
        return options.moment(given) if given else _lately(connection)
    if name == "story":
        return given if given is not None else value(connection, "ask.top_story")
    return given or (value(connection, "ask.top_word") or "news" if name == "words" else None)


def _agency(connection: Connection, said: str) -> str:
    key = value(connection, "ask.agency", said=said)
    if key is None:
        raise typer.BadParameter(f"no agency has this key or name: {said}", param_hint="--agency")
    return str(key)


def _lately(connection: Connection) -> datetime:
    newest = dicts(connection, "ask.freshness")
    at: datetime = newest[0]["at"] if newest else EARLIEST + SINCE
    return (at - SINCE).replace(minute=0, second=0, microsecond=0)
