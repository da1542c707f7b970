"""Which processes belong to a clone, and how they end: never anybody else's.

A process is ours if it carries the mark in its environment, which all its descendants inherit, or if it is the very one
that was noted: number and time of birth, for numbers are used again.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

INSTANCE = "WIREDESK_INSTANCE"  # the mark: which clone a process works for
PART = "WIREDESK_PART"  # which part of it: "scheduler"
LAUNCHER = "launcher"
SLACK = 2.0  # seconds by which two readings of one time of birth may differ (the clock is set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A process as it was written down."""

    part: str
    pid: int
    born: float


def mark(var: Path, part: str) -> dict[str, str]:
    """Return what the environment of a process of this clone must hold."""
    return {INSTANCE: str(var.resolve()), PART: part, "SPT_NOENV": "1"}  # setproctitle must not write over the environment


def noted(part: str, pid: int) -> Noted:
    """Write down a running process."""
    return Noted(part=part, pid=pid, born=psutil.Process(pid).create_time())


def find(note: Noted) -> psutil.Process | None:
    """Return the process that was noted, if it still runs."""
    try:
        process = psutil.Process(note.pid)
        same = abs(process.create_time() - note.born) < SLACK
    except psutil.Error:
        return None
    return process if same and _lives(process) else None


def belonging(var: Path, notes: Iterable[Noted] = ()) -> dict[psutil.Process, str]:
    """Return the running processes of this clone, each with its part; never the calling one or those above it."""
    instance = str(var.resolve())
    found: dict[psutil.Process, str] = {}
    for process in psutil.process_iter():
        environment = _environment(process)
        if environment.get(INSTANCE) == instance:
            found[process] = environment.get(PART, "?")
    for note in notes:
        if root := find(note):
            below = [] if note.part == LAUNCHER else _below(root)  # all it starts is noted or marked, but for Postgres
            found |= {process: note.part for process in (root, *below) if process not in found}
    spared = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    return {process: part for process, part in found.items() if process.pid not in spared}


def instances() -> set[str]:
    """Return the places of all processes that carry the mark, and whose environment this user may read."""
    return {found for process in psutil.process_iter() if (found := _environment(process).get(INSTANCE))}


def wait(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Return those that still run after `seconds`. One that only waits to be buried is gone: in a container it may lie for ever."""
    deadline = time.monotonic() + seconds
    alive = [process for process in processes if _lives(process)]
    while alive and time.monotonic() < deadline:
        time.sleep(0.02)
        alive = [process for process in alive if _lives(process)]
    return alive


def end(processes: Iterable[psutil.Process], grace: float) -> list[psutil.Process]:
    """Ask processes to end, and return those that did not within `grace` seconds."""
    asked = [process for process in processes if _send(process, signal.SIGTERM)]
    return wait(asked, grace)


def kill(processes: Iterable[psutil.Process]) -> None:
    """End processes at once, and return when they are gone."""
    hit = [process for process in processes if _send(process, signal.SIGKILL)]
    wait(hit, 5)


def sweep(var: Path, notes: Iterable[Noted] = ()) -> int:
    """Kill everything that belongs to this clone, and return how many they were. Rounds, for they may be forking."""
    killed: set[psutil.Process] = set()
    notes = list(notes)
    for _ in range(10):
        left = list(belonging(var, notes))
        if not left:
            break
        killed.update(left)
        kill(left)
    return len(killed)


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _environment(process: psutil.Process) -> Mapping[str, str]:
    try:
        return process.environ() if _lives(process) else {}
    except (psutil.Error, OSError):
        return {}  # somebody else's, or gone


def _below(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _send(process: psutil.Process, number: int) -> bool:
    try:
        process.send_signal(number)  # psutil compares the time of birth first
    except psutil.Error:
        return False
    return True
