"""The command that prints two articles side by side, with what they share, and why they are one story or are not."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

    from pipeline.steps.why import Why
    from pipeline.stories.showing import Span

app = typer.Typer()
SHARED = "#eaffea on #14532d"  # light on dark: it can be read on every terminal and in print
MEANING = "narrated: neither quoted nor boilerplate; passage: words in a row; lead: share of one's first 60 words that the other has"
WIDEST = 200  # columns; wider lines cannot be read


@app.command()
def why(
    url_a: Annotated[str, typer.Argument(metavar="URL_A", help="Address of an article.")],
    url_b: Annotated[str, typer.Argument(metavar="URL_B", help="Address of another.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print it as data.")] = False,
    picture: Annotated[str, typer.Option("--svg", metavar="FILE", help="Write it as a picture, too.")] = "",
) -> None:
    """Print two articles side by side, what they share, and why they are one story or are not."""
    from rich.console import Console

    from pipeline.machine.databases import news
    from pipeline.settings import Settings
    from pipeline.steps import decisions
    from pipeline.steps.edges import opened
    from pipeline.steps.why import explain

    settings = Settings()
    with opened(settings, news(settings)) as edges:
        with edges.connection.transaction():
            one, other = (decisions.article(edges.connection, url) for url in (url_a, url_b))
        if one == other:
            raise typer.BadParameter("both are addresses of one article; ./wiredesk versions shows what became of it", param_hint="URL_B")
        found = explain(edges, one, other)
    if as_json:
        print(json.dumps(asdict(found), default=str, ensure_ascii=False, indent=1))
        return
    console = Console(highlight=False, record=bool(picture))
    show(console, found)
    if picture:
        console.save_svg(picture, title="./wiredesk why")


def show(console: Console, found: Why) -> None:
    """Print it."""
    from rich.text import Text

    width = min(console.width, WIDEST)
    style = "bold green" if found.summary["one_story"] else "bold red"
    console.print(Text(found.summary["says"].capitalize() + ".", style=style))
    for part in (_texts(found), *_figures(found)):
        console.print(part, width=width)


def _texts(found: Why) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, expand=True, padding=(0, 1), header_style="", show_footer=False)
    for side in found.sides:
        head = Text.assemble(
            (side["title"], "bold"), f"  {side['happened_at']:%Y-%m-%d %H:%M} UTC\n", (side["url"], "dim"), "\n", side["headline"]
        )
        table.add_column(head, ratio=1, overflow="fold")
    spans = found.shown.left, found.shown.right
    table.add_row(*(_marked(side["text"], some) for side, some in zip(found.sides, spans, strict=True)))
    return table


def _marked(text: str, spans: Sequence[Span]) -> Text:
    from rich.text import Text

    marked = Text(text)
    for start, end in spans:
        marked.stylize(SHARED, start, end)
    return marked


def _figures(found: Why) -> list[RenderableType]:
    from rich.table import Table
    from rich.text import Text

    parts: list[RenderableType] = [Text.assemble((" shared ", SHARED), " stands in both texts; the rest is each one's own\n")]
    if found.match:
        match = found.match
        table = Table("", "in the other", "own", "words", box=None, header_style="dim", pad_edge=False)
        shares = (match.left_in_right, match.left_words), (match.right_in_left, match.right_words)
        for side, (share, words) in zip(found.sides, shares, strict=True):
            table.add_row(side["title"], f"{share:.0%}", f"{1 - share:.0%}", f"{words:,}")
        for column in table.columns[1:]:
            column.justify = "right"
        parts += [table, Text(f"{match.shared} narrated words shared, the longest passage has {match.longest}; lead {match.lead:.0%}")]
        parts.append(Text(f"{MEANING}\n", style="dim"))
    for one, other in found.shown.differing:
        parts.append(Text.assemble("differs  ", (one, "yellow"), "  /  ", (other, "yellow")))
    for verdict in found.verdicts:
        mark = ("✓ ", "green") if verdict.copies else ("✗ ", "red")
        parts.append(Text.assemble(mark, (f"{verdict.level:<7}", "bold"), verdict.why))
    for number, step in enumerate(found.summary["path"] or ()):
        parts.append(Text(f"{'from    ' if number == 0 else 'matches '} {step}"))
    parts += [Text(f"decided  {decision}", style="magenta") for decision in found.summary["decisions"]]
    return parts
