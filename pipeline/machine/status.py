"""This clone -> what runs of it now, and how much memory that takes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil
import psycopg

from pipeline.machine import claim, ports, processes
from pipeline.machine.postgres import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipeline.settings import Settings

ORDER = (processes.LAUNCHER, "api-server", "scheduler", "dag-processor", "postgres")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the programs that make up a running Wiredesk."""

    name: str
    pid: int  # of its first process
    processes: int
    megabytes: float  # memory that is its own, plus its share of what it shares (PSS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What runs now."""

    running: bool
    started: str | None  # ISO 8601, UTC
    address: str | None  # of the UI
    postgres: str | None  # host and port of the embedded one, or the server that the settings name
    parts: tuple[Part, ...]


def status(settings: Settings) -> Status:
    """Look at this clone's processes; nothing is started."""
    found = claim.running(settings.var)
    server = Server(settings.var / "postgres")
    postmaster = server.cluster.postmaster()
    return Status(
        running=bool(found),
        started=found.get("started"),
        address=claim.address(found["port"]) if found else None,
        postgres=f"{ports.HOST}:{server.cluster.port()}" if postmaster else None,
        parts=parts(settings),
    )


def parts(settings: Settings) -> tuple[Part, ...]:
    """Return the running programs of this clone, leftovers of a killed run included."""
    groups: dict[str, list[psutil.Process]] = defaultdict(list)
    for process, part in processes.belonging(settings.var, claim.notes(settings.var)).items():
        groups[part].append(process)
    postmaster = Server(settings.var / "postgres").cluster.postmaster()
    if postmaster:
        groups["postgres"] = [postmaster, *postmaster.children(recursive=True)]
    found = [_part(name, group) for name, group in groups.items()]
    return tuple(sorted(found, key=lambda part: (part.name not in ORDER, ORDER.index(part.name) if part.name in ORDER else 0, part.name)))


def news(settings: Settings) -> Mapping[str, int] | None:
    """Return the figures of a Postgres that runs; none is started for them."""
    url = settings.database_url
    if url is None:
        server = Server(settings.var / "postgres")
        if server.cluster.postmaster() is None:
            return None
        url = server.url("news")
    try:
        return figures(url)()
    except psycopg.Error:
        return None  # no schema yet, or no answer: doctor says which


def figures(url: str) -> Callable[[], Mapping[str, int]]:
    """Return what reads the pipeline's figures from the news at `url`, over one session that is opened again when it breaks."""
    from pipeline import steps

    session: list[psycopg.Connection] = []

    def read() -> Mapping[str, int]:
        if not session or session[0].closed:
            options = "-c statement_timeout=5000"  # a line of figures is worth no more
            session[:] = [psycopg.connect(url, autocommit=True, connect_timeout=5, options=options)]
        return steps.figures(session[0])

    return read


def _part(name: str, group: list[psutil.Process]) -> Part:
    first = min(group, key=lambda process: (process.create_time(), process.pid))
    return Part(name=name, pid=first.pid, processes=len(group), megabytes=round(sum(map(_memory, group)) / 2**20, 1))


def _memory(process: psutil.Process) -> float:
    try:
        info = process.memory_full_info()
    except psutil.Error:
        return 0.0
    return float(getattr(info, "pss", 0) or getattr(info, "uss", 0) or info.rss)  # macOS knows no PSS
