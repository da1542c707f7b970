"""Hosts with pending work -> at most 32 batches of about the same size, a site in one batch only, each with a label for people."""

from __future__ import annotations

import heapq
from collections import defaultdict
from typing import TYPE_CHECKING, NotRequired, TypedDict

from pipeline.web.sites import site

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 32  # mapped tasks of a run; more are hard to read, and each costs some CPU to begin and end
ITEMS = 600  # a task has at least so many, if there are: it asks 32 sites at once, and to begin and end costs it a third of a second of CPU


class Batch(TypedDict):
    """What one mapped task gets: plain values, for XCom."""

    label: str
    hosts: list[str]
    titles: NotRequired[list[str]]  # only these


def plan(hosts: Iterable[tuple[str, int]], noun: str, *, most: int = MOST, items: int = ITEMS) -> list[Batch]:
    """Share the hosts out, the largest site first, each to the batch that has least; `noun` names the items ("feeds").

    The hosts of one site wait for each other, so they are in one batch.
    """
    sites: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for host, count in hosts:
        sites[site(host)].append((host, count))
    ordered = sorted(sites.values(), key=lambda them: (-sum(count for _, count in them), them))
    total = sum(count for them in ordered for _, count in them)
    number = max(1, min(most, len(ordered), -(-total // items)))
    heap = [(0, place) for place in range(number)]
    shares: list[list[str]] = [[] for _ in range(number)]
    sizes = [0] * number
    for them in ordered:
        size, place = heapq.heappop(heap)
        shares[place] += [host for host, _ in them]
        sizes[place] = size + sum(count for _, count in them)
        heapq.heappush(heap, (sizes[place], place))
    named = zip(sizes, shares, strict=True)
    return [
        Batch(label=f"{place:02} · {len(share)} hosts, {size} {noun}", hosts=share) for place, (size, share) in enumerate(named, 1) if share
    ]
