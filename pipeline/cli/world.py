"""Settings and terms -> the world as a command sees it without the database: who asks, who parses, what time it is, what is known."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipeline import clock as clocks
from pipeline import registry
from pipeline.children import Children, Killed
from pipeline.cli import strangers
from pipeline.cli.spacing import spaced
from pipeline.reasons import Reason
from pipeline.records import Refusal
from pipeline.steps.poll import SECONDS
from pipeline.web.asker import Asker
from pipeline.web.door import PRODUCT, open_door

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from pipeline.records import Reading
    from pipeline.registry import Registry
    from pipeline.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms an address is asked."""

    now: datetime | None = None  # None: the clock of the settings
    allow: frozenset[str] = frozenset()  # "host:port" that may be private
    etag: str = ""
    modified: str = ""
    domains: tuple[str, ...] = ()  # that are the title's own
    every: bool = False  # all hosts are


class World:
    """What a command asks, and parses with. What it does not touch is not opened."""

    def __init__(self, settings: Settings, terms: Terms, stack: ExitStack, *, articles: bool) -> None:
        if terms.now:
            settings = settings.model_copy(update={"clock": f"{terms.now.isoformat()} {terms.now.isoformat()} 0"})
        self.now = clocks.read(settings.clock)
        door = open_door(settings, spaced(settings.spacing, terms.allow), allow=terms.allow)
        self.asker = Asker(door, self.now, agent=PRODUCT)
        self._registry = settings.registry
        self._articles = articles
        self._stack = stack

    @cached_property
    def known(self) -> Registry:
        """What the registry says in those of its blocks that are valid."""
        return registry.survey(self._registry)[0]

    @cached_property
    def children(self) -> Children:
        if not self._articles:
            return self._stack.enter_context(Children(1, initializer=strangers.ready))
        from pipeline import inside

        return self._stack.enter_context(Children(1, initializer=inside.prepare, initargs=(self.known.agencies, 0)))

    def call(self, work: tuple[Any, ...], seconds: float, failed: Callable[..., Any]) -> Any:
        """Return what a child makes of a function and its arguments, or `failed(why, killed=...)`."""
        function, *arguments = work
        try:
            return self.children.call(function, *arguments, seconds=seconds)
        except Killed as killed:
            return failed(killed.why, killed=True)
        except Exception as error:  # noqa: BLE001  what breaks a parser is a result, too
            return failed(f"{type(error).__name__}: {error}", killed=False)

    def read(self, body: strangers.Body) -> tuple[Reading | Refusal, tuple[str, ...]]:
        """Return what a feed's body says, and the domains that counted as its own."""

        def failed(why: str, *, killed: bool) -> tuple[Refusal, tuple[str, ...]]:
            reason = Reason.PARSE_KILLED if killed else Reason.BROKEN_FEED
            return Refusal(stage="feed", reason=reason, detail=why, url=body.url), body.domains

        found: tuple[Reading | Refusal, tuple[str, ...]] = self.call((strangers.read, body, self.now()), SECONDS, failed)
        return found


@contextmanager
def opened(settings: Settings, terms: Terms, *, articles: bool = False) -> Iterator[World]:
    """Open the door, and a child when something is to be read: feeds, or `articles`. SettingsError."""
    with ExitStack() as stack:
        yield World(settings, terms, stack, articles=articles)
