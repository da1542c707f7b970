"""Commands by which people put copies together, keep them apart, choose a canonical article or an agency: decide together, apart, ..."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, cast

import typer

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from pipeline.stories.decisions import What

app = typer.Typer(help="People's word on stories: it holds whenever stories are made anew, until it is withdrawn.", no_args_is_help=True)
WHO = Annotated[str, typer.Option("--by", envvar="USER", help="Who decides.")]
WHY = Annotated[str, typer.Option("--why", help="The reason, for whoever wonders later.")]
URL = Annotated[str, typer.Argument(metavar="URL", help="Address of an article.")]
OTHER = Annotated[str, typer.Argument(metavar="OTHER", help="Address of another article.")]


@app.command()
def together(url: URL, other: OTHER, why: WHY, by: WHO) -> None:
    """Put two articles into one story, whatever the machine thinks."""
    _decide("must_link", (url, other), why, by)


@app.command()
def apart(url: URL, other: OTHER, why: WHY, by: WHO) -> None:
    """Keep two articles in two stories."""
    _decide("cannot_link", (url, other), why, by)


@app.command()
def canonical(url: URL, why: WHY, by: WHO) -> None:
    """Let the article stand for the story that it is in."""
    _decide("set_canonical", (url,), why, by)


@app.command()
def agency(
    url: URL, key: Annotated[str, typer.Argument(metavar="AGENCY", help="Key of an agency; none: it is no agency's.")], why: WHY, by: WHO
) -> None:
    """Say whose text the story is that the article is in."""
    _decide("set_agency", (url,), why, by, key)


@app.command("list")
def list_decisions(
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="Those that hold no longer, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as data.")] = False,
) -> None:
    """Show what was decided, by whom and why."""
    from rich.console import Console
    from rich.table import Table

    from pipeline.steps import decisions
    from pipeline.steps.edges import opened

    settings, where = _where()
    with opened(settings, where) as edges:
        rows = decisions.listed(edges, withdrawn=withdrawn)
    if as_json:
        print(json.dumps(rows, default=str, ensure_ascii=False, indent=1))
        return
    table = Table("no.", "what", "about", "by", "on", "why", box=None, header_style="dim", pad_edge=False)
    for row in rows:
        about = "\n".join(part for part in (row["url"], row["other_url"], row["agency"]) if part)
        gone = f"\nwithdrawn by {row['withdrawn_by']}: {row['withdrawn_why']}" if row["withdrawn_at"] else ""
        table.add_row(str(row["decision_id"]), row["what"].replace("_", " "), about, row["who"], f"{row['at']:%Y-%m-%d}", row["why"] + gone)
    Console(highlight=False).print(table if rows else "Nothing has been decided.", markup=False)


@app.command()
def withdraw(number: Annotated[int, typer.Argument(help="Number of the decision, as in `decide list`.")], why: WHY, by: WHO) -> None:
    """Let a decision hold no longer."""
    from pipeline.steps import decisions
    from pipeline.steps.edges import opened

    settings, where = _where()
    with opened(settings, where) as edges:
        decisions.withdraw(edges, number, who=by, why=why)
    typer.echo(f"Decision {number} is withdrawn; the stories around it were made anew.")


def _decide(what: str, urls: tuple[str, ...], why: str, by: str, agency: str = "none") -> None:
    from pipeline.errors import DecisionError
    from pipeline.steps import decisions
    from pipeline.steps.edges import opened
    from pipeline.store import dicts

    settings, where = _where()
    with opened(settings, where) as edges:
        with edges.connection.transaction():
            articles = tuple(decisions.article(edges.connection, url) for url in urls)
            known = {row["agency"] for row in dicts(edges.connection, "registry.agencies")}
        if agency != "none" and agency not in known:
            raise DecisionError(f"agency {agency}", "none has this key", hint="See pipeline/registry/agencies.toml.")
        told = None if agency == "none" else agency
        number = decisions.decide(edges, cast("What", what), articles, who=by, why=why, agency=told)
    typer.echo(f"Decision {number} holds; the stories around it were made anew.")


def _where() -> tuple[Settings, str]:
    from pipeline import settings as settled
    from pipeline.machine.databases import news

    settings = settled.Settings()
    return settings, news(settings)
