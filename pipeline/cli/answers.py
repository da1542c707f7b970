"""A question and what was typed -> the values that it is asked with; a value that came back -> a cell."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import typer

from pipeline.cli import options
from pipeline.store import dicts, questions, value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.store import Connection
    from pipeline.store.questions import Question

SINCE = timedelta(days=7)
ANY = "any if none is given"  # in what a question says of a value: it is not guessed
ALL = {"agency": "SELECT agency, agency_name FROM mart.agency", "title": "SELECT DISTINCT title, title_name FROM mart.article"}
EARLIEST = datetime.fromisoformat("1990-01-01T00:00:00Z")
SEARCH = questions.Question(
    number=0,
    name="search",
    says="Search",
    needs=dict.fromkeys(("words", "language", "since", "copies", "most"), ""),
    statement=b"SELECT place, story_id, title_name, headline, snippet, articles, titles"
    b" FROM mart.search(%(words)s, %(language)s, %(since)s, %(copies)s, %(most)s) ORDER BY place",
)


def values(connection: Connection, question: Question, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for each that the question needs: what was given, else something telling."""
    guessed = {name for name, says in question.needs.items() if given.get(name) or ANY not in says}
    return {name: _value(connection, name, given.get(name)) if name in guessed else None for name in question.needs}


def moment(said: str) -> datetime:
    """Return a moment, or the earliest there is."""
    return options.moment(said, "--since") if said else EARLIEST


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


def _value(connection: Connection, name: str, given: Any) -> Any:
    if name == "agency":
        return _key(connection, name, given) if given else value(connection, "ask.busiest_agency")
    if name == "title":
        return _key(connection, name, given)
    if name == "since":
        return options.moment(given, "--since") if given else _lately(connection)
    if name == "story":
        return _story(connection, given) if given is not None else value(connection, "ask.top_story")
    return given or (value(connection, "ask.top_word") or "news" if name == "words" else None)


def _key(connection: Connection, what: str, said: str) -> str:
    """Return the key of an agency or a title that is named by it, or in full."""
    key = value(connection, f"ask.{what}", said=said)
    if key is None:
        rows = dicts(connection, f"ask.near_{what}", said=said)
        near = ", ".join(f"{row['key']} ({row['name']})" for row in rows) or "none yet"
        more = f", and {rows[0]['more']} more: {ALL[what]}" if rows and rows[0]["more"] > 0 else ""
        raise typer.BadParameter(f"no {what} has this key or name: {said}; there are {near}{more}", param_hint=f"--{what}")
    return str(key)


def _story(connection: Connection, given: int) -> int:
    if value(connection, "ask.story", story=given) is None:
        raise typer.BadParameter(f"there is no story {given}: mart.story has them all", param_hint="--story")
    return given


def _lately(connection: Connection) -> datetime:
    newest = dicts(connection, "ask.freshness")
    at: datetime = newest[0]["at"] if newest else EARLIEST + SINCE
    return (at - SINCE).replace(minute=0, second=0, microsecond=0)
