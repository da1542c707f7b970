"""Two articles -> why they are one story, or are not: the evidence, what each setting of the dial says, the way between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.steps import compared
from pipeline.store import dicts
from pipeline.stories import matches, showing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.records import Match
    from pipeline.steps.edges import Edges
    from pipeline.stories.showing import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one setting of the dial says of a pair."""

    level: str
    copies: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """All that can be said of two articles. Shares and passages are seen from the first one."""

    sides: tuple[Mapping[str, Any], Mapping[str, Any]]  # title, url, headline, text, language, at, relation, kept, own
    summary: Mapping[str, Any]  # the row of mart.why
    match: Match | None  # measured now, the first article on the left; None: next to nothing is shared
    verdicts: tuple[Verdict, ...]
    shown: Shown


def explain(edges: Edges, one: int, other: int) -> Why:
    """Return why the two are in one story, or are not."""
    with edges.connection.transaction():
        rows = {row["article_id"]: row for row in dicts(edges.connection, "why.sides", articles=[one, other])}
        summary = dicts(edges.connection, "why.summary", one=one, other=other)[0]
        texts = compared.signed(edges.connection, [one, other])
    match = None
    if one in texts and other in texts:
        match = matches.measure(texts[one].signature, texts[other].signature, pair=(0, 1))
    sides = rows[one], rows[other]
    shown = showing.show(sides[0]["text"], sides[1]["text"], (sides[0]["language"], sides[1]["language"]), seed=edges.seed)
    return Why(sides=sides, summary=summary, match=match, verdicts=_verdicts(match, sides), shown=shown)


def _verdicts(match: Match | None, sides: tuple[Mapping[str, Any], Mapping[str, Any]]) -> tuple[Verdict, ...]:
    if match is None:
        return tuple(Verdict(level=level, copies=False, why="next to nothing is shared") for level in matches.LEVELS)
    apart = abs(sides[0]["happened_at"] - sides[1]["happened_at"])
    if refused := matches.refusal(match, apart):
        return tuple(Verdict(level=level, copies=False, why=refused) for level in matches.LEVELS)
    return tuple(
        _verdict(match, level, told, differing)
        for level, told, differing in zip(matches.LEVELS, *matches.needed(match, apart), strict=True)
    )


def _verdict(match: Match, level: str, told: float, differing: float) -> Verdict:
    much, same = match.told >= told, match.differing <= differing
    facts = f"{match.differing:.0%} of figures and names differ, {differing:.0%} allowed"
    why = f"{match.told:.0%} shared, {told:.0%} needed; {facts}"
    return Verdict(level=level, copies=much and same, why=why)
