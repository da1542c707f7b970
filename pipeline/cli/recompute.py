"""The command that makes some days from scratch and says what differs from what is stored."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer

app = typer.Typer()
SHOWN = 50  # differences; --json prints all


@app.command()
def recompute(
    since: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day, by when we first saw an article: 2026-03-02.")],
    until: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day.")],
    apply: Annotated[bool, typer.Option("--apply", help="Write what differs; ids stay.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all differences as data.")] = False,
) -> None:
    """Make days from scratch, from the stored texts, and report what differs from what is stored: nothing should (exit code 0, else 1)."""
    from rich.console import Console
    from rich.table import Table

    from pipeline.cli.screen import progress
    from pipeline.machine.databases import news
    from pipeline.settings import Settings
    from pipeline.steps.edges import opened
    from pipeline.steps.recompute import recompute as step

    first, last = _day(since, "--from"), _day(until, "--to")
    if last < first:
        raise typer.BadParameter(f"{until} is before {since}", param_hint="--to")
    settings = Settings()
    with opened(settings, news(settings)) as edges, progress("Making them anew") as report:
        found = step(edges, first, last + timedelta(days=1), report, apply=apply)
    if as_json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    elif not found:
        typer.echo("Nothing differs.")
    else:
        table = Table("what", "article", "stored", "made anew", box=None, header_style="dim", pad_edge=False)
        for one in found[:SHOWN]:
            table.add_row(one.what, one.url, one.stored, one.made)
        console = Console(highlight=False)
        console.print(table, markup=False)
        console.print(f"{len(found):,} differences{' were written' if apply else '; --apply writes them'}.")
    if found and not apply:
        raise typer.Exit(1)


def _day(said: str, option: str) -> datetime:
    try:
        day = date.fromisoformat(said)
    except ValueError as error:
        raise typer.BadParameter(f"{said!r} is no day such as 2026-03-02", param_hint=option) from error
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
