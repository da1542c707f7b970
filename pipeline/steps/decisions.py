"""A person's word -> its row and the stories that follow from it, in one transaction of the one writer; or DecisionError."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline import text, urls
from pipeline.errors import DecisionError
from pipeline.steps import neighbours
from pipeline.store import committed, dicts, read, value, write
from pipeline.stories.decisions import PAIRS, Decision, contradicted

if TYPE_CHECKING:
    from pipeline.steps.edges import Edges
    from pipeline.store import Connection
    from pipeline.stories.decisions import What


def decide(edges: Edges, what: What, articles: tuple[int, ...], *, who: str, why: str, agency: str | None = None) -> int:
    """Store a decision, make the stories around it anew, and return its number. DecisionError where it cannot be."""
    pair = what in PAIRS
    if pair and len(set(articles)) != len(articles):
        raise DecisionError(what.replace("_", " "), "both addresses are one article")
    who, why = given(who, why)
    first, *others = sorted(articles)
    new = Decision(
        decision_id=0, what=what, article_id=first, other_id=others[0] if pair else None, agency=agency, who=who, why=why, at=edges.now()
    )
    return committed(edges.connection, partial(_decided, edges, new))


def withdraw(edges: Edges, decision_id: int, *, who: str, why: str) -> None:
    """Let a decision hold no longer, and make the stories around it anew. DecisionError where none holds."""
    who, why = given(who, why)

    def work() -> None:
        write(edges.connection, "decisions.lock")
        rows = dicts(edges.connection, "decisions.withdraw", decision_id=decision_id, who=who, why=why, at=edges.now())
        if not rows:
            raise DecisionError(f"decision {decision_id}", "there is none that holds", hint="See ./wiredesk decide list.")
        neighbours.regroup(edges.connection, [article for article in rows[0].values() if article is not None], edges.now())

    committed(edges.connection, work)


def listed(edges: Edges, *, withdrawn: bool = False) -> list[dict[str, Any]]:
    """Return all decisions with their articles' addresses."""
    with edges.connection.transaction():
        return dicts(edges.connection, "decisions.listed", withdrawn=withdrawn)


def article(connection: Connection, url: str) -> int:
    """Return the article at an address, within the caller's transaction; DecisionError for one that we do not have, or that has no text."""
    try:
        rows = dicts(connection, "decisions.article", url_key=urls.key(url))
    except ValueError as error:
        raise DecisionError(url, f"is no address of an article: {error}") from error
    if not rows:
        raise DecisionError(url, "no article has this address", hint="mart.article.url holds those that we have.")
    if not rows[0]["told"]:
        raise DecisionError(url, "the article is not in a story yet", hint="Run ./wiredesk fetch, extract and cluster, or see ops.intake.")
    return int(rows[0]["article_id"])


def given(who: str, why: str) -> tuple[str, str]:
    """Return both as they are stored; DecisionError where one says nothing."""
    who, why = text.clean(who), text.clean(why)
    if not who:
        raise DecisionError("by", "it names nobody", hint="--by NAME; else it is the user of this machine.")
    if not why:
        raise DecisionError("why", "it says nothing", hint="A sentence for whoever wonders later.")
    return who, why


def said(connection: Connection) -> list[Decision]:
    """Return all that holds, the oldest first."""
    return read(connection, "decisions.all", Decision)


def _decided(edges: Edges, new: Decision) -> int:
    connection = edges.connection
    write(connection, "decisions.lock")
    story = {row["article_id"] for row in dicts(connection, "decisions.story", article_id=new.article_id)}
    before, broken = said(connection), _broken(connection)
    if against := contradicted(new, before, story):
        same = (against.what, against.article_id, against.other_id) == (new.what, new.article_id, new.other_id)
        raise _refused(new, against, "has been decided already" if same else "contradicts another decision")
    row = {"what": new.what, "article_id": new.article_id, "other_id": new.other_id, "agency": new.agency}
    number = int(value(connection, "decisions.add", **row, who=new.who, why=new.why, at=new.at))
    neighbours.regroup(connection, [one for one in (new.article_id, new.other_id) if one is not None], new.at)
    if failed := _broken(connection) - broken:
        near = [one for one in before if one.what in PAIRS and not story.isdisjoint({one.article_id, one.other_id})]
        met = [one for one in before if one.decision_id in failed] or near
        raise _refused(new, met[-1] if met else None, "cannot be met beside what was decided before")
    return number


def _broken(connection: Connection) -> set[int]:
    """Return the decisions that the stories as they are do not meet: later arrivals may have put two of them into one story."""
    return {row["decision_id"] for row in dicts(connection, "decisions.broken")}


def _refused(new: Decision, against: Decision | None, problem: str) -> DecisionError:
    if against is None:
        return DecisionError(new.what.replace("_", " "), problem)
    name = f"decision {against.decision_id} ({against.what.replace('_', ' ')}, by {against.who} on {against.at:%Y-%m-%d}: {against.why})"
    return DecisionError(
        new.what.replace("_", " "),
        f"{problem}: {name}",
        hint=f"Withdraw it first if it is wrong: ./wiredesk decide withdraw {against.decision_id}",
    )
