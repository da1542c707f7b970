"""Prune what is kept for a while only: the bytes of pages, the full texts that feeds carried. Articles and stories stay.

**When a task is red**: the database failed; see the log's last line, then `./wiredesk doctor`. Clearing is always safe.

Runbook, each task: [prune](wiredesk/runbook#upkeep-prune).
"""

from __future__ import annotations

import pendulum
from airflow.sdk import dag, task


@dag(
    dag_id="upkeep",
    dag_display_name="5 · Upkeep: prune and analyse",
    schedule="17 3 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "wiredesk", "queue": "cpu", "pool": "cpu"},
    tags=["wiredesk"],
    doc_md=__doc__,
)
def upkeep() -> None:
    @task(doc_md="Delete in one transaction, then refresh the planner's statistics.")
    def prune() -> dict[str, int]:
        from pipeline.steps import tasks

        return tasks.upkeep()

    prune()


upkeep()
