"""Settings -> everything of the world that a step touches: database, web, child processes, time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pipeline import clock, inside, registry
from pipeline.children import Children
from pipeline.steps import leases
from pipeline.steps.hosts import Shelf
from pipeline.steps.turns import Turns
from pipeline.store import connect, dicts, value
from pipeline.web.asker import Asker
from pipeline.web.door import PRODUCT, open_door

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from pipeline.clock import Clock
    from pipeline.records import Title
    from pipeline.settings import Settings
    from pipeline.store import Connection
    from pipeline.web.door import Door

THREADS = 32  # sites asked at once by one task: most of their time is waiting, and one that lets us wait must not hold up the others
MASK = (1 << 64) - 1

Report = Callable[[int, int], None]  # done, of how many


def silent(_done: int, _total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of the pending items a step is to take; None: all of them."""

    titles: tuple[str, ...] | None = None
    hosts: tuple[str, ...] | None = None
    limit: int | None = None

    def at_most(self, batch: int, taken: int) -> int:
        """Return how many of the next `batch` are still wanted."""
        return batch if self.limit is None else max(0, min(batch, self.limit - taken))


class Edges:
    """The world, as the steps see it. What a step does not touch is not opened."""

    def __init__(self, settings: Settings, url: str, stack: ExitStack, *, now: Clock | None = None) -> None:
        self.settings = settings
        self.now = now or clock.read(settings.clock)  # what the news is dated by
        self.wall: Clock = clock.wall  # what leases and turns are measured by
        self.agent = PRODUCT  # the name by which robots.txt knows us
        self.connection: Connection = stack.enter_context(connect(url))
        self.url = url
        self._stack = stack

    @cached_property
    def door(self) -> Door:
        turns = Turns(self._stack.enter_context(connect(self.url, autocommit=True)), self.settings.spacing, self.wall)
        return open_door(self.settings, turns.turn)

    @cached_property
    def shelf(self) -> Shelf:
        return Shelf(self._stack.enter_context(connect(self.url, autocommit=True)), self.agent)

    def asker(self) -> Asker:
        """Return who asks for what robots.txt allows: one for each batch."""
        return Asker(self.door, self.now, agent=self.agent, look=self.shelf.look, keep=self.shelf.keep)

    @cached_property
    def children(self) -> Children:
        with self.connection.transaction():
            known = {row["agency"] for row in dicts(self.connection, "registry.agencies")}
        agencies = registry.load(self.settings.registry).agencies
        synced = tuple(agency for agency in agencies if agency.key in known)  # a credit must name one that the tables have
        return self._stack.enter_context(Children(self.settings.workers, initializer=inside.prepare, initargs=(synced, self.seed)))

    @cached_property
    def parsers(self) -> Children:
        """Who parses feeds: those who read pages, if they are there; else children that know nothing else, and are there at once."""
        there: Children | None = self.__dict__.get("children")
        return there or self._stack.enter_context(Children(self.settings.workers, initializer=inside.prepare_feeds))

    def ready(self, *parts: Literal["door", "shelf", "children", "parsers"]) -> None:
        """Open what threads will use here and now: they would do so twice, and amid the transactions of this one."""
        for part in parts:
            getattr(self, part)

    @cached_property
    def seed(self) -> int:
        """The deployment's seed of signatures, 64 bits, unsigned."""
        with self.connection.transaction():
            return int(value(self.connection, "registry.seed")) & MASK

    def titles(self) -> Mapping[int, Title]:
        """Return every title that we read or have read, by its id; without its feeds."""
        from pipeline.records import Title

        with self.connection.transaction():
            rows = dicts(self.connection, "registry.titles")
        return {row.pop("title_id"): Title(**row, feeds=()) for row in rows}

    def lease(self) -> Mapping[str, datetime]:
        """Return what a claim says about its time."""
        return leases.begin(self.wall())._asdict()


@contextmanager
def opened(settings: Settings, url: str, *, now: Clock | None = None) -> Iterator[Edges]:
    """Open the edges of a step, and close them all."""
    with ExitStack() as stack:
        yield Edges(settings, url, stack, now=now)
