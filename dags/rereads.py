"""Learn what each title's pages repeat, and read again what is due again: edits, corrections, withdrawals.

**When a task is red**: the database or this machine failed, not a page: what cannot be read now keeps its texts and is asked later.
Read the log's last line, then `./wiredesk doctor`. Clearing any task is safe.

Runbook, each task: [learn](wiredesk/runbook#rereads-learn), [reread](wiredesk/runbook#rereads-reread).
"""

from __future__ import annotations

import pendulum
from airflow.sdk import dag, task

from pipeline.ui import forms


@dag(
    dag_id="rereads",
    dag_display_name="6 · Rereads: what changed",
    schedule="*/15 * * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "wiredesk", "queue": "web", "pool": "web"},
    dagrun_timeout=pendulum.duration(hours=1),
    tags=["wiredesk"],
    doc_md=__doc__,
)
def rereads() -> None:
    @task(
        queue="cpu", pool="cpu", doc_md="Blocks that recur over a title's stories; an event where its newest texts are unlike its history."
    )
    def learn() -> dict[str, int]:
        from pipeline.steps import tasks

        forms.begin()
        return tasks.learn()

    @task(doc_md="Conditional requests, 1 h, 24 h and 7 d after the first; a version only where text or headline changed.")
    def reread() -> dict[str, int]:
        from pipeline.steps import tasks

        forms.begin()
        return tasks.reread()

    learn() >> reread()


rereads()
