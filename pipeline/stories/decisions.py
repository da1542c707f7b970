"""People's word on articles -> what it means for copies, and what it would contradict.

Decisions are about articles, never about stories: they hold for whatever story an article is in, whenever stories are made anew.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  records are read at run time
from typing import TYPE_CHECKING, Literal

from pipeline.stories.canonical import rank

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pipeline.records import Copy, Story

What = Literal["must_link", "cannot_link", "set_canonical", "set_agency", "pick", "one_event", "two_events"]
PAIRS = frozenset({"must_link", "cannot_link"})  # those on two articles
EVENTS = frozenset({"one_event", "two_events"})  # those on the events of two articles' stories: pipeline/steps/said.py


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's word that holds. Of two articles the one with the lower id comes first."""

    decision_id: int
    what: What
    article_id: int
    other_id: int | None
    agency: str | None  # of set_agency; None: no agency's
    who: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What people have decided about some articles."""

    said: tuple[Decision, ...] = ()

    @property
    def together(self) -> list[tuple[int, int]]:
        return self._pairs("must_link")

    @property
    def apart(self) -> list[tuple[int, int]]:
        return self._pairs("cannot_link")

    def canonical_of(self, copies: Iterable[Copy]) -> int | None:
        """Return the article that was decided to stand for these copies; of several (their stories were two once) the best by the rule."""
        first = self._first(copies, "set_canonical")
        return first.article_id if first else None

    def agency_of(self, copies: Iterable[Copy], otherwise: str | None) -> str | None:
        """Return the agency that was decided for these copies, likewise; `otherwise` where nothing was."""
        first = self._first(copies, "set_agency")
        return first.agency if first else otherwise

    def speak_of(self, story: Story, what: What) -> Decision | None:
        """Return the decision that settles this of a story as it was told, if one does."""
        if what == "set_canonical":
            return self._on(story.canonical, what)
        return next((found for member in story.members if (found := self._on(member.article, what))), None)

    def _pairs(self, what: What) -> list[tuple[int, int]]:
        return [(one.article_id, one.other_id) for one in self.said if one.what == what and one.other_id is not None]

    def _on(self, article: int, what: What) -> Decision | None:
        return next((one for one in self.said if one.what == what and one.article_id == article), None)

    def _first(self, copies: Iterable[Copy], what: What) -> Decision | None:
        decided = {one.article_id: one for one in self.said if one.what == what}
        first = min((copy for copy in copies if copy.article in decided), key=rank, default=None) if decided else None
        return decided[first.article] if first else None


def contradicted(new: Decision, said: Iterable[Decision], story: Collection[int] = ()) -> Decision | None:
    """Return the decision that the new one repeats or contradicts, or None.

    What must be in one story is so through others, too: if a and b must, and b and c must, then a and c cannot be kept
    apart. `story` holds the articles that are in one story with the new decision's now: they have one canonical article and one agency.
    """
    said = sorted(said, key=lambda one: one.decision_id)
    for one in said:
        if (one.what, one.article_id, one.other_id) == (new.what, new.article_id, new.other_id):
            return one
    bound = _bound([one for one in (*said, new) if one.what == "must_link"])
    if new.what in PAIRS:
        for one in (*said, new):
            if one.what == "cannot_link" and one.other_id in bound[one.article_id]:
                return one if one is not new else _between(said, new)
    for one in said:
        same = one.article_id in story or one.article_id in bound[new.article_id]
        if one.what == new.what and new.what not in PAIRS and same and (new.what == "set_canonical" or one.agency != new.agency):
            return one
    return None


def _bound(links: Iterable[Decision]) -> Mapping[int, set[int]]:
    """Return with whom each article must be in one story."""
    bound: dict[int, set[int]] = defaultdict(set)
    for link in links:
        assert link.other_id is not None, "it is on a pair"
        whole = bound[link.article_id] | bound[link.other_id] | {link.article_id, link.other_id}
        for article in whole:
            bound[article] = whole
    return bound


def _between(said: Iterable[Decision], new: Decision) -> Decision:
    """Return one of the links by which the two articles of the new decision are bound."""
    links = [one for one in said if one.what == "must_link"]
    bound = _bound(links)[new.article_id]
    return next(one for one in reversed(links) if one.article_id in bound)
