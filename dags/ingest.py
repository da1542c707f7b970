"""Poll the feeds that are due, a batch of hosts per task.

**When `settle` is red**: more than half of the feeds failed, so it is not the feeds: the network is down, the resolver does not
answer, or we are blocked. See "Most feeds fail" in docs/runbook.md. A single failing feed never turns a task red: it is a row of
`ops.poll` with its reason, and its next poll moves away by itself. Clearing any task is safe: a feed that was polled is not due.

Runbook, each task: [plan](wiredesk/runbook#ingest-plan), [poll](wiredesk/runbook#ingest-poll), [settle](wiredesk/runbook#ingest-settle).
"""

from __future__ import annotations

import pendulum
from airflow.sdk import CronDataIntervalTimetable, dag, task

from pipeline.settings import Settings
from pipeline.ui import forms


@dag(
    dag_id="ingest",
    dag_display_name="2 · Ingest: poll due feeds",
    schedule=CronDataIntervalTimetable(f"*/{Settings().ingest_minutes} * * * *", timezone="UTC"),
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "wiredesk", "queue": "web", "pool": "web"},
    dagrun_timeout=pendulum.duration(minutes=30),
    params={"titles": forms.TITLES, "force": forms.FORCE, "batch": forms.BATCH},
    deadline=forms.within(15, "ingest"),
    tags=["wiredesk"],
    doc_md=__doc__,
)
def ingest() -> None:
    @task(**forms.SOON, doc_md="Due feeds, grouped by host into at most 32 batches.")
    def plan() -> list[dict[str, object]]:
        from pipeline.steps import tasks

        return [dict(batch) for batch in tasks.plan_polls(**forms.asked())]

    @task(map_index_template="{{ label }}", doc_md="Poll, parse, store: up to 16 feeds in a transaction, each wholly or not at all.")
    def poll(batch: dict) -> dict[str, int]:
        from pipeline.steps import tasks

        forms.begin(batch["label"])
        return tasks.poll(batch, again=forms.again())

    @task(**forms.SETTLES, outlets=[forms.ENTRIES], doc_md="Add up, judge, and tell the next DAG; red if anything before it is.")
    def settle(batches: list | None, counts: list, *, outlet_events: dict) -> dict[str, int]:
        from pipeline.steps import settled

        outlet_events[forms.ENTRIES].extra = total = settled.settle(batches, counts)
        return total

    batches = plan()
    settle(batches, poll.expand(batch=batches))


ingest()
