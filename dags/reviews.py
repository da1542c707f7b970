"""Ask people about the few matches and canonical articles that are doubtful and worth most: ten questions a day at most.

Answer in *Required Actions*, or on the page *Reviews* of Wiredesk, which shows both texts. The answer becomes a row of `core.decision`
and holds whenever stories are made anew; `./wiredesk decide withdraw` takes it back. After 20 hours a question lapses: all stays as it is.
**When a task is red**: the database failed; see the log's last line, then `./wiredesk doctor`. Clearing any task is safe: what was answered
stays, and a cleared question is asked again.

Runbook, each task: [find](wiredesk/runbook#reviews-find), [waiting_copies](wiredesk/runbook#reviews-waiting_copies),
[waiting_canonical](wiredesk/runbook#reviews-waiting_canonical), [ask](wiredesk/runbook#reviews-ask),
[decide](wiredesk/runbook#reviews-decide).
"""

from __future__ import annotations

import pendulum
from airflow.sdk import dag, get_current_context, task, task_group

from pipeline.ui import forms


@dag(
    dag_id="reviews",
    dag_display_name="7 · Reviews: ask people",
    schedule="0 6 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "wiredesk", "queue": "cpu", "pool": "cpu"},
    tags=["wiredesk"],
    doc_md=__doc__,
)
def reviews() -> None:
    @task(doc_md="Matches near the line and chance canonical articles of two days; those with most doubt and copies are asked.")
    def find() -> dict[str, int]:
        from pipeline.steps import questions

        return questions.find()

    @task(doc_md="The open questions of one kind, worth most first.")
    def waiting(kind: str) -> list[dict[str, object]]:
        from pipeline.steps import questions

        return [dict(question) for question in questions.waiting(kind)]

    @task(map_index_template="{{ label }}", doc_md="The answer becomes a decision, and the stories around it are made anew at once.")
    def decide(review_id: int, said: dict) -> str:
        from pipeline.steps import questions

        get_current_context()["label"] = f"question {review_id}"
        return questions.carry_out(review_id, said)

    @task_group
    def copies(review_id: int, subject: str, body: str) -> None:
        decide(review_id, forms.question(subject, body, ["keep", "merge", "split"]).output)

    @task_group
    def canonical(review_id: int, subject: str, body: str) -> None:
        decide(review_id, forms.question(subject, body, ["keep", "swap"]).output)

    found = find()
    pairs, stories = (waiting.override(task_id=f"waiting_{kind}")(kind) for kind in ("copies", "canonical"))
    found >> [pairs, stories]
    copies.expand_kwargs(pairs)
    canonical.expand_kwargs(stories)


reviews()
