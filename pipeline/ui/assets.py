"""The name of one of our files -> the file: style sheet, script, pictures. Behind the guard, like all else."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, HTTPException
from starlette.responses import FileResponse

FOLDER = Path(__file__).with_name("assets")
KNOWN = {path.name: path for path in sorted(FOLDER.iterdir())}
routes = APIRouter()


@routes.get("/assets/{name}")
def asset(name: str) -> FileResponse:
    if name not in KNOWN:
        raise HTTPException(404, "There is no such file.")
    return FileResponse(KNOWN[name], headers={"Cache-Control": "private, max-age=300"})
