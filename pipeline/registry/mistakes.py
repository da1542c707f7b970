"""What pydantic says of a block -> mistakes with file, line and what would be right."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Generic, TypeVar

from pipeline.registry.blocks import AgencyBlock, ExampleBlock, FeedBlock, TitleBlock

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from pipeline.registry.lines import Lines

T = TypeVar("T")

FIELDS = {
    "title": tuple(TitleBlock.model_fields),
    "agency": tuple(AgencyBlock.model_fields),
    "feeds": tuple(FeedBlock.model_fields),
    "examples": tuple(ExampleBlock.model_fields),
}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Mistake:
    """What is wrong at one place of the registry, and what would be right."""

    file: str  # below the registry's folder
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem}"


@dataclass(frozen=True, kw_only=True)
class Placed(Generic[T]):
    """A block, and where it stands."""

    block: T
    file: str
    lines: Lines
    start: int

    def mistake(self, problem: str, field: str = "key", item: int | None = None) -> Mistake:
        line = self.lines.field(self.start, field) if item is None else self.lines.item(self.start, field, item)
        return Mistake(file=self.file, line=line, problem=problem)


def explain(error: ErrorDetails, table: str, at: Placed[None], known_as: object) -> Mistake:
    """Return one of pydantic's complaints about a block in the registry's own words, on the line it is about."""
    path = [part for part in error["loc"] if isinstance(part, str)]
    item = next((part for part in error["loc"] if isinstance(part, int)), None)
    field = path[0] if path else "key"
    inside = field if item is not None and field in FIELDS else table
    problem = _problem(error, path[-1] if path else "block", inside)
    missing = error["type"] == "missing" and item is None
    where = Mistake(file=at.file, line=at.start, problem="") if missing else at.mistake("", field, item)
    return Mistake(file=where.file, line=where.line, problem=f"{known_as or table}: {problem}")


def _problem(error: ErrorDetails, field: str, inside: str) -> str:
    match error["type"]:
        case "wrong":
            return f"{field}: {error['msg']}"
        case "missing":
            return f"the field `{field}` is missing"
        case "extra_forbidden":
            return f"unknown field `{field}`; {_nearest(field, FIELDS[inside])}"
        case "too_short":
            return f"`{field}` is empty: it needs at least one"
        case "literal_error":
            return f"{field}: {error['input']!r} is none of {error['ctx']['expected']}"
        case _:
            return f"{field}: {error['msg'].lower()}, not {error['input']!r}"


def _nearest(word: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else f"known are {', '.join(known)}"
