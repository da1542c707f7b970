"""Matches and ranked copies -> what people should look at: how doubtful each is, and which few are worth most.

Doubt is nearness to the line on whose other side the machine would say the opposite: 1 on the line, 0 where it is `wide` away or further.
Worth is the articles whose story the answer is about. What is asked is what has most of both, a story once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from pipeline.stories import matches
from pipeline.stories.canonical import rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.records import Copy, Match

Kind = Literal["copies", "canonical"]
NORMAL = matches.LEVELS.index("normal")  # the setting of the dial by which stories are made
BY_CHANCE = 3  # from this point of canonical.rank on (who was seen first) our own polls decide, not what the copies are


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What counts as doubtful, and how much is asked."""

    told: float = 0.1  # so far from the least share is no doubt
    differing: float = 0.1  # so far from the most numbers and names that differ is none, either
    together: timedelta = timedelta(minutes=15)  # copies first seen within so long came in an order that our polls made
    least: float = 0.2  # of doubt: below it nobody is asked
    copies: int = 3  # a story of fewer articles is not worth a question on who stands for it
    a_day: int = 10  # questions


DEFAULT = Policy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something doubtful, before anybody is asked."""

    kind: Kind
    article: int
    other: int
    stories: tuple[int, ...]  # that the answer is about, in order
    one_story: bool
    doubt: float
    copies: int  # articles of these stories
    titles: int
    why: str


def of_pair(match: Match, apart: timedelta, policy: Policy = DEFAULT) -> float:
    """Return how near the pair is to where the normal setting of the dial would say the opposite."""
    if matches.refusal(match, apart):
        return 0.0
    least, most = matches.needed(match, apart)
    margins = (match.told - least[NORMAL]) / policy.told, (most[NORMAL] - match.differing) / policy.differing
    return round(max(0.0, 1.0 - abs(min(margins))), 6)


def of_canonical(copies: Sequence[Copy], policy: Policy = DEFAULT) -> tuple[Copy, Copy, float] | None:
    """Return the copy that stands, the one that might as well, and how doubtful that is; None where nothing is doubtful."""
    if len(copies) < policy.copies:
        return None
    best, *others = sorted(copies, key=rank)
    equal = [copy for copy in others if rank(copy)[:BY_CHANCE] == rank(best)[:BY_CHANCE]]
    longer = [copy for copy in equal if copy.words > best.words and copy.first_seen_at - best.first_seen_at < policy.together]
    if not longer:
        return None
    second = min(longer, key=lambda copy: (-copy.words, rank(copy)))
    doubt = 1.0 - (second.first_seen_at - best.first_seen_at) / policy.together
    return best, second, round(doubt, 6)


def choose(questions: Iterable[Question], most: int, policy: Policy = DEFAULT) -> list[Question]:
    """Return at most so many questions, those with most doubt and worth first; of one story or two, one question."""
    chosen: list[Question] = []
    asked: set[int] = set()
    for question in sorted(questions, key=_order):
        if len(chosen) < most and question.doubt >= policy.least and asked.isdisjoint(question.stories):
            chosen.append(question)
            asked.update(question.stories)
    return chosen


def _order(question: Question) -> tuple[float, int, str, int, int]:
    return (-question.doubt * question.copies, -question.titles, question.kind, question.article, question.other)
