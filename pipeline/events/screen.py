"""Weighed sketches -> which of many pairs may be alike at all, in one go: few of a million need be looked at term by term.

Their cosines are computed here as arrays, for one story and all that it is compared with. All else that likeness is made of only lowers
it: a pair that is under the floor by its cosine and the time between the two is under it. What passes is weighed exactly.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.events.likeness import HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.events.likeness import Policy, Weighed

ROUNDED = 1e-9  # sums of floats in another order differ by far less


class Screen:
    """The stories of a window; a place is that in `weighed`."""

    def __init__(self, weighed: Sequence[Weighed], policy: Policy) -> None:
        self._policy = policy
        number: dict[str, int] = {}
        columns = [number.setdefault(term, len(number)) for one in weighed for term in one.weights]
        self._columns = np.array(columns, dtype=np.intp)
        self._weights = np.fromiter(chain.from_iterable(one.weights.values() for one in weighed), dtype=np.float64)
        self._ends = np.cumsum([0, *(len(one.weights) for one in weighed)])
        self._norms = np.array([one.norm or 1.0 for one in weighed])
        self._hours = np.array([(one.sketch.at - weighed[0].sketch.at) / HOUR for one in weighed])
        languages = {one.sketch.language: place for place, one in enumerate(weighed)}
        self._language = np.array([languages[one.sketch.language] for one in weighed])
        self._row = np.zeros(len(number))  # one story's weights, by column

    def near(self, place: int, others: Sequence[int]) -> list[int]:
        """Return those of the others that may be as alike as the policy's floor; of other languages all that are near in time."""
        there = np.array(others, dtype=np.intp)
        gaps = np.abs(self._hours[there] - self._hours[place])
        alike = self._cosines(place, there) * 0.5 ** (gaps / (self._policy.half / HOUR))
        alike[self._language[there] != self._language[place]] = 1.0
        passes = (alike >= self._policy.floor - ROUNDED) & (gaps <= self._policy.window / HOUR + ROUNDED)
        return [int(other) for other in there[passes]]

    def _cosines(self, place: int, there: np.ndarray) -> Any:
        mine = slice(self._ends[place], self._ends[place + 1])
        lengths = self._ends[there + 1] - self._ends[there]
        whose = np.repeat(np.arange(len(there)), lengths)
        theirs = np.arange(len(whose)) + np.repeat(self._ends[there] - (np.cumsum(lengths) - lengths), lengths)
        self._row[self._columns[mine]] = self._weights[mine]
        products = self._row[self._columns[theirs]] * self._weights[theirs]
        self._row[self._columns[mine]] = 0.0
        return np.bincount(whose, products, minlength=len(there)) / (self._norms[there] * self._norms[place])
