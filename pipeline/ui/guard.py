"""A request -> who is asking, by Airflow's own login; HTTPException 401 if nobody has logged in, 403 if that one may not.

The only module of the pages that uses Airflow's inside, which is not its stable interface: tests/test_ui_airflow.py asks the real one.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.ui.findings import Red
from pipeline.ui.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

LATELY = timedelta(hours=24)
LINES = 80  # of a log, its last


def airflow_login() -> Callable[..., Visitor]:
    """Return the dependency that stands before every page."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.models.resource_details import AccessView, DagAccessEntity, DagDetails
    from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_view
    from fastapi import Depends

    def visitor(user: GetUserDep, _may_read: None = Depends(requires_access_view(AccessView.PLUGINS))) -> Visitor:
        details = DagDetails(id="ingest")  # who may run that DAG may ask for a poll
        may_act = get_auth_manager().is_authorized_dag(method="PUT", details=details, user=user)
        entity = DagAccessEntity.TASK_LOGS
        reads_logs = get_auth_manager().is_authorized_dag(method="GET", access_entity=entity, details=details, user=user)
        return Visitor(name=user.get_name() or str(user.get_id()), may_act=may_act, reads_logs=reads_logs)

    visitor.__annotations__["user"] = GetUserDep
    return visitor


def airflow_secret() -> str:
    """Return the key that all of Airflow's parts share, for the tokens of our forms."""
    from airflow.configuration import conf

    return str(conf.get("api", "secret_key"))


def airflow_red(now: datetime) -> list[Red]:
    """Return the tasks of our DAGs that failed in the last day, by the clock on the wall, and have not gone well since."""
    from airflow.models.dag import DagTag
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from sqlalchemy import func, select
    from sqlalchemy.dialects.postgresql import aggregate_order_by

    def latest(column: Any) -> Any:
        """Return the column's values of the tries that failed, the last first."""
        return func.array_agg(aggregate_order_by(column, TaskInstance.end_date.desc())).filter(TaskInstance.state == "failed")

    failed = func.max(TaskInstance.end_date).filter(TaskInstance.state == "failed")
    well = func.max(TaskInstance.end_date).filter(TaskInstance.state == "success")
    ours = select(DagTag.dag_id).where(DagTag.name == "wiredesk")
    wanted = (
        select(TaskInstance.dag_id, TaskInstance.task_id, failed, well, latest(TaskInstance.run_id), latest(TaskInstance.map_index))
        .where(TaskInstance.end_date > now - LATELY, TaskInstance.dag_id.in_(ours))
        .group_by(TaskInstance.dag_id, TaskInstance.task_id)
        .order_by(TaskInstance.dag_id, TaskInstance.task_id)
    )
    with create_session() as session:
        rows = session.execute(wanted).all()
    return [
        Red(dag=dag, task=task, ago=now - at, run=runs[0], place=places[0])
        for dag, task, at, since, runs, places in rows
        if at and (since is None or since < at)
    ]


def airflow_log(red: Red) -> list[dict[str, Any]]:
    """Return the last lines of the log of a task that failed, wherever Airflow keeps it; none if it has none."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.log.log_reader import TaskLogReader
    from airflow.utils.session import create_session
    from sqlalchemy import select

    wanted = select(TaskInstance).filter_by(dag_id=red.dag, task_id=red.task, run_id=red.run, map_index=red.place)
    reader = TaskLogReader()
    with create_session() as session:
        task = session.scalar(wanted)
        if task is None or not reader.supports_read:
            return []
        said, _ = reader.read_log_chunks(task, task.try_number, {"end_of_log": False})
        return [line.model_dump(mode="json") for line in deque(said, maxlen=LINES)]


def airflow_paused() -> list[str]:
    """Return which of our DAGs are paused now."""
    from airflow.models.dag import DagModel, DagTag
    from airflow.utils.session import create_session
    from sqlalchemy import select

    ours = select(DagTag.dag_id).where(DagTag.name == "wiredesk")
    with create_session() as session:
        wanted = select(DagModel.dag_id).where(DagModel.dag_id.in_(ours), DagModel.is_paused, ~DagModel.is_stale)
        return sorted(session.scalars(wanted))


def airflow_answered(review_id: int, choice: str, who: str) -> None:
    """Give Airflow the answer that our own page got, so that its task goes on; nothing, if it asks that no more."""
    from airflow.models.hitl import HITLDetail, HITLUser
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.trigger import handle_event_submit
    from airflow.triggers.base import TriggerEvent
    from airflow.utils.session import create_session
    from sqlalchemy import select

    asks = HITLDetail.subject.startswith(f"{review_id} \u00b7 ")
    wanted = (
        select(TaskInstance, HITLDetail).join(HITLDetail, HITLDetail.ti_id == TaskInstance.id).where(TaskInstance.dag_id == "reviews", asks)
    )
    with create_session() as session:
        for task, detail in session.execute(wanted.where(TaskInstance.state == "awaiting_input").with_for_update(of=TaskInstance)):
            detail.responded_by = HITLUser(id=who, name=who)  # type: ignore[assignment]  # it is a dict of these two
            detail.responded_at, detail.chosen_options, detail.params_input = datetime.now(UTC), [choice], {"note": ""}
            session.add(detail)
            event = TriggerEvent(detail.as_resume_event_payload())  # type: ignore[no-untyped-call]  # Airflow's, without types
            handle_event_submit(event, task_instance=task, session=session)
