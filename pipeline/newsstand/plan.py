"""The nouns of the bundled world: what is told, by whom, where and when. A piece is small; its text is made when somebody asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  records are read at run time
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.newsstand.cast import Cast
    from pipeline.newsstand.desk import Desk

Kind = Literal["wire", "own", "template", "roundup", "stub", "dirt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How busy and how honest the newsrooms are. Shares are of a title's pieces, or of its wire pieces where an edit is named.

    Two thirds of online news text are copied, a quarter of it within 4 minutes and half within 25: guides of the product give the sources.
    """

    per_day: float = 11.0  # pieces of a title
    wire: float = 0.66
    own: float = 0.2
    template: float = 0.11
    roundup: float = 0.25  # of titles, a day
    copies: float = 12.0  # titles that run a wire, where there are enough titles
    lag_minutes: float = 25.0  # median
    lag_spread: float = 1.5  # standard deviation of the lag's logarithm
    headline: float = 0.7
    trim: float = 0.4
    drop: float = 0.15
    swap: float = 0.12
    local: float = 0.25
    style: float = 0.8
    merge: float = 0.06
    follow: float = 0.5  # of those who ran a wire before its update or correction
    shared: float = 0.3  # of own reports: run by a sister title too
    quoting: float = 0.5  # of own reports about a wire's event: quote the same speech
    dirt: bool = True
    variants: bool | None = None  # tell more stories than were written; None: only where the written ones are too few for the size


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a piece tells: a wire, own report or template, in one variant (of a template: one filling)."""

    kind: Literal["wire", "own", "template"]
    slug: str
    variant: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """A wire as it goes out."""

    source: Source
    language: str
    section: str
    event: str
    at: datetime
    update_at: datetime | None = None
    correct_at: datetime | None = None
    pull: float = 1.0  # how much desks want it


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One URL of one title, as planned."""

    house: int  # place in the cast
    url: str
    kind: Kind
    published: datetime
    section: str = "world"
    source: Source | None = None
    also: tuple[Source, ...] = ()  # other stories it holds in part
    quoted: Source | None = None  # whose quotation it repeats
    edits: tuple[str, ...] = ()  # what the desk means to do
    changes: tuple[tuple[datetime, str], ...] = ()  # later, under the same URL: (when, "update" or "correction")
    signature: str = "none"
    copied: Piece | None = None  # the sister's or other title's piece it repeats
    dirt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that will happen between `start` and `end`."""

    seed: int
    start: datetime
    end: datetime
    cast: Cast
    desk: Desk
    dispatches: Mapping[Source, Dispatch]
    shelves: tuple[tuple[Piece, ...], ...]  # each house's pieces by time


def story(source: Source) -> str:
    """Return the key under which the ground truth knows what `source` tells."""
    return source.slug if source.variant == 0 else f"{source.slug}~{source.variant}"
