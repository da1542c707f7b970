"""Jobs -> their results as they come, from a few threads at once; the caller's thread alone writes to the database."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

AHEAD = 32  # results that may wait for who takes them, at least: who takes some at a time must not stop the others
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


def lots(jobs: Sequence[Job], work: Callable[[Job], Iterator[Result]], threads: int, most: int) -> Generator[Sequence[Result], None, None]:
    """Yield the same by lots, for who takes many as easily as one: all that is there, one to `most` of them. None waits for one to come."""
    results: Results[Result] = queue.Queue(maxsize=max(AHEAD, 2 * threads))
    stop = threading.Event()
    errors: list[Exception] = []
    ended = 0
    with ThreadPoolExecutor(max(1, min(threads, len(jobs)))) as pool:
        for job in jobs:
            pool.submit(_run, job, work, results, stop)
        try:
            while ended < len(jobs):
                lot: list[Result] = []
                for result in _ready(results, most):
                    if result is None:
                        ended += 1
                    elif isinstance(result, Exception):
                        errors.append(result)
                    else:
                        lot.append(result[0])
                if lot:
                    yield lot
        finally:
            stop.set()
            while ended < len(jobs):  # nobody may wait for a place in the queue
                ended += results.get() is None
    if errors:
        raise ExceptionGroup(f"{len(errors)} of {len(jobs)} jobs failed", errors)


def _ready(results: Results[Result], most: int) -> list[tuple[Result] | Exception | None]:
    """Wait for one, and return it with those behind it that are there, at `most` so many of them results."""
    ready: list[tuple[Result] | Exception | None] = []
    with suppress(queue.Empty):
        while most:
            ready.append(results.get(block=not ready))
            most -= isinstance(ready[-1], tuple)
    return ready


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
