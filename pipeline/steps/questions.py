"""What the DAG `reviews` calls: open questions -> what Airflow asks people, in our own words alone; their answers -> decisions.

No text from the web goes to Airflow, whose pages would read it as Markdown: the two texts stand side by side on our own page.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypedDict

from pipeline.steps import here, reviews

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.stories.doubts import Kind

PAGE = "/wiredesk/reviews"
ASKED = {"copies": "one text?", "canonical": "which stands for the story?"}
MEANS = {  # kind, and whether they were one story when it was asked
    ("copies", True): "**keep**: they are one text, and one story. **merge**: the same. **split**: they are two, and are parted.",
    ("copies", False): "**keep**: they are two texts, and two stories. **split**: the same. **merge**: they are one, and put together.",
    ("canonical", True): "**keep**: the first one stands for the story. **swap**: the second one.",
}


class Asked(TypedDict):
    """One question as Airflow asks it: plain values, for XCom."""

    review_id: int
    subject: str
    body: str


def find() -> dict[str, int]:
    """Look for what is doubtful, and choose what is worth most."""
    with here.edges() as edges:
        return here.plain(reviews.ask(edges))


def waiting(kind: Kind) -> list[Asked]:
    """Return the open questions of a kind."""
    with here.edges() as edges:
        return [asked(row) for row in reviews.waiting(edges, kind)]


def carry_out(review_id: int, said: Mapping[str, Any]) -> str:
    """Carry out what Airflow was answered (`HITLOperator`'s result); without somebody who did so the question has lapsed."""
    choice, by = said["chosen_options"][0], said.get("responded_by_user")
    note = str((said.get("params_input") or {}).get("note") or "")
    with here.edges() as edges:
        if not by:
            return reviews.answer(edges, review_id, "lapsed")
        return reviews.answer(edges, review_id, choice, who=str(by["name"] or by["id"]), note=note)


def asked(row: Mapping[str, Any]) -> Asked:
    """Return a question in words. Names are those of the registry, freed of what Markdown or a template could take for its own."""
    one, other = (re.sub(r"[^\w .,'&()-]|_", " ", row[name]) for name in ("title_name", "other_name"))
    now = "one story" if row["story_id"] == row["other_story"] else "two stories"
    body = (
        f"| | {one} | {other} |\n|--|--|--|\n"
        f"| happened, UTC | {row['happened_at']:%d %b %H:%M} | {row['other_at']:%d %b %H:%M} |\n\n"
        f"{row['why']} Now they are {now}; {row['copies']} articles of {row['titles']} titles hang on it.\n\n"
        f"[Both texts side by side]({PAGE}/{row['review_id']})\n\n"
        f"{MEANS[row['kind'], row['one_story']]} It holds for good. Unanswered, nothing changes."
    )
    return Asked(review_id=row["review_id"], subject=f"{row['review_id']} · {one} and {other}: {ASKED[row['kind']]}", body=body)
