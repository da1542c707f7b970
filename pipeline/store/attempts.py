"""A unit of work -> its result, committed. Work that only ran into somebody else's is done again, as a whole.

What the database refuses is looked for among many, so that it holds up none of the others.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg import DataError, IntegrityError
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from pipeline.errors import DatabaseError
from pipeline.store.connect import connect
from pipeline.store.queries import write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg import Connection

Item = TypeVar("Item")
Result = TypeVar("Result")
POISON = (DataError, IntegrityError, UnicodeError)  # what Postgres, or its client, says of a row that cannot be held
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


def halved(
    items: Sequence[Item], together: Callable[[Sequence[Item]], list[Result]], alone: Callable[[Item, Exception], list[Result]]
) -> list[Result]:
    """Return what `together` returns of the items, in their order; where they are refused, of each half, down to what `alone` makes of one.

    `together` leaves nothing behind where it raises: it is a transaction. `alone` gets what the database said.
    """
    if not items:
        return []
    try:
        return together(items)
    except POISON as error:
        if len(items) == 1:
            return alone(items[0], error)
    middle = len(items) // 2
    return [*halved(items[:middle], together, alone), *halved(items[middle:], together, alone)]


def tried(url: str, name: str, **parameters: Any) -> bool:
    """Run a statement on a connection of its own, and tell whether that could be done: for what is tidy and not needed."""
    try:
        with connect(url) as connection:
            write(connection, name, **parameters)
    except (DatabaseError, psycopg.Error):
        return False
    return True
