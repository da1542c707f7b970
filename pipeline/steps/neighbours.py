"""Articles that share text, directly or through others -> their stories. Only what has changed is written, and each change is logged."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pipeline.records import Copy, Match, Member
from pipeline.store import dicts, many, read, value, write
from pipeline.stories import identity, matches, partition, signatures, telling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pipeline.records import Signature, Story
    from pipeline.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A story as it stands in the table."""

    story_id: int
    canonical_id: int
    agency: str | None


def regroup(connection: Connection, articles: Sequence[int], at: datetime) -> Mapping[int, str]:
    """Group whole neighbourhoods anew and return each article's relation. Needs the cluster lock and a transaction."""
    copies = {copy.article: copy for copy in read(connection, "cluster.copies", Copy, articles=articles)}
    evidence = [_match(row) for row in dicts(connection, "cluster.matches", articles=articles)]
    groups = partition.group(copies.values(), evidence)
    before = {row.pop("article_id"): row for row in dicts(connection, "cluster.members", articles=articles)}
    standing = read(connection, "cluster.stories", Standing, stories=sorted({row["story_id"] for row in before.values()}))
    stories = _tell(connection, groups, copies, evidence)
    identities = identity.settle(groups, {article: row["story_id"] for article, row in before.items()})
    ids = _place(connection, stories, identities, {story.story_id: story for story in standing}, before, at)
    for old, place in sorted(identities.merged.items()):
        write(connection, "cluster.close_story", story_id=old, into=ids[place], at=at)
        write(connection, "cluster.lead_on", story_id=old, into=ids[place])
        _log(connection, old, at, "merged", into=ids[place])
    return {member.article: member.relation for story in stories for member in story.members}


def signed(connection: Connection, articles: Sequence[int]) -> Mapping[int, Signature]:
    """Return the signatures of those articles that have one of our version."""
    rows = dicts(connection, "cluster.signatures", articles=articles, version=signatures.VERSION)
    return {row["article_id"]: signatures.unpack(row["packed"]) for row in rows}


def row(match: Match, version: int, at: datetime) -> Mapping[str, Any]:
    """Return a match as its row."""
    return asdict(match) | {"passages": [number for passage in match.passages for number in passage], "version": version, "at": at}


def _match(stored: Mapping[str, Any]) -> Match:
    numbers = stored["passages"]
    passages = tuple(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))
    return Match(**{**stored, "passages": passages})


def _tell(connection: Connection, groups: Sequence[Sequence[int]], copies: Mapping[int, Copy], evidence: Sequence[Match]) -> list[Story]:
    """Tell each group's story. A pair that was never compared directly is measured now, if its signatures are there."""
    texts: dict[int, Signature] = {}

    def measure(left: int, right: int) -> Match | None:
        if missing := [article for article in (left, right) if article not in texts]:
            texts.update(signed(connection, missing))
        if left not in texts or right not in texts:
            return None
        return matches.measure(texts[left], texts[right], pair=(left, right))

    place = {article: number for number, group in enumerate(groups) for article in group}
    inside: list[list[Match]] = [[] for _ in groups]
    for match in evidence:
        if place[match.left] == place[match.right]:
            inside[place[match.left]].append(match)
    return [telling.tell([copies[article] for article in group], some, compare=measure) for group, some in zip(groups, inside, strict=True)]


def _place(  # noqa: PLR0917  what was and what is
    connection: Connection,
    stories: Sequence[Story],
    identities: identity.Identities,
    standing: Mapping[int, Standing],
    before: Mapping[int, Mapping[str, Any]],
    at: datetime,
) -> list[int]:
    """Write stories and members where they differ from what stands, and return each story's id."""
    ids: list[int] = []
    for story, kept in zip(stories, identities.kept, strict=True):
        story_id = kept or int(value(connection, "cluster.open_story", canonical_id=story.canonical, agency=story.agency, at=at))
        ids.append(story_id)
        if kept is None:
            _log(connection, story_id, at, "created", to_article=story.canonical)
        rows = [{"story_id": story_id} | _member(member) for member in story.members]
        changed = [new for new in rows if before.get(new["article_id"]) != {name: new[name] for name in new if name != "article_id"}]
        many(connection, "cluster.put_member", changed)
        if kept is None:
            continue
        old = standing[kept]
        left = {article for article, was in before.items() if was["story_id"] == kept} - {member.article for member in story.members}
        if changed or left or (old.canonical_id, old.agency) != (story.canonical, story.agency):
            write(connection, "cluster.change_story", story_id=kept, canonical_id=story.canonical, agency=story.agency, at=at)
        if old.canonical_id != story.canonical:
            _log(connection, kept, at, "canonical", from_article=old.canonical_id, to_article=story.canonical)
    return ids


def _member(member: Member) -> dict[str, Any]:
    return {
        "article_id": member.article,
        "relation": member.relation,
        "kept": round(member.kept, 6),
        "own": round(member.own, 6),
        "lag": member.lag,
    }


def _log(  # noqa: PLR0913  a row's columns
    connection: Connection,
    story: int,
    at: datetime,
    what: str,
    *,
    from_article: int | None = None,
    to_article: int | None = None,
    into: int | None = None,
) -> None:
    columns = {"from_article": from_article, "to_article": to_article, "into": into}
    write(connection, "cluster.log", story_id=story, at=at, what=what, **columns)
