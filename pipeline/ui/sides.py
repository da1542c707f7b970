"""What two articles share -> their texts as a page shows them side by side: in paragraphs, with the differences numbered as one reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.ui import wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.steps.why import Why

Span = tuple[int, int]


class Stretch(NamedTuple):
    """A part of a paragraph: 0 if both texts have it, else the number of the difference that it belongs to."""

    number: int
    text: str


def beside(told: Why) -> tuple[list[dict[str, Any]], int]:
    """Return the two articles with their texts in paragraphs, and how many differences there are.

    What one text has in a place and what the other has there instead is one difference.
    """
    passages = told.shown.passages
    orders = [[place for _, place in sorted((spans[at], place) for place, spans in enumerate(passages))] for at in (0, 1)]
    texts = [paragraphs(side["text"], [passages[place][at] for place in order]) for at, side, order in _each(told, orders)]
    after = [(-1, *order) for order in orders]  # gap of a text, from 1 -> the passage that it follows
    found = sorted({after[at][stretch.number - 1] for at in (0, 1) for part in texts[at] for stretch in part if _differs(stretch)})
    numbers = {passage: number for number, passage in enumerate(found, 1)}
    sides = [
        {**side, "title_name": side["title"], "paragraphs": _numbered(texts[at], [0, *(numbers.get(one, 0) for one in after[at])])}
        for at, side, _ in _each(told, orders)
    ]
    return sides, len(found)


def _each(told: Why, orders: Sequence[Sequence[int]]) -> list[tuple[int, Mapping[str, Any], Sequence[int]]]:
    return [(at, side, order) for at, (side, order) in enumerate(zip(told.sides, orders, strict=True))]


def _differs(stretch: Stretch) -> bool:
    return stretch.number > 0 and any(map(str.isalnum, stretch.text))


def _numbered(told: Sequence[Sequence[Stretch]], numbers: Sequence[int]) -> list[list[Stretch]]:
    return [[Stretch(numbers[stretch.number], stretch.text) for stretch in paragraph] for paragraph in told]


def paragraphs(text: str, shared: Sequence[Span]) -> list[list[Stretch]]:
    """Return the text's paragraphs in stretches: 0 where it is shared, else 1 more than shared passages came before."""
    done: list[list[Stretch]] = [[]]
    passed = 0
    for within, stretch in wording.marked(text, shared):
        passed += within
        for number, part in enumerate(stretch.split("\n\n")):
            if number:
                done.append([])
            if part:
                done[-1].append(Stretch(0 if within else passed + 1, part))
    return [_joined(paragraph) for paragraph in done if paragraph]


def _joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Put a lone mark with the words before it, or else with those after it: a full stop is no difference."""
    done: list[Stretch] = []
    for stretch in stretches:
        bare = not any(map(str.isalnum, stretch.text))
        if done and (bare or done[-1].number == stretch.number):
            done[-1] = Stretch(done[-1].number, done[-1].text + stretch.text)
        elif done and not any(map(str.isalnum, done[-1].text)):
            done[-1] = Stretch(stretch.number, done[-1].text + stretch.text)
        else:
            done.append(stretch)
    return done
