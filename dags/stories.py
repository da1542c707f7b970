"""Find the copies among new articles, fold them into stories, choose canonical articles; then balance the books.

**When `publish` is red**: the ledger does not balance: an item has left a stage by no named door. See "The ledger does not balance" in
docs/runbook.md. **When `cluster` is red**: the database failed. One writer works at a time under a lock that goes with its connection;
a second one finds it taken and goes home green. **When `events` or `watch` is red**: the database failed, or a notifier; what it
did not tell it tells the next time. Clearing any task is safe.

Runbook, each task: [cluster](wiredesk/runbook#stories-cluster), [publish](wiredesk/runbook#stories-publish),
[events](wiredesk/runbook#stories-events), [watch](wiredesk/runbook#stories-watch).
"""

from __future__ import annotations

import pendulum
from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, dag, task

from pipeline.ui import forms


@dag(
    dag_id="stories",
    dag_display_name="4 · Stories: fold copies, publish",
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("*/15 * * * *", timezone="UTC"), assets=[forms.ARTICLES]),
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=2,  # while one tells its events the next makes stories; the writer's slot is one, and `publish` goes first
    default_args={"owner": "wiredesk", "queue": "cpu", "pool": "cpu"},
    dagrun_timeout=pendulum.duration(hours=1),
    deadline=forms.within(45, "stories"),
    tags=["wiredesk"],
    doc_md=__doc__,
)
def stories() -> None:
    @task(pool="writer", doc_md="Candidates, comparison, groups: 1,000 articles in a transaction, 6,000 a run.")
    def cluster() -> dict[str, int]:
        from pipeline.steps import tasks

        return tasks.cluster()

    @task(**forms.SOON, pool="writer", outlets=[forms.STORIES], doc_md="Every item has left each stage by one named door, or this is red.")
    def publish(*, outlet_events: dict) -> dict[str, int]:
        from pipeline.steps import tasks

        outlet_events[forms.STORIES].extra = total = tasks.publish()
        return total

    @task(doc_md="Which stories are about one happening, what is on top, what is picked. After `publish`, by whose figures it counts.")
    def events() -> dict[str, int]:
        from pipeline.steps import tasks

        forms.begin()
        return tasks.events()

    # The workers of `cpu` have no way out of a deployment, and who is told may be anywhere.
    @task(**forms.SOON, queue="web", pool="web", doc_md="Silent titles and the like: rows of ops.alarm. Alone: it hides no red `publish`.")
    def watch() -> dict[str, int]:
        from pipeline.steps import tasks
        from pipeline.ui import notices

        return tasks.watch(notices.teller(), forms.paused())

    cluster() >> publish() >> events()
    watch()


stories()
