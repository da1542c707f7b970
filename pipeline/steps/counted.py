"""Stories that changed since the last edition -> their kept figures and words, counted anew: what analysts ask stays quick and true.

The stories are noted by triggers (ops.touched), in the transaction that changes them. What is noted while we count is counted next time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pipeline.store import dicts, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pipeline.store import Connection

BATCH = 2000  # stories at a time
KEEP = timedelta(days=30)  # doors of editions


def count(connection: Connection) -> int:
    """Count the touched stories anew, within the caller's transaction, and return how many there were."""
    touched = sorted({row["story_id"] for row in dicts(connection, "counted.touched")})
    for first in range(0, len(touched), BATCH):
        batch(connection, touched[first : first + BATCH])
    return len(touched)


def doors(connection: Connection, edition: int, ledger: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Write down by which doors items have left each stage up to an edition."""
    lines = [(line["stage"], door, line[door]) for line in ledger for door in ("kept", "pending")]
    stages, names, items = zip(*lines, strict=True)
    write(connection, "counted.doors", edition_id=edition, stages=stages, doors=names, items=items)
    write(connection, "counted.prune_doors", before=at - KEEP)


def batch(connection: Connection, stories: Sequence[int]) -> None:
    """Count these stories anew."""
    left = dicts(connection, "counted.uncover", stories=stories)
    came = dicts(connection, "counted.cover", stories=stories)
    write(connection, "counted.unreach", stories=stories)
    write(connection, "counted.reach", stories=stories)
    pairs = sorted({(row["title_id"], row["day"]) for row in (*left, *came)})
    titles, days = [title for title, _ in pairs], [day for _, day in pairs]
    write(connection, "counted.undo_days", titles=titles, days=days)
    write(connection, "counted.days", titles=titles, days=days)
    write(connection, "counted.words", stories=stories)
    write(connection, "counted.places", stories=stories)
    write(connection, "counted.unstale", stories=stories)
    write(connection, "counted.stale", stories=stories)
