"""Rates of a title's newest texts and of those before -> what of them moved so far that its layout must have changed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How a title's texts are read."""

    articles: int
    words: float  # of the median text
    signed: float  # share with an author
    dated: float  # share whose page tells a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How far is too far. Of twenty texts with the same rates as before, half with no byline where nine in ten had one is no chance."""

    recent: int = 20  # articles that are compared
    before: int = 200  # with so many before them
    least: int = 40  # of those, at least
    words: float = 0.4  # times the median length, below which the text is lost
    longer: float = 2.5  # times above which something else is in it
    fall: float = 0.5  # of a share, where at least twice as much was usual


DEFAULT = Policy()


def judge(recent: Rates, before: Rates, policy: Policy = DEFAULT) -> str:
    """Return what moved, in words; nothing where the texts are like those before, or too few to say."""
    if recent.articles < policy.recent or before.articles < policy.least:
        return ""
    said = []
    if not policy.words * before.words <= recent.words <= policy.longer * before.words:
        said.append(f"median words {before.words:.0f} -> {recent.words:.0f}")
    for name, was, now in (("byline", before.signed, recent.signed), ("date", before.dated, recent.dated)):
        if was - now > policy.fall:
            said.append(f"with {name} {was:.0%} -> {now:.0%}")
    return ", ".join(said)
