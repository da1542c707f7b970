"""`demo`: the whole chain on the bundled newsstand, offline, with a picture at the end."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path  # noqa: TC003  typer reads it
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

app = typer.Typer()


@contextmanager
def _told_to_go_on() -> Iterator[None]:
    """Say after a Ctrl-C that nothing is lost."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("Interrupted. The same command goes on where this one was (without --fresh).", err=True)
        raise


@app.command()
def demo(
    titles: Annotated[int, typer.Option(min=1, max=5000, help="Titles in the newsstand.")] = 40,
    seed: Annotated[int, typer.Option(help="The same seed gives the same news.")] = 1,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin again; else a demo goes on where it was, or shows what it had found.")
    ] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Go on: Airflow reads the same newsstand on a fast clock.")] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port of Airflow's UI on this machine, with --serve.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the picture as data, with the score against the ground truth.")] = False,
    svg: Annotated[Path | None, typer.Option("--svg", hidden=True, help="Draw the picture into a file: docs/demo.svg.")] = None,
) -> None:
    """Show the product offline: a day of invented news, read, folded into stories, and compared with the truth."""
    from pipeline.cli import day, picture
    from pipeline.cli.screen import progress
    from pipeline.machine import place
    from pipeline.settings import Settings

    place.clone("demo")
    scene = day.Scene(seed=seed, titles=titles, days=3 if serve else 1)
    own = Settings() if port is None else Settings(port=port)
    with day.opened_room(own, scene, fresh=fresh) as settings:
        with _told_to_go_on(), progress("A day of news") as report:

            def show(at: datetime, end: datetime, _figures: Mapping[str, int]) -> None:
                hours = int((end - day.START).total_seconds() // 3600)
                done = int((at - day.START).total_seconds() // 3600)
                report(min(done, hours), hours)

            found = day.read(settings, scene, show)
        if svg:
            picture.as_svg(found, svg)
        elif json:
            picture.as_json(found)
        else:
            picture.show(found)
        if serve:
            from pipeline.cli.stand import serve as go_on

            go_on(found, scene)
