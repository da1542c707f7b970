"""What a title calls a section -> its one name in all languages (sections.toml), or the title's own word where none is known."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def section(name: str | None) -> str:
    """Return the section that a title means by its own word for it; empty where it says none."""
    return known().get(said, said) if (said := (name or "").strip().lower()) else ""


@cache
def known() -> Mapping[str, str]:
    """Return the one name of each that is known, by what titles call it, in small letters."""
    read = tomllib.loads(files("pipeline.events").joinpath("sections.toml").read_text(encoding="utf-8"))
    return {name: section for section, names in read.items() for name in names}
