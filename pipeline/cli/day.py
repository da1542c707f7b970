"""A newsstand's world -> its day, read by the pipeline in this process, hour by hour on a stepped clock.

Killed at any moment, it goes on at the hour that it had reached: what is pending is rows.
"""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import filelock

from pipeline.errors import Running
from pipeline.machine.postgres import Server, urls
from pipeline.newsstand import server, world
from pipeline.settings import CLOCK, STAND
from pipeline.steps import free, rounds, sync
from pipeline.steps.edges import opened
from pipeline.steps.figures import figures
from pipeline.store import connect, migrate, value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from pipeline.machine.databases import Urls
    from pipeline.settings import Settings

START = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)
STEP = timedelta(hours=1)
LATE = 24  # hours after the day by which every feed has been looked at once more


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What makes one demo differ from another."""

    seed: int
    titles: int
    days: int = 1  # of the world; the demo reads the first, `--serve` the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day that has been read."""

    where: Urls
    settings: Settings
    truth: Path
    reached: datetime
    start: datetime
    end: datetime


class Stepped:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@contextmanager
def opened_room(settings: Settings, scene: Scene, *, fresh: bool) -> Iterator[Settings]:
    """Hold the demo's own folder and Postgres; those of another scene are cleared away. Running if another demo runs."""
    room = settings.var / "demo"
    room.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(room / "demo.lock", blocking=False)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        hint = f"Wait for it, or end it with Ctrl-C; one that serves: WIREDESK_VAR={room} ./wiredesk down"
        raise Running(
            "demo",
            "another one runs in this clone",
            hint=hint,
        ) from error
    postgres = Server(room / "postgres")
    try:
        note = room / "scene.json"
        wanted = json.dumps(asdict(scene))
        if fresh or not note.exists() or note.read_text(encoding="ascii") != wanted:
            postgres.stop()
            note.unlink(missing_ok=True)  # first: without it what is half cleared is cleared again
            shutil.rmtree(room / "postgres", ignore_errors=True)
            shutil.rmtree(room / STAND, ignore_errors=True)
            note.write_text(wanted, encoding="ascii")
        stand = room / STAND
        own = {"var": room, "database_url": None, "airflow_database_url": None, "proxy": None, "clock": None}
        yield settings.model_copy(update=own | {"hosts": stand / "hosts", "registry": stand / "registry", "spacing": 0.0})
    finally:
        postgres.stop()
        lock.release()


def read(settings: Settings, scene: Scene, show: Callable[[datetime, datetime, Mapping[str, int]], None]) -> Day:
    """Read the first day of the scene's world and return where it is. `show` is told of each hour."""
    begun = world.build(seed=scene.seed, titles=scene.titles, days=scene.days, start=START)
    where = urls(settings)
    migrate.up(where.news)
    clock = Stepped(START)
    with server.open(begun, clock=clock, folder=settings.var / STAND) as stand:
        sync(settings.model_copy(update={"clock": standing(START)}), where.news)
        free(where.news)  # nobody else runs here: what a killed demo had claimed is free
        with connect(where.news) as connection:
            clock.at = value(connection, "demo.reached") or START
        _run(settings, where, clock, show)
    keep_clock(settings, standing(clock.at))
    return Day(where=where, settings=settings, truth=stand.truth, reached=clock.at, start=START, end=START + DAY)


def standing(at: datetime) -> str:
    """Return a clock that stands, as the setting says it."""
    return f"{at.isoformat()} {at.isoformat()} 0"


def keep_clock(settings: Settings, spec: str) -> None:
    """Leave the demo's clock for whoever asks its news: to the wall clock all of it is old."""
    part = settings.var / f".{CLOCK}.part"
    part.write_text(spec, encoding="ascii")
    part.replace(settings.var / CLOCK)


def _run(settings: Settings, where: Urls, clock: Stepped, show: Callable[[datetime, datetime, Mapping[str, int]], None]) -> None:
    end = START + DAY
    with opened(settings, where.news, now=clock) as edges:
        while True:
            rounds.run(edges)
            with edges.connection.transaction():
                show(clock.at, end, figures(edges.connection))
                unread = value(edges.connection, "demo.unread", at=end)
            if clock.at >= end and (not unread or clock.at >= end + LATE * STEP):
                return
            clock.at += STEP
