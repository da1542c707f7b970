"""Pieces -> the pieces that repeat them whole: own reports in a sister title, anything at a republisher."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.newsstand.plan import Piece, Policy, Source
from pipeline.newsstand.reports import writers
from pipeline.newsstand.schedule import lag, within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from pipeline.newsstand.cast import Cast


@dataclass(frozen=True, slots=True, kw_only=True)
class Copyists:
    """Who repeats, how quickly, and how the addresses of repeats are made (house, source, section, time)."""

    cast: Cast
    policy: Policy
    seed: int
    days: float
    end: datetime
    address: Callable[[int, Source, str, datetime], str]
    sisters: Mapping[tuple[str, str], Sequence[int]]  # owner and language -> places of its titles


def sisters(cast: Cast) -> dict[tuple[str, str], list[int]]:
    """Return the places of the titles that write themselves, by owner and language."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for language in cast.names:
        for place in writers(cast, language):
            found[cast.houses[place].title.owner, language].append(place)
    return found


def shared(copyists: Copyists, piece: Piece) -> Iterator[Piece]:
    """Yield the own report once more, in a sister title, if there is one and chance wills it."""
    rng = random.Random(f"{copyists.seed}/sister/{piece.url}")
    if rng.random() >= copyists.policy.shared:
        return
    first = copyists.cast.houses[piece.house].title
    others = [place for place in copyists.sisters[first.owner, first.language] if place != piece.house]
    if others:
        yield _again(copyists, rng.choice(others), piece, "shared", rng)


def republished(copyists: Copyists, pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Yield what republishers take of the pieces of their language."""
    by_language: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.kind in {"wire", "own"} and piece.copied is None:
            by_language[copyists.cast.houses[piece.house].title.language].append(piece)
    for place, house in enumerate(copyists.cast.houses):
        if house.title.kind == "republisher":
            rng = random.Random(f"{copyists.seed}/republisher/{place}")
            known = by_language[house.title.language]
            for piece in rng.sample(known, min(len(known), round(copyists.policy.per_day * copyists.days))):
                yield _again(copyists, place, piece, "republished", rng)


def _again(copyists: Copyists, place: int, piece: Piece, name: str, rng: random.Random) -> Piece:  # noqa: PLR0917  what a copy is made of
    at = within(piece.published + lag(copyists.policy, rng), piece.published, copyists.end, rng)
    assert piece.source is not None
    url = copyists.address(place, piece.source, piece.section, at)
    return Piece(
        house=place, url=url, kind=piece.kind, published=at, section=piece.section, source=piece.source, also=piece.also,
        edits=(name,), copied=piece,
    )  # fmt: skip
