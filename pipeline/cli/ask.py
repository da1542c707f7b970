"""The questions that analysts ask, one word away: `ask` lists them, `ask 1` answers the first, `search` looks for words."""

from __future__ import annotations

import json as data
from numbers import Number
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Column

    from pipeline.store import Connection
    from pipeline.store.questions import Question, Reply

app = typer.Typer()
SHORT, LEAST = 30, 20  # characters: of a column that is not broken, and that a broken one keeps, where there is room for that
AS_JSON = Annotated[bool, typer.Option("--json", help="Print the rows as data.")]
SINCE = Annotated[str, typer.Option("--since", metavar="ISO", help="From then on: 2026-03-02; else a week before the last edition.")]
LANGUAGE = Annotated[str, typer.Option("--language", help="Of the texts, ISO 639-1; else any.")]


@app.command()
def ask(
    number: Annotated[int | None, typer.Argument(help="Of the question; without it all are listed.")] = None,
    agency: Annotated[str, typer.Option("--agency", help="Key or name: afp. Else any, or the one whose text is run most.")] = "",
    title: Annotated[str, typer.Option("--title", help="Key or name of a title: le-monde. Else any.")] = "",
    since: SINCE = "",
    story: Annotated[int | None, typer.Option("--story", help="A story_id; else the top story that is an agency's.")] = None,
    words: Annotated[str, typer.Option("--words", help="As in a search box; else a word of the top story's headline.")] = "",
    language: LANGUAGE = "",
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL instead of running it.")] = False,
    json: AS_JSON = False,
    write: Annotated[
        bool, typer.Option("--write", hidden=True, help="Bring docs/questions.md and docs/analysis.ipynb up to date from the demo's news.")
    ] = False,
) -> None:
    """Answer one of the sixteen questions that analysts ask, or list them."""
    from pipeline.cli import answers
    from pipeline.store import questions

    known = questions.load()
    if write:
        from pipeline.cli import answered

        answered.write()
        return
    if number is None:
        for question in known.values():
            needs = "".join(f"  --{name}" for name in question.needs)
            typer.echo(f"{question.number:>3}  {question.says}{needs}")
        return
    if number not in known:
        raise typer.BadParameter(f"there is no question {number}: see ./wiredesk ask", param_hint="NUMBER")
    given = {"agency": agency, "title": title, "since": since, "story": story, "words": words, "language": language}
    if idle := [f"--{name}" for name, value in given.items() if value and name not in known[number].needs]:
        raise typer.BadParameter(f"question {number} does not ask for it: ./wiredesk ask lists what each needs", param_hint=idle[0])
    with _news() as connection:
        with connection.transaction():
            values = answers.values(connection, known[number], given)
        if sql:
            typer.echo(questions.shown(connection, known[number], values) + ";")
            return
        reply = questions.ask(connection, known[number], values)
    _print(reply, "" if json else _head(known[number], values), as_json=json)


@app.command()
def search(
    words: Annotated[str, typer.Argument(help='As in a search box: "a phrase", or, -not.')],
    language: LANGUAGE = "",
    since: SINCE = "",
    copies: Annotated[bool, typer.Option("--copies", help="Every article, not only the one that stands for its story.")] = False,
    most: Annotated[int, typer.Option("--most", "-n", min=1, max=200, help="At most so many.")] = 10,
    json: AS_JSON = False,
) -> None:
    """Look for words in all stories, best first."""
    from pipeline.cli import answers
    from pipeline.store import questions

    asked = {"words": words, "language": language or None, "since": answers.moment(since), "copies": copies, "most": most}
    with _news() as connection:
        reply = questions.ask(connection, answers.SEARCH, asked)
    _print(reply, "", as_json=json)


def _head(question: Question, values: Mapping[str, Any]) -> str:
    said = ", ".join(f"{name} {_text(values[name])}" for name in question.needs if values[name] is not None)
    return f"{question.number}. {question.says}{f'  ({said})' if said else ''}"


def _print(reply: Reply, head: str, *, as_json: bool) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if as_json:
        print(data.dumps([dict(zip(reply.columns, row, strict=True)) for row in reply.rows], default=str, ensure_ascii=False, indent=1))
        return
    console = Console(highlight=False)
    if head:
        console.print(Text(head, style="bold"))
    table = Table(*_shaped(reply, console.width), box=None, header_style="dim", pad_edge=False)
    for row in reply.rows:
        table.add_row(*(Text(_text(each)) for each in row))
    console.print(table)
    console.print(Text(f"{len(reply.rows)} rows" if len(reply.rows) != 1 else "1 row", style="dim"))


def _shaped(reply: Reply, room: int) -> list[Column]:
    """Return the table's columns. Where there is room for them, short ones are not broken, and a long one keeps some width."""
    from rich.table import Column

    columns = _columns(reply.rows, len(reply.columns))
    widths = [max(map(len, (name, *map(_text, column)))) for name, column in zip(reply.columns, columns, strict=True)]
    wide = sum(width + 2 if width <= SHORT else LEAST + 2 for width in widths) <= room
    made = []
    for name, column, width in zip(reply.columns, columns, widths, strict=True):
        right = bool(column) and all(map(_is_number, column))
        least = min(width, LEAST) if wide else None
        made.append(Column(name, justify="right" if right else "left", no_wrap=wide and width <= SHORT, min_width=least))
    return made


def _columns(rows: Sequence[tuple[Any, ...]], count: int) -> list[list[Any]]:
    return [[row[place] for row in rows if row[place] is not None] for place in range(count)]


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Number)


def _text(value: Any) -> str:
    from pipeline.cli.answers import text

    return text(value)


def _news() -> Connection:
    from pipeline.machine.databases import filled, news
    from pipeline.settings import Settings
    from pipeline.store import connect

    return connect(filled(news(Settings())))
