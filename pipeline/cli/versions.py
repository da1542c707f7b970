"""The commands that show what became of an article's text, and that read a day's pages anew."""

from __future__ import annotations

import json as data
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.steps import AS_JSON, LIMIT, TITLE  # noqa: TC001  typer reads them

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.steps.reextract import Other

LONGEST = 300  # characters of a difference that are shown
app = typer.Typer()


@app.command()
def versions(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of an article.")],
    json: Annotated[bool, typer.Option("--json", help="Print them as data.")] = False,
) -> None:
    """Print the versions of an article, each with its class and what it changed."""
    from pipeline import urls
    from pipeline.machine.databases import news
    from pipeline.settings import Settings
    from pipeline.store import connect, dicts

    try:
        key = urls.key(url)
    except ValueError as error:
        raise typer.BadParameter(f"{url!r} is no address") from error
    with connect(news(Settings())) as connection:
        found = dicts(connection, "reread.versions", url_key=key)
    if not found:
        typer.echo("No text of this address is kept. ./wiredesk fetch --url looks at it now.")
        raise typer.Exit(1)
    if json:
        print(data.dumps([_plain(one, before) for one, before in _pairs(found)], ensure_ascii=False, indent=1))
        return
    for line in _lines(found):
        typer.echo(line)


def _pairs(found: Sequence[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    yield from zip(found, (None, *found[:-1]), strict=True)


def _difference(one: dict[str, Any], before: dict[str, Any] | None) -> list[str]:
    from pipeline.articles import changes

    return list(changes.lines((before["headline"], before["text"]), (one["headline"], one["text"]))) if before else []


def _plain(one: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    told = {name: one[name] for name in ("number", "change", "headline", "text", "words", "method")}
    withdrawn = one["gone_at"]
    times = {"at": one["extracted_at"].isoformat(), "gone_at": withdrawn.isoformat() if withdrawn else None}
    return told | times | {"difference": _difference(one, before)}


def _lines(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield found[0]["url"]
    for one, before in _pairs(found):
        at = f"{one['extracted_at']:%Y-%m-%d %H:%M} UTC"
        yield f"\n{one['number']}  {at}  {one['change'] or 'first'}  {one['words']:,} words  {one['headline']}"
        yield from (f"   {line}" for line in _difference(one, before))
    if found[-1]["gone_at"]:
        yield f"\n-  {found[-1]['gone_at']:%Y-%m-%d %H:%M} UTC  withdrawn: its page is gone"


@app.command()
def reread(title: TITLE = None, limit: LIMIT = None, json: AS_JSON = False) -> None:
    """Read again the pages that are due again: after 1 hour, 24 hours and 7 days."""
    from pipeline.cli import steps
    from pipeline.steps.reread import reread as step

    steps.run("Reading again", step, title, limit, nothing="No page is due again: see ops.reread.", as_json=json)


@app.command()
def learn(title: TITLE = None, limit: LIMIT = None, json: AS_JSON = False) -> None:
    """Learn what each title's pages repeat, and see whether its layout has changed."""
    from pipeline.cli import steps
    from pipeline.steps.learn import learn as step

    steps.run("Learning", step, title, limit, nothing="No title has new texts.", as_json=json)


@app.command()
def reextract(
    day: Annotated[str, typer.Option("--day", metavar="DATE", help="Pages fetched on this day, UTC: 2026-03-02.")],
    apply: Annotated[bool, typer.Option("--apply", help="Mend the versions that are read otherwise.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the differences as data.")] = False,
) -> None:
    """Read a day's pages anew: the same code gives the same rows; what differs is reported, and ends with exit code 1."""
    from datetime import date

    from pipeline.cli.screen import progress
    from pipeline.machine.databases import news
    from pipeline.settings import Settings
    from pipeline.steps.edges import opened
    from pipeline.steps.reextract import reextract as step

    try:
        which = date.fromisoformat(day)
    except ValueError as error:
        raise typer.BadParameter(f"{day!r} is no day such as 2026-03-02", param_hint="--day") from error
    settings = Settings()
    with opened(settings, news(settings)) as edges, progress("Reading anew") as report:
        count, others = step(edges, which, report, apply=apply)
    if json:
        print(data.dumps([_other(one) for one in others], ensure_ascii=False, indent=1, default=str))
    else:
        for line in _told(others):
            typer.echo(line)
        done = "and mended" if apply else "and nothing was written"
        typer.echo(f"{count:,} versions of {day}: {f'{len(others):,} read otherwise, {done}' if others else 'all as they are stored'}.")
    raise typer.Exit(int(bool(others) and not apply))


def _other(one: Other) -> dict[str, Any]:
    return {"url": one.url, "number": one.number, "columns": {name: list(pair) for name, pair in one.columns.items()}}


def _told(others: Sequence[Other]) -> Iterator[str]:
    from pipeline.articles import changes

    for one in others:
        yield f"{one.url}  version {one.number}: {', '.join(one.columns)}"
        headline, text = (one.columns.get(name, ("", "")) for name in ("headline", "text"))
        yield from (f"   {line}" for line in changes.lines((headline[0], text[0]), (headline[1], text[1])))
        for name, (was, now) in one.columns.items():
            if name not in {"headline", "text"}:
                yield f"   {name}: {_said(was)} -> {_said(now)}"[:LONGEST]


def _said(value: Any) -> str:
    return data.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list) else str(value)
