"""docs/runbook.md -> a page, so that what to do stands where the alarm is."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request  # noqa: TC002  FastAPI reads it
from starlette.responses import HTMLResponse  # noqa: TC002  likewise

from pipeline.settings import ROOT
from pipeline.ui.pages import page

FILE = ROOT / "docs" / "runbook.md"
routes = APIRouter()


@routes.get("/runbook", response_model=None)
def runbook(request: Request) -> HTMLResponse:
    sections, html = _rendered()
    return page(request, "runbook.html", sections=sections, html=html)


def anchor(heading: str) -> str:
    """Return the anchor that a heading has, here and on GitHub."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@cache
def _rendered() -> tuple[list[tuple[str, str]], Markup]:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(re.sub(r"<!--.*?-->\n?", "", FILE.read_text(encoding="utf-8"), flags=re.DOTALL))
    sections = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor(inline.content))
            if token.tag == "h2":
                sections.append((anchor(inline.content), inline.content))
        for child in token.children or ():
            if child.type == "link_open" and not str(child.attrs.get("href", "")).startswith("#"):
                child.attrs.pop("href", None)  # other pages of docs/ are not served here
        if token.type == "tr_open" and (row := _reason(tokens, tokens.index(token))):
            token.attrSet("id", row)
    return sections, Markup(reader.renderer.render(tokens, reader.options, {}))  # noqa: S704  our own file, without HTML


def _reason(tokens: list, at: int) -> str | None:  # type: ignore[type-arg]  # markdown-it's tokens
    """Return the reason that a row of a table begins with, so that it can be linked to."""
    cells = [token.content for token in tokens[at : at + 3] if token.type == "inline"]
    found = re.fullmatch(r"`([a-z0-9_]+)`", cells[0]) if cells else None
    return found[1] if found else None
