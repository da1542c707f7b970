"""This process's settings -> a step's edges; and a step's tallies -> plain counters for XCom, its progress -> lines of the task's log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.machine.databases import news
from pipeline.settings import Settings
from pipeline.steps.edges import Edges, opened

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from pipeline.records import Tally
    from pipeline.steps.edges import Report


def edges() -> AbstractContextManager[Edges]:
    """Open what a step touches, by the settings of this process."""
    settings = Settings()
    return opened(settings, news(settings))


def plain(tallies: Mapping[str, Tally]) -> dict[str, int]:
    """Return tallies as counters: {"feed": 120, "feed read": 80, "feed refused:timed_out": 2, ...}."""
    counts: dict[str, int] = {}
    for noun, tally in tallies.items():
        counts[noun] = tally.seen
        counts |= {f"{noun} {door}": count for door, count in tally.doors.items()}
    return counts


def printer(noun: str) -> Report:
    """Return what tells progress to the task's log, at every tenth."""
    said = 0

    def report(done: int, of: int) -> None:
        nonlocal said
        if done * 10 // max(of, 1) > said:
            said = done * 10 // of
            print(f"{done:,} of {of:,} {noun}", flush=True)  # noqa: T201  a task's log is its standard output

    return report
