"""Who runs whom: how much of each agency's text every title ran lately."""

from __future__ import annotations

from collections import Counter
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
        rows = dicts(edges.connection, "ui.syndication", since=now - WINDOWS[days], now=now)
        names = {row["agency"]: row["name"] for row in dicts(edges.connection, "ui.agency_names")}
    return page(request, "agencies.html", now=now, days=days, windows=list(WINDOWS), names=names, **matrix(rows))


def matrix(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return titles by agencies: articles, and a shade of 1 to 6 for each cell. An agency's own site is left out of its column."""
    every: Counter[str] = Counter()
    wire: Counter[str] = Counter()
    agency: Counter[str] = Counter()
    names: dict[str, str] = {}
    cells: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in rows:
        names[row["title"]] = row["title_name"]
        every[row["title"]] += row["articles"]
        if row["agency"] and row["agency"] != row["own_agency"]:
            wire[row["title"]] += row["articles"]
            agency[row["agency"]] += row["articles"]
            cells[row["title"], row["agency"]] = row
    titles = sorted(wire, key=lambda title: (-wire[title], names[title]))[:ROWS]
    columns = sorted(agency, key=lambda name: (-agency[name], name))[:COLUMNS]
    most = max((row["articles"] for row in cells.values()), default=1)
    return {
        "titles": [{"title": title, "name": names[title], "wire": wire[title], "every": every[title]} for title in titles],
        "columns": columns,
        "totals": agency,
        "cells": {key: {**row, "shade": -(-row["articles"] * SHADES // most)} for key, row in cells.items()},
        "left_out": (max(0, len(wire) - ROWS), max(0, len(agency) - COLUMNS)),
    }
