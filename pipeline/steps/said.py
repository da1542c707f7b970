"""A person's word on what is one happening -> its row and the events that follow from it, in one transaction; or DecisionError.

It is about articles, so it holds for whatever stories these are in. However old they are: stories that have lost their sketches are
sketched anew, for as long as it takes to tell their events.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from pipeline.errors import DecisionError
from pipeline.steps import decisions
from pipeline.steps.events import recall, sketch, tell
from pipeline.store import committed, dicts, value, write
from pipeline.stories.canonical import SEVERAL_TEXTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.steps.edges import Edges
    from pipeline.store import Connection

NAMES = {"one_event": "join", "two_events": "split"}
HINDERED = {  # what keeps a story out of every event -> in words, and what to do
    "several": ("holds several texts (a round-up, a live blog), so it is in no event", "Say it of a story about this happening alone."),
    "uncounted": ("is in no edition yet", "Run ./wiredesk publish, then say it again."),
}


def say(edges: Edges, what: Literal["one_event", "two_events"], articles: tuple[int, int], *, who: str, why: str) -> int:
    """Store the word, tell the events anew, and return its number. DecisionError where it cannot be met."""
    who, why = decisions.given(who, why)
    sketch(edges)
    return committed(edges.connection, partial(_said, edges, {"what": what, "agency": None, "who": who, "why": why}, articles))


def withdraw(edges: Edges, decision_id: int, *, who: str, why: str) -> None:
    """Let a word hold no longer, and tell the events around it anew. DecisionError where none holds."""
    who, why = decisions.given(who, why)

    def work() -> None:
        connection = edges.connection
        write(connection, "events.hold")
        rows = dicts(connection, "events.withdraw", decision_id=decision_id, who=who, why=why, at=edges.now())
        if not rows:
            raise DecisionError(f"decision {decision_id}", "is no word on events that holds", hint="See ./wiredesk decide list.")
        stories = [row["story_id"] for row in dicts(connection, "events.members", articles=[*rows[0].values()])]
        recall(edges, stories)
        tell(edges, stories)

    committed(edges.connection, work)


def article(connection: Connection, said: str, beside: int | None = None) -> int:
    """Return the article at an address, or the one that speaks for the event of this number; DecisionError where there is none."""
    if not said.isdecimal():
        return decisions.article(connection, said)
    rows = dicts(connection, "events.stands_for", event_id=int(said), beside=beside)
    if not rows:
        raise DecisionError(f"event {said}", "there is none of this number", hint="mart.event holds those that we have.")
    return int(rows[0]["article_id"])


def events_of(connection: Connection, articles: tuple[int, int]) -> list[dict[str, Any]]:
    """Return the events of two articles, with their figures: one, two, or none."""
    pair = _pair(connection, articles)
    return dicts(connection, "events.figures", events=[one for one in (pair["event_id"], pair["other_event_id"]) if one is not None])


def _said(edges: Edges, row: dict[str, Any], articles: tuple[int, int]) -> int:
    connection, name = edges.connection, NAMES[row["what"]]
    write(connection, "events.hold")
    first, other = sorted(articles)
    pair = _pair(connection, articles)
    if pair["story_id"] == pair["other_id"]:
        raise DecisionError(name, "both are one story, so they are one event", hint="./wiredesk decide apart makes two stories of copies.")
    stories = [pair["story_id"], pair["other_id"]]
    _recalled(edges, name, stories)
    if taken := [said for said in decisions.said(connection) if (said.article_id, said.other_id) == (first, other) and said.what in NAMES]:
        said = taken[0]
        hint = f"Withdraw it first if it is wrong: ./wiredesk events withdraw {said.decision_id}"
        raise DecisionError(name, f"{NAMES[said.what]} has been decided, {said.decision_id} by {said.who}: {said.why}", hint=hint)
    number = int(value(connection, "decisions.add", **row, article_id=first, other_id=other, at=edges.now()))
    tell(edges, stories)
    pair = _pair(connection, articles)
    together = pair["event_id"] is not None and pair["event_id"] == pair["other_event_id"]
    if together != (row["what"] == "one_event"):
        raise DecisionError(name, "cannot be met beside what was decided before", hint="See ./wiredesk decide list.")
    return number


def _recalled(edges: Edges, name: str, stories: Sequence[int]) -> None:
    """Have all that telling the events of these stories needs; DecisionError where one of them can be in none."""
    recall(edges, stories)
    for one in dicts(edges.connection, "events.hindered", stories=stories, several=sorted(SEVERAL_TEXTS)):
        if one["why"] in HINDERED:
            problem, hint = HINDERED[one["why"]]
            raise DecisionError(name, f"{one['url']} {problem}", hint=hint)


def _pair(connection: Connection, articles: tuple[int, int]) -> dict[str, Any]:
    first, other = sorted(articles)
    rows = dicts(connection, "events.of_pair", article_id=first, other_id=other)
    return rows[0]
