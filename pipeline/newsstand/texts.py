"""news/*.toml -> Texts: every wire, own report, recurring template and local paragraph the world is made of."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from pipeline.errors import WiredeskError

NEWS = Path(__file__).parent / "news"

Section = Literal["world", "business", "sport", "culture", "science", "politics", "health", "technology"]


class TextError(WiredeskError):
    """A block of news/*.toml is not of the form that the world is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A write-through: the wire again, under a new headline and with new paragraphs before the old ones."""

    headline: str
    lead: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What an agency sends. `{agency}` in a paragraph stands for the agency's short name."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    slug: str
    agency: str
    language: str
    section: Section
    headline: str
    paragraphs: tuple[str, ...]
    event: str = ""
    dateline: str = ""
    headlines: tuple[str, ...] = ()  # those of other desks
    standfirst: str = ""
    caption: str = ""
    update: Update | None = None
    correction: dict[Literal["from", "to"], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A title's own report."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    slug: str
    language: str
    section: Section
    headline: str
    paragraphs: tuple[str, ...]
    event: str = ""
    standfirst: str = ""
    caption: str = ""
    byline: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A text that returns with other numbers, names and places in its slots: weather, market wrap, match report."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    slug: str
    language: str
    section: Section
    headline: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A paragraph that a desk adds to a wire: `{city}` is the title's."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    language: str
    section: Section
    paragraph: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """All that may be told, in the order of the files."""

    wires: tuple[Wire, ...]
    owns: tuple[Own, ...]
    templates: tuple[Template, ...]
    locals: tuple[Local, ...]


_BLOCKS: dict[str, TypeAdapter[Any]] = {
    "wire": TypeAdapter(Wire),
    "own": TypeAdapter(Own),
    "template": TypeAdapter(Template),
    "local": TypeAdapter(Local),
}


def read(folder: Path = NEWS) -> Texts:
    """Return the texts of every TOML file of `folder`. TextError names the file and the block that is wrong."""
    blocks: dict[str, list[Any]] = {name: [] for name in _BLOCKS}
    for path in sorted(folder.glob("*.toml")):
        for name, rows in _load(path).items():
            if name not in _BLOCKS:
                raise TextError(f"{path.name}: no such block: [[{name}]]")
            blocks[name].extend(_block(path, name, row) for row in rows)
    texts = Texts(
        wires=tuple(blocks["wire"]), owns=tuple(blocks["own"]), templates=tuple(blocks["template"]), locals=tuple(blocks["local"])
    )
    _check_slugs(texts)
    return texts


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise TextError(f"{path.name}: {error}") from error


def _block(path: Path, name: str, row: dict[str, Any]) -> object:
    try:
        return _BLOCKS[name].validate_python(row)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise TextError(f"{path.name}: [[{name}]] {row.get('slug', '?')}: {where}: {first['msg']}") from error


def _check_slugs(texts: Texts) -> None:
    seen: set[str] = set()
    told: tuple[Wire | Own | Template, ...] = (*texts.wires, *texts.owns, *texts.templates)
    for text in told:
        if text.slug in seen:
            raise TextError(f"{text.slug}: the slug is taken")
        seen.add(text.slug)
