"""Texts, cast, span and policy -> when each wire goes out, and which titles run it, own reports and the rest, minutes to hours later."""

from __future__ import annotations

import math
import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.newsstand.plan import Dispatch, Policy, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.newsstand.desk import Desk
    from pipeline.newsstand.texts import Wire

_LAST = 0.85  # share of the span after which no wire goes out, so that titles have time to run it


def dispatches(desk: Desk, span: tuple[datetime, datetime], wanted: dict[str, int], seed: int) -> list[Dispatch]:
    """Return `wanted` wires of each language, at least every written one, spread over the span and sorted by time."""
    sent: list[Dispatch] = []
    for language, number in sorted(wanted.items()):
        wires = [wire for wire in desk.texts.wires if wire.language == language]
        for place in range(max(len(wires), number) if wires else 0):
            wire, variant = wires[place % len(wires)], place // len(wires)
            sent.append(_dispatch(wire, variant, span, seed))
    return sorted(sent, key=lambda sending: (sending.at, sending.source.slug, sending.source.variant))


def _dispatch(wire: Wire, variant: int, span: tuple[datetime, datetime], seed: int) -> Dispatch:
    """Wires of one event go out within three hours of one another."""
    rng = random.Random(f"{seed}/dispatch/{wire.slug}/{variant}")
    event = f"{wire.event or wire.slug}~{variant}" if variant else wire.event or wire.slug
    length = (span[1] - span[0]) * _LAST
    begun = length * random.Random(f"{seed}/event/{event}").random()
    at = min(begun + timedelta(hours=3 * rng.random()), length)
    at_moment = _second(span[0] + at)
    return Dispatch(
        source=Source(kind="wire", slug=wire.slug, variant=variant),
        language=wire.language,
        section=wire.section,
        event=event,
        at=at_moment,
        update_at=_second(at_moment + timedelta(hours=1 + 3 * rng.random())) if wire.update else None,
        correct_at=_second(at_moment + timedelta(hours=2 + 3 * rng.random())) if wire.correction else None,
        pull=1 / (1 + rng.randrange(8)),
    )


def choose(sent: Sequence[Dispatch], number: int, rng: random.Random) -> list[Dispatch]:
    """Return up to `number` dispatches, the ones with more pull more often (Efraimidis and Spirakis: weighted without replacement)."""
    ranked = sorted(((rng.random() ** (1 / sending.pull), place) for place, sending in enumerate(sent)), reverse=True)
    return [sent[place] for _, place in ranked[:number]]


def lag(policy: Policy, rng: random.Random) -> timedelta:
    """Return how long after the wire a desk runs it: log-normal, half within the policy's median."""
    minutes = math.exp(rng.gauss(math.log(policy.lag_minutes), policy.lag_spread))
    return timedelta(minutes=minutes)


def within(moment: datetime, earliest: datetime, end: datetime, rng: random.Random) -> datetime:
    """Return `moment`, or some time between `earliest` and `end` if it is past the end."""
    return _second(moment if moment < end else earliest + (end - earliest) * rng.random())


def plans(policy: Policy, rng: random.Random) -> Iterator[str]:
    """Yield what a desk means to do with a wire."""
    for name in ("headline", "trim", "drop", "swap", "local", "merge", "style"):
        if rng.random() < getattr(policy, name):
            yield name


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
