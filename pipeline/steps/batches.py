"""Hosts with pending work -> at most 32 batches of about the same size, a host in one batch only, each with a label for people."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 32  # mapped tasks of a run; more are hard to read, and each costs half a second of CPU
ITEMS = 60  # a task has at least so many, if there are


class Batch(TypedDict):
    """What one mapped task gets: plain values, for XCom."""

    label: str
    hosts: list[str]


def plan(hosts: Iterable[tuple[str, int]], noun: str, *, most: int = MOST, items: int = ITEMS) -> list[Batch]:
    """Share the hosts out, the largest first, each to the batch that has least; `noun` names the items ("feeds")."""
    ordered = sorted(hosts, key=lambda host: (-host[1], host[0]))
    total = sum(count for _, count in ordered)
    number = max(1, min(most, len(ordered), -(-total // items)))
    heap = [(0, place) for place in range(number)]
    shares: list[list[str]] = [[] for _ in range(number)]
    sizes = [0] * number
    for host, count in ordered:
        size, place = heapq.heappop(heap)
        shares[place].append(host)
        sizes[place] = size + count
        heapq.heappush(heap, (sizes[place], place))
    named = zip(sizes, shares, strict=True)
    return [
        Batch(label=f"{place:02} · {len(share)} hosts, {size} {noun}", hosts=share) for place, (size, share) in enumerate(named, 1) if share
    ]
