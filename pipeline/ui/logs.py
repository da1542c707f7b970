"""The log of a task that is red -> a page of its last lines: Airflow's frame lets none of our links out, so they are read here.

Lines come from Airflow as it keeps them: `timestamp`, `level`, `event`, and of an exception `error_detail`, the outermost first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException
from starlette.requests import Request  # noqa: TC002  FastAPI reads it
from starlette.responses import HTMLResponse  # noqa: TC002  likewise

from pipeline import clock
from pipeline.ui import findings
from pipeline.ui.pages import page
from pipeline.ui.wording import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

routes = APIRouter()
LONGEST = 600  # characters of a line
FRAMES = 4  # of a traceback, the innermost
BAD = frozenset({"error", "critical"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as it is shown."""

    text: str
    bad: bool = False  # it tells of an error


@routes.get("/red/{dag}/{task}", response_model=None)
def log(request: Request, dag: str, task: str) -> HTMLResponse:
    if not request.state.visitor.reads_logs:
        raise HTTPException(403, "Your login may not read the logs of tasks.")
    house = request.app.state.house
    red = next((one for one in house.red(clock.wall()) if (one.dag, one.task) == (dag, task)), None)
    if red is None:
        raise HTTPException(404, f"{task} of {dag} is not red, or no more.")
    (finding,) = findings.placed(findings.red([red]), house.settings)
    told = [line for record in house.log(red) for line in lines(record)]
    return page(request, "log.html", finding=finding, lines=told, last=next((line for line in reversed(told) if line.bad), None))


def lines(record: Mapping[str, Any]) -> Iterator[Line]:
    """Yield what a record of a log says, none for Airflow's own folds; below it, each exception after where it was raised."""
    said = str(record.get("event") or "")
    if said.startswith(("::group::", "::endgroup::")):
        return
    level, at = str(record.get("level") or ""), str(record.get("timestamp") or "")
    yield Line(text=cut(" ".join(part for part in (at[11:19], level, said) if part)), bad=level in BAD)
    for error in reversed(record.get("error_detail") or ()):
        for frame in (error.get("frames") or ())[-FRAMES:]:
            yield Line(text=cut(f"    {frame.get('filename')}:{frame.get('lineno')} in {frame.get('name')}"))
        yield Line(text=cut(f"  {error.get('exc_type')}: {error.get('exc_value')}"), bad=True)


def cut(text: str) -> str:
    """Return a line that cannot be seen otherwise than it is, and is not endless."""
    told = clean(text).replace("\n", "\n    ")
    return told if len(told) <= LONGEST else told[:LONGEST] + "…"
