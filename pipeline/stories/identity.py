"""New groups and the stories that their members were in -> which group keeps which story's id, and what each other story is merged into."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """Who keeps an id. Every old story is either kept by one group or merged into one."""

    kept: tuple[int | None, ...]  # per group: the story whose id it keeps; None: a new story
    merged: Mapping[int, int]  # old story -> index of the group that it is merged into


def settle(groups: Sequence[Sequence[int]], before: Mapping[int, int]) -> Identities:
    """Give each old story to the group that holds most of its members, and each group the id of the story that gave it most.

    `before` maps an article to its story so far. Ties go to the first group and to the lowest id, the older story.
    """
    shares = [Counter(before[article] for article in group if article in before) for group in groups]
    heirs: dict[int, int] = {}
    for place, share in enumerate(shares):
        for story, members in share.items():
            if story not in heirs or members > shares[heirs[story]][story]:
                heirs[story] = place
    heirs = dict(sorted(heirs.items()))
    kept: list[int | None] = []
    for place, share in enumerate(shares):
        mine = [story for story in share if heirs[story] == place]
        kept.append(min(mine, key=lambda story: (-share[story], story)) if mine else None)
    return Identities(kept=tuple(kept), merged={story: place for story, place in heirs.items() if kept[place] != story})
