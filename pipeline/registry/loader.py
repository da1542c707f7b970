"""A registry folder -> Registry, or every mistake in it with its file and line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.errors import RegistryError
from pipeline.registry import crosschecks
from pipeline.registry.blocks import AgencyBlock, TitleBlock
from pipeline.registry.lines import scan
from pipeline.registry.mistakes import Mistake, Placed, explain

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.records import Agency, Title

Block = TypeVar("Block", bound=BaseModel)
TABLES: dict[type[BaseModel], str] = {AgencyBlock: "agency", TitleBlock: "title"}
SHOWN = 5  # further mistakes named in the error of `load`; `titles check` prints all


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Titles and agencies, each sorted by key."""

    titles: tuple[Title, ...]
    agencies: tuple[Agency, ...]


def load(folder: Path) -> Registry:
    """Return the registry of a folder. RegistryError has the first mistake's place as its subject and names others in its hint."""
    registry, mistakes = survey(folder)
    if mistakes:
        first, *others = mistakes
        more = [str(mistake) for mistake in others[:SHOWN]] + ([f"and {len(others) - SHOWN} more"] if len(others) > SHOWN else [])
        hint = "; ".join(more) or "correct the block; `titles check` tries it again"
        raise RegistryError(f"{first.file}:{first.line}", first.problem, hint=hint)
    return registry


def survey(folder: Path) -> tuple[Registry, tuple[Mistake, ...]]:
    """Return what is valid in a registry folder, and every mistake in it, by file and line."""
    agencies, mistakes, named = _read(folder, "agencies.toml", AgencyBlock)
    titles: list[Placed[TitleBlock]] = []
    files = sorted((folder / "titles").glob("*.toml"))
    if not files:
        mistakes.append(Mistake(file="titles/", line=1, problem=f"there is no titles/*.toml in {folder}"))
    for file in files:
        blocks, wrong, _ = _read(folder, f"titles/{file.name}", TitleBlock)
        titles += blocks
        mistakes += wrong
    mistakes += crosschecks.agencies(agencies)
    mistakes += crosschecks.titles(titles, named)
    registry = Registry(
        titles=tuple(sorted((placed.block.record() for placed in titles), key=lambda title: title.key)),
        agencies=tuple(sorted((placed.block.record() for placed in agencies), key=lambda agency: agency.key)),
    )
    return registry, tuple(sorted(mistakes))


def _read(folder: Path, name: str, form: type[Block]) -> tuple[list[Placed[Block]], list[Mistake], frozenset[str]]:
    """Return the valid blocks of one file, what is wrong with the others, and the keys of all of them."""
    text, data, problem = _parsed(folder, name)
    if problem:
        return [], [problem], frozenset()
    table, lines = TABLES[form], scan(text)
    what = f"what is this? Here stand blocks only that begin with [[{table}]]"
    mistakes = [Mistake(file=name, line=lines.mention(other), problem=f"`{other}`: {what}") for other in data.keys() - {table}]
    blocks = data.get(table)
    if not blocks or not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        what = f"no [[{table}]] block" if not blocks else f"a block begins with [[{table}]], in two brackets"
        return [], [*mistakes, Mistake(file=name, line=lines.block(table, 0), problem=what)], frozenset()
    placed: list[Placed[Block]] = []
    for number, block in enumerate(blocks):
        valid, wrong = _check(block, form, Placed(block=None, file=name, lines=lines, start=lines.block(table, number)))
        placed += valid
        mistakes += wrong
    return placed, mistakes, frozenset(str(block.get("key")) for block in blocks)


def _parsed(folder: Path, name: str) -> tuple[str, dict[str, Any], Mistake | None]:
    """Return a file's text and what it says as TOML, or why it says nothing."""
    text = ""
    try:
        text = (folder / name).read_text(encoding="utf-8")
        return text, tomllib.loads(text), None
    except OSError as error:
        line, problem = 1, f"cannot be read in {folder}: {error.strerror}"
    except UnicodeDecodeError as error:
        line, problem = 1, f"not UTF-8: {error.reason} at byte {error.start}"
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line, problem = int(found[1]) if found else len(text.splitlines()) or 1, f"not TOML: {error}"
    return text, {}, Mistake(file=name, line=line, problem=problem)


def _check(block: dict[str, Any], form: type[Block], at: Placed[None]) -> tuple[list[Placed[Block]], list[Mistake]]:
    """Return the block if it is valid, and otherwise each of its mistakes."""
    try:
        valid = form.model_validate(block)
    except ValidationError as error:
        return [], [explain(detail, TABLES[form], at, block.get("key") or block.get("name")) for detail in error.errors(include_url=False)]
    return [Placed(block=valid, file=at.file, lines=at.lines, start=at.start)], []
