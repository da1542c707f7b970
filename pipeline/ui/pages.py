"""A template and what it tells -> the page. Everything is escaped, and text from the web is also cleaned of what cannot be seen."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from pipeline import clock
from pipeline.steps.edges import opened
from pipeline.store import dicts
from pipeline.ui import visitor, wording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from starlette.requests import Request

    from pipeline.steps.edges import Edges

PARTS = (
    ("", "Overview"),
    ("feeds", "Feeds"),
    ("stories", "Stories"),
    ("events", "Events"),
    ("reviews", "Reviews"),
    ("refusals", "Refusals"),
    ("agencies", "Agencies"),
    ("runbook", "Runbook"),
)


@contextmanager
def reading(request: Request) -> Iterator[Edges]:
    """Open the news for one page, in a transaction that only reads."""
    house = request.app.state.house
    with opened(house.settings, house.where()) as edges, edges.connection.transaction():
        dicts(edges.connection, "ui.begin")
        yield edges


def page(request: Request, template: str, *, status: int = 200, **told: Any) -> HTMLResponse:
    """Return the page; `now` is by the clock of the news."""
    now = told.pop("now", None) or moment(request)
    who = getattr(request.state, "visitor", None)
    house = request.app.state.house
    root = request.scope.get("root_path", "")
    html = (
        _templates()
        .get_template(template)
        .render(
            told
            | {
                "root": root,
                "parts": PARTS,
                "status": status,
                "here": request.url.path.removeprefix(root).strip("/").partition("/")[0],
                "now": now,
                "rate": clock.rate(house.settings.clock) if house.settings.clock else None,  # only a newsstand has a clock of its own
                "ago": partial(wording.ago, now=now),
                "visitor": who,
                "token": visitor.token(house.key, who, clock.wall()) if who else "",
                "asked": dict(request.query_params),
                "link": partial(_link, request),
            }
        )
    )
    return HTMLResponse(html, status)


def moment(request: Request) -> datetime:
    return clock.read(request.app.state.house.settings.clock)()


def coded(text: str | None) -> Markup:
    """Return a text of ours with what stands in backticks as code."""
    parts = wording.clean(text).split("`")
    if len(parts) % 2 == 0:  # one too many: it is part of the text
        return escape("`".join(parts))
    return Markup("").join(Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts))


def _link(request: Request, **changes: Any) -> str:
    """Return this page's address with other parameters; those that say nothing are left out."""
    said = {name: value for name, value in (dict(request.query_params) | changes).items() if value not in {"", None}}
    return f"?{urlencode(said)}"


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalised,
    )
    made.filters |= {
        name: getattr(wording, name)
        for name in ("short", "number", "share", "span", "clock", "second", "date", "plural", "difference", "clean")
    }
    made.filters["coded"] = coded
    return made


def _finalised(value: Any) -> Any:
    """Clean whatever a page prints, unless it is markup of ours."""
    return wording.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
