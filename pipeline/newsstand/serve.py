"""`python -m pipeline.newsstand.serve`: the newsstand as a process. Prints one line of JSON that says where everything is, then serves.

It ends on SIGTERM or SIGINT and, with --with-parent, when the process that started it is gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import clock as clocks
from pipeline.newsstand import replay as replays
from pipeline.newsstand import server, world
from pipeline.newsstand.server import orphaned

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from pipeline.clock import Clock
    from pipeline.newsstand.server import Stand

LOOK = 1.0  # seconds between two looks at the parent
PAST = timedelta(hours=12)  # by which a world begins before a wall clock, so that something is out already


def main(  # noqa: PLR0913, PLR0917  typer turns options into parameters
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 1,
    titles: Annotated[int, typer.Option(help="Number of titles, up to 5,000.")] = 40,
    days: Annotated[float, typer.Option(help="Days over which news happens.")] = 1.0,
    start: Annotated[str | None, typer.Option(help="When it begins, ISO 8601 with zone; else the clock's first moment.")] = None,
    clock: Annotated[str | None, typer.Option(help='A fast clock: "anchor started rate", see pipeline/clock.py.')] = None,
    port: Annotated[int, typer.Option(help="On 127.0.0.1; 0 takes a free one.")] = 0,
    folder: Annotated[Path, typer.Option(help="Where hosts, registry and truth are written.")] = Path("var/newsstand"),
    replay: Annotated[Path | None, typer.Option(help="Serve recorded pages of this folder instead of a world.")] = None,
    feeds: Annotated[Path | None, typer.Option(help="With --replay: recorded feeds.")] = None,
    catalogue: Annotated[Path | None, typer.Option(help="With --replay: a folder with fundus.csv, for titles' names.")] = None,
    with_parent: Annotated[bool, typer.Option("--with-parent", help="End when the parent process does.")] = False,  # noqa: FBT002  a flag of the command line
) -> None:
    """Serve the newsstand on 127.0.0.1."""
    parent, ended = os.getppid(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    now = clocks.read(clock)
    stand: AbstractContextManager[Stand]
    if replay is not None:
        stand = replays.open(replay, feeds, clock=now, folder=folder, port=port, catalogue=catalogue)
    else:
        begun = world.build(seed=seed, titles=titles, days=days, start=_start(start, clock, now))
        stand = server.open(begun, clock=now, port=port, folder=folder)
    with stand as opened, contextlib.suppress(BrokenPipeError):
        print(_told(opened), flush=True)  # noqa: T201  its answer to who started it
        while not ended.wait(LOOK):
            if with_parent and orphaned(parent):
                break


def _start(start: str | None, clock: str | None, now: Clock) -> datetime:
    if start is not None:
        return datetime.fromisoformat(start)
    if clock is not None:
        return datetime.fromisoformat(clock.split()[0])
    return (now() - PAST).replace(minute=0, second=0, microsecond=0)


def _told(stand: Stand) -> str:
    paths = {"hosts": stand.hosts, "registry": stand.registry, "truth": stand.truth}
    return json.dumps({"port": stand.port} | {name: str(path.resolve()) for name, path in paths.items()})


if __name__ == "__main__":
    typer.run(main)
