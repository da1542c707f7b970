"""A folder of settings -> which Wiredesk that is, the command that asks it, and which others run on this machine."""

from __future__ import annotations

import shlex
from pathlib import Path

from pipeline.machine import processes
from pipeline.settings import ROOT

COMMAND = "./wiredesk"


def name(var: Path) -> str:
    """Return a place as people of this clone write it: "var/demo"; elsewhere with its whole path."""
    full = var.resolve()
    return str(full.relative_to(ROOT)) if full.is_relative_to(ROOT) else str(full)


def command(var: Path) -> str:
    """Return what begins every command that is to ask this place."""
    return COMMAND if var.resolve() == (ROOT / "var").resolve() else f"WIREDESK_VAR={shlex.quote(name(var))} {COMMAND}"


def told(text: str, var: Path) -> str:
    """Return a text with its commands as they have to be given to ask this place."""
    return text.replace(f"`{COMMAND} ", f"`{command(var)} ")


def others(var: Path) -> list[Path]:
    """Return the other places of which something runs, as far as this user may see."""
    return sorted({Path(found) for found in processes.instances()} - {var.resolve()})
