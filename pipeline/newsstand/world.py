"""A seed, a number of titles, days and a start -> the World: every piece of every title, planned. The same call gives the same world."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.newsstand import cast, dirt, repeats, texts
from pipeline.newsstand.addresses import address
from pipeline.newsstand.demand import enough, reports_wanted, wires_wanted
from pipeline.newsstand.desk import Desk
from pipeline.newsstand.habits import SIGNATURES
from pipeline.newsstand.plan import Piece, Policy, World
from pipeline.newsstand.reports import fillings, owned, writers
from pipeline.newsstand.schedule import choose, dispatches, lag, plans, within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from pipeline.newsstand.cast import Cast, House
    from pipeline.newsstand.plan import Dispatch, Source

BRIEFS = (4, 6)  # wires in a round-up


def build(
    *, seed: int, titles: int = 40, days: float = 1.0, start: datetime, policy: Policy | None = None, news: Path = texts.NEWS
) -> World:
    """Return the world. ValueError without a title or a time zone; TextError if the texts of `news` are not usable."""
    if titles < 1 or days <= 0 or start.tzinfo is None:
        raise ValueError("a newsstand needs a title, some time, and a start with its zone")
    return _Planner(seed, titles, days, start, policy or Policy(), news).plan()


class _Planner:
    """Holds what all of the planning looks at."""

    def __init__(self, seed: int, titles: int, days: float, start: datetime, policy: Policy, news: Path) -> None:  # noqa: PLR0917  what makes a world
        self.seed, self.days, self.start, self.policy = seed, days, start, policy
        self.end = start + timedelta(days=days)
        self.cast: Cast = cast.draw(seed, titles, dirt=policy.dirt)
        self.desk = Desk(texts.read(news), self.cast)
        self.number = 1000
        self.written = enough(policy, titles, days)
        self.copyists = repeats.Copyists(
            cast=self.cast, policy=policy, seed=seed, days=days, end=self.end, address=self._address, sisters=repeats.sisters(self.cast)
        )

    def plan(self) -> World:
        sent = dispatches(
            self.desk, (self.start, self.end), wires_wanted(self.cast, self.policy, days=self.days, written=self.written), self.seed
        )
        by_language: dict[str, list[Dispatch]] = defaultdict(list)
        for dispatch in sent:
            by_language[dispatch.language].append(dispatch)
        pieces: list[Piece] = []
        for place, house in enumerate(self.cast.houses):
            if house.title.kind != "republisher" and "html" not in house.forms:
                pieces.extend(self._wires(place, house, by_language[house.title.language]))
        pieces.extend(self._left(sent, pieces))
        pieces.extend(self._owned(sent))
        pieces.extend(self._filled())
        pieces.extend(repeats.republished(self.copyists, pieces))
        if self.policy.dirt:
            pieces = list(dirt.blur(pieces, len(self.cast.houses), self.seed))
            pieces.extend(dirt.strew(self.cast, (self.start, self.end), self.seed))
        return World(
            seed=self.seed,
            start=self.start,
            end=self.end,
            cast=self.cast,
            desk=self.desk,
            dispatches={dispatch.source: dispatch for dispatch in sent},
            shelves=_shelves(pieces, len(self.cast.houses)),
        )

    def _wires(self, place: int, house: House, sent: Sequence[Dispatch]) -> Iterator[Piece]:
        rng = random.Random(f"{self.seed}/wires/{place}")
        if house.title.agency:
            own = [dispatch for dispatch in sent if self.desk.wire(dispatch.source).agency == house.title.agency]
            yield from (self._at_once(place, dispatch) for dispatch in own)
            return
        number = round(self.policy.per_day * self.days * self.policy.wire * rng.uniform(0.6, 1.4))
        for dispatch in choose(sent, number, rng):
            yield self._run(place, house, dispatch, sent, rng)
        if rng.random() < self.policy.roundup * self.days and len(sent) > BRIEFS[1]:
            yield self._roundup(place, house, sent, rng)

    def _left(self, sent: Sequence[Dispatch], pieces: Sequence[Piece]) -> Iterator[Piece]:
        """Yield a piece of some title for each wire as it was written that no desk chose."""
        chosen = {piece.source for piece in pieces if not self.cast.houses[piece.house].title.agency}
        for dispatch in sent:
            desks = writers(self.cast, dispatch.language) if dispatch.source not in chosen and not dispatch.source.variant else ()
            if desks:
                rng = random.Random(f"{self.seed}/left/{dispatch.source.slug}")
                place = rng.choice(desks)
                yield self._run(place, self.cast.houses[place], dispatch, sent, rng)

    def _at_once(self, place: int, dispatch: Dispatch) -> Piece:
        """Return the wire as the agency's own site runs it: as it goes out, with every change of it."""
        changes = ((dispatch.update_at, "update"), (dispatch.correct_at, "correction"))
        return self._piece(
            place,
            dispatch,
            dispatch.at,
            kind="wire",
            changes=tuple((at, what) for at, what in changes if at is not None and at < self.end),
            signature="dateline",
        )

    def _run(self, place: int, house: House, dispatch: Dispatch, sent: Sequence[Dispatch], rng: random.Random) -> Piece:  # noqa: PLR0917  all that planning looks at
        published = within(dispatch.at + lag(self.policy, rng), dispatch.at, self.end, rng)
        edits, changes = list(plans(self.policy, rng)), []
        for at, what in ((dispatch.update_at, "update"), (dispatch.correct_at, "correction")):
            if at is not None and rng.random() < self.policy.follow:
                later = at + lag(self.policy, rng)
                if published >= at:
                    edits.append(what)
                elif later < self.end:
                    changes.append((later.replace(microsecond=0), what))
        other = self._other(dispatch, sent, published, rng) if "merge" in edits else None
        return self._piece(
            place,
            dispatch,
            published,
            kind="stub" if rng.random() < house.habits.paywall and not other else "wire",
            edits=tuple(edits),
            changes=tuple(changes),
            also=(other.source,) if other else (),
            signature=house.habits.signature if rng.random() < 0.8 else rng.choice(list(SIGNATURES)),  # noqa: PLR2004  a habit, not a law
        )

    def _other(self, dispatch: Dispatch, sent: Sequence[Dispatch], published: datetime, rng: random.Random) -> Dispatch | None:
        """Return another wire to merge: of the same event if there is one, else of the same section."""
        out = [other for other in sent if other.at <= published and other.source != dispatch.source]
        near = [other for other in out if other.event == dispatch.event] or [other for other in out if other.section == dispatch.section]
        return rng.choice(near) if near else None

    def _roundup(self, place: int, house: House, sent: Sequence[Dispatch], rng: random.Random) -> Piece:
        published = (self.start + (self.end - self.start) * rng.uniform(0.5, 0.99)).replace(microsecond=0)
        out = sent[: bisect_right([dispatch.at for dispatch in sent], published)]
        held = choose(out[-40:], rng.randint(*BRIEFS), rng)
        url = address(house, headline="in brief", section="world", number=self._next(), published=published)
        return Piece(house=place, url=url, kind="roundup", published=published, also=tuple(dispatch.source for dispatch in held))

    def _owned(self, sent: Sequence[Dispatch]) -> Iterator[Piece]:
        for place, report in owned(
            self.desk,
            self.cast,
            sent,
            (self.start, self.end),
            policy=self.policy,
            seed=self.seed,
            wanted=reports_wanted(self.desk, self.cast, self.policy, days=self.days, written=self.written),
        ):
            url = self._address(place, report.source, report.section, report.at)
            piece = Piece(
                house=place, url=url, kind="own", published=report.at, section=report.section, source=report.source, quoted=report.quoted
            )
            yield piece
            yield from repeats.shared(self.copyists, piece)

    def _filled(self) -> Iterator[Piece]:
        for place, source, section, at in fillings(self.desk, self.cast, (self.start, self.end), policy=self.policy, seed=self.seed):
            url = self._address(place, source, section, at)
            yield Piece(house=place, url=url, kind="template", published=at, section=section, source=source)

    def _piece(self, place: int, dispatch: Dispatch, published: datetime, **more: object) -> Piece:
        url = self._address(place, dispatch.source, dispatch.section, published)
        return Piece(house=place, url=url, published=published, section=dispatch.section, source=dispatch.source, **more)  # type: ignore[arg-type]  # the fields of a Piece

    def _address(self, place: int, source: Source, section: str, published: datetime) -> str:
        headline = self.desk.headline(source)
        return address(self.cast.houses[place], headline=headline, section=section, number=self._next(), published=published)

    def _next(self) -> int:
        self.number += 7
        return self.number


def _shelves(pieces: Sequence[Piece], houses: int) -> tuple[tuple[Piece, ...], ...]:
    shelves: list[list[Piece]] = [[] for _ in range(houses)]
    for piece in sorted(pieces, key=lambda piece: (piece.published, piece.url)):
        shelves[piece.house].append(piece)
    return tuple(map(tuple, shelves))
