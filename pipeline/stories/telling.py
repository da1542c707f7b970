"""The copies of one text and their matches -> the story: its canonical article, what each copy kept and added, whose text it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.records import Evidence, Match, Member, Relation, Story
from pipeline.stories.canonical import choose, rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipeline.records import Copy

Compare = Callable[[int, int], Match | None]  # two articles -> what they share, whatever it amounts to


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a relation is called. kept: share of the origin in the copy; own: share of the copy not in the origin."""

    whole: float = 0.95  # kept at least so much: nothing of note was left out
    nothing: float = 0.05  # own at most so much: nothing of note was added
    most: float = 0.9  # kept at least so much with more of its own: expanded
    little: float = 0.1  # own at most so much with something left out: trimmed
    partial: float = 0.5  # kept less than this with more of its own: partial
    mixed: float = 0.5  # what a credit for a part of the text weighs beside one for the whole


def tell(
    copies: Iterable[Copy],
    matches: Iterable[Evidence],
    *,
    compare: Compare | None = None,
    canonical: int | None = None,
    agency: str | None = None,
    policy: Policy = Policy(),
) -> Story:
    """Return the story that these copies are.

    `compare` is asked about copies that have no match with the canonical article (they are in the story through
    others); without it they count as sharing nothing. `canonical` and `agency` are people's decisions; a canonical
    article that is not among the copies is ignored. Members: the canonical article, then in the order of time.
    """
    known = {copy.article: copy for copy in copies}
    origin = known[canonical if canonical is not None and canonical in known else choose(known.values())]
    direct = _direct(origin.article, matches)
    members = [Member(article=origin.article, relation="origin", kept=1.0, own=0.0, lag=timedelta(0) if origin.precise else None)]
    for copy in sorted(known.values(), key=lambda copy: (copy.happened_at, copy.url_key)):
        if copy.article != origin.article:
            match = direct.get(copy.article) or (compare(origin.article, copy.article) if compare else None)
            members.append(_member(origin, copy, match, policy))
    return Story(canonical=origin.article, members=tuple(members), agency=agency or whose(known.values(), members, policy=policy))


def relation(kept: float, own: float, policy: Policy = Policy()) -> Relation:
    """Name what a desk did to the origin's text."""
    if kept >= policy.whole and own <= policy.nothing:
        return "verbatim"
    if own <= policy.little and kept < policy.whole:
        return "trimmed"
    if kept >= policy.most and own > policy.little:
        return "expanded"
    return "partial" if kept < policy.partial else "edited"


def whose(copies: Iterable[Copy], members: Iterable[Member], *, policy: Policy = Policy()) -> str | None:
    """Return the agency whose text this is.

    An agency's own article in the story settles it. Otherwise every copy that credits an agency has a voice, as
    loud as it kept the text, less where it credits a part only; between equals the canonical rule decides.
    """
    kept = {member.article: member.kept for member in members}
    own = [copy for copy in copies if copy.by_agency and copy.agency]
    voices = own or [copy for copy in copies if copy.agency]
    if not voices:
        return None
    loud: dict[str, int] = defaultdict(int)
    for copy in voices:
        loud[copy.agency or ""] += round(kept[copy.article] * (policy.mixed if copy.extent == "mixed" else 1.0) * 1e6)
    first = min(voices, key=lambda copy: (-loud[copy.agency or ""], rank(copy)))
    return first.agency


def _direct(origin: int, matches: Iterable[Evidence]) -> Mapping[int, Evidence]:
    found: dict[int, Evidence] = {}
    for match in matches:
        if origin in {match.left, match.right}:
            found[match.right if match.left == origin else match.left] = match
    return found


def _member(origin: Copy, copy: Copy, match: Evidence | None, policy: Policy) -> Member:
    kept, own = 0.0, 1.0
    if match is not None:
        there, here = match.left_in_right, match.right_in_left
        kept, own = (there, 1.0 - here) if match.left == origin.article else (here, 1.0 - there)
    lag = copy.happened_at - origin.happened_at if copy.precise and origin.precise else None
    return Member(article=copy.article, relation=relation(kept, own, policy), kept=kept, own=own, lag=lag)
