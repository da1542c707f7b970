"""Events of a window and those that stand in the tables -> which event each is, and what each other one was merged into.

Ids stay as those of stories do: an event keeps the id of the one that gave it most stories, the older one where several gave as many.
Stories that are out of the window are not grouped again; they follow most of the others of their event.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from pipeline.stories import identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.stories.identity import Identities


def settle(groups: Sequence[Sequence[int]], before: Mapping[int, int], merged: Mapping[int, int]) -> Identities:
    """Give each event that stands to one of these groups of stories, and each group its event.

    `before` maps a story to its event so far, also one that has since become part of another story (`merged`: into which).
    Whoever has an event so far must be in a group, be merged, or be left out of the window with others of its event in it.
    """
    place = {story: number for number, group in enumerate(groups) for story in group}
    whole: list[list[int]] = [list(group) for group in groups]
    absent: dict[int, list[int]] = defaultdict(list)
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for story, event in sorted(before.items()):
        home = place.get(story, place.get(merged.get(story, story)))
        if home is None:
            absent[event].append(story)
        else:
            votes[event][home] += 1
            if story not in place:
                whole[home].append(story)
    for event, stories in absent.items():
        if votes[event]:
            whole[_most(votes[event].items())] += stories
    present = {story for group in whole for story in group}
    return identity.settle(whole, {story: event for story, event in before.items() if story in present})


def _most(votes: Iterable[tuple[int, int]]) -> int:
    return min(votes, key=lambda vote: (-vote[1], vote[0]))[0]
