"""Fetch the pages of new articles, a batch of hosts per task, and read them: each becomes an article or a named refusal.

**When a task is red**: the database or this machine failed, not a page: a page that fails is a row of `ops.refusal`. Read the log's
last line, then `./wiredesk doctor`. Clearing any task is safe; what is pending is rows, and a run takes all of it, whoever left it.

Runbook, each task: [plan](wiredesk/runbook#articles-plan), [fetch](wiredesk/runbook#articles-fetch),
[follow](wiredesk/runbook#articles-follow), [extract](wiredesk/runbook#articles-extract), [settle](wiredesk/runbook#articles-settle).
"""

from __future__ import annotations

import pendulum
from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, dag, task

from pipeline.settings import Settings
from pipeline.ui import forms

READERS = list(range(1, Settings().readers + 1))


@dag(
    dag_id="articles",
    dag_display_name="3 · Articles: fetch and read pages",
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("*/10 * * * *", timezone="UTC"), assets=[forms.ENTRIES]),
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "wiredesk", "queue": "web", "pool": "web"},
    dagrun_timeout=pendulum.duration(hours=1),
    params={"titles": forms.TITLES, "batch": forms.BATCH},
    deadline=forms.within(45, "articles"),
    tags=["wiredesk"],
    doc_md=__doc__,
)
def articles() -> None:
    @task(**forms.SOON, doc_md="Waiting pages, grouped by host into at most 32 batches.")
    def plan() -> list[dict[str, object]]:
        from pipeline.steps import tasks

        return [dict(batch) for batch in tasks.plan_fetches(**forms.asked())]

    @task(map_index_template="{{ label }}", doc_md="Robots, turns, requests; pages that are there together are stored together.")
    def fetch(batch: dict) -> dict[str, int]:
        from pipeline.steps import tasks

        forms.begin(batch["label"])
        return tasks.fetch(batch, again=forms.again())

    @task(queue="cpu", pool="cpu", map_index_template="{{ label }}", trigger_rule="all_done", doc_md="Text, facts, credits, signature.")
    def extract(reader: int) -> dict[str, int]:
        from pipeline.steps import tasks

        forms.begin(f"reader {reader} of {len(READERS)}")
        return tasks.extract(again=forms.again())

    @task(queue="cpu", pool="cpu", map_index_template="{{ label }}", doc_md="The same beside `fetch`, until no more pages come.")
    def follow(reader: int, batches: list) -> dict[str, int]:
        from pipeline.steps import tasks

        forms.begin(f"reader {reader} of {len(READERS)}")
        return tasks.follow(batches)

    @task(**forms.SETTLES, outlets=[forms.ARTICLES], doc_md="Add up, tell the next DAG; red if any before it is.")
    def settle(batches: list | None, fetched: list, followed: list, read: list, *, outlet_events: dict) -> dict[str, int]:
        from pipeline.steps import settled

        outlet_events[forms.ARTICLES].extra = total = settled.settle(batches, fetched, [*followed, *read], readers=2 * len(READERS))
        return total

    batches, read = plan(), extract.expand(reader=READERS)
    followed = follow.partial(batches=batches).expand(reader=READERS)
    fetched = fetch.expand(batch=batches)
    fetched >> read
    settle(batches, fetched, followed, read)


articles()
