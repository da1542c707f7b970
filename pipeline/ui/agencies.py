"""Who runs whom: how much of each agency's text every title ran lately."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.requests import Request  # noqa: TC002  FastAPI reads it
from starlette.responses import HTMLResponse  # noqa: TC002  likewise

from pipeline.store import dicts
from pipeline.ui.pages import page, reading
from pipeline.ui.refusals import WINDOWS, window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

routes = APIRouter()
ROWS, COLUMNS = 60, 12
SHADES = 6


@routes.get("/agencies", response_model=None)
def agencies(request: Request) -> HTMLResponse:
    days = window(request)
    with reading(request) as edges:
        now = edges.now()
        totals = dicts(edges.connection, "ui.syndicated", days=int(days))
        rows = dicts(edges.connection, "ui.syndication", days=int(days), limit=ROWS)
    return page(request, "agencies.html", now=now, days=days, windows=list(WINDOWS), **matrix(totals, rows))


def matrix(totals: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return titles by agencies, those with most articles first: articles, and a shade of 1 to 6 for each cell."""
    columns = totals[:COLUMNS]
    titles = list({row["title"]: row for row in rows}.values())
    most = max((row["articles"] for row in rows), default=1)
    return {
        "titles": titles,
        "columns": columns,
        "wired": sum(row["articles"] for row in totals),
        "cells": {(row["title"], row["agency"]): {**row, "shade": -(-row["articles"] * SHADES // most)} for row in rows},
        "left_out": ((titles[0]["titles"] - len(titles)) if titles else 0, len(totals) - len(columns)),
    }
