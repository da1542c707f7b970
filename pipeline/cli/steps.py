"""The steps by hand: sync, migrate, poll, fetch, extract, cluster, publish, with progress."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import ALLOW, BASE, DOMAIN, ETAG, MODIFIED, NOW, ONE_AS_JSON, SOURCE, URL  # noqa: TC001  typer reads them

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipeline.records import Tally
    from pipeline.settings import Settings
    from pipeline.steps.edges import Edges, Report, Wanted

app = typer.Typer()
TITLE = Annotated[list[str] | None, typer.Option("--title", "-t", help="Key of a title, as in `titles list`; may be given several times.")]
LIMIT = Annotated[int | None, typer.Option("--limit", "-n", min=1, help="At most so many items.")]
AS_JSON = Annotated[bool, typer.Option("--json", help="Print the tally as data.")]
PAGE = Annotated[str | None, typer.Argument(metavar="[FILE|URL|-]", help="A page: a file, an address, or - for standard input.")]
PAGE_URL = Annotated[str | None, typer.Option("--url", help="Of a file: the address that it is from.")]
BATCH = Annotated[Path | None, typer.Option("--batch", metavar="INDEX", help="Lines of {id, url, path}: read these pages with all cores.")]
OUT = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Of a batch: where its lines go.")]


@app.command()
def migrate() -> None:
    """Bring the schema of the news up to date, and the registry into it."""
    from pipeline.steps import sync
    from pipeline.store import migrate as schema

    settings, news = _where()
    applied = schema.up(news)
    changed = sync(settings, news).doors["changed"]
    typer.echo(f"Applied: {', '.join(applied) or 'nothing, the schema is up to date'}.")
    typer.echo(f"Registry: {changed:,} blocks new or changed.")


@app.command()
def tables(
    write: Annotated[bool, typer.Option("--write", help="Bring docs/tables.md and the runbook's reasons up to date.")] = False,
) -> None:
    """Print the dictionary of every table, view and column."""
    from pipeline.cli import reasons
    from pipeline.settings import ROOT
    from pipeline.store import connect, diagram, dictionary

    _, news = _where()
    with connect(news) as connection:
        text, drawn = dictionary.markdown(connection), diagram.svg(connection)
    if write:
        (ROOT / "docs" / "tables.md").write_text(text, encoding="utf-8")
        (ROOT / "docs" / "tables.svg").write_text(drawn, encoding="utf-8")
        runbook = ROOT / "docs" / "runbook.md"
        runbook.write_text(reasons.fill(runbook.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        typer.echo(text)


@app.command()
def poll(
    title: TITLE = None,
    limit: LIMIT = None,
    url: URL = None,
    now: NOW = None,
    allow: ALLOW = None,
    domain: DOMAIN = None,
    etag: ETAG = "",
    modified: MODIFIED = "",
    json: AS_JSON = False,
) -> None:
    """Poll the feeds that are due; with --url one feed, now, without the database."""
    from pipeline.cli import options

    if options.alone(
        url,
        {"--title": title, "--limit": limit},
        {"--now": now, "--allow": allow, "--domain": domain, "--etag": etag, "--modified": modified},
    ):
        from pipeline.cli import single, singly

        terms = options.terms(now, allow, domains=domain, etag=etag, modified=modified)
        singly.show(singly.polled(single.poll_once(_settings(), url or "", terms)), as_json=json)
        return
    from pipeline.steps.poll import poll as step

    run("Polling feeds", step, title, limit, nothing="No feed is due. Failed ones are asked later: see ops.schedule.", as_json=json)


@app.command()
def fetch(title: TITLE = None, limit: LIMIT = None, url: URL = None, now: NOW = None, allow: ALLOW = None, json: AS_JSON = False) -> None:
    """Fetch the pages of new articles; with --url one page, now, without the database, and read it."""
    from pipeline.cli import options

    if options.alone(url, {"--title": title, "--limit": limit}, {"--now": now, "--allow": allow}):
        from pipeline.cli import single, singly

        singly.show(singly.fetched(single.fetch_once(_settings(), url or "", options.terms(now, allow))), as_json=json)
        return
    from pipeline.steps.fetch import fetch as step

    run("Fetching pages", step, title, limit, nothing="No page is due: ./wiredesk poll finds new articles.", as_json=json)


@app.command()
def feed(
    source: SOURCE,
    now: NOW = None,
    allow: ALLOW = None,
    domain: DOMAIN = None,
    base: BASE = "",
    json: ONE_AS_JSON = False,
) -> None:
    """Print what a feed says: a file, an address, or - for what comes from standard input."""
    from pipeline.cli import options, single, singly

    terms = options.terms(now, allow, domains=domain)
    found = single.read_any(_settings(), options.source(source, base, terms), terms)
    singly.show(singly.reading(found), as_json=json)


@app.command()
def extract(
    source: PAGE = None,
    title: TITLE = None,
    limit: LIMIT = None,
    url: PAGE_URL = None,
    batch: BATCH = None,
    out: OUT = None,
    now: NOW = None,
    allow: ALLOW = None,
    json: AS_JSON = False,
) -> None:
    """Read the fetched pages: articles, or refusals with a reason. With a page or --batch: those, without the database."""
    if source is not None or batch is not None:
        from pipeline.cli import reading

        reading.run(_settings(), reading.Wish(source=source, url=url, batch=batch, out=out, now=now, allow=allow), as_json=json)
        return
    from pipeline.steps.extract import extract as step

    run("Reading pages", step, title, limit, nothing="No page waits to be read: ./wiredesk fetch brings them.", as_json=json)


@app.command()
def cluster(title: TITLE = None, limit: LIMIT = None, json: AS_JSON = False) -> None:
    """Find the copies among new articles and fold them into stories."""
    from pipeline.steps.cluster import cluster as step

    run("Finding copies", step, title, limit, nothing="Every article has been compared: ./wiredesk extract brings new ones.", as_json=json)


@app.command()
def publish(
    anew: Annotated[bool, typer.Option("--anew", help="Count everything that there is, and keep that as the books.")] = False,
    json: AS_JSON = False,
) -> None:
    """Check that the books balance, and publish an edition."""
    from functools import partial

    from pipeline.steps.publish import publish as balance

    step = partial(balance, anew=anew)
    run("Balancing the books", step, None, None, nothing="The books balance, and are empty: nothing has come yet.", as_json=json)


def run(
    name: str,
    step: Callable[[Edges, Wanted, Report], Mapping[str, Tally]],
    titles: list[str] | None,
    limit: int | None,
    *,
    nothing: str,
    as_json: bool,
) -> None:
    """Do a step with progress, and print its tallies."""
    from pipeline.cli import tables
    from pipeline.cli.screen import progress
    from pipeline.steps.edges import Wanted, opened

    settings, news = _where()
    with opened(settings, news) as edges:
        _check(edges, titles)
        with progress(name) as report:
            tallies = step(edges, Wanted(titles=tuple(titles) if titles else None, limit=limit), report)
    tables.tallies(tallies, nothing=nothing, as_json=as_json)


def _check(edges: Edges, titles: list[str] | None) -> None:
    """SettingsError for a title that nobody knows; the usual slip is a name in place of a key."""
    from pipeline.errors import SettingsError
    from pipeline.store import dicts

    with edges.connection.transaction():
        unknown = dicts(edges.connection, "registry.unknown_titles", keys=titles or [])
    if unknown:
        raise SettingsError(
            f"--title {unknown[0]['wanted']}", "no title has this key", hint="See ./wiredesk titles list, or run ./wiredesk migrate."
        )


def _settings() -> Settings:
    from pipeline.settings import Settings

    return Settings()


def _where() -> tuple[Settings, str]:
    from pipeline.machine.databases import news

    settings = _settings()
    return settings, news(settings)
