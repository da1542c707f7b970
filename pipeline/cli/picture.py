"""A day that has been read -> its picture in the terminal or as SVG, or the same as data with the score against the newsstand's truth."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.table import Table
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

from pipeline.newsstand import truth
from pipeline.newsstand.score import Looked, score
from pipeline.steps.figures import figures
from pipeline.store import connect, dicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta
    from pathlib import Path

    from rich.text import TextType

    from pipeline.cli.day import Day

STORIES = 5
MEMBERS = 6
BAR = 10  # columns of a whole bar
NARROW = 76  # columns below which figures go without bars
WIDTH, IN_SVG = 90, 2  # columns and stories of the SVG
QUERY = "SELECT title, agency, relation, kept, own, lag FROM mart.syndication LIMIT 20"


def data(day: Day) -> dict[str, Any]:
    """Return figures, top stories, agencies, refusals and the score as JSON's own types."""
    with connect(day.where.news) as connection:
        stories = dicts(connection, "demo.stories", limit=STORIES)
        members = dicts(connection, "demo.members", stories=[story["story_id"] for story in stories])
        found = dicts(connection, "demo.found")
        refused = {
            url: row["reason"] for row in dicts(connection, "demo.refused") for url in (row["feed_url"], row["article_url"], row["url"])
        }
        refused.pop(None, None)
        result = score(
            truth.read(day.truth),
            {row["url"]: row["story_id"] for row in found},
            {row["url"]: row["agency"] for row in found},
            refused,
            looks={row.pop("url"): Looked(**row) for row in dicts(connection, "demo.looks")},
            until=day.end.isoformat(),
        )
        for story in stories:
            story["members"] = [member for member in members if member["story_id"] == story["story_id"]]
        return {
            "until": day.end.isoformat(),
            "figures": dict(figures(connection)),
            "stories": stories,
            "agencies": dicts(connection, "demo.agencies"),
            "refusals": dicts(connection, "demo.refusals"),
            "score": result.as_dict(),
        }


def as_json(day: Day) -> None:
    print(json.dumps(data(day), indent=1, default=str, ensure_ascii=False))


def show(day: Day) -> None:
    """Print the picture."""
    found, console = data(day), Console(highlight=False)
    _print(console, day, found, STORIES)
    console.print()
    console.print(_refusals(found["refusals"]))
    console.print(_score(found["score"]))
    _invite(console, _short(day))


def _invite(console: Console, folder: str) -> None:
    """Say what to do next: each command in one line, however narrow the terminal, so that it can be copied."""
    console.print("Ask it yourself:", style="bold")
    for line in (
        f"WIREDESK_VAR={folder} ./wiredesk psql --as analyst -c '{QUERY}'",
        "./wiredesk demo --serve     a newsstand like this one, read by Airflow on a fast clock",
        "./wiredesk up               hundreds of real titles, on a schedule",
    ):
        console.print(Text(f"  {line}"), soft_wrap=True)


def as_svg(day: Day, path: Path) -> None:
    """Write the beginning of the picture as the README shows it: no font of another site's, its own background."""
    console = Console(highlight=False, record=True, file=io.StringIO(), width=WIDTH, color_system="truecolor", force_terminal=True)
    found = data(day)
    _print(console, day, found, IN_SVG)
    console.print(_score(found["score"]))
    form = re.sub(r"@font-face \{\{.*?\}\}\s*|<!--.*?-->", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace("Fira Code", "Menlo, Consolas")
    drawn = console.export_svg(title="./wiredesk demo", theme=SVG_EXPORT_THEME, code_format=form, unique_id="demo")
    path.write_text("\n".join(line.rstrip() for line in drawn.splitlines()) + "\n", encoding="utf-8")


def _print(console: Console, day: Day, found: Mapping[str, Any], stories: int) -> None:
    numbers = found["figures"]
    console.rule(f"[bold]{day.start:%A %-d %B %Y}, read from the newsstand", align="left")
    console.print(
        f"{numbers['articles']:,} articles are {numbers['stories']:,} independent stories and {numbers['copies']:,} copies;"
        f" {numbers['refused']:,} {'page was' if numbers['refused'] == 1 else 'pages were'} refused."
        f" {numbers['polls']:,} polls, {numbers['entries']:,} sightings.\n"
    )
    console.print("[bold]Top stories[/bold], by the number of owners that run them")
    for place, story in enumerate(found["stories"][:stories], 1):
        console.print(_story(place, story, bars=console.width >= NARROW))
    console.print(_agencies(found["agencies"], bars=console.width >= NARROW))


def _score(found: Mapping[str, Any]) -> Text:
    pairs, agencies, versions = (found[name] for name in ("pairs", "agencies", "versions"))
    return Text.assemble(
        ("\nAgainst the newsstand's ground truth", "bold"),
        f"\ncopies    precision {pairs['precision']:.3f}  recall {pairs['recall']:.3f}",
        f"\nagencies  precision {agencies['precision']:.3f}  recall {agencies['recall']:.3f}",
        f"\nversions  precision {versions['precision']:.3f}  recall {versions['recall']:.3f}\n",
    )


def _short(day: Day) -> str:
    from pipeline.settings import ROOT

    return str(day.settings.var.resolve()).removeprefix(f"{ROOT}/")


def _story(place: int, story: Mapping[str, Any], *, bars: bool) -> Table:
    title: TextType = Text(f"{place}  {story['headline']}", style="bold cyan")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), title=title, title_justify="left")
    for name in ("title", "relation", "kept", "own", "after"):
        table.add_column(
            name, header_style="dim", no_wrap=name != "title", overflow="fold"
        )  # where there is no room, names wrap and figures stay
    for member in story["members"][:MEMBERS]:
        first = member["relation"] == "origin"
        who = Text(f"   {member['title_name']}", style="bold" if first else "")
        shares = (_share(member["kept"], "green", bars), _share(member["own"], "yellow", bars))
        table.add_row(who, member["relation"], *shares, _lag(member["lag"]))
    more = len(story["members"]) - MEMBERS
    if more > 0:
        table.add_row(Text(f"   and {more} more", style="dim"))
    counts = f"{story['articles']} articles, {story['titles']} titles, {story['owners']} owners"
    counts += "" if story["agency_seen"] else "; its own article was not seen, so a copy stands for it"
    table.caption, table.caption_justify = Text(f"   {story['agency']}: {counts}\n", style="dim"), "left"
    return table


def _agencies(rows: Sequence[Mapping[str, Any]], *, bars: bool) -> Table:
    table = Table(
        box=None, pad_edge=False, padding=(0, 2, 0, 0), title="[bold]Whose text it was[/bold]", title_justify="left", title_style=""
    )
    for name in ("agency", "articles", "stories", "kept", "own", "after (median)"):
        table.add_column(name, header_style="dim", justify="right" if name in {"articles", "stories"} else "left")
    for row in rows:
        shares = (_share(row["kept"], "green", bars), _share(row["own"], "yellow", bars))
        table.add_row(row["agency"], f"{row['articles']:,}", f"{row['stories']:,}", *shares, _lag(row["lag"]))
    table.caption = ""
    return table


def _refusals(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        title="[bold]What was not kept, and why[/bold]",
        title_justify="left",
        title_style="",
    )
    for name in ("what", "reason", "items"):
        table.add_column(name, header_style="dim", justify="right" if name == "items" else "left")
    for row in rows:
        table.add_row(row["stage"], row["reason"], f"{row['items']:,}")
    table.caption = ""
    return table


def _share(share: float | None, colour: str, bars: bool) -> Text:
    if share is None:
        return Text("")
    if not bars:
        return Text(f"{share:4.0%}")
    full = round(share * BAR)
    return Text.assemble(("█" * full, colour), ("░" * (BAR - full), "dim"), f" {share:4.0%}")


def _lag(lag: timedelta | None) -> str:
    if lag is None:
        return "?"
    minutes = round(lag.total_seconds() / 60)
    sign, minutes = ("-" if minutes < 0 else ""), abs(minutes)
    return f"{sign}{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{sign}{minutes} min"  # noqa: PLR2004  minutes of an hour
