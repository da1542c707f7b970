"""What is doubtful -> rows of ops.review that people are asked; an answer -> a decision that holds whenever stories are made anew.

A question is asked once: what lapsed may be asked again after a month. `keep`, said by a person, is a decision too, for what was so when
it was asked: stories may have changed since, and a word must not turn into its opposite.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from pipeline.errors import DecisionError
from pipeline.records import Copy, Tally
from pipeline.steps import decisions
from pipeline.steps.edges import Edges, Report, Wanted, silent
from pipeline.steps.neighbours import match
from pipeline.store import committed, dicts, read, value, write
from pipeline.stories import doubts
from pipeline.stories.doubts import DEFAULT, Kind, Policy, Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from pipeline.store import Connection
    from pipeline.stories.decisions import What

Answer = Literal["keep", "merge", "split", "swap", "lapsed"]
CHOICES: Mapping[Kind, tuple[Answer, ...]] = {"copies": ("keep", "merge", "split"), "canonical": ("keep", "swap")}
LATE = timedelta(days=2)  # whose copies are looked at: older ones are read by few
DAY = timedelta(hours=20)  # a daily run may come a little early
AGAIN = timedelta(days=30)  # what nobody answered may be asked again then
LONGEST = 400  # characters of a note
_EVIDENCE = ("seconds", "left_story", "right_story")


def ask(
    edges: Edges,
    _wanted: Wanted = Wanted(),  # noqa: B008  frozen
    report: Report = silent,
    *,
    policy: Policy = DEFAULT,
) -> Mapping[str, Tally]:
    """Look for what is doubtful, and ask what is worth most, a bounded number a day. Tally: asked, and left (doubtful, but not asked)."""
    doors = committed(edges.connection, partial(_asked, edges.connection, edges.now(), policy))
    report(1, 1)
    return {"question": Tally(seen=doors["asked"] + doors["left"], doors=doors)}


def waiting(edges: Edges, kind: Kind | None = None, *, limit: int = DEFAULT.a_day) -> list[dict[str, Any]]:
    """Return the questions that are open, worth most first."""
    with edges.connection.transaction():
        return dicts(edges.connection, "reviews.open", kind=kind, limit=limit)


def answer(edges: Edges, review_id: int, choice: Answer, *, who: str = "", note: str = "") -> str:
    """Carry out an answer, and return what became of it, for people. DecisionError if there is no such question, or no such choice."""
    return committed(edges.connection, partial(_answered, edges, review_id, choice, (who, note[:LONGEST])))


def _asked(connection: Connection, now: datetime, policy: Policy) -> Counter[str]:
    value(connection, "reviews.lock")
    times = {"since": now - LATE, "now": now, "again": now - AGAIN}
    found = [*_pairs(connection, times, policy), *_canonicals(connection, times, policy)]
    most = policy.a_day - int(value(connection, "reviews.asked_since", since=now - DAY))
    chosen = doubts.choose(found, most, policy)
    for question in chosen:
        row = asdict(question)
        row.pop("stories")
        write(connection, "reviews.put", **row, at=now)
    return Counter(asked=len(chosen), left=sum(question.doubt >= policy.least for question in found) - len(chosen))


def _pairs(connection: Connection, times: Mapping[str, datetime], policy: Policy) -> Iterator[Question]:
    rows = dicts(connection, "reviews.pairs", **times)
    weights = _weights(connection, {row[side] for row in rows for side in ("left_story", "right_story")})
    for row in rows:
        evidence = match(**{name: said for name, said in row.items() if name not in _EVIDENCE})
        apart = timedelta(seconds=float(row["seconds"]))
        doubt = doubts.of_pair(evidence, apart, policy)
        stories = tuple(sorted({row["left_story"], row["right_story"]}))
        told = "one story" if len(stories) == 1 else "two stories"
        if doubt:
            yield Question(
                kind="copies",
                article=row["left"],
                other=row["right"],
                stories=stories,
                one_story=len(stories) == 1,
                doubt=doubt,
                copies=sum(weights[story][0] for story in stories),
                titles=len(set[int]().union(*(weights[story][1] for story in stories))),
                why=f"They are {told} by a little: {evidence.told:.0%} of one is in the other, "
                f"{evidence.differing:.0%} of figures and names differ.",
            )


def _canonicals(connection: Connection, times: Mapping[str, datetime], policy: Policy) -> Iterator[Question]:
    ids = [row["story_id"] for row in dicts(connection, "reviews.large_stories", **times, least=policy.copies)]
    story_of = {row["article_id"]: row["story_id"] for row in dicts(connection, "reviews.members", stories=ids)}
    copies: dict[int, list[Copy]] = defaultdict(list)
    for copy in read(connection, "cluster.copies", Copy, articles=list(story_of)):
        copies[story_of[copy.article]].append(copy)
    weights = _weights(connection, set(ids))
    for story, members in sorted(copies.items()):
        if found := doubts.of_canonical(members, policy):
            best, second, doubt = found
            later = (second.first_seen_at - best.first_seen_at) / timedelta(minutes=1)
            yield Question(
                kind="canonical",
                article=best.article,
                other=second.article,
                stories=(story,),
                one_story=True,
                doubt=doubt,
                copies=weights[story][0],
                titles=len(weights[story][1]),
                why=f"It was seen {later:.0f} minutes before the other, which has {second.words - best.words} words more.",
            )


def _weights(connection: Connection, stories: set[int]) -> dict[int, tuple[int, list[int]]]:
    rows = dicts(connection, "reviews.weights", stories=sorted(stories)) if stories else []
    return {row["story_id"]: (row["copies"], row["titles"]) for row in rows}


def _answered(edges: Edges, review_id: int, choice: Answer, said: tuple[str, str]) -> str:
    connection, (who, note) = edges.connection, said
    held = dicts(connection, "reviews.for_update", review_id=review_id)
    if not held:
        raise DecisionError(f"question {review_id}", "there is none", hint="See the page Reviews.")
    if held[0]["answer"]:
        return f"answered before: {held[0]['answer']}" + (f" by {held[0]['who']}" if held[0]["who"] else "")
    (review,) = dicts(connection, "reviews.one", review_id=review_id)
    if choice != "lapsed" and choice not in CHOICES[review["kind"]]:
        raise DecisionError(f"question {review_id}", f"{choice} is no answer to it", hint=", ".join(CHOICES[review["kind"]]))
    number, problem = (None, "") if choice == "lapsed" else _decided(edges, review, choice, said)
    told = " ".join(part for part in (note, problem and f"(not carried out: {problem})") if part)
    write(connection, "reviews.answer", review_id=review_id, answer=choice, who=who, note=told, decision_id=number, at=edges.now())
    return f"{choice}: decision {number}" if number else f"{choice}: {problem or 'nobody answered, so it stays as it is'}"


def _decided(edges: Edges, review: Mapping[str, Any], choice: Answer, said: tuple[str, str]) -> tuple[int | None, str]:
    """Return the decision's number, or why there is none: it has been decided before, one way or the other."""
    what, articles = meaning(review, choice)
    who, note = said
    try:
        return decisions.decide(edges, what, articles, who=who, why=note or f"asked in review {review['review_id']}: {choice}"), ""
    except DecisionError as error:
        return None, error.problem


def meaning(review: Mapping[str, Any], choice: Answer) -> tuple[What, tuple[int, ...]]:
    """Return the decision that an answer is: what is kept is what was so when it was asked."""
    one, other = review["article_id"], review["other_id"]
    if review["kind"] == "canonical":
        return "set_canonical", (other if choice == "swap" else one,)
    together = choice == "merge" or (choice == "keep" and review["one_story"])
    return "must_link" if together else "cannot_link", (one, other)
