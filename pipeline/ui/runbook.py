"""docs/runbook.md and what it leads to -> pages of folded sections, to be searched, so that what to do stands where the alarm is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException
from markupsafe import Markup
from starlette.requests import Request  # noqa: TC002  FastAPI reads it
from starlette.responses import HTMLResponse, RedirectResponse

from pipeline.settings import ROOT
from pipeline.ui import asked
from pipeline.ui.pages import page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

FOLDER = ROOT / "docs"
SERVED = {"runbook": "Runbook", "operators": "The pages", "deploy": "Deployment", "scale": "How large", "architecture": "How it works"}
routes = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What stands below one heading, or before the first, which has none."""

    anchor: str
    heading: str
    html: Markup
    words: str  # in lower case, to be searched


@routes.get("/runbook", response_model=None)
@routes.get("/runbook/{name}", response_model=None)
def runbook(request: Request, name: str = "runbook") -> HTMLResponse | RedirectResponse:
    if name not in SERVED:
        raise HTTPException(404, "There is no such page of the manual.")
    said = asked.word(request, "q")[:80]
    root = request.scope.get("root_path", "")
    sections, rows = _rendered(name, root)
    if said in rows:
        return RedirectResponse(f"{request.url.path}#{said}", 303)
    words = said.lower().split()
    found = [section for section in sections if section.heading and all(word in section.words for word in words)]
    opened = bool(words) or asked.word(request, "all") == "1"
    told: dict[str, Any] = {"name": name, "served": SERVED, "said": said, "opened": opened, "every": len(sections) - 1}
    return page(request, "runbook.html", intro=sections[0].html, sections=found, **told)


def anchor(heading: str) -> str:
    """Return the anchor that a heading has, here and on GitHub."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@cache
def _rendered(name: str, root: str) -> tuple[list[Section], set[str]]:
    """Return a page's sections, and the reasons that have a row of their own."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    tokens = reader.parse(re.sub(r"<!--.*?-->\n?", "", text, flags=re.DOTALL))
    rows = set(_marked(tokens, root))
    starts = [place for place, token in enumerate(tokens) if (token.type, token.tag) == ("heading_open", "h2")]
    sections = []
    for start, end in zip([0, *starts], [*starts, len(tokens)], strict=True):
        heading = tokens[start + 1].content if start else ""
        html = Markup(reader.renderer.render(tokens[start + 3 if start else 0 : end], reader.options, {}))  # noqa: S704  our own file, without HTML
        sections.append(Section(anchor=anchor(heading), heading=heading, html=html, words=f"{heading} {html.striptags()}".lower()))
    return sections, rows


def _marked(tokens: Sequence[Token], root: str) -> Iterator[str]:
    """Give headings and rows of reasons their anchors, cells the names of their columns, links their places here; yield the reasons."""
    columns: list[str] = []
    column = 0
    for place, token in enumerate(tokens):
        said = tokens[place + 1].content if place + 1 < len(tokens) else ""
        if token.type == "heading_open":
            token.attrSet("id", anchor(said))
        elif token.type == "table_open":
            token.attrSet("class", "fold")
            columns = []
        elif token.type == "th_open":
            columns.append(said.replace("`", ""))
        elif token.type == "tr_open":
            column = 0
            if row := _reason(tokens[place : place + 3]):
                token.attrSet("id", row)
                yield row
        elif token.type == "td_open":
            if column and columns[column]:
                token.attrSet("data-name", columns[column])
            column += 1
        elif token.type == "inline":
            token.children = list(_served(token.children or (), root))


def _served(children: Sequence[Token], root: str) -> Iterator[Token]:
    """Yield what stands in a line: without pictures, and without the addresses of what is not served here."""
    for child in children:
        if child.type == "link_open":
            target = re.fullmatch(r"([a-z]+)\.md(#[\w-]+)?|#[\w-]+", str(child.attrs.pop("href", "")))
            if target and target[1] in SERVED:
                child.attrSet("href", f"{root}/runbook{'' if target[1] == 'runbook' else '/' + target[1]}{target[2] or ''}")
            elif target and not target[1]:
                child.attrSet("href", target[0])
        if child.type != "image":
            yield child


def _reason(tokens: Sequence[Token]) -> str | None:
    """Return the reason that a row of a table begins with, so that it can be linked to."""
    cells = [token.content for token in tokens if token.type == "inline"]
    found = re.fullmatch(r"`([a-z0-9_]+)`", cells[0]) if cells else None
    return found[1] if found else None
