"""Derive days anew from the bytes that we have stored: pages are read by today's code, and versions that it reads otherwise are mended.

It never asks the web: what a page was then is in `raw.page`, for 30 days; feeds have no past. DAG `stories` runs after it, and folds
what changed. Ask for it with days in the form; without, it takes yesterday. Airflow's own backfill of `ingest` or `articles` asks for
nothing.
**When a task is red**: the database or this machine failed, not a page; see the log's last line. Clearing any task is safe: a day that
has been derived is the same when it is derived again.

Runbook, each task: [days](wiredesk/runbook#backfill-days), [derive](wiredesk/runbook#backfill-derive),
[settle](wiredesk/runbook#backfill-settle).
"""

from __future__ import annotations

import pendulum
from airflow.sdk import dag, task

from pipeline.ui import forms


@dag(
    dag_id="backfill",
    dag_display_name="8 · Backfill: derive days anew",
    schedule=None,
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    max_active_tasks=2,
    default_args={"owner": "wiredesk", "queue": "cpu", "pool": "cpu"},
    params={"since": forms.DAY, "until": forms.DAY},
    tags=["wiredesk"],
    doc_md=__doc__,
)
def backfill() -> None:
    @task(doc_md="The days of the form, 31 at most.")
    def days() -> list[str]:
        from pipeline.steps import tasks

        asked = forms.asked()
        return tasks.days(since=asked["since"], until=asked["until"])

    @task(map_index_template="{{ label }}", doc_md="A day's pages, read anew; one transaction a version.")
    def derive(day: str) -> dict[str, int]:
        from pipeline.steps import tasks

        forms.begin(day)
        return tasks.derive(day)

    @task(**forms.SETTLES, outlets=[forms.ARTICLES], doc_md="Add up, tell the DAG that folds what changed; red if any before it is.")
    def settle(chosen: list | None, derived: list, *, outlet_events: dict) -> dict[str, int]:
        from pipeline.steps import settled

        outlet_events[forms.ARTICLES].extra = total = settled.settle(chosen, derived)
        return total

    chosen = days()
    settle(chosen, derive.expand(day=chosen))


backfill()
