"""Settings and a guard -> the pages as one ASGI application: every route, the unknown ones too, stands behind the guard."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI, HTTPException
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import Request  # noqa: TC002  FastAPI reads it

from pipeline.errors import DatabaseError
from pipeline.settings import Settings
from pipeline.store import Error
from pipeline.ui import faults
from pipeline.ui.headers import Headers
from pipeline.ui.visitor import Visitor  # noqa: TC001  FastAPI reads it

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from pipeline.ui.findings import Red


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the pages stand on."""

    settings: Settings
    where: Callable[[], str]  # address of the news
    key: str  # of the tokens of forms
    red: Callable[[datetime], Sequence[Red]] = lambda _now: ()  # tasks that failed, by the clock on the wall
    log: Callable[[Red], Sequence[Mapping[str, Any]]] = lambda _red: ()  # the last lines of such a task
    paused: Callable[[], Sequence[str]] = lambda: ()  # DAGs that Airflow does not run
    answered: Callable[[int, str, str], None] = lambda _review, _choice, _who: None  # lets Airflow ask that question no more


@cache
def standing() -> FastAPI:
    """Return the pages of this process: within Airflow, behind its login."""
    from pipeline.machine.databases import news
    from pipeline.ui.guard import airflow_answered, airflow_log, airflow_login, airflow_paused, airflow_red, airflow_secret

    settings = Settings()
    house = House(
        settings=settings,
        where=lambda: settings.database_url or news(settings),
        key=airflow_secret(),
        red=airflow_red,
        log=airflow_log,
        paused=airflow_paused,
        answered=airflow_answered,
    )
    return build(house, airflow_login())


def build(house: House, guard: Callable[..., Visitor]) -> FastAPI:
    """Return the pages. `guard` says who asks, or raises HTTPException."""
    from pipeline.ui import agencies, articles, assets, events, feeds, logs, orders, overview, refusals, reviews, runbook, stories

    app = FastAPI(title="Wiredesk", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.house = house
    app.state.guard = guard
    kept = Depends(_remembered(guard))
    for part in (overview, logs, feeds, orders, stories, events, reviews, refusals, agencies, articles, runbook, assets):
        app.include_router(part.routes, dependencies=[kept])
    app.add_api_route("/{path:path}", _nowhere, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"], dependencies=[kept])
    app.add_exception_handler(StarletteHTTPException, faults.refused)
    app.add_exception_handler(DatabaseError, faults.no_database)
    app.add_exception_handler(Error, faults.no_answer)
    app.add_middleware(Headers)
    return app


def _remembered(guard: Callable[..., Visitor]) -> Callable[..., None]:
    def remember(request: Request, visitor: Visitor = Depends(guard)) -> None:  # noqa: B008  a guard is known here only
        request.state.visitor = visitor

    return remember


def _nowhere() -> None:
    raise HTTPException(404, "There is no such page.")
