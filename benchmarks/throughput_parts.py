"""A folder and a pace of news -> the whole product running on the newsstand, and who of it uses how much CPU and memory.

Processes are looked at twice a second; a task's process carries the id of its task in its title, a server process of Postgres its database.
What ended between two looks is taken from its parent's account of dead children, and stands apart ("unseen").
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psutil

from benchmarks.machines_parts import _free
from pipeline.machine.databases import Urls
from pipeline.machine.postgres import Server
from pipeline.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
TASK = re.compile(r"airflow worker -- ([0-9a-f-]{36})")
SERVED = re.compile(r"postgres: \w+ (news|airflow) ")
Key = tuple[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A Wiredesk that runs."""

    process: subprocess.Popen[bytes]
    urls: Urls
    postmaster: psutil.Process
    stand: dict[str, Any]


@contextmanager
def newsstand(room: Path, *, titles: int, days: float, rate: float) -> Iterator[tuple[dict[str, Any], str]]:
    """Serve so many titles whose news come `rate` times as fast as in life; yield where they are, and the clock."""
    spec = f"{START.isoformat()} {datetime.now(UTC).isoformat()} {rate}"
    command = [
        sys.executable,
        "-m",
        "pipeline.newsstand.serve",
        "--titles",
        str(titles),
        "--days",
        str(days),
        "--seed",
        "5",
        "--with-parent",
    ]
    command += ["--clock", spec, "--start", START.isoformat(), "--folder", str(room / "stand")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)}) as process:
        try:
            assert process.stdout
            yield json.loads(process.stdout.readline()) | {"pid": process.pid}, spec
        finally:
            process.send_signal(signal.SIGTERM)


@contextmanager
def product(room: Path, stand: dict[str, Any], spec: str, rate: float) -> Iterator[Product]:
    """Run `./wiredesk up` on the newsstand, with the settings that a fresh machine has, but that due feeds are looked for every minute.

    A title publishes `rate` times as fast as by the wall; it is asked as often in its own time as others are, at most once a second.
    """
    var = room / "var"
    settings = {
        "VAR": var,
        "HOSTS": stand["hosts"],
        "REGISTRY": stand["registry"],
        "CLOCK": spec,
        "INGEST_MINUTES": 1,
        "PORT": _free(),
        "SPACING": 1 / rate,
    }
    environment = os.environ | {f"WIREDESK_{name}": str(value) for name, value in settings.items()} | {"PYTHONPATH": str(ROOT)}
    with (room / "up.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "pipeline.cli", "up"], env=environment, stdout=log, stderr=log)
    try:
        while "scheduler" not in _told(var / "up.json"):  # Postgres runs then, and both schemas are there
            time.sleep(0.5)
            assert process.poll() is None, (room / "up.log").read_text()
        server = Server(var / "postgres")
        postmaster = server.cluster.postmaster()
        assert postmaster
        yield Product(
            process=process, urls=Urls(news=server.url("news"), airflow=server.url("airflow")), postmaster=postmaster, stand=stand
        )
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(120)


def _told(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


@dataclass(slots=True, kw_only=True)
class Account:
    """What processes have used since they were first looked at."""

    used: dict[Key, float] = field(default_factory=dict)
    kind: dict[Key, str] = field(default_factory=dict)  # "airflow", "news", "stand", the id of a task, or "child " before one
    memory: list[int] = field(default_factory=list)  # megabytes of all, private and shared parts once
    resident: list[dict[Key, int]] = field(default_factory=list)  # megabytes of each process of Airflow, tasks among them
    _first: dict[Key, float] = field(default_factory=dict)
    _reaped: dict[Key, float] = field(default_factory=dict)  # by the parent's account, since it was first looked at
    _last: dict[Key, float] = field(default_factory=dict)  # own and reaped
    _parent: dict[Key, Key] = field(default_factory=dict)
    _begun: bool = False

    def look(self, running: Product, *, weigh: bool = False) -> None:
        """Look at every process once."""
        roots = {
            running.postmaster.pid: "news",
            running.stand["pid"]: "stand",
            running.process.pid: "airflow",
        }  # the last is above the others
        found: dict[int, tuple[Key, str]] = {}
        pages, resident = 0, dict[Key, int]()
        for pid, kind in roots.items():
            with suppress(psutil.Error):
                root = psutil.Process(pid)
                for process in (root, *root.children(recursive=True)):
                    with suppress(psutil.Error):
                        if process.pid in found:
                            continue
                        self._note(process, kind, found)
                        if weigh and kind != "stand":
                            taken = process.memory_full_info()
                            pages += taken.pss
                            resident |= {found[process.pid][0]: taken.rss >> 20} if kind == "airflow" else {}
        self._begun = True
        if weigh:
            self.memory.append(pages >> 20)
            self.resident.append(resident)

    def lasting(self) -> list[int]:
        """Return the megabytes, at each weighing, of those who were there at all of them: tasks come and go, and hide who grows."""
        there = set.intersection(*map(set, self.resident))
        return [sum(some[key] for key in there) for some in self.resident]

    def _note(self, process: psutil.Process, kind: str, found: dict[int, tuple[Key, str]]) -> None:
        key, times, title = (process.pid, process.create_time()), process.cpu_times(), " ".join(process.cmdline())
        above = found.get(process.ppid())
        if not title:  # it has ended and waits to be buried
            kind = self.kind.get(key, kind)
        elif match := TASK.search(title):  # a child that is a fork of its task has the task's title
            kind = f"child {match[1]}" if above and above[1].removeprefix("child ") == match[1] else match[1]
        elif served := SERVED.search(title):
            kind = served[1]
        elif above and above[1] not in {"airflow", "news", "stand"}:
            kind = "child " + above[1].removeprefix("child ")
        found[process.pid] = key, kind
        self.kind[key] = kind
        own, reaped = times.user + times.system, times.children_user + times.children_system
        first, dead = self._first.setdefault(key, 0.0 if self._begun else own), self._first.setdefault((-key[0], key[1]), reaped)
        self.used[key], self._reaped[key], self._last[key] = own - first, reaped - dead, own - first + reaped - dead
        if above:
            self._parent[key] = above[0]

    def unseen(self) -> float:
        """Return the seconds of those that lived and died between two looks."""
        known: Counter[Key] = Counter()
        for key, parent in self._parent.items():
            if not _lives(key):
                known[parent] += self._last[key]
        return sum(max(0.0, reaped - known[key]) for key, reaped in self._reaped.items())


def _lives(key: Key) -> bool:
    try:
        return psutil.Process(key[0]).create_time() == key[1]
    except psutil.Error:
        return False
