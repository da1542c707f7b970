"""Settings -> which Wiredesk they are, the command that asks it, and which others run on this machine."""

from __future__ import annotations

import shlex
from pathlib import Path

from pipeline.errors import MachineError
from pipeline.machine import processes
from pipeline.settings import ROOT, Settings

IMAGE = not (ROOT / "wiredesk").exists()  # no clone: a part of a deployment on many machines, see Dockerfile
WRITTEN = Settings.model_fields["command"].default  # as our texts have it


def name(var: Path) -> str:
    """Return a place as people of this clone write it: "var/demo"; elsewhere with its whole path."""
    full = var.resolve()
    return str(full.relative_to(ROOT)) if full.is_relative_to(ROOT) else str(full)


def command(settings: Settings, var: Path | None = None) -> str:
    """Return what begins every command that is to ask this place, or that of another `var`."""
    var = var or settings.var
    here = var.resolve() == (ROOT / "var").resolve()
    return settings.command if here else f"WIREDESK_VAR={shlex.quote(name(var))} {settings.command}"


def told(text: str, settings: Settings) -> str:
    """Return a text with its commands as they have to be given to ask this place."""
    return text.replace(f"`{WRITTEN} ", f"`{command(settings)} ")


def clone(word: str) -> None:
    """Raise MachineError within the image: what `word` does for a clone, the engine does for a deployment."""
    if IMAGE:
        hint = "See docs/deploy.md: docker compose ps, up, stop."
        raise MachineError(f"`{word}`", "is for a clone, and this is a part of a deployment", hint=hint)


def others(var: Path) -> list[Path]:
    """Return the other places of which something runs, as far as this user may see."""
    return sorted({Path(found) for found in processes.instances()} - {var.resolve()})
