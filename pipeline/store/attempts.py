"""A unit of work -> its result, committed. Work that only ran into somebody else's is done again, as a whole."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from pipeline.errors import DatabaseError
from pipeline.store.connect import connect
from pipeline.store.queries import write

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Connection

Result = TypeVar("Result")
PASSING = (DeadlockDetected, LockNotAvailable, SerializationFailure)
TRIES = 5
PAUSE = 0.05  # seconds before the second try; each further one waits twice as long, and all by chance up to twice that


def committed(connection: Connection, work: Callable[[], Result]) -> Result:
    """Return what `work` returns, run in a transaction of its own. It may run up to five times, so it changes nothing but rows."""

    def whole() -> Result:
        with connection.transaction():
            return work()

    return retried(whole)


def retried(work: Callable[[], Result]) -> Result:
    """Return what `work` returns, which is a transaction of its own: one statement where the connection commits each."""
    for attempt in range(1, TRIES):
        try:
            return work()
        except PASSING:
            time.sleep(PAUSE * 2**attempt * random.uniform(0.5, 1))  # noqa: S311  two that met must part
    return work()


def tried(url: str, name: str, **parameters: Any) -> bool:
    """Run a statement on a connection of its own, and tell whether that could be done: for what is tidy and not needed."""
    try:
        with connect(url) as connection:
            write(connection, name, **parameters)
    except (DatabaseError, psycopg.Error):
        return False
    return True
