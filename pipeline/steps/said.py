"""A person's word on what is one happening -> its row and the events that follow from it, in one transaction; or DecisionError.

It is about articles, so it holds for whatever stories these are in. Stories are looked at as long as they have sketches: two weeks.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from pipeline.errors import DecisionError
from pipeline.steps import decisions
from pipeline.steps.events import sketch, tell
from pipeline.store import committed, dicts, value, write

if TYPE_CHECKING:
    from pipeline.steps.edges import Edges
    from pipeline.store import Connection

NAMES = {"one_event": "join", "two_events": "split"}
SKETCHES = 2  # one of each story


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
        tell(edges, [row["story_id"] for row in dicts(connection, "events.members", articles=[*rows[0].values()])])

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
    if pair["sketches"] < SKETCHES:
        raise DecisionError(name, "one of them is a round-up, or too old: events are told of the last two weeks")
    if taken := [said for said in decisions.said(connection) if (said.article_id, said.other_id) == (first, other) and said.what in NAMES]:
        said = taken[0]
        hint = f"Withdraw it first if it is wrong: ./wiredesk events withdraw {said.decision_id}"
        raise DecisionError(name, f"{NAMES[said.what]} has been decided, {said.decision_id} by {said.who}: {said.why}", hint=hint)
    number = int(value(connection, "decisions.add", **row, article_id=first, other_id=other, at=edges.now()))
    tell(edges, [pair["story_id"], pair["other_id"]])
    pair = _pair(connection, articles)
    together = pair["event_id"] is not None and pair["event_id"] == pair["other_event_id"]
    if together != (row["what"] == "one_event"):
        raise DecisionError(name, "cannot be met beside what was decided before", hint="See ./wiredesk decide list.")
    return number


def _pair(connection: Connection, articles: tuple[int, int]) -> dict[str, Any]:
    first, other = sorted(articles)
    rows = dicts(connection, "events.of_pair", article_id=first, other_id=other)
    return rows[0]
