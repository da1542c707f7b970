"""What was not kept, by reason, with examples and what to do; and one reason."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException
from starlette.requests import Request  # noqa: TC002  FastAPI reads it
from starlette.responses import HTMLResponse  # noqa: TC002  likewise

from pipeline.reasons import MEANING, Reason
from pipeline.store import dicts
from pipeline.ui import asked
from pipeline.ui.pages import page, reading

if TYPE_CHECKING:
    from collections.abc import Mapping

routes = APIRouter()
WINDOWS = {"1": timedelta(days=1), "7": timedelta(days=7), "30": timedelta(days=30)}
FEW, MANY = 2, 60


def window(request: Request, default: str = "1") -> str:
    """Return the number of days that a page is about."""
    return asked.choice(request, "days", WINDOWS, default)


@routes.get("/refusals", response_model=None)
def refusals(request: Request) -> HTMLResponse:
    days = window(request)
    with reading(request) as edges:
        now = edges.now()
        when: Mapping[str, Any] = {"since": now - WINDOWS[days], "now": now}
        rows = dicts(edges.connection, "ui.refusals", **when)
        reasons = sorted({row["reason"] for row in rows})
        some = dicts(edges.connection, "ui.refusal_examples", reasons=reasons, each=FEW, **when)
    examples = defaultdict(list)
    for row in some:
        examples[row["reason"]].append(row)
    return page(
        request,
        "refusals.html",
        now=now,
        days=days,
        windows=list(WINDOWS),
        rows=rows,
        most=max((row["items"] for row in rows), default=1),
        examples=examples,
        meaning={reason.value: told for reason, told in MEANING.items()},
    )


@routes.get("/refusals/{reason}", response_model=None)
def refusal(request: Request, reason: str) -> HTMLResponse:
    if reason not in set(Reason):
        raise HTTPException(404, "There is no such reason.")
    days = window(request, "7")
    with reading(request) as edges:
        now = edges.now()
        when: Mapping[str, Any] = {"since": now - WINDOWS[days], "now": now}
        rows = dicts(edges.connection, "ui.refusal_examples", reasons=[reason], each=MANY, **when)
        titles = dicts(edges.connection, "ui.refusal_titles", reason=reason, **when)
    return page(
        request,
        "refusal.html",
        now=now,
        reason=reason,
        meaning=MEANING[Reason(reason)],
        days=days,
        windows=list(WINDOWS),
        rows=rows,
        titles=titles,
        many=MANY,
    )
