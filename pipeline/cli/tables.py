"""Status and findings -> a table for people, or JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.machine.doctor import Finding
    from pipeline.machine.status import Status
    from pipeline.records import Tally


def status(now: Status, figures: Mapping[str, int] | None, *, as_json: bool) -> None:
    """Print what runs."""
    total = round(sum(part.megabytes for part in now.parts), 1)
    if as_json:
        print(json.dumps(asdict(now) | {"megabytes": total, "figures": dict(figures) if figures else None}, indent=1))
        return
    console = Console(highlight=False)
    console.print(
        f"Wiredesk runs at {now.address} since {now.started}" if now.running else "Wiredesk does not run. Start it with ./wiredesk up"
    )
    if now.postgres:
        console.print(f"Postgres answers on {now.postgres}")
    if now.parts:
        table = Table("part", "pid", "processes", "MB", box=None, header_style="dim", pad_edge=False)
        for column in table.columns[1:]:
            column.justify = "right"
        for part in now.parts:
            table.add_row(part.name, str(part.pid), str(part.processes), f"{part.megabytes:,.0f}")
        table.add_row("total", "", str(sum(part.processes for part in now.parts)), f"{total:,.0f}", style="bold")
        console.print(table)
    if figures:
        console.print("  ".join(f"{name} {count:,}" for name, count in figures.items()))


def findings(found: Sequence[Finding], *, as_json: bool) -> None:
    """Print what was examined, problems with what to do next."""
    if as_json:
        print(json.dumps([asdict(finding) for finding in found], indent=1))
        return
    console = Console(highlight=False, soft_wrap=True)
    for finding in found:
        mark = ("✗ ", "bold red") if finding.problem else ("✓ ", "green")
        console.print(Text.assemble(mark, (f"{finding.subject:<21} ", "bold" if finding.problem else ""), finding.says))
        if finding.problem and finding.hint:
            console.print(Text(f"    {finding.hint}"))


def tallies(found: Mapping[str, Tally], *, nothing: str, as_json: bool) -> None:
    """Print what a step did: items, and the doors they left by; `nothing` where there was nothing to do."""
    if as_json:
        print(json.dumps({noun: {"seen": tally.seen, **tally.doors} for noun, tally in found.items()}, indent=1))
        return
    console = Console(highlight=False)
    if not any(tally.seen for tally in found.values()):
        console.print(nothing)
        return
    for noun, tally in found.items():
        table = Table(noun, f"{tally.seen:,}", box=None, header_style="bold", pad_edge=False)
        table.columns[1].justify = "right"
        for door, count in sorted(tally.doors.items(), key=lambda item: (-item[1], item[0])):
            table.add_row(f"  {door}", f"{count:,}")
        console.print(table)
