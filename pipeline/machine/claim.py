"""This clone -> the right to run it, and the note of what runs: var/up.json, guarded by var/up.lock."""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import filelock

from pipeline.errors import MachineError, PortTaken, Running
from pipeline.machine import ports, processes
from pipeline.machine.supervisor import GRACE, Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pipeline.settings import Settings


class Claim:
    """The right to run this clone; `supervisor` holds what was started under it."""

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self.var = settings.var.resolve()
        self.port = settings.port
        self.say = say
        self.supervisor = Supervisor(self.var, say)
        self._started = datetime.now(UTC).isoformat(timespec="seconds")

    def note(self) -> None:
        """Write down which processes run, for a later start to find them."""
        notes = [processes.noted(processes.LAUNCHER, os.getpid()), *self.supervisor.notes()]
        text = json.dumps({"port": self.port, "started": self._started, "processes": [asdict(note) for note in notes]}, indent=1)
        draft = self.var / "up.json.new"
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(self.var / "up.json")


@contextmanager
def claimed(settings: Settings, say: Callable[[str], None]) -> Iterator[Claim]:
    """Hold the clone: nobody else runs it, nothing of an earlier run is left, the port is free.

    Running if it runs already, PortTaken if somebody else listens there.
    """
    lock = _locked(settings)
    try:
        with _ending_on(signal.SIGTERM, signal.SIGHUP):
            left = processes.sweep(settings.var, notes(settings.var))
            if left:
                say(f"ended {left} processes that an earlier run had left behind")
            check(settings.port)
            claim = Claim(settings, say)
            try:
                claim.note()
                yield claim
            finally:
                claim.supervisor.stop()
                (claim.var / "up.json").unlink(missing_ok=True)
    finally:
        lock.release()


def running(var: Path) -> dict[str, Any]:
    """Return the note of a run whose launcher lives, else nothing."""
    try:
        found: dict[str, Any] = json.loads((var / "up.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if any(note.part == processes.LAUNCHER and processes.find(note) for note in notes(var)) else {}


def end(var: Path, grace: float = 3 * GRACE) -> int:
    """End the run of this clone, gracefully if its launcher lives, and return how many processes went."""
    noted = notes(var)
    before = len(processes.belonging(var, noted))
    launcher = next((found for note in noted if note.part == processes.LAUNCHER and (found := processes.find(note))), None)
    if launcher:
        processes.kill(processes.end([launcher], grace))
    processes.sweep(var, noted)
    (var / "up.json").unlink(missing_ok=True)
    return before


def address(port: int) -> str:
    return f"http://{ports.HOST}:{port}"


def _locked(settings: Settings) -> filelock.BaseFileLock:
    var = settings.var
    lock = filelock.FileLock(var / "up.lock")
    try:
        (var / "log").mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        found = running(var)
        raise Running(
            "Wiredesk", f"runs already at {address(int(found.get('port', settings.port)))}", hint="End it with ./wiredesk down."
        ) from error
    except OSError as error:
        raise MachineError(
            str(var), f"cannot be written: {error.strerror}", hint="Give it back to the user who runs this command."
        ) from error
    return lock


def notes(var: Path) -> list[processes.Noted]:
    try:
        return [processes.Noted(**note) for note in json.loads((var / "up.json").read_text(encoding="utf-8"))["processes"]]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def check(port: int) -> None:
    if ports.free(port):
        return
    holder = ports.holder(port)
    who = f"is taken by {holder.name()} (process {holder.pid})" if holder else "is taken by another program"
    raise PortTaken(f"port {port}", who, hint=f"End that, or choose another port: ./wiredesk up --port {port + 1}")


@contextmanager
def _ending_on(*numbers: int) -> Iterator[None]:
    """Let these signals end us as Ctrl-C does, with everything cleaned up."""

    def handle(number: int, _frame: object) -> None:
        sys.exit(128 + number)

    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
