"""Jobs -> their results as they come, from a few threads at once; the caller's thread alone writes to the database."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import ThreadPoolExecutor
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
    results: Results[Result] = queue.Queue(maxsize=max(AHEAD, 2 * threads))
    stop = threading.Event()
    errors: list[Exception] = []
    ended = 0
    with ThreadPoolExecutor(max(1, min(threads, len(jobs)))) as pool:
        for job in jobs:
            pool.submit(_run, job, work, results, stop)
        try:
            while ended < len(jobs):
                result = results.get()
                if result is None:
                    ended += 1
                elif isinstance(result, Exception):
                    errors.append(result)
                else:
                    yield result[0]
        finally:
            stop.set()
            while ended < len(jobs):  # nobody may wait for a place in the queue
                ended += results.get() is None
    if errors:
        raise ExceptionGroup(f"{len(errors)} of {len(jobs)} jobs failed", errors)


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
