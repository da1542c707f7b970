"""What `up` shows: each step with its seconds, then one line of figures that stays at the bottom."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.status import Status

WIDTH = 34  # columns of a step's name


class Screen:
    """A terminal gets a living line; a file or a log gets plain lines now and then."""

    def __init__(self) -> None:
        self.console = Console(highlight=False)
        self.waiting = "no figures yet"  # shown in their place
        self._line: Status | None = None
        self._shown = ""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show that `name` goes on, and how long it took."""
        started = time.monotonic()
        with self.console.status(name):
            yield
        self.done(name, time.monotonic() - started)

    def done(self, name: str, seconds: float) -> None:
        self.console.print(Text.assemble(("  ✓ ", "green"), f"{name:<{WIDTH}}", (f"{seconds:6.1f} s", "dim")))

    def say(self, text: str) -> None:
        self.console.print(Text(f"  {text}"), soft_wrap=True)

    def figures(self, figures: Mapping[str, int] | None) -> None:
        """Show the newest figures; without a terminal only where they have changed."""
        text = "  ".join(f"{name} {count:,}" for name, count in figures.items()) if figures else self.waiting
        if not self.console.is_terminal:
            if figures and text != self._shown:
                self.console.print(Text(f"  {time.strftime('%H:%M:%S')}  {text}"), soft_wrap=True)
            self._shown = text
            return
        if self._line is None:
            self._line = self.console.status(text)
            self._line.start()
        self._line.update(f"{text}   [dim]Ctrl-C ends it[/dim]")

    def close(self) -> None:
        """Take the line of figures away."""
        if self._line:
            self._line.stop()
            self._line = None


@contextmanager
def progress(name: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on the terminal's error channel while a step works; yield what it reports to: done, of how many."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(f"{name:<20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
