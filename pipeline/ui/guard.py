"""A request -> who is asking, by Airflow's own login; HTTPException 401 if nobody has logged in, 403 if that one may not.

The only module that uses `airflow.api_fastapi`, which is not Airflow's stable interface: tests/test_ui_airflow.py asks the real one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.ui.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable


def airflow_login() -> Callable[..., Visitor]:
    """Return the dependency that stands before every page."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.models.resource_details import AccessView, DagDetails
    from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_view
    from fastapi import Depends

    def visitor(user: GetUserDep, _may_read: None = Depends(requires_access_view(AccessView.PLUGINS))) -> Visitor:
        details = DagDetails(id="ingest")  # who may run that DAG may ask for a poll
        may_act = get_auth_manager().is_authorized_dag(method="PUT", details=details, user=user)
        return Visitor(name=user.get_name() or str(user.get_id()), may_act=may_act)

    visitor.__annotations__["user"] = GetUserDep
    return visitor


def airflow_secret() -> str:
    """Return the key that all of Airflow's parts share, for the tokens of our forms."""
    from airflow.configuration import conf

    return str(conf.get("api", "secret_key"))
