"""Bring the registry into the tables: titles, agencies, feeds, and a schedule for each new feed.

**When a task is red**: a block of the registry is not valid; the log names its file and line, and `./wiredesk titles check`
shows all of them. Until it is corrected everything else goes on with what the tables have. Clearing is always safe.

Runbook, each task: [sync](wiredesk/runbook#feeds-sync).
"""

from __future__ import annotations

import pendulum
from airflow.sdk import dag, task


@dag(
    dag_id="feeds",
    dag_display_name="1 · Feeds: registry into tables",
    schedule="@hourly",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "wiredesk", "queue": "web", "pool": "web"},
    tags=["wiredesk"],
    doc_md=__doc__,
)
def feeds() -> None:
    @task(doc_md="Validate the registry, then insert, update and retire.")
    def sync() -> dict[str, int]:
        from pipeline.steps import tasks

        return tasks.sync()

    sync()


feeds()
