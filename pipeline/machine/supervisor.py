"""Commands -> running children: logged, started again when they end, all gone at the end."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil

from pipeline.machine import processes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

GRACE = 10.0  # seconds for running tasks to end before everything is killed
CALM = 60.0  # seconds after which a child counts as healthy and its next end as the first
PATIENCE = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)  # seconds before a child that ended is started again
MEGABYTES = 50  # a log longer than this is put aside at the next start


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A command that must run all the time; the environment is added to ours."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    last: bool = False  # ended after the others, which still have to tell it something


@dataclass(slots=True, kw_only=True)
class _Run:
    """The present run of a child."""

    child: Child
    process: subprocess.Popen[bytes]
    note: processes.Noted
    since: float
    ends: int = 0  # in a row
    again_at: float | None = None


class Supervisor:
    """Runs children in sessions of their own, so that the terminal's Ctrl-C reaches only us."""

    def __init__(self, var: Path, say: Callable[[str], None]) -> None:
        self._var = var
        self._say = say
        self._runs: dict[str, _Run] = {}

    def start(self, child: Child, ends: int = 0) -> None:
        """Start `child`; its output goes to var/log/<name>.log."""
        log = self._var / "log" / f"{child.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > MEGABYTES * 2**20:
            log.replace(log.with_suffix(".log.1"))
        environment = os.environ | child.environment | processes.mark(self._var, child.name)
        with log.open("ab") as output:
            process = subprocess.Popen(
                child.command,
                env=environment,
                cwd=self._var,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        note = processes.noted(child.name, process.pid)
        self._runs[child.name] = _Run(child=child, process=process, note=note, since=time.monotonic(), ends=ends)

    def notes(self) -> list[processes.Noted]:
        """Return the children as they are to be written down for whoever comes after us."""
        return [run.note for run in self._runs.values()]

    def tend(self) -> bool:
        """Look after every child once, and tell whether any was started again."""
        started = False
        for run in list(self._runs.values()):
            now = time.monotonic()
            if run.again_at is not None:
                if now >= run.again_at:
                    self.start(run.child, run.ends)
                    started = True
            elif run.process.poll() is None:
                run.ends = 0 if now - run.since > CALM else run.ends
            else:
                self._ended(run, now)
        return started

    def stop(self, grace: float = GRACE) -> None:
        """Ask all to end, those marked `last` when the others have, and kill whatever is left after `grace` seconds each."""
        for last, seconds in ((False, grace), (True, min(grace, 3.0))):
            pids = [run.process.pid for run in self._runs.values() if run.child.last is last and run.process.poll() is None]
            processes.end([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], seconds)
        processes.sweep(self._var, self.notes())
        for run in self._runs.values():
            with suppress(subprocess.TimeoutExpired):  # it is gone; but a signal may have caught poll() with its lock taken, for good
                run.process.wait(5)
        self._runs.clear()

    def _ended(self, run: _Run, now: float) -> None:
        """Plan the next start; what the child left behind must not work beside it."""
        left = [process for process, part in processes.belonging(self._var).items() if part == run.child.name]
        processes.kill(left)
        wait = PATIENCE[min(run.ends, len(PATIENCE) - 1)]
        run.ends += 1
        run.again_at = now + wait
        log = self._var / "log" / f"{run.child.name}.log"
        self._say(f"{run.child.name} ended ({_how(run.process.returncode)}); starting it again in {wait:.0f} s. Its log is {log}")


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
