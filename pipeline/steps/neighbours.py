"""Articles that share text, directly or through others -> their stories. Only what has changed is written, and each change is logged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.records import Copy, Evidence, Match, Overlap
from pipeline.steps import compared, standing
from pipeline.store import dicts, read
from pipeline.stories import identity, partition, telling
from pipeline.stories.decisions import Decision, Words

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.records import Story
    from pipeline.store import Connection

Pair = tuple[int, int]
Measure = Callable[[Sequence[Pair]], Mapping[Pair, Match | None]]  # pairs of articles -> what each shares, whatever it amounts to


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """Articles that are to be grouped together, with all that decides how."""

    copies: Mapping[int, Copy]
    evidence: Sequence[Evidence]
    words: Words


def regroup(connection: Connection, articles: Sequence[int], at: datetime, memory: compared.Memory | None = None) -> Mapping[int, str]:
    """Group the articles and all around them anew and return each one's relation. Needs the cluster lock and a transaction."""
    around = near(connection, articles)
    groups = partition.group(around.copies.values(), around.evidence, together=around.words.together, apart=around.words.apart)
    stories = told(groups, around, measuring(connection, memory or compared.Memory()))
    was = standing.read_standing(connection, list(around.copies))
    identities = identity.settle(groups, {article: row["story_id"] for article, row in was.members.items()})
    standing.write_stories(connection, stories, identities, was=was, around=around, at=at)
    return {member.article: member.relation for story in stories for member in story.members}


def near(connection: Connection, articles: Sequence[int]) -> Neighbourhood:
    """Return the articles and all that hang together with them, by matches, stories or people's word."""
    ids = [row["article_id"] for row in dicts(connection, "cluster.neighbourhood", articles=articles)]
    copies = {copy.article: copy for copy in read(connection, "cluster.copies", Copy, articles=ids)}
    evidence = read(connection, "cluster.matches", Overlap, articles=list(copies))
    return Neighbourhood(copies=copies, evidence=evidence, words=_words(connection, list(copies)))


def _words(connection: Connection, articles: Sequence[int]) -> Words:
    return Words(said=tuple(read(connection, "decisions.about", Decision, articles=articles)))


def match(*, passages: Sequence[int], **stored: Any) -> Match:
    """Return the match whose columns these are."""
    return Match(passages=tuple(zip(passages[::3], passages[1::3], passages[2::3], strict=True)), **stored)


def told(groups: Sequence[Sequence[int]], around: Neighbourhood, measure: Measure) -> list[Story]:
    """Tell each group's story. Pairs that were never compared directly are measured now, those whose signatures are there."""
    place = {article: number for number, group in enumerate(groups) for article in group}
    inside: list[list[Evidence]] = [[] for _ in groups]
    for match in around.evidence:
        if place[match.left] == place[match.right]:
            inside[place[match.left]].append(match)
    asked: dict[int, list[Pair]] = defaultdict(list)

    def ask(left: int, right: int) -> None:
        asked[place[left]].append((left, right))

    stories = [
        _told([around.copies[article] for article in group], some, around.words, ask) for group, some in zip(groups, inside, strict=True)
    ]
    measured = measure([pair for pairs in asked.values() for pair in pairs])
    for number in asked:
        copies = [around.copies[article] for article in groups[number]]
        stories[number] = _told(copies, inside[number], around.words, lambda left, right: measured[left, right])
    return stories


def _told(copies: Sequence[Copy], matches: Sequence[Evidence], words: Words, compare: Callable[[int, int], Match | None]) -> Story:
    story = telling.tell(copies, matches, compare=compare, canonical=words.canonical_of(copies))
    return replace(story, agency=words.agency_of(copies, story.agency))


def measuring(connection: Connection, memory: compared.Memory) -> Measure:
    """Return what measures pairs by their stored signatures."""

    def measure(pairs: Sequence[Pair]) -> Mapping[Pair, Match | None]:
        texts = compared.signed(connection, sorted({article for pair in pairs for article in pair}), memory) if pairs else {}
        return {pair: compared.evidence(pair, texts, memory) for pair in pairs}

    return measure
