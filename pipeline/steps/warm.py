"""All that tasks import, imported before any begins: a task is forked from a process that has it already, which saves it half a second.

What is read or built once is there, too: patterns and tables of the extractor (0.8 s), the Public Suffix List, the authorities of TLS.

`pipeline/ui/plugins/airflow_local_settings.py` imports this in Airflow's scheduler and in Celery's workers, and nowhere else.
"""

from pipeline import inside
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
from pipeline.web import sites, wire

inside.prepare((), 0)
sites.site("www.example.org")
wire.trust()

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
