"""What came of pages -> their rows, a lot of pages in a transaction, and the door by which each article left.

A page that calls another address its own, or came to nothing, is stored alone; so is one that the database refuses: a lot in which it
is is halved until it is found, so that it holds up nobody.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pipeline.reasons import Reason
from pipeline.records import Refusal
from pipeline.steps import kept
from pipeline.steps.refusals import refuse
from pipeline.store import POISON, committed, dicts, halved, value, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.steps.edges import Edges
    from pipeline.steps.extract import Found, Paper

READS = 2  # a page whose reader was killed is read once more: the machine may have been busy


def store(edges: Edges, found: Sequence[tuple[Paper, Found]]) -> list[str]:
    """Store what was found and return the door by which each article left, in no order; "lost" if its claim was."""
    plain: list[kept.Read] = []
    others: list[tuple[Paper, Found]] = []
    for paper, outcome in found:
        if isinstance(outcome, Refusal) or kept.elsewhere(paper, outcome[0]):
            others.append((paper, outcome))
        else:
            plain.append(kept.Read(paper, *outcome))
    doors = halved(plain, partial(_together, edges), partial(_sifted, edges))
    return [*doors, *(_alone(edges, paper, outcome) for paper, outcome in others)]


def _together(edges: Edges, lot: Sequence[kept.Read]) -> list[str]:
    return committed(edges.connection, partial(_lot, edges, lot))


def _sifted(edges: Edges, one: kept.Read, _error: Exception) -> list[str]:
    return [_alone(edges, one.paper, (one.article, one.signature))]


def _lot(edges: Edges, lot: Sequence[kept.Read]) -> list[str]:
    held = _held(edges, [one.paper for one in lot])
    ours = [one for one in lot if one.paper.article_id in held]
    doors = kept.store(edges, ours)
    _done(edges, [one.paper for one in ours])
    return doors + ["lost"] * (len(lot) - len(ours))


def _alone(edges: Edges, paper: Paper, found: Found) -> str:
    return committed(edges.connection, partial(_stored, edges, paper, found))


def _stored(edges: Edges, paper: Paper, found: Found) -> str:
    elsewhere = None if isinstance(found, Refusal) else kept.elsewhere(paper, found[0])
    if elsewhere:  # before any row is locked: two pages may each call the other canonical
        value(edges.connection, "extract.lock_addresses", title_id=paper.title_id)
    if not _held(edges, [paper]):
        return "lost"
    outcome: str | int | Refusal
    if isinstance(found, Refusal):
        outcome = found
    else:
        try:
            with edges.connection.transaction():
                other = kept.whose(edges, paper, found[0], elsewhere) if elsewhere else None
                outcome = other or kept.store(edges, [kept.Read(paper, *found)])[0]
        except POISON as error:
            outcome = Refusal(stage="article", reason=Reason.POISON, detail=str(error), url=paper.own_url)
    if isinstance(outcome, str):
        _done(edges, [paper])
        return outcome
    held = {"article_id": paper.article_id, "fence": paper.fence}
    if isinstance(outcome, int):
        return _same(edges, paper, outcome, held)
    if outcome.reason == Reason.EXTRACT_KILLED and paper.claims < READS:
        write(edges.connection, "extract.read_again", **held, reason=str(outcome.reason))
        return f"put_off:{outcome.reason}"
    return _refuse(edges, paper, outcome, held)


def _held(edges: Edges, papers: Sequence[Paper]) -> set[int]:
    """Lock the rows of these papers' claims, and return the articles whose claim is still ours."""
    return {row["article_id"] for row in dicts(edges.connection, "extract.hold", **_claims(papers))}


def _done(edges: Edges, papers: Sequence[Paper]) -> None:
    write(edges.connection, "extract.kept", **_claims(papers))


def _claims(papers: Sequence[Paper]) -> Mapping[str, Sequence[int]]:
    return {"articles": [paper.article_id for paper in papers], "fences": [paper.fence for paper in papers]}


def _same(edges: Edges, paper: Paper, other: int, held: Mapping[str, int]) -> str:
    """Let everything that led to this address lead to the article that has the page already."""
    write(edges.connection, "extract.hand_over_sightings", article_id=paper.article_id, same_as=other)
    write(edges.connection, "extract.lead_on", article_id=paper.article_id, same_as=other)
    refusal = Refusal(stage="article", reason=Reason.SAME_PAGE, detail=f"the page of article {other}", url=paper.own_url)
    return _refuse(edges, paper, refusal, held, same_as=other)


def _refuse(edges: Edges, paper: Paper, refusal: Refusal, held: Mapping[str, int], *, same_as: int | None = None) -> str:
    refuse(edges.connection, [refusal], edges.now(), article=paper.article_id)
    write(edges.connection, "fetch.refused", **held, tried=0, reason=str(refusal.reason), same_as=same_as)
    write(edges.connection, "fetch.take_back", article_id=paper.article_id)
    return f"refused:{refusal.reason}"
