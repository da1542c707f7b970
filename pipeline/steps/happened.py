"""Events as told now and as they stand in the tables -> rows written where they differ, and the figures of all that were looked at."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pipeline.events import identity
from pipeline.records import Event, Teller
from pipeline.store import dicts, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from pipeline.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The stories that were looked at."""

    open: Mapping[int, bool]  # whether the story may still change its event
    merged: Mapping[int, int]  # stories with an event that have since become part of another one -> which


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """An event with its id, and those of its tellers that really are in it: an older story may have stayed in another."""

    event_id: int
    lead: int
    tellers: tuple[Teller, ...]


def write_events(connection: Connection, found: Iterable[Event], window: Window, at: datetime) -> None:
    """Write what differs. Needs the lock of events and a transaction."""
    _handed_on(connection, window, at)
    before = _standing(connection, [*window.open, *window.merged, *window.merged.values()])
    told = [*found]
    told += _alone(told, before, window)
    identities = identity.settle([_stories(event) for event in told], before, window.merged)
    named, into = [], dict[int, int]()
    for place, (event, kept) in enumerate(zip(told, identities.kept, strict=True)):
        mine = [old for old, heir in identities.merged.items() if heir == place]
        tellers = tuple(one for one in event.tellers if not _stays(one.story, before, window) or before[one.story] in {kept, *mine})
        if kept is None and len(tellers) < 2:  # noqa: PLR2004  one is no event
            continue
        lead = event.lead if event.lead in {one.story for one in tellers} else _best(tellers, event)
        opened = [kept] if kept else [row["event_id"] for row in dicts(connection, "events.open_events", lead_id=[lead], at=at)]
        named.append(_Named(event_id=opened[0], lead=lead, tellers=tellers))
        into |= dict.fromkeys(mine, opened[0])
    olds = {"event_id": list(into), "into": list(into.values())}
    write(connection, "events.close_events", **olds, at=at)
    write(connection, "events.follow_events", **olds, at=at)
    _members(connection, named, {story: into.get(event, event) for story, event in before.items()}, window=window, at=at)
    _figures(connection, {one.event_id for one in named} | set(before.values()))


def _standing(connection: Connection, stories: Sequence[int]) -> dict[int, int]:
    """Return the event of each of these stories that has one, and of every other story in it."""
    return {row["story_id"]: row["event_id"] for row in dicts(connection, "events.standing", stories=stories)}


def _handed_on(connection: Connection, window: Window, at: datetime) -> None:
    """Let a story that was merged into one out of the window leave its event: that one has its place, unless it has one of its own."""
    orphans = {story: heir for story, heir in window.merged.items() if heir not in window.open}
    events = set(_standing(connection, [*orphans, *orphans.values()]).values()) if orphans else ()
    write(connection, "events.inherit", stories=list(orphans), into=list(orphans.values()))
    write(connection, "events.leave", stories=list(orphans))
    write(connection, "events.mend_leads", events=sorted(events), at=at)


def unmet(connection: Connection, together: Iterable[tuple[int, int]], apart: Iterable[tuple[int, int]]) -> set[int]:
    """Return the stories of which people have said something that the events as they stand do not meet."""
    wanted = [*((pair, True) for pair in together), *((pair, False) for pair in apart)]
    before = _standing(connection, sorted({story for pair, _ in wanted for story in pair}))
    return {story for pair, one in wanted if (before.get(pair[0], -1) == before.get(pair[1], -2)) != one for story in pair}


def _members(connection: Connection, named: Sequence[_Named], standing: Mapping[int, int], *, window: Window, at: datetime) -> None:
    """Put stories into their events and take them out. An event whose stories are the same is left as it is, lead and all."""
    told = {one.story: event.event_id for event in named for one in event.tellers}
    gone = [story for story in standing if story not in told and _leaves(story, window)]
    write(connection, "events.leave", stories=gone)
    touched = {standing[story] for story in gone} | {event for story, event in told.items() if standing.get(story) != event}
    touched |= {standing[story] for story, event in told.items() if story in standing and standing[story] != event}
    changed = [event for event in named if event.event_id in touched]
    rows = [asdict(one) | {"event_id": event.event_id} for event in changed for one in event.tellers]
    write(connection, "events.join", rows=json.dumps(rows), at=at)
    ids, leads = [event.event_id for event in changed], [event.lead for event in changed]
    write(connection, "events.change_events", event_id=ids, lead_id=leads, at=at)


def _figures(connection: Connection, events: Iterable[int]) -> None:
    ids = sorted(events)
    write(connection, "events.unreach", events=ids)
    write(connection, "events.reach", events=ids)


def _alone(told: Iterable[Event], before: Mapping[int, int], window: Window) -> Iterator[Event]:
    """Yield the stories that stand alone now and had an event, or were joined by one that had: they may have to keep its id."""
    together = {story for event in told for story in _stories(event)}
    for story in window.open:
        if story not in together and (story in before or story in window.merged.values()):
            yield Event(lead=story, tellers=(Teller(story=story, likeness=0.0, because=()),))


def _stories(event: Event) -> list[int]:
    return [one.story for one in event.tellers]


def _stays(story: int, before: Mapping[int, int], window: Window) -> bool:
    """Return whether a story keeps the event it has, whatever is told now: nothing new can be linked with it."""
    return story in before and not window.open.get(story)


def _leaves(story: int, window: Window) -> bool:
    return window.open.get(story, False) or window.merged.get(story) in window.open


def _best(tellers: Sequence[Teller], event: Event) -> int:
    return max(tellers, key=lambda one: (one.likeness, -one.story)).story if tellers else event.lead
