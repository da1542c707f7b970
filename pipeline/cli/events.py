"""Commands about what happened: events tells them, pick and unpick put a story onto the list of our picks and take it off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.settings import Settings

app = typer.Typer()
WHO = Annotated[str, typer.Option("--by", envvar="USER", help="Who decides.")]
WHY = Annotated[str, typer.Option("--why", help="The reason; it is shown beside the pick.")]
AS_JSON = Annotated[bool, typer.Option("--json", help="Print the tally as data.")]


@app.command()
def events(json: AS_JSON = False) -> None:
    """Tell which stories are about one happening, what is on top, and what is picked."""
    from pipeline.cli.steps import run
    from pipeline.steps.events import events as step

    run("Telling events", step, None, None, nothing="No story is of the last days: ./wiredesk publish counts new ones.", as_json=json)


@app.command()
def pick(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of an article; its story is picked.")],
    why: WHY,
    by: WHO,
    hours: Annotated[float, typer.Option("--hours", min=0.1, max=720, help="For how long.")] = 24,
) -> None:
    """Put a story on top of our picks (mart.pick), for a while."""
    from datetime import timedelta

    from pipeline.steps import decisions, topped
    from pipeline.steps.edges import opened

    settings, where = _where()
    with opened(settings, where) as edges:
        with edges.connection.transaction():
            article = decisions.article(edges.connection, url)
        number = topped.pick(edges, article, who=by, why=why, last=timedelta(hours=hours))
    typer.echo(f"Picked for {hours:g} hours: decision {number}.")


@app.command()
def unpick(number: Annotated[int, typer.Argument(help="Number of the pick, as in `decide list`.")], why: WHY, by: WHO) -> None:
    """Take a person's pick off the list."""
    from pipeline.steps import topped
    from pipeline.steps.edges import opened

    settings, where = _where()
    with opened(settings, where) as edges:
        topped.unpick(edges, number, who=by, why=why)
    typer.echo(f"Decision {number} is withdrawn.")


def _where() -> tuple[Settings, str]:
    from pipeline import settings as settled
    from pipeline.machine.postgres import urls

    settings = settled.Settings()
    return settings, urls(settings).news
