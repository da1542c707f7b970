"""What people are asked and what they answered; one question with both texts; and the buttons that answer it, or decide on any story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from fastapi import APIRouter, HTTPException
from starlette.background import BackgroundTask
from starlette.requests import Request  # noqa: TC002  FastAPI reads it
from starlette.responses import HTMLResponse, RedirectResponse

from pipeline.errors import DecisionError
from pipeline.steps import decisions, why
from pipeline.steps import reviews as step
from pipeline.steps.edges import opened
from pipeline.steps.topped import unpick
from pipeline.store import dicts
from pipeline.ui.faults import in_words
from pipeline.ui.orders import Form  # noqa: TC001  FastAPI reads it
from pipeline.ui.pages import page, reading
from pipeline.ui.sides import beside
from pipeline.ui.wording import short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.steps.edges import Edges
    from pipeline.stories.decisions import What

routes = APIRouter()
WAITING, ANSWERED = 50, 30
ON_PAIRS = {"must_link", "cannot_link"}
MEANS = {  # what was answered, in the list of answers
    "keep": "as it was, for good",
    "merge": "they are one text",
    "split": "they are two texts",
    "swap": "the second one stands for the story",
    "lapsed": "nobody answered in time",
}
Choice = tuple[str, str, str]  # the answer, what its button says, what it does
# What is said of a pair is never `keep`: between the page and its answer what is now may change.
TOGETHER: tuple[Choice, ...] = (
    ("merge", "One text: leave them together", "They stay in one story, for good, whatever later texts say."),
    ("split", "Two texts: part them", "They are never in one story again; copies of each go with it. Done at once."),
)
APART: tuple[Choice, ...] = (
    ("merge", "One text: put them together", "Their two stories become one, for good. Done at once."),
    ("split", "Two texts: leave them apart", "They stay in two stories, for good, whatever later texts say."),
)


def choices(review: Mapping[str, Any], names: Sequence[str]) -> tuple[Choice, ...]:
    """Return the answers to a question, each with what it does to what is now: of two that come to the same, one."""
    if review["kind"] == "copies":
        return TOGETHER if review["story_id"] == review["other_story"] else APART
    one, other = (short(name, 40) for name in names)
    return (
        ("keep", f"{one} stands for it", "It is the canonical article, for good."),
        ("swap", f"{other} stands for it", "It becomes the canonical article, for good. Done at once."),
    )


@routes.get("/reviews", response_model=None)
def reviews(request: Request) -> HTMLResponse:
    with reading(request) as edges:
        now = edges.now()
        waiting = dicts(edges.connection, "reviews.open", kind=None, limit=WAITING)
        answered = dicts(edges.connection, "reviews.answered", limit=ANSWERED)
    return page(request, "reviews.html", now=now, waiting=waiting, answered=answered, means=MEANS)


@routes.get("/reviews/{review_id}", response_model=None)
def review(request: Request, review_id: int) -> HTMLResponse:
    with reading(request) as edges:
        now = edges.now()
        found = dicts(edges.connection, "reviews.one", review_id=review_id)
        if not found:
            raise HTTPException(404, f"There is no question {review_id}.")
        told = why.explain(edges, found[0]["article_id"], found[0]["other_id"])
    sides, differences = beside(told)
    offered = choices(found[0], [side["title"] for side in sides])
    shown: dict[str, Any] = {"sides": sides, "differences": differences, "why": told}
    return page(request, "review.html", now=now, review=found[0], choices=offered, means=MEANS, **shown)


@routes.post("/reviews/{review_id}", response_model=None)
def answer(request: Request, review_id: int, fields: Form) -> RedirectResponse:
    choice, note, who = fields.get("answer", ""), short(fields.get("note"), step.LONGEST), request.state.visitor.name
    if choice not in MEANS or choice == "lapsed":
        raise HTTPException(422, "There is no such answer.")
    house = request.app.state.house
    with opened(house.settings, house.where()) as edges:
        _refuse_what_no_page_says(edges, review_id, choice)
        try:
            step.answer(edges, review_id, cast("step.Answer", choice), who=who, note=note)
        except DecisionError as error:
            raise HTTPException(409, in_words(error)) from error
    return _to(
        request, f"/reviews/{review_id}", BackgroundTask(house.answered, review_id, choice, who)
    )  # the answer holds, whatever Airflow does


def _refuse_what_no_page_says(edges: Edges, review_id: int, choice: str) -> None:
    """Refuse `keep` of a pair: an older page said it of what was so then, which nobody knows any more."""
    with edges.connection.transaction():
        kinds = [row["kind"] for row in dicts(edges.connection, "reviews.one", review_id=review_id)]
    if choice == "keep" and kinds == ["copies"]:
        raise HTTPException(409, "The page is too old: say of the two again whether they are one text or two.")


@routes.post("/stories/{story_id}/decide", response_model=None)
def decide(request: Request, story_id: int, fields: Form) -> RedirectResponse:
    what, note, who = fields.get("what", ""), short(fields.get("why"), step.LONGEST), request.state.visitor.name
    if not note or what not in ON_PAIRS | {"set_canonical", "withdraw"}:
        raise HTTPException(422, "A decision needs a reason.")
    house = request.app.state.house
    with opened(house.settings, house.where()) as edges:
        try:
            if what == "withdraw":
                _taken_back(edges, story_id, fields, (who, note))
            else:
                articles = _articles(edges, story_id, fields)
                decisions.decide(edges, cast("What", what), articles if what in ON_PAIRS else articles[1:], who=who, why=note)
        except DecisionError as error:
            raise HTTPException(409, in_words(error)) from error
    return _to(request, f"/stories/{story_id}#decided")


def _taken_back(edges: Edges, story_id: int, fields: Mapping[str, str], said: tuple[str, str]) -> None:
    """Withdraw a decision that holds of the story, on a word by whom and why."""
    with edges.connection.transaction():
        known = {str(row["decision_id"]): row["what"] for row in dicts(edges.connection, "ui.decided", story_id=story_id, now=edges.now())}
    number, (who, why) = fields.get("decision", ""), said
    if number not in known:
        raise HTTPException(404, "This decision is none on the story, or holds no longer.")
    take = unpick if known[number] == "pick" else decisions.withdraw
    take(edges, int(number), who=who, why=why)


def _articles(edges: Edges, story_id: int, fields: dict[str, str]) -> tuple[int, int]:
    """Return the two articles that a decision is about, the one that stands for the story first; the other may be given by its address."""
    with edges.connection.transaction():
        members = {row["article_id"]: row for row in dicts(edges.connection, "reviews.standing", story_id=story_id)}
        given = [int(fields[name]) for name in ("article", "other") if fields.get(name, "").isdecimal()]
        if not members or not set(given) <= members.keys():
            raise HTTPException(404, "These are not in this story.")
        if "url" in fields:
            given = [*given[:1], decisions.article(edges.connection, fields["url"])]
    if len(given) != 2:  # noqa: PLR2004  a pair
        raise HTTPException(422, "A decision is about two articles.")
    one, other = sorted(given, key=lambda article: not members.get(article, {}).get("canonical"))
    return one, other


def _to(request: Request, path: str, then: BackgroundTask | None = None) -> RedirectResponse:
    return RedirectResponse(request.scope.get("root_path", "") + path, 303, background=then)
