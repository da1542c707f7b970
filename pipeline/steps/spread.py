"""Jobs -> their results as they come, from a few threads at once; the caller's thread alone writes to the database."""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

AHEAD = 32  # results that may wait for who takes them, at least: who takes some at a time must not stop the others
GLANCE = 0.05  # seconds until it is looked again whether all jobs have ended, if they were to end early
Job = TypeVar("Job")
Result = TypeVar("Result")
Results: TypeAlias = "queue.Queue[tuple[Result] | Exception | None]"  # None: a job has ended


def spread(jobs: Sequence[Job], work: Callable[[Job], Iterator[Result]], threads: int) -> Generator[Result, None, None]:
    """Yield what `work` yields for each job. A job that raises ends alone; its error is raised when all others are done.

    Whoever stops before the end closes the generator (`contextlib.closing`): until then threads wait to hand over what they have.
    """
    with closing(lots(jobs, work, threads, 1)) as found:
        for (result,) in found:
            yield result


def lots(
    jobs: Sequence[Job], work: Callable[[Job], Iterator[Result]], threads: int, most: int, *, patience: float = 0.0
) -> Generator[Sequence[Result], None, None]:
    """Yield the same by lots, for who takes many as easily as one: all that is there, one to `most` results.

    The first of a lot waits `patience` seconds for others, and no longer: one that came quickly must not wait for who is slow.
    """
    results: Results[Result] = queue.Queue(maxsize=max(AHEAD, 2 * threads, most))
    stop = threading.Event()
    errors: list[Exception] = []
    left = len(jobs)
    with ThreadPoolExecutor(max(1, min(threads, len(jobs)))) as pool:
        running = [pool.submit(_run, job, work, results, stop) for job in jobs]
        try:
            while left:
                there = _there(results, left, most, patience)
                left -= there.count(None)
                errors.extend(one for one in there if isinstance(one, Exception))
                if lot := [one[0] for one in there if isinstance(one, tuple)]:
                    yield lot
        finally:
            stop.set()
            while left and not all(job.done() for job in running):  # nobody may wait for a place in the queue
                with suppress(queue.Empty):
                    results.get(timeout=GLANCE)
    if errors:
        raise ExceptionGroup(f"{len(errors)} of {len(jobs)} jobs failed", errors)


def _there(results: Results[Result], left: int, most: int, patience: float) -> list[tuple[Result] | Exception | None]:
    """Return what is there or comes in time, at `most` so many of them results; at least one, of so many jobs that are `left`."""
    there: list[tuple[Result] | Exception | None] = []
    until: float | None = None
    with suppress(queue.Empty):
        while left and most:
            one = results.get(timeout=None if until is None else max(0.0, until - time.monotonic()))
            there.append(one)
            left -= one is None
            if isinstance(one, tuple):
                most -= 1
                until = until or time.monotonic() + patience
    return there


def _run(job: Job, work: Callable[[Job], Iterator[Result]], results: Results[Result], stop: threading.Event) -> None:
    try:
        if not stop.is_set():
            for result in work(job):
                results.put((result,))
                if stop.is_set():
                    break
    except Exception as error:  # noqa: BLE001  it is raised where somebody can act
        results.put(error)
    finally:
        results.put(None)
