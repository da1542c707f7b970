"""What a button asks for -> the change, with a row that says who did it. Only a page of ours can ask, and only whoever may run the DAG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, HTTPException
from starlette.requests import Request  # noqa: TC002  FastAPI reads it
from starlette.responses import RedirectResponse

from pipeline import clock
from pipeline.steps.edges import opened
from pipeline.store import committed, dicts, write
from pipeline.ui import visitor
from pipeline.ui.wording import short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.steps.edges import Edges

LARGEST = 8192  # bytes of a form
DAYS = 90
ORDERS = {"ask": "asked", "pause": "paused", "resume": "resumed"}


async def form(request: Request) -> dict[str, str]:
    """Return the fields of a form that one of our own pages has sent. HTTPException 403, 413."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise HTTPException(413, "The form is too large.")
    fields = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace"), max_num_fields=20).items()}
    house, who = request.app.state.house, request.state.visitor
    if not visitor.good(fields.get("token", ""), house.key, who, clock.wall()):
        raise HTTPException(403, "The form's token is missing, is another's, or has run out.")
    if not who.may_act:
        raise HTTPException(403, "Your login may look, but not act.")
    return fields


Form = Annotated[dict[str, str], Depends(form)]
routes = APIRouter()


@routes.post("/feeds/{feed_id}/{order}", response_model=None)
def about_feed(request: Request, feed_id: int, order: str, _: Form) -> RedirectResponse:
    if order not in ORDERS:
        raise HTTPException(404, "There is no such button.")
    house = request.app.state.house
    with opened(house.settings, house.where()) as edges:
        committed(edges.connection, lambda: _ordered(edges, feed_id, order, request.state.visitor.name))
    return _back(request, f"/feeds/{feed_id}")


@routes.post("/alarms/{alarm_id}/silence", response_model=None)
def silence(request: Request, alarm_id: int, fields: Form) -> RedirectResponse:
    why, days = short(fields.get("why"), 400), fields.get("days", "")
    if not why or not days.isascii() or not days.isdecimal() or not 1 <= int(days) <= DAYS:
        raise HTTPException(422, f"A silence needs a reason and an end: 1 to {DAYS} days.")
    house = request.app.state.house
    with opened(house.settings, house.where()) as edges, edges.connection.transaction():
        told = {"alarm_id": alarm_id, "who": request.state.visitor.name, "why": why, "days": int(days), "now": edges.now()}
        if not write(edges.connection, "ui.silence", **told):
            raise HTTPException(404, "There is no such alarm.")
    return _back(request, "/")


def _ordered(edges: Edges, feed_id: int, order: str, who: str) -> None:
    found = dicts(edges.connection, "ui.feed_for_update", feed_id=feed_id)
    if not found:
        raise HTTPException(404, f"There is no feed {feed_id}.")
    feed, now = found[0], edges.now()
    paused = "paused" if feed["paused"] else "running"
    if order == "ask":
        if not feed["active"] or feed["paused"]:
            raise HTTPException(409, "A feed that is paused, or not in the registry, is not polled.")
        write(edges.connection, "ui.ask", feed_id=feed_id, now=now)
        change: Mapping[str, Any] = {"was": feed["state"], "now": "active"}
    else:
        write(edges.connection, "ui.pause", feed_id=feed_id, paused=order == "pause")
        change = {"was": paused, "now": "paused" if order == "pause" else "running"}
        if change["was"] == change["now"]:
            return  # pressed twice
    write(edges.connection, "ui.note", feed_id=feed_id, at=now, what=ORDERS[order], who=who, **change)


def _back(request: Request, path: str) -> RedirectResponse:
    return RedirectResponse(request.scope.get("root_path", "") + path, 303)
