"""Commands about the registry: titles list, check, discover, import, export."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import ALLOW, DOMAIN, NOW  # noqa: TC001  typer reads them

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.cli.looks import Look
    from pipeline.records import Title
    from pipeline.registry import Registry
    from pipeline.registry.mistakes import Mistake
    from pipeline.settings import Settings

app = typer.Typer(help="The registry of titles: what stands in it, and whether it is right.", no_args_is_help=True)
COUNTRY = Annotated[list[str], typer.Option("--country", help="Only of this country (fr); may be repeated.")]
LANGUAGE = Annotated[list[str], typer.Option("--language", help="Only in this language (fr); may be repeated.")]
KIND = Annotated[list[str], typer.Option("--kind", help="Only of this kind (newspaper); may be repeated.")]
TITLE = Annotated[list[str], typer.Option("--title", help="Only this title (le-monde); may be repeated.")]
AS_JSON = Annotated[bool, typer.Option("--json", help="Print it as data.")]
WIDEST = 60  # characters of what a refusal says


@app.command("list")
def list_titles(country: COUNTRY = [], language: LANGUAGE = [], kind: KIND = [], as_json: AS_JSON = False) -> None:  # noqa: B006  typer copies it
    """Show the titles of the registry."""
    from pipeline.cli.lists import table
    from pipeline.registry import load

    titles = _chosen(load(_settings().registry).titles, country=country, language=language, kind=kind)
    if as_json:
        print(json.dumps([asdict(title) for title in titles], ensure_ascii=False, indent=1))
        return
    table(
        ("key", "name", "owner", "country", "language", "kind", "feeds"),
        [(t.key, t.name, t.owner, t.country, t.language, t.kind, str(len(t.feeds))) for t in titles],
    )
    print(_sum(titles))


@app.command()
def check(
    live: Annotated[bool, typer.Option("--live", help="Poll each feed once, too.")] = False,
    title: TITLE = [],  # noqa: B006  typer copies it
    country: COUNTRY = [],  # noqa: B006  typer copies it
    limit: Annotated[int | None, typer.Option(min=1, help="With --live: at most so many feeds.")] = None,
    threads: Annotated[int, typer.Option(min=1, max=64, help="With --live: hosts polled at a time.")] = 16,
    as_json: AS_JSON = False,
) -> None:
    """Look for mistakes in titles and agencies; exit code 1 if there are any, or if --live gets no answer at all."""
    from pipeline.registry import survey

    settings = _settings()
    registry, mistakes = survey(settings.registry)
    looks: tuple[Look, ...] = ()
    if live and not mistakes:
        looks = _looks(settings, _chosen(registry.titles, key=title, country=country), limit, threads)
    if as_json:
        print(_data(mistakes, looks))
    else:
        _tell(settings.registry, registry, mistakes)
        if looks:
            _tell_looks(looks)
    raise typer.Exit(bool(mistakes) or (bool(looks) and all(look.refusal for look in looks)))


@app.command()
def discover(
    url: Annotated[str, typer.Argument(metavar="URL", help="A site's front page: https://example.com")],
    domain: DOMAIN = None,
    now: NOW = None,
    allow: ALLOW = None,
    as_json: AS_JSON = False,
) -> None:
    """Find a site's feeds and news sitemaps, and print a block for the registry; TODO marks what you have to say."""
    from pipeline.cli import discover as search
    from pipeline.cli import lists, options
    from pipeline.cli.screen import progress
    from pipeline.registry import survey

    settings = _settings()
    with progress("Looking for feeds") as report:
        found = search.discover(settings, url, options.terms(now, allow, domains=domain), report)
    titles = (found.title,) if found.title else ()
    lists.discovered(titles, found.looks, survey(settings.registry)[0].titles, as_json=as_json)


@app.command("import")
def import_list(
    file: Annotated[str, typer.Argument(metavar="FILE.opml", help="A list of feeds, or - for standard input.")], as_json: AS_JSON = False
) -> None:
    """Read a reader's list of feeds (OPML), and print blocks for the registry; TODO marks what you have to say."""
    from pipeline.cli import lists, options
    from pipeline.errors import RegistryError
    from pipeline.registry import drafts, opml, survey

    outlines, unusable = opml.read(options.content(file))
    if not outlines and not unusable:
        raise RegistryError(file, "no outline in it", hint="It looks like <opml><body><outline xmlUrl=...>: export it from a feed reader.")
    known = survey(_settings().registry)[0].titles
    lists.imported(drafts.from_outlines(outlines, {title.key for title in known}), unusable, known, as_json=as_json)


@app.command()
def export(
    opml: Annotated[bool, typer.Option("--opml/--toml", help="A list for feed readers, or blocks of the registry.")] = True,
    country: COUNTRY = [],  # noqa: B006  typer copies it
    language: LANGUAGE = [],  # noqa: B006  typer copies it
    kind: KIND = [],  # noqa: B006  typer copies it
    title: TITLE = [],  # noqa: B006  typer copies it
) -> None:
    """Write the registry's feeds as OPML 2.0; `titles import` gives the same titles back."""
    from pipeline.cli import lists
    from pipeline.registry import load
    from pipeline.registry import opml as form

    titles = _chosen(load(_settings().registry).titles, key=title, country=country, language=language, kind=kind)
    if opml:
        typer.echo(form.write(titles), nl=False)
    else:
        lists.blocks(titles)


def _settings() -> Settings:
    from pipeline.settings import Settings

    return Settings()


def _chosen(titles: Sequence[Title], **wanted: Sequence[str]) -> tuple[Title, ...]:
    """Return the titles whose fields have one of the wanted values; a field of which nothing is wanted does not matter."""
    from pipeline.errors import SettingsError

    for field, values in wanted.items():
        known = {getattr(title, field) for title in titles}
        if strange := sorted(set(values) - known):
            name = "title" if field == "key" else field
            raise SettingsError(f"--{name} {strange[0]}", "no title of the registry is such", hint="./wiredesk titles list shows them.")
    return tuple(title for title in titles if all(not values or getattr(title, field) in values for field, values in wanted.items()))


def _sum(titles: Sequence[Title]) -> str:
    countries, languages = ({getattr(title, field) for title in titles} for field in ("country", "language"))
    feeds = sum(len(title.feeds) for title in titles)
    return f"titles {len(titles):,}  countries {len(countries)}  languages {len(languages)}  feeds {feeds:,}"


def _tell(folder: Path, registry: Registry, mistakes: Sequence[Mistake]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for mistake in mistakes:
        console.print(Text.assemble((f"{folder / mistake.file}:{mistake.line}", "bold red"), f": {mistake.problem}"))
    if mistakes:
        console.print(Text(f"{len(mistakes)} {'mistake' if len(mistakes) == 1 else 'mistakes'}", style="bold red"))
    else:
        console.print(Text.assemble(("✓ ", "green"), f"{_sum(registry.titles)}  agencies {len(registry.agencies)}"))


def _looks(settings: Settings, titles: Sequence[Title], limit: int | None, threads: int) -> tuple[Look, ...]:
    """Poll the feeds of the titles, with a bar on standard error, in the order of the registry."""
    from rich.console import Console
    from rich.progress import track

    from pipeline.cli import looks

    asked = [(title, feed) for title in titles for feed in title.feeds][:limit]
    coming = looks.poll(settings, asked, threads=threads)
    seen = list(track(coming, total=len(asked), description="polling", console=Console(stderr=True), transient=True))
    return tuple(sorted(seen, key=lambda look: look.place))


def _tell_looks(looks: Sequence[Look]) -> None:
    from pipeline.cli.lists import table
    from pipeline.cli.looks import age

    rows = [
        (look.title, look.feed, look.refusal or look.form, str(look.entries), age(look.newest, look.at), look.detail[:WIDEST])
        for look in looks
    ]
    table(("title", "feed", "status", "entries", "newest", "detail"), rows, [bool(look.refusal) for look in looks])
    read, entries = sum(not look.refusal for look in looks), sum(look.entries for look in looks)
    print(f"feeds {len(looks):,}  read {read:,}  refused {len(looks) - read:,}  entries {entries:,}")


def _data(mistakes: Sequence[Mistake], looks: Sequence[Look]) -> str:
    found = {"mistakes": [asdict(mistake) for mistake in mistakes], "feeds": [asdict(look) for look in looks]}
    return json.dumps(found, ensure_ascii=False, indent=1, default=str)
