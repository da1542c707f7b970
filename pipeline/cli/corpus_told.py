"""Neighbourhoods of documents -> the stories that they are: what `fold` has done in child processes once all is read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from pipeline.cli import corpus_jobs
from pipeline.stories import matches, partition, telling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.cli.corpus_shelf import Place
    from pipeline.records import Match, Signature

    Member = tuple[int, Place, Place]  # its number, its copy, its signature
    Holds = tuple[int, ...]  # the canonical articles of the texts that a round-up holds
    Row = tuple[int, int, str, float, float, str | None, Holds | None]  # article, canonical article, relation, kept, own, agency, holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """Documents that candidate pairs hold together. Of those whose words are the same, one is compared for all."""

    members: tuple[Member, ...]
    same: tuple[tuple[int, ...], ...]  # article numbers; the first is compared
    pairs: tuple[tuple[int, int], ...]


def tell(neighbourhoods: Sequence[Neighbourhood]) -> list[Row]:
    """Compare, group and tell the stories of whole neighbourhoods."""
    return [row for one in neighbourhoods for row in _tell(one)]


def _tell(one: Neighbourhood) -> list[Row]:
    copies = {article: replace(corpus_jobs.copy(place), article=article) for article, place, _ in one.members}
    place = {article: place for article, _, place in one.members}

    @cache
    def signature(article: int) -> Signature:
        return corpus_jobs.signature(place[article])

    def measure(left: int, right: int) -> Match | None:
        return matches.measure(signature(left), signature(right), pair=(left, right))

    def compare(left: int, right: int) -> Match | None:
        times = [copies[article].happened_at for article in (left, right) if copies[article].precise]
        apart = times[0] - times[-1] if len(times) > 1 else None
        return matches.compare(signature(left), signature(right), pair=(left, right), apart=apart)

    found = [match for pair in one.pairs if (match := compare(*pair))]
    same = {members[0]: members for members in one.same}
    firsts = [copies[first] for first in same]
    alone = partition.roundups(firsts, found)
    near: dict[int, list[Match]] = defaultdict(list)
    for match in found:
        near[match.left].append(match)
        near[match.right].append(match)
    stories = {
        group: telling.tell(
            [copies[article] for first in group for article in same[first]],
            [match for first in group for match in near[first]],
            compare=measure,
        )
        for group in partition.group(firsts, found)
    }
    whose = {first: story.canonical for group, story in stories.items() for first in group}
    rows: list[Row] = []
    for group, story in stories.items():
        holds = _held(group[0], found, whose) if group[0] in alone else None
        rows += [
            (told.article, story.canonical, told.relation, round(told.kept, 4), round(told.own, 4), story.agency, holds)
            for told in story.members
        ]
    return rows


def _held(page: int, found: Sequence[Match], whose: Mapping[int, int]) -> Holds:
    """Return the canonical articles of what a page matches."""
    return tuple(sorted({whose[match.left + match.right - page] for match in found if page in {match.left, match.right}} - {page}))
