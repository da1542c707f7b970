"""Copies and matches -> groups, each the copies of one text. A pure function of the two sets: order does not matter.

Average link: two groups become one while more than half of the pairs between them are linked (links.py), the surest first.
A page that shares its text with two stories therefore stays with the one it shares more with, and joins them never.
Pages that hold several texts (live blogs, round-ups) stay alone; what they hold stays visible as matches.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.stories import linkage, links
from pipeline.stories.canonical import SEVERAL_TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipeline.records import Copy, Evidence, Level

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When two groups are one. Measured by benchmarks/copies.py."""

    linked: float = 0.5  # more than this share of the pairs between two groups must be linked; a doubt is half a link
    held: float = 0.5  # a page holds a text if so much of it stands there
    part: float = 0.5  # and it makes up no more of the page than this
    texts: int = 3  # a page that holds so many texts that have nothing in common is a round-up
    links: links.Policy = field(default_factory=links.Policy)


def group(
    copies: Iterable[Copy],
    matches: Iterable[Evidence],
    *,
    level: Level = "normal",
    together: Iterable[Pair] = (),
    apart: Iterable[Pair] = (),
    policy: Policy = Policy(),
) -> tuple[tuple[int, ...], ...]:
    """Return every copy in exactly one group, members and groups in the order of their url_keys.

    `together` and `apart` are people's decisions: two articles that they put together bring their groups with them;
    where decisions contradict each other, `apart` holds. Matches and decisions about other articles are ignored.
    """
    copies = sorted(copies, key=lambda copy: copy.url_key)
    place = {copy.article: at for at, copy in enumerate(copies)}
    known = [match for match in matches if match.left in place and match.right in place]
    alone = roundups(copies, known, policy=policy)
    firm, doubts = links.between(known, {article: at for article, at in place.items() if article not in alone}, level, policy.links)
    kept_apart = _places(place, apart)
    groups = linkage.average(len(copies), firm, doubts=doubts, apart=kept_apart, least=policy.linked)
    joined = _joined(groups, _places(place, together), kept_apart)
    return tuple(tuple(copies[at].article for at in members) for members in joined)


def roundups(copies: Iterable[Copy], matches: Iterable[Evidence], *, policy: Policy = Policy()) -> frozenset[int]:
    """Return the articles that hold several texts: by their flags, or because texts that have nothing in common stand in them.

    Matches of every level say so, whichever the dial is set to.
    """
    linked: dict[int, set[int]] = defaultdict(set)
    holds: dict[int, set[int]] = defaultdict(set)
    for match in matches:
        linked[match.left].add(match.right)
        linked[match.right].add(match.left)
        if match.left_in_right >= policy.held and match.right_in_left <= policy.part:
            holds[match.right].add(match.left)
        if match.right_in_left >= policy.held and match.left_in_right <= policy.part:
            holds[match.left].add(match.right)
    flagged = {copy.article for copy in copies if not SEVERAL_TEXTS.isdisjoint(copy.flags)}
    return frozenset(flagged | {page for page, held in holds.items() if _unlike(held, linked) >= policy.texts})


def _unlike(articles: set[int], linked: Mapping[int, set[int]]) -> int:
    """Return how many sets these articles fall into if those are put together that match."""
    left, count = set(articles), 0
    while left:
        reached = [left.pop()]
        count += 1
        while reached:
            near = linked[reached.pop()] & left
            left -= near
            reached += near
    return count


def _places(place: Mapping[int, int], pairs: Iterable[Pair]) -> list[Pair]:
    """Return pairs of articles as pairs of places, lower place first, in order; those with an unknown end left out."""
    known = [(place[left], place[right]) for left, right in pairs if left in place and right in place and left != right]
    return sorted({(min(pair), max(pair)) for pair in known})


def _joined(groups: Iterable[tuple[int, ...]], together: Iterable[Pair], apart: Iterable[Pair]) -> list[list[int]]:
    """Return the groups, those put together that people put together."""
    whole = {at: members for members in map(list, groups) for at in members}
    for left, right in together:
        first, second = whole[left], whole[right]
        if first is not second and not any({id(whole[one]), id(whole[other])} == {id(first), id(second)} for one, other in apart):
            members = sorted(first + second)
            whole.update(dict.fromkeys(members, members))
    return [whole[at] for at in sorted(whole) if whole[at][0] == at]
