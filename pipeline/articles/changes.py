"""Two texts of one article -> what the newer one changed: its class, and the difference as lines for people.

Counted are words that came and went, as bags, so that a paragraph that moved changes nothing and time grows with the length alone.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.articles import phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

Change = Literal["headline", "minor", "substantive", "correction", "trim"]
COUNTER = 4  # words: a line of no more that has a figure is a counter
_TYPES = str.maketrans("’‘‚“”„«»–—−", "'''" + '"""""' + "---")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]|[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How much is little. A typing mistake, a title or a time put right are minor; a new paragraph is not."""

    minor: float = 0.02  # share of the longer text's words that came or went, at most
    few: int = 6  # words that are few in a text of any length
    trimmed: float = 0.05  # share of the older text that went, at least, where hardly anything came
    came: float = 0.01  # share of the older text that came, at most, of a trim


DEFAULT = Policy()


def classify(old: tuple[str, str], new: tuple[str, str], policy: Policy = DEFAULT) -> Change | None:
    """Return what changed between two pairs of headline and text; None where they are the same, counters apart."""
    if _solid(old) == _solid(new):
        return None
    if _solid(old)[1] == _solid(new)[1]:
        return "headline"
    before, after = (Counter(_WORD.findall(text.lower())) for text in (old[1], new[1]))
    came, went = (after - before).total(), (before - after).total()
    if _corrects(new[1]) - _corrects(old[1]):
        return "correction"
    if went > policy.few and went >= policy.trimmed * before.total() and came <= policy.came * before.total():
        return "trim"
    few = max(policy.few, policy.minor * max(before.total(), after.total()))
    figures = any(word.isdecimal() for word in (after - before) + (before - after))
    return "minor" if came + went <= few and not figures else "substantive"


def _solid(text: tuple[str, str]) -> tuple[str, ...]:
    """Return headline and text without what is counted on a page (views, comments, minutes to read), in one typography."""
    told = [line for line in text[1].split("\n\n") if len(line.split()) > COUNTER or not any(map(str.isdecimal, line))]
    return tuple(" ".join(part.translate(_TYPES).split()) for part in (text[0], "\n".join(told)))


def lines(old: tuple[str, str], new: tuple[str, str]) -> Iterator[str]:
    """Yield the difference, a line for each paragraph that changed: words that went in [-...-], words that came in {+...+}."""
    if old[0] != new[0]:
        yield f"headline: {_marked(old[0], new[0])}"
    before, after = old[1].split("\n\n"), new[1].split("\n\n")
    for what, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        pairs = min(b - a, d - c)
        for place in range(pairs):
            yield _marked(before[a + place], after[c + place])
        yield from (f"[-{paragraph}-]" for paragraph in before[a + pairs : b])
        yield from (f"{{+{paragraph}+}}" for paragraph in after[c + pairs : d])


def _corrects(text: str) -> set[str]:
    """Return the paragraphs that say that the article was corrected."""
    return {paragraph for paragraph in text.split("\n\n") if phrases.says("correction", " ".join(paragraph.split()))}


def _marked(old: str, new: str) -> str:
    before, after = old.split(), new.split()
    said = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            said.append(" ".join(before[a:b]))
            continue
        said += [f"[-{' '.join(before[a:b])}-]"] if b > a else []
        said += [f"{{+{' '.join(after[c:d])}+}}"] if d > c else []
    return " ".join(said)
