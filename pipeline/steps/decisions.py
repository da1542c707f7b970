"""People's word on articles: what holds of it in a neighbourhood, and how it is given and withdrawn. A contradiction is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.store import read
from pipeline.stories.canonical import rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pipeline.records import Copy, Story
    from pipeline.store import Connection

What = Literal["must_link", "cannot_link", "set_canonical", "set_agency"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A row of core.decision that holds."""

    decision_id: int
    what: What
    article_id: int
    other_id: int | None
    agency: str | None
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
        first = min((copy for copy in copies if self._on(copy.article, "set_canonical")), key=rank, default=None)
        return first.article if first else None

    def agency_of(self, copies: Iterable[Copy], otherwise: str | None) -> str | None:
        """Return the agency that was decided for these copies, likewise; `otherwise` where nothing was."""
        first = min((copy for copy in copies if self._on(copy.article, "set_agency")), key=rank, default=None)
        decided = self._on(first.article, "set_agency") if first else None
        return decided.agency if decided else otherwise

    def speak_of(self, story: Story, what: What) -> Decision | None:
        """Return the decision that settles this of a story."""
        if what == "set_canonical":
            return self._on(story.canonical, what)
        return next((found for member in story.members if (found := self._on(member.article, what))), None)

    def _pairs(self, what: What) -> list[tuple[int, int]]:
        return [(one.article_id, one.other_id) for one in self.said if one.what == what and one.other_id is not None]

    def _on(self, article: int, what: What) -> Decision | None:
        return next((one for one in self.said if one.what == what and one.article_id == article), None)


def about(connection: Connection, articles: Sequence[int]) -> Words:
    """Return what holds of these articles, and of pairs of which one is among them."""
    return Words(said=tuple(read(connection, "decisions.about", Decision, articles=articles)))
