"""Stories that changed since the last edition -> their kept figures and words, counted anew: what analysts ask stays quick and true.

The stories are noted by triggers (ops.touched), in the transaction that changes them. What is noted while we count is counted next time.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.store import columns, dicts, write

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from pipeline.store import Connection

BATCH = 2000  # stories at a time
KEEP = timedelta(days=30)  # doors of editions


def count(connection: Connection, at: datetime) -> int:
    """Count the touched stories anew, within the caller's transaction, and return how many there were."""
    touched = sorted({row["story_id"] for row in dicts(connection, "counted.touched")})
    titles: set[int] = set()
    for first in range(0, len(touched), BATCH):
        titles |= batch(connection, touched[first : first + BATCH])
    syndicate(connection, titles, at.astimezone(UTC).date())
    return len(touched)


def syndicate(connection: Connection, titles: Collection[int], until: date) -> None:
    """Add up anew what these titles ran of late; on a new day, what all did."""
    kept = dicts(connection, "counted.syndicated_until")[0]["until"]
    some = sorted(titles) if kept == until else None
    if some is None or some:
        write(connection, "counted.unsyndicate", titles=some)
        write(connection, "counted.syndicate", titles=some, until=until)


def doors(connection: Connection, edition: int, ledger: Sequence[Mapping[str, Any]], refusals: Sequence[Mapping[str, Any]]) -> None:
    """Write down by which doors items have left each stage up to an edition."""
    lines = [{"stage": line["stage"], "door": door, "items": line[door]} for line in ledger for door in ("kept", "pending")]
    columns(connection, "counted.doors", [*lines, *refusals], edition_id=edition)


def prune(connection: Connection, at: datetime) -> None:
    """Let go of the doors of old editions."""
    write(connection, "counted.prune_doors", before=at - KEEP)


def batch(connection: Connection, stories: Sequence[int]) -> set[int]:
    """Count these stories anew, and return the titles whose days changed."""
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
    return set(titles)
