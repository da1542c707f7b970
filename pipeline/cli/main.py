"""The command line as a whole: who mounts what, and how errors look.

Only typer is imported here and at the top of the mounted modules, so that `--help` takes a fraction of a second.
"""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from typing import Annotated

import typer

from pipeline.errors import WiredeskError

PARTS = {  # module of this folder -> the name it is mounted under
    "demo": None,
    "machine": None,
    "titles": "titles",
    "steps": None,
    "versions": None,
    "fold": None,
    "why": None,
    "ask": None,
    "export": None,
    "recompute": None,
    "decide": "decide",
    "events": None,
}
UNMIGRATED = {f"psycopg.{name}" for name in ("UndefinedTable", "UndefinedColumn", "UndefinedFunction", "InvalidSchemaName")}
UNWRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENOSPC}
TYPED = os.environ.get("WIREDESK_COMMAND") or "./wiredesk"  # noqa: TID251  `Settings.command`, which takes long to import

tracebacks = False
app = typer.Typer(
    name="wiredesk",
    help="Read the feeds of hundreds of titles and fold every wire text's copies into one story.",
    epilog="Begin with `./wiredesk demo` (offline) or `./wiredesk up`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def options(debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False) -> None:
    global tracebacks  # noqa: PLW0603  read where errors are caught, outside of typer
    tracebacks = debug


def main() -> None:
    """Run the command of sys.argv; an error is one line and what to do next."""
    for part, name in PARTS.items():
        app.add_typer(import_module(f"pipeline.cli.{part}").app, name=name)
    try:
        app(prog_name=TYPED)
    except BrokenPipeError:  # `./wiredesk ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:  # what is ours to tell is told, the rest is raised again
        told = _told(error)
        if told is None or tracebacks:
            raise
        _print(*told)
        sys.exit(1)


def _told(error: Exception) -> tuple[str, str] | None:
    """Return what is wrong and what to do next, or None where only the traceback helps."""
    if isinstance(error, WiredeskError):
        return str(error), error.hint
    kind = f"{type(error).__module__.partition('.')[0]}.{type(error).__name__}"  # by name: they are slow to import
    if kind == "pydantic_core.ValidationError" and getattr(error, "title", "") == "Settings":
        wrong = error.errors()[0]  # type: ignore[attr-defined]  # known by its name, so that it need not be imported
        return f"WIREDESK_{'_'.join(map(str, wrong['loc'])).upper()}={wrong['input']}: {wrong['msg']}", "Correct the variable, or unset it."
    if isinstance(error, OSError) and error.errno in UNWRITABLE and error.filename:
        hint = "It must be writable for the user who runs this; WIREDESK_VAR names another folder."
        return f"{error.filename}: {error.strerror}", hint
    if kind in UNMIGRATED:
        return f"the schema of the news is not there, or not this release's: {str(error).splitlines()[0]}", "Run ./wiredesk migrate."
    if kind.startswith("psycopg.") and kind.endswith("OperationalError"):
        return f"Postgres: {str(error).strip().splitlines()[0]}", "Run ./wiredesk doctor."
    return None


def _print(what: str, hint: str) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, soft_wrap=True)
    console.print(Text(what, style="bold red"))
    if hint:
        console.print(Text(hint.replace("./wiredesk", TYPED)))
