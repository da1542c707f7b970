"""Commands about what happened: events tells it, or people do; pick and unpick put a story onto our picks and take it off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from pipeline.settings import Settings

app = typer.Typer()
happened = typer.Typer(invoke_without_command=True)
app.add_typer(happened, name="events")
WHO = Annotated[str, typer.Option("--by", envvar="USER", help="Who decides.")]
WHY = Annotated[str, typer.Option("--why", help="The reason; it is shown beside the pick.")]
BECAUSE = Annotated[str, typer.Option("--because", "--why", help="The reason, for whoever wonders later.")]
ONE = Annotated[str, typer.Argument(metavar="URL|EVENT", help="Address of an article, or the number of an event.")]
AS_JSON = Annotated[bool, typer.Option("--json", help="Print the tally as data.")]


@happened.callback()
def events(context: typer.Context, json: AS_JSON = False) -> None:
    """Tell which stories are about one happening, what is on top, and what is picked; or say which are, as a person."""
    if context.invoked_subcommand:
        return
    from pipeline.cli.steps import run
    from pipeline.steps.events import events as step

    run("Telling events", step, None, None, nothing="No story is of the last days: ./wiredesk publish counts new ones.", as_json=json)


@happened.command()
def join(one: ONE, other: ONE, because: BECAUSE, by: WHO) -> None:
    """Put the stories of two articles, or two events, into one event, whatever the machine thinks."""
    _say("one_event", (one, other), because, by)


@happened.command()
def split(one: ONE, other: ONE, because: BECAUSE, by: WHO) -> None:
    """Keep the stories of two articles, or an event and a story, in two events. What is more like the one that leaves goes with it."""
    _say("two_events", (one, other), because, by)


@happened.command()
def withdraw(
    number: Annotated[int, typer.Argument(help="Number of the decision, as in `decide list`.")],
    because: BECAUSE,
    by: WHO,
) -> None:
    """Let a person's word on events hold no longer."""
    from pipeline.steps import said
    from pipeline.steps.edges import opened

    settings, where = _where()
    with opened(settings, where) as edges:
        said.withdraw(edges, number, who=by, why=because)
    typer.echo(f"Decision {number} is withdrawn; the events around it were told anew.")


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
def unpick(
    which: Annotated[str, typer.Argument(metavar="NUMBER|URL", help="Of the pick, as in `decide list`; or an article of the story.")],
    why: WHY,
    by: WHO,
) -> None:
    """Take people's picks of a story off the list."""
    from pipeline.steps import decisions, topped
    from pipeline.steps.edges import opened

    settings, where = _where()
    with opened(settings, where) as edges:
        if which.isdecimal():
            numbers = [int(which)]
        else:
            with edges.connection.transaction():
                numbers = topped.picked(edges.connection, decisions.article(edges.connection, which))
        for number in numbers:
            topped.unpick(edges, number, who=by, why=why)
            typer.echo(f"Decision {number} is withdrawn.")


def _say(what: Literal["one_event", "two_events"], said: tuple[str, str], why: str, who: str) -> None:
    from pipeline.steps import said as steps
    from pipeline.steps.edges import opened

    settings, where = _where()
    with opened(settings, where) as edges:
        with edges.connection.transaction():
            named = {one: steps.article(edges.connection, one) for one in said if not one.isdecimal()}
            beside = next(iter(named.values()), None)
            first = named.get(said[0]) or steps.article(edges.connection, said[0], beside)
            articles = first, named.get(said[1]) or steps.article(edges.connection, said[1], beside or first)
        number = steps.say(edges, what, articles, who=who, why=why)
        with edges.connection.transaction():
            told = steps.events_of(edges.connection, articles)
    events = "; ".join(f"event {row['event_id']}: {row['stories']} stories in {row['articles']} articles" for row in told)
    typer.echo(f"Decision {number} holds. {events or 'Neither is in an event now'}.")


def _where() -> tuple[Settings, str]:
    from pipeline import settings as settled
    from pipeline.machine.databases import news

    settings = settled.Settings()
    return settings, news(settings)
