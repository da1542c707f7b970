"""`./wiredesk test`: style, form, types and tests, each with its time; all of them run, whichever fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from rich.console import Console

from pipeline.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

CHECKS = {
    "ruff check": ("ruff", "check"),
    "ruff format": ("ruff", "format", "--check"),
    "mypy": ("mypy",),
    "pytest": ("pytest",),
}
TWO_AT_ONCE = ("-n", "2", "--dist", "loadfile")  # files, not tests: what a file sets up takes longer than most of its tests


def run(arguments: Sequence[str]) -> int:
    """Run every check, `arguments` going to pytest, and return the exit code of the first that failed. Without any, all tests run."""
    console = Console(highlight=False)
    # A test run must never reach the news that somebody's WIREDESK_DATABASE_URL names.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("WIREDESK_", "AIRFLOW_"))}  # noqa: TID251  what a child is given
    codes: dict[str, int] = {}
    seconds: dict[str, float] = {}
    for name, command in CHECKS.items():
        console.rule(name, align="left")
        started = time.monotonic()
        whole = [sys.executable, "-m", *command, *((arguments or TWO_AT_ONCE) if name == "pytest" else ())]
        codes[name] = subprocess.run(whole, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603  our own command
        seconds[name] = time.monotonic() - started
    console.rule(align="left")
    for name, code in codes.items():
        console.print(f"  {'[green]✓[/green]' if code == 0 else '[red]✗[/red]'} {name:<12} {seconds[name]:6.1f} s")
    return next((code for code in codes.values() if code), 0)
