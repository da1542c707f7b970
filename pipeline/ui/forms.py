"""What the DAG files share: the assets, deadlines as promises of freshness, the forms by which people ask for a run or are asked.

Airflow only; it is imported while DAG files are read, so it imports nothing heavy.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, Param, get_current_context
from airflow.sdk.definitions.callback import SyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert

from pipeline.ui.promises import FirstQueued

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.providers.standard.operators.hitl import HITLOperator

ENTRIES, ARTICLES, STORIES = (Asset(f"wiredesk://{name}") for name in ("entries", "articles", "stories"))
TITLES = Param([], type="array", items={"type": "string"}, title="Only these titles", description="Their keys, as le-monde; none: all.")
# A task that takes a moment goes before those that take their pool for long; one that settles adds up whatever came before it.
SOON: dict[str, Any] = {"priority_weight": 10, "weight_rule": "absolute"}
SETTLES = SOON | {"trigger_rule": "all_done", "retries": 0}
WAY = 10  # the niceness of a task that makes way: eight that do leave more than half of a processor to the one that does not
BATCH = Param(600, type="integer", minimum=1, maximum=2000, title="Items in a batch", description="At least; 32 batches a run at most.")
FORCE = Param(default=False, type="boolean", title="Now, due or not", description="Polls what is not due, too. Paused feeds stay paused.")
DAY = Param(None, type=["null", "string"], format="date", description="UTC, by when the pages were fetched.")


def within(minutes: int, dag: str) -> DeadlineAlert:
    """Return the promise that a run ends well within so many minutes after it was queued; a broken one is an alarm."""
    callback = SyncCallback("pipeline.ui.lateness.late", {"dag": dag, "minutes": minutes})
    return DeadlineAlert(FirstQueued(), timedelta(minutes=minutes), callback)


def begin(label: str | None = None) -> None:
    """Say what this task is, for people, and let it make way: where processors are full, for the scheduler, the pages and the one writer.

    Many tasks of its kind may run at once, and what they do is waited for by those: with equal shares the writer of stories is the last.
    """
    if label is not None:
        get_current_context()["label"] = label  # type: ignore[typeddict-unknown-key]  # what map_index_template shows
    os.setpriority(os.PRIO_PROCESS, 0, max(WAY, os.getpriority(os.PRIO_PROCESS, 0)))


def again() -> bool:
    """Tell whether this task has been tried before."""
    return get_current_context()["ti"].try_number > 1


def asked() -> Mapping[str, Any]:
    """Return what the run at hand was asked for; `past` is true of a backfill, which must not ask the web."""
    context = get_current_context()
    return {**context["params"], "past": context["dag_run"].run_type == "backfill"}


def paused() -> list[str]:
    """Return which of our DAGs are paused: Airflow is asked, as a task may, so that it works on every machine of a deployment."""
    from airflow.sdk.exceptions import AirflowRuntimeError

    from pipeline.steps import resting

    task, found = get_current_context()["ti"], []
    for dag in resting.MEANS:
        with suppress(AirflowRuntimeError):  # it does not know that one (yet)
            found += [dag] * task.get_dag(dag).is_paused
    return found


def question(subject: str, body: str, options: Sequence[str], hours: int = 20) -> HITLOperator:
    """Return the task that asks a person, and keeps all as it is when nobody has answered."""
    from airflow.providers.standard.operators.hitl import HITLOperator

    return HITLOperator(
        task_id="ask",
        subject=subject,
        body=body,
        options=list(options),
        defaults="keep",
        response_timeout=timedelta(hours=hours),
        params={"note": Param("", type="string", maxLength=400, description="Why, for whoever wonders later.")},
        map_index_template="{{ task.subject }}",
        doc_md="Waits for a person without taking a slot; unanswered it keeps all as it is, green.",
    )
