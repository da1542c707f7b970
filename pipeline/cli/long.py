"""`./wiredesk test --long`: the benchmarks with their floors, one after the other, each with a bound on its time; a table at the end.

They take hours, so that `./wiredesk test` and CI leave them out. Each is a process of its own: one that fails or is killed stops no other.
Words after `--long` choose those whose name has one of them. `RUNS` is the list; docs/scale.md says what each shows.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console

from pipeline.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SKIPPED = "skipped"  # how a run begins its last line where this machine has not what it needs
GRACE = 20.0  # seconds to end in, for a run whose time is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A benchmark with its bound."""

    module: str
    minutes: float  # it is ended after so many: several times what it takes on two cores
    arguments: tuple[str, ...] = ("--check",)


RUNS = (
    Run(module="mutations", minutes=60),
    Run(module="hostile", minutes=40),
    Run(module="children", minutes=20),
    Run(module="polling", minutes=30),
    Run(module="orders", minutes=60),
    Run(module="candidates", minutes=60),
    Run(module="apiece", minutes=45),
    Run(module="concurrency", minutes=60),
    Run(module="events", minutes=30),
    Run(module="export", minutes=30),
    Run(module="questions", minutes=120),
    Run(module="growth", minutes=120),
    Run(module="throughput", minutes=40),
    Run(module="soak", minutes=120),
    Run(module="machines", minutes=30),
    Run(module="faults", minutes=120),
)


def run(words: Sequence[str], runs: Sequence[Run] = RUNS) -> int:
    """Run what is chosen, print how each went, and return 1 if any failed."""
    console = Console(highlight=False)
    chosen = [one for one in runs if not words or any(word in one.module for word in words)]
    rows = []
    for one in chosen:
        console.rule(one.module, align="left")
        started = time.monotonic()
        rows.append((one.module, _ran(one), time.monotonic() - started))
    console.rule(align="left")
    for module, how, seconds in rows:
        console.print(f"  {'[red]✗[/red]' if how in {'failed', 'too long'} else '[green]✓[/green]'} {module:<12} {how:<9} {seconds:8.1f} s")
    return int(not rows or any(how in {"failed", "too long"} for _, how, _ in rows))


def _ran(one: Run) -> str:
    """Run one, passing on what it prints; "done", "skipped", "failed" or "too long"."""
    command = [sys.executable, "-m", f"benchmarks.{one.module}", *one.arguments]
    last = b""
    with subprocess.Popen(command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, start_new_session=True) as child:  # noqa: S603  our own
        clock = _Clock(child, one.minutes)
        assert child.stdout
        for line in child.stdout:
            sys.stdout.buffer.write(line)
            sys.stdout.flush()
            last = line.strip() or last
        code = child.wait()
        clock.stop()
    if clock.rang:
        return "too long"
    return "failed" if code else SKIPPED if last.startswith(SKIPPED.encode()) else "done"


class _Clock:
    """Ends a run and all it has started when its time is over."""

    def __init__(self, child: subprocess.Popen[bytes], minutes: float) -> None:
        self.rang = False
        self._child = child
        self._timer = threading.Timer(60 * minutes, self._ring)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        self._timer.cancel()

    def _ring(self) -> None:
        self.rang = True
        for number in (signal.SIGINT, signal.SIGKILL):  # Ctrl-C first: a run ends its servers then
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(GRACE)
                return


def _environment() -> Mapping[str, str]:
    """Return ours without what could name somebody's news."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("WIREDESK_", "AIRFLOW_"))}  # noqa: TID251  what a child is given
