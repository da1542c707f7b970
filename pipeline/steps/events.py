"""Stories of the last days -> events, top stories, picks. One writer at a time; who finds another at it goes home.

The window is looked at as a whole at each run, so that neither order nor number of runs matters within it; after a person's word only
the events that it is about are, and the next run looks at the rest. What is older than the time in which stories can still be linked
keeps the event it had, unless people say otherwise. Only what has changed is written.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from pipeline.events import grouping, sketches
from pipeline.records import Sketch, Tally
from pipeline.steps import happened, topped
from pipeline.steps.edges import Edges, Report, Wanted, silent
from pipeline.store import committed, dicts, read, value, write
from pipeline.stories.canonical import SEVERAL_TEXTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from pipeline.store import Connection

BATCH = 500  # stories sketched in a transaction
LINKED = grouping.Policy().likeness.window
WINDOW = 2 * LINKED  # so that whoever may still change sees all who may be linked with it
KEEP = timedelta(days=14)  # sketches


def events(edges: Edges, _wanted: Wanted = Wanted(), report: Report = silent) -> Mapping[str, Tally]:  # noqa: B008  frozen
    """Tell the events of the last days, rank what is on top, and pick. The tally counts the window's stories."""
    sketch(edges)
    told = committed(edges.connection, partial(tell, edges))
    report(1, 1)
    return {"told": told}


def _sketched(edges: Edges, since: datetime, stories: Sequence[int] | None = None) -> bool:
    """Sketch a batch of the window's stories, or of those given, that have no sketch of the text they have now; False if there is none."""
    if not value(edges.connection, "events.lock"):
        return False
    several, version = sorted(SEVERAL_TEXTS), sketches.VERSION
    rows = dicts(edges.connection, "events.unsketched", since=since, stories=stories, several=several, version=version, limit=BATCH)
    made = []
    for row in rows:
        one = sketches.sketch(row["headline"], row["text"], row["language"], story=row["story"], at=row["at"])
        made.append(asdict(one) | {"at": row["at"].isoformat(), "text_sha": row["text_sha"].hex()})
    if made:
        write(edges.connection, "events.keep_sketches", rows=json.dumps(made), version=version)
    return bool(made)


def sketch(edges: Edges) -> None:
    """Sketch all stories of the window that have no sketch of the text they have now."""
    while committed(edges.connection, partial(_sketched, edges, edges.now() - WINDOW)):
        pass


def recall(edges: Edges, stories: Iterable[int]) -> None:
    """Sketch these stories and the others of their events, however old, within the caller's transaction; `tell` drops what is old again."""
    mates = sorted(_mates(edges.connection, {*stories}))
    while _sketched(edges, edges.now(), mates):
        pass


def tell(edges: Edges, opened: Iterable[int] = ()) -> Tally:
    """Tell the events anew within the caller's transaction: all of the window, or those of `opened` stories alone, however old they are."""
    connection, at, asked = edges.connection, edges.now(), {*opened}
    if not value(connection, "events.lock"):
        return Tally()
    merged = {row["story_id"]: row["merged_into"] for row in dicts(connection, "events.merged_stories")}
    words = [(row["what"], (row["story"], row["other"])) for row in dicts(connection, "events.words")]
    near = _mates(connection, asked) if asked else None
    also = near or _mates(connection, {story for _, pair in words for story in pair}) | {*merged.values()}
    known = read(connection, "events.sketches", Sketch, since=at - WINDOW, also=[*also], version=sketches.VERSION)
    pairs = {what: [pair for said, pair in words if said == what] for what in ("one_event", "two_events")}
    found = grouping.group(known, together=pairs["one_event"], apart=pairs["two_events"], among=near)
    asked |= happened.unmet(connection, pairs["one_event"], pairs["two_events"])
    asked |= {one.story for event in found for one in event.tellers if not asked.isdisjoint(two.story for two in event.tellers)}
    looked_at = [one for one in known if near is None or one.story in near]
    open_ = {one.story: one.at > at - LINKED or one.story in asked for one in looked_at}
    heirs = {story: heir for story, heir in merged.items() if near is None or heir in near}
    happened.write_events(connection, found, happened.Window(open=open_, merged=heirs), at)
    write(connection, "events.prune_sketches", before=at - KEEP)
    topped.rank(connection, at)
    together = sum(len(event.tellers) for event in found)
    return Tally(seen=len(looked_at), doors={"in an event": together, "alone": len(looked_at) - together})


def _mates(connection: Connection, stories: Collection[int]) -> set[int]:
    """Return these stories and the others of their events."""
    return {row["story_id"] for row in dicts(connection, "events.mates", stories=sorted(stories))}
