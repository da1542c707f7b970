"""Stories as told now and as they stand in the tables -> rows written where they differ, and an event for each change, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.store import columns, dicts, write
from pipeline.stories import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pipeline.records import Member, Story
    from pipeline.steps.neighbours import Neighbourhood
    from pipeline.store import Connection
    from pipeline.stories.identity import Identities

INFERRED = 0.9  # how sure a credit is that a story gives to a copy which kept all of its text
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A story as it stands in the table."""

    story_id: int
    canonical_id: int
    agency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a neighbourhood was."""

    members: Mapping[int, Row]
    stories: Mapping[int, Standing]


def read_standing(connection: Connection, articles: Sequence[int]) -> Before:
    """Return the stories in which the articles stand."""
    rows = dicts(connection, "cluster.members", articles=articles)
    stories = {
        row["story_id"]: Standing(story_id=row["story_id"], canonical_id=row.pop("canonical_id"), agency=row.pop("agency")) for row in rows
    }
    return Before(members={row.pop("article_id"): row for row in rows}, stories=stories)


def write_stories(
    connection: Connection, stories: Sequence[Story], identities: Identities, *, was: Before, around: Neighbourhood, at: datetime
) -> list[int]:
    """Write what differs from what stands, and return each story's id."""
    ids = _opened(connection, stories, identities, at)
    rows = [{"story_id": story_id} | _member(member) for story_id, story in zip(ids, stories, strict=True) for member in story.members]
    changed = [row for row in rows if was.members.get(row["article_id"]) != {name: row[name] for name in row if name != "article_id"}]
    columns(connection, "cluster.put_members", changed)
    events = [_event(story_id, "created", to_article=story.canonical) for story_id, story in _new(ids, stories, identities)]
    stood = {was.members[row["article_id"]]["story_id"] for row in changed if row["article_id"] in was.members}
    touched = stood | {row["story_id"] for row in changed}
    different = []
    for story, kept in zip(stories, identities.kept, strict=True):
        if kept is not None:
            told = _changes(was.stories[kept], story, around)
            events += told
            if told or kept in touched:
                different.append({"story_id": kept, "canonical_id": story.canonical, "agency": story.agency})
    columns(connection, "cluster.change_stories", different, at=at)
    merged = [{"story_id": old, "into": ids[place]} for old, place in sorted(identities.merged.items())]
    columns(connection, "cluster.close_stories", merged, at=at)
    events += [_event(row["story_id"], "merged", into=row["into"], why=_joining(row["into"], stories, ids)) for row in merged]
    columns(connection, "cluster.log", events, at=at)
    _credit(connection, stories, around)
    return ids


def _opened(connection: Connection, stories: Sequence[Story], identities: Identities, at: datetime) -> list[int]:
    """Open the stories that are new, and return the ids of all."""
    new = [
        {"canonical_id": story.canonical, "agency": story.agency}
        for story, kept in zip(stories, identities.kept, strict=True)
        if kept is None
    ]
    opened = {row["canonical_id"]: row["story_id"] for row in _returned(connection, "cluster.open_stories", new, at=at)}
    return [opened[story.canonical] if kept is None else kept for story, kept in zip(stories, identities.kept, strict=True)]


def _new(ids: Sequence[int], stories: Sequence[Story], identities: Identities) -> list[tuple[int, Story]]:
    return [(story_id, story) for story_id, story, kept in zip(ids, stories, identities.kept, strict=True) if kept is None]


def _changes(old: Standing, story: Story, around: Neighbourhood) -> list[Row]:
    """Return the events of a story that keeps its id."""
    events = []
    if old.canonical_id != story.canonical:
        why = _because(old.canonical_id, story, around)
        events.append(_event(old.story_id, "canonical", from_article=old.canonical_id, to_article=story.canonical, why=why))
    if old.agency != story.agency:
        why = "by decision" if around.words.speak_of(story, "set_agency") else "by the credits of all its copies"
        events.append(_event(old.story_id, "agency", from_agency=old.agency, to_agency=story.agency, why=why))
    return events


def _because(former: int, story: Story, around: Neighbourhood) -> str:
    if decided := around.words.speak_of(story, "set_canonical"):
        return f"decision {decided.decision_id} of {decided.who}: {decided.why}"
    if former not in {member.article for member in story.members}:
        return "the one before is in another story now"
    return canonical.because(around.copies[story.canonical], around.copies[former])


def _joining(into: int, stories: Sequence[Story], ids: Sequence[int]) -> str:
    return f"its text is that of the {len(stories[ids.index(into)].members)} articles there"


def _credit(connection: Connection, stories: Sequence[Story], around: Neighbourhood) -> None:
    """Let the agency of a story flow back to those of its copies that credit nobody; a credit that no longer follows goes."""
    rows = [
        {
            "article_id": member.article,
            "agency": story.agency,
            "extent": "mixed" if member.relation in {"expanded", "partial"} else "full",
            "confidence": round(INFERRED * member.kept, 6),
        }
        for story in stories
        for member in story.members
        if story.agency and not around.copies[member.article].agency
    ]
    credited = [row["article_id"] for row in rows]
    write(connection, "cluster.take_credits_back", articles=list(around.copies), credited=credited)
    columns(connection, "cluster.give_credits", rows)


def _returned(connection: Connection, name: str, rows: Sequence[Row], **more: Any) -> list[Row]:
    return dicts(connection, name, **{column: [row[column] for row in rows] for column in rows[0]}, **more) if rows else []


def _member(member: Member) -> Row:
    return {
        "article_id": member.article,
        "relation": member.relation,
        "kept": round(member.kept, 6),
        "own": round(member.own, 6),
        "lag": member.lag,
    }


def _event(story_id: int, what: str, **more: Any) -> Row:
    columns: Row = {"from_article": None, "to_article": None, "into": None, "from_agency": None, "to_agency": None, "why": ""}
    return {"story_id": story_id, "what": what} | columns | more
