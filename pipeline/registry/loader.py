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
    agencies, mistakes = _read(folder, "agencies.toml", AgencyBlock)
    titles: list[Placed[TitleBlock]] = []
    files = sorted((folder / "titles").glob("*.toml"))
    if not files:
        mistakes.append(Mistake(file="titles/", line=1, problem=f"there is no titles/*.toml in {folder}"))
    for file in files:
        blocks, wrong = _read(folder, f"titles/{file.name}", TitleBlock)
        titles += blocks
        mistakes += wrong
    mistakes += crosschecks.agencies(agencies)
    mistakes += crosschecks.titles(titles, {placed.block.key for placed in agencies})
    registry = Registry(
        titles=tuple(sorted((placed.block.record() for placed in titles), key=lambda title: title.key)),
        agencies=tuple(sorted((placed.block.record() for placed in agencies), key=lambda agency: agency.key)),
    )
    return registry, tuple(sorted(mistakes))


def _read(folder: Path, name: str, form: type[Block]) -> tuple[list[Placed[Block]], list[Mistake]]:
    """Return the valid blocks of one file, and what is wrong with the others."""
    table = TABLES[form]
    try:
        text = (folder / name).read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError:
        return [], [Mistake(file=name, line=1, problem=f"there is no such file in {folder}")]
    except UnicodeDecodeError as error:
        return [], [Mistake(file=name, line=1, problem=f"not UTF-8: {error.reason} at byte {error.start}")]
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        return [], [Mistake(file=name, line=int(line[1]) if line else len(text.splitlines()) or 1, problem=f"not TOML: {error}")]
    lines = scan(text)
    problem = f"what is this? Here stand blocks only that begin with [[{table}]]"
    mistakes = [Mistake(file=name, line=lines.mention(other), problem=f"`{other}`: {problem}") for other in data.keys() - {table}]
    blocks = data.get(table)
    if not isinstance(blocks, list):
        problem = f"no [[{table}]] block" if blocks is None else f"a block begins with [[{table}]], in two brackets"
        return [], [*mistakes, Mistake(file=name, line=lines.block(table, 0), problem=problem)]
    placed: list[Placed[Block]] = []
    for number, block in enumerate(blocks):
        valid, wrong = _check(block, form, Placed(block=None, file=name, lines=lines, start=lines.block(table, number)))
        placed += valid
        mistakes += wrong
    return placed, mistakes


def _check(block: dict[str, Any], form: type[Block], at: Placed[None]) -> tuple[list[Placed[Block]], list[Mistake]]:
    """Return the block if it is valid, and otherwise each of its mistakes."""
    try:
        valid = form.model_validate(block)
    except ValidationError as error:
        return [], [explain(detail, TABLES[form], at, block.get("key") or block.get("name")) for detail in error.errors(include_url=False)]
    return [Placed(block=valid, file=at.file, lines=at.lines, start=at.start)], []
