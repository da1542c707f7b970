"""Own reports and recurring texts -> which title runs which, and when."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.newsstand.plan import Policy, Source
from pipeline.newsstand.schedule import within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.newsstand.cast import Cast
    from pipeline.newsstand.desk import Desk
    from pipeline.newsstand.plan import Dispatch

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An own report and when it appears."""

    source: Source
    section: str
    at: datetime
    quoted: Source | None  # a wire of the same event, whose quotation it repeats


def owned(  # noqa: PLR0913  all that planning looks at
    desk: Desk, cast: Cast, sent: Sequence[Dispatch], span: Span, *, policy: Policy, seed: int, wanted: Mapping[str, int]
) -> Iterator[tuple[int, Report]]:
    """Yield `wanted` reports of each language, each with the place of the house that runs it."""
    events: dict[str, list[Dispatch]] = {}
    for dispatch in sent:
        events.setdefault(dispatch.event, []).append(dispatch)
    for language, number in sorted(wanted.items()):
        houses, owns = writers(cast, language), [own for own in desk.texts.owns if own.language == language]
        rng = random.Random(f"{seed}/owned/{language}")
        rng.shuffle(houses)
        for place in range(number if houses and owns else 0):
            own, variant = owns[place % len(owns)], place // len(owns)
            event = f"{own.event}~{variant}" if variant else own.event
            others = [other for other in events.get(event, ()) if other.language == language]
            at, quoted = _moment(rng, others or events.get(event, []), span), rng.random() < policy.quoting
            yield (
                houses[place % len(houses)],
                Report(
                    source=Source(kind="own", slug=own.slug, variant=variant),
                    section=own.section,
                    at=at,
                    quoted=rng.choice(others).source if quoted and others else None,
                ),
            )


def fillings(desk: Desk, cast: Cast, span: Span, *, policy: Policy, seed: int) -> Iterator[tuple[int, Source, str, datetime]]:
    """Yield recurring texts: place of the house, the filling, its section, its time."""
    number = 0
    length = span[1] - span[0]
    for place, house in enumerate(cast.houses):
        templates = [template for template in desk.texts.templates if template.language == house.title.language]
        if not templates or house.title.kind in {"agency", "republisher"} or "html" in house.forms:
            continue
        rng = random.Random(f"{seed}/fillings/{place}")
        for _ in range(round(policy.per_day * length / timedelta(days=1) * policy.template + rng.random() * 0.8)):
            number += 1
            template = rng.choice(templates)
            at = (span[0] + length * rng.random()).replace(microsecond=0)
            yield place, Source(kind="template", slug=template.slug, variant=number), template.section, at


def writers(cast: Cast, language: str) -> list[int]:
    """Return the places of the houses of a language that write themselves."""
    return [
        place
        for place, house in enumerate(cast.houses)
        if house.title.language == language and house.title.kind not in {"agency", "republisher"} and "html" not in house.forms
    ]


def _moment(rng: random.Random, wires: Sequence[Dispatch], span: Span) -> datetime:
    """Return a time within three hours of the event's wires, or any if there are none."""
    if not wires:
        return (span[0] + (span[1] - span[0]) * rng.random()).replace(microsecond=0)
    near = rng.choice(wires).at
    return within(near + timedelta(hours=3 * rng.random()), near, span[1], rng)
