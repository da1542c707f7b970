"""Cast and policy -> how many wires and own reports each language must tell, so that every title has enough to run."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.newsstand.cast import Cast
    from pipeline.newsstand.desk import Desk
    from pipeline.newsstand.plan import Policy

WRITTEN_FOR = 60  # titles times days for which the texts that were written are enough


def enough(policy: Policy, titles: int, days: float) -> bool:
    """Return whether only written texts are to be told, no variants."""
    return not policy.variants if policy.variants is not None else titles * days <= WRITTEN_FOR


def wires_wanted(cast: Cast, policy: Policy, *, days: float, written: bool) -> dict[str, int]:
    """Return the wires of each language beyond those that were written; 0 if those are enough."""
    titles = _titles(cast)
    each = policy.per_day * days * policy.wire
    return {
        language: 0 if written else math.ceil(titles[language] * each / min(policy.copies, max(1.0, titles[language] / 2)))
        for language in cast.names
    }


def reports_wanted(desk: Desk, cast: Cast, policy: Policy, *, days: float, written: bool) -> dict[str, int]:
    """Return the own reports of each language, no more than were written if those are enough."""
    titles, known = _titles(cast), Counter(own.language for own in desk.texts.owns)
    needed = {language: round(titles[language] * policy.per_day * days * policy.own) for language in cast.names}
    return {language: min(number, known[language]) if written else number for language, number in needed.items()}


def _titles(cast: Cast) -> Counter[str]:
    return Counter(house.title.language for house in cast.houses)
