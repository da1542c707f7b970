"""Commands about this machine: up, down, status, doctor, psql, airflow, test."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.settings import Settings

app = typer.Typer()
AS_JSON = Annotated[bool, typer.Option("--json", help="Print it as data.")]
ROLE = Annotated[str, typer.Option("--as", metavar="ROLE", help="analyst, ui, cluster, ingest or migrator; else the owner.")]
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command()
def up(port: Annotated[int | None, typer.Option(min=1, max=65535, help="Of the UI; else WIREDESK_PORT, else 8080.")] = None) -> None:
    """Run everything: Postgres, Airflow, and the pipeline on its schedule. Ctrl-C ends it."""
    from pipeline.cli import up as whole
    from pipeline.errors import Running
    from pipeline.machine import place

    place.clone("up")
    settings = _settings()
    try:
        whole.up(settings if port is None else settings.model_copy(update={"port": port}))
    except Running as running:
        typer.echo(f"{running}. {running.hint}")


@app.command()
def down() -> None:
    """End everything that runs of this clone: Airflow, tasks, Postgres."""
    from pipeline.machine import claim, place
    from pipeline.machine.postgres import Server

    place.clone("down")
    var = _settings().var
    ended = claim.end(var)
    stopped = Server(var / "postgres").stop()
    typer.echo("Everything has ended." if ended or stopped else "Nothing was running.")


@app.command()
def status(json: AS_JSON = False) -> None:
    """Show what runs, where, and how much memory it takes."""
    from pipeline.cli import tables
    from pipeline.machine import place
    from pipeline.machine.status import news, status

    place.clone("status")
    settings = _settings()
    now = status(settings)
    tables.status(now, news(settings), as_json=json)


@app.command()
def doctor(json: AS_JSON = False) -> None:
    """Say in words what is wrong and what to do about it; exit code 1 if anything is."""
    from pipeline.cli import tables
    from pipeline.machine.doctor import examine

    findings = examine(_settings())
    tables.findings(findings, as_json=json)
    raise typer.Exit(any(finding.problem for finding in findings))


@app.command(context_settings=PASS_ON)
def psql(context: typer.Context, role: ROLE = "") -> None:
    """Open the news in psql, as its owner, who may change all; to read: ./wiredesk psql --as analyst -c 'TABLE mart.story LIMIT 5'."""
    from pipeline.errors import DatabaseError
    from pipeline.machine.clients import psql
    from pipeline.machine.databases import filled
    from pipeline.machine.postgres import address

    settings = _settings()
    url = address(settings, role)
    try:
        filled(url)
    except DatabaseError as empty:  # its owner may have something to put there
        typer.echo(f"{empty}: {empty.hint}", err=True)
    psql(url, context.args, embedded=settings.database_url is None)


@app.command()
def address(role: ROLE = "analyst") -> None:
    """Print the address of the news, password included, for DBeaver, Metabase, pandas and the like; the analyst's by default."""
    from pipeline.machine.postgres import address

    typer.echo(address(_settings(), role))


@app.command(context_settings=PASS_ON)
def airflow(context: typer.Context) -> None:
    """Run one of Airflow's own commands in our environment: ./wiredesk airflow dags list."""
    from pipeline.machine import airflow, container, place
    from pipeline.machine.postgres import urls

    if place.IMAGE:
        container.run("airflow", *context.args)
    settings = _settings()
    where = urls(settings)
    airflow.migrate(settings, where)
    quiet = {"PYTHONWARNINGS": "ignore:Could not import graphviz:UserWarning"}  # it would stand before the data of `-o json`
    environment = os.environ | quiet | airflow.environment(settings, where)  # noqa: TID251  what Airflow's own command is given
    os.execve(airflow.COMMAND[0], [*airflow.COMMAND, *context.args], environment)  # noqa: S606  hands over


@app.command(context_settings=PASS_ON)
def test(context: typer.Context) -> None:
    """Check style and types, then run the tests; arguments go to pytest: ./wiredesk test -k copies. With --long, run what takes hours."""
    from pipeline.cli import checks, long
    from pipeline.machine import place

    place.clone("test")
    words = [word for word in context.args if word != "--long"]
    raise typer.Exit(long.run(words) if words != context.args else checks.run(words))


def _settings() -> Settings:
    from pipeline.settings import Settings

    return Settings()
