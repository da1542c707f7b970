"""Articles that share text, directly or through others -> their stories. Only what has changed is written, and each change is logged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.records import Copy, Match
from pipeline.steps import compared, standing
from pipeline.store import dicts, read
from pipeline.stories import identity, matches, partition, telling
from pipeline.stories.decisions import Decision, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from pipeline.records import Signature, Story
    from pipeline.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """Articles that are to be grouped together, with all that decides how."""

    copies: Mapping[int, Copy]
    evidence: Sequence[Match]
    words: Words


def regroup(connection: Connection, articles: Sequence[int], at: datetime) -> Mapping[int, str]:
    """Group the articles and all around them anew and return each one's relation. Needs the cluster lock and a transaction."""
    around = near(connection, articles)
    groups = partition.group(around.copies.values(), around.evidence, together=around.words.together, apart=around.words.apart)
    stories = told(groups, around, measuring(connection))
    was = standing.read_standing(connection, list(around.copies))
    identities = identity.settle(groups, {article: row["story_id"] for article, row in was.members.items()})
    standing.write_stories(connection, stories, identities, was=was, around=around, at=at)
    return {member.article: member.relation for story in stories for member in story.members}


def near(connection: Connection, articles: Sequence[int]) -> Neighbourhood:
    """Return the articles and all that hang together with them, by matches, stories or people's word."""
    ids = [row["article_id"] for row in dicts(connection, "cluster.neighbourhood", articles=articles)]
    copies = {copy.article: copy for copy in read(connection, "cluster.copies", Copy, articles=ids)}
    evidence = read(connection, "cluster.matches", match, articles=list(copies))
    return Neighbourhood(copies=copies, evidence=evidence, words=_words(connection, list(copies)))


def _words(connection: Connection, articles: Sequence[int]) -> Words:
    return Words(said=tuple(read(connection, "decisions.about", Decision, articles=articles)))


def match(*, passages: Sequence[int], **stored: Any) -> Match:
    """Return the match whose columns these are."""
    return Match(passages=tuple(zip(passages[::3], passages[1::3], passages[2::3], strict=True)), **stored)


def told(groups: Sequence[Sequence[int]], around: Neighbourhood, measure: Callable[[int, int], Match | None]) -> list[Story]:
    """Tell each group's story. A pair that was never compared directly is measured now, if its signatures are there."""
    place = {article: number for number, group in enumerate(groups) for article in group}
    inside: list[list[Match]] = [[] for _ in groups]
    for match in around.evidence:
        if place[match.left] == place[match.right]:
            inside[place[match.left]].append(match)
    stories = []
    for group, some in zip(groups, inside, strict=True):
        copies = [around.copies[article] for article in group]
        canonical = around.words.canonical_of(copies)
        story = telling.tell(copies, some, compare=measure, canonical=canonical)
        stories.append(replace(story, agency=around.words.agency_of(copies, story.agency)))
    return stories


def measuring(connection: Connection) -> Callable[[int, int], Match | None]:
    """Return what measures a pair by its stored signatures."""
    texts: dict[int, Signature] = {}

    def measure(left: int, right: int) -> Match | None:
        if missing := [article for article in (left, right) if article not in texts]:
            texts.update({article: one.signature for article, one in compared.signed(connection, missing).items()})
        if left not in texts or right not in texts:
            return None
        return matches.measure(texts[left], texts[right], pair=(left, right))

    return measure
