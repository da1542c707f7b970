"""All that tasks import, imported before any begins: a task is forked from a process that has it already, which saves it half a second.

`pipeline/ui/plugins/airflow_local_settings.py` imports this in Airflow's scheduler and in Celery's workers, and nowhere else.
"""

from pipeline.steps import (
    alarms,
    cluster,
    events,
    extract,
    fetch,
    learn,
    poll,
    publish,
    questions,
    reextract,
    reread,
    settled,
    tasks,
    upkeep,
)

__all__ = [
    "alarms",
    "cluster",
    "events",
    "extract",
    "fetch",
    "learn",
    "poll",
    "publish",
    "questions",
    "reextract",
    "reread",
    "settled",
    "tasks",
    "upkeep",
]
