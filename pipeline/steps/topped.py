"""Figures of the last day -> rows of what is on top and of our picks, as they are at a moment; and a person's pick.

A moment's rows are written anew where they are there already: whoever runs twice has them once.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline.errors import DecisionError
from pipeline.events import picks, ranking
from pipeline.events.picks import Wish
from pipeline.events.ranking import Happening, Ranked
from pipeline.events.sections import section
from pipeline.store import committed, dicts, value, write

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.steps.edges import Edges
    from pipeline.store import Connection

DAY = timedelta(days=1)
LATELY = timedelta(hours=3)
KEEP = timedelta(days=30)
SHOWN = 100  # top stories that are kept


def rank(connection: Connection, at: datetime) -> None:
    """Write what is on top and what is picked, within the caller's transaction; one writer at a time, and nobody waits for long."""
    write(connection, "events.wait")
    times = {"since": at - DAY, "lately": at - LATELY, "before": at - 2 * LATELY}
    rows = dicts(connection, "events.happenings", at=at, **times)
    top = ranking.rank(Happening(**row | {"section": section(row["section"])}) for row in rows)
    write(connection, "events.clear_top", at=at, before=at - KEEP)
    write(connection, "events.put_top", at=at, rows=json.dumps([_row(one) for one in top[:SHOWN]]))
    wishes = [Wish(**row | {"section": section(row["section"])}) for row in dicts(connection, "events.wishes", at=at)]
    write(connection, "events.clear_picks", at=at, before=at - KEEP)
    write(connection, "events.put_picks", at=at, rows=json.dumps([asdict(one) for one in picks.choose(top, wishes)]))


def pick(edges: Edges, article: int, *, who: str, why: str, last: timedelta) -> int:
    """Store a person's pick, make the list anew, and return the pick's number. DecisionError where one holds already."""

    def work() -> int:
        connection, at = edges.connection, edges.now()
        write(connection, "events.wait")
        for old in dicts(connection, "events.picked", article_id=article):
            if old["until"] > at:
                problem = f"is picked already: decision {old['decision_id']} by {old['who']}, until {old['until']:%Y-%m-%d %H:%M}"
                raise DecisionError("the article", problem, hint=f"Withdraw it first: ./wiredesk unpick {old['decision_id']}")
            _withdraw(connection, old["decision_id"], who, "its time was over", at)
        number = int(value(connection, "events.pick", article_id=article, who=who, why=why, at=at, until=at + last))
        rank(connection, at)
        return number

    return committed(edges.connection, work)


def picked(connection: Connection, article: int) -> list[int]:
    """Return the numbers of the picks that hold of the story that an article is in. DecisionError where there is none."""
    found = [row["decision_id"] for row in dicts(connection, "events.picked_story", article_id=article)]
    if not found:
        raise DecisionError("the article", "nobody has picked its story", hint="See mart.pick, or ./wiredesk decide list.")
    return found


def unpick(edges: Edges, decision: int, *, who: str, why: str) -> None:
    """Let a pick hold no longer, and make the list anew. DecisionError where there is none."""
    committed(edges.connection, partial(_unpicked, edges, decision, who, why))


def _unpicked(edges: Edges, decision: int, who: str, why: str) -> None:
    write(edges.connection, "events.wait")
    if not _withdraw(edges.connection, decision, who, why, edges.now()):
        raise DecisionError(f"decision {decision}", "is no pick that holds", hint="See mart.pick, or ./wiredesk decide list.")
    rank(edges.connection, edges.now())


def _withdraw(connection: Connection, decision: int, who: str, why: str, at: datetime) -> int:  # noqa: PLR0917  a row
    return write(connection, "events.unpick", decision_id=decision, who=who, why=why, at=at)


def _row(one: Ranked) -> dict[str, Any]:
    made = asdict(one)
    figures: dict[str, Any] = made.pop("of")
    return figures | made
