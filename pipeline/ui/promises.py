"""A run -> from when its promise counts: from when it was first queued.

Airflow has such a reference (`DAGRUN_QUEUED_AT`), which counts anew when a task is cleared; in 3.3.2 it fails at that, so that no task of
a red run could be cleared (HTTP 500, apache/airflow issue 70368). Ours is made as Airflow wants it: the plugin names it, the DAGs use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk.definitions.deadline import BaseDeadlineReference

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


class FirstQueued(BaseDeadlineReference):
    """When the run was queued, before anybody cleared a task of it."""

    required_kwargs = frozenset({"dag_id", "run_id"})

    def _evaluate_with(self, *, session: Session, dag_id: str, run_id: str) -> datetime | None:
        from airflow.models import DagRun
        from sqlalchemy import select

        return session.scalar(select(DagRun.queued_at).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id))
