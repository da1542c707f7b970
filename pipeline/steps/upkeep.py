"""What is kept for a while only -> gone; windows of time -> made ahead; the planner's statistics -> fresh."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.records import Tally
from pipeline.store import dicts, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.steps.edges import Edges

PAGES = timedelta(days=30)  # the bytes of a page: long enough to read a month again with a better extractor
ENTRIES = timedelta(days=30)  # the full text that a feed carried
SAMPLES = timedelta(days=70)  # twice as long as copies are looked for (stories/candidates.py), and ten days for articles that come late
AHEAD = timedelta(days=30)  # windows of samples are made for so long: a month without upkeep changes nothing
POLLS = timedelta(days=90)  # one by one; older ones are summed up by feed and day
EVENTS = timedelta(days=730)  # changes of a feed's state
TURNS = timedelta(days=1)  # of sites and addresses; one that is asked again gets a new row


def upkeep(edges: Edges) -> Mapping[str, Tally]:
    """Prune raw pages, markup and past words of entries, old windows of samples and the diary of polls. What they led to stays."""
    now = edges.now()
    polls = (now - POLLS).replace(hour=0, minute=0, second=0, microsecond=0)  # whole days
    with edges.connection.transaction():
        doors = {
            "pages": write(edges.connection, "upkeep.prune_pages", before=now - PAGES),
            "entries": write(edges.connection, "upkeep.prune_entries", before=now - ENTRIES),
            "past entries": write(edges.connection, "upkeep.prune_past_entries", before=now - PAGES),
            "polls": write(edges.connection, "upkeep.sum_up_polls", before=polls),
            "events": write(edges.connection, "upkeep.prune_events", before=now - EVENTS),
            "turns": write(edges.connection, "upkeep.prune_turns", before=edges.wall() - TURNS),
        }
    with edges.connection.transaction():
        turned = dicts(edges.connection, "upkeep.turn_samples", now=now, keep=SAMPLES, ahead=AHEAD)[0]
    doors["windows"] = turned["dropped"]
    with edges.connection.transaction():
        write(edges.connection, "upkeep.analyze")
    return {"pruned": Tally(seen=sum(doors.values()), doors=doors)}
