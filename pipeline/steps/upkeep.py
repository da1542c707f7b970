"""What is kept for a while only -> gone; the planner's statistics -> fresh."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.records import Tally
from pipeline.store import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.steps.edges import Edges

PAGES = timedelta(days=30)  # the bytes of a page: long enough to read a month again with a better extractor
ENTRIES = timedelta(days=30)  # the full text that a feed carried


def upkeep(edges: Edges) -> Mapping[str, Tally]:
    """Prune raw pages and the markup of entries. What they led to stays."""
    now = edges.now()
    with edges.connection.transaction():
        doors = {
            "pages": write(edges.connection, "upkeep.prune_pages", before=now - PAGES),
            "entries": write(edges.connection, "upkeep.prune_entries", before=now - ENTRIES),
        }
    with edges.connection.transaction():
        write(edges.connection, "upkeep.analyze")
    return {"pruned": Tally(seen=sum(doors.values()), doors=doors)}
