"""credits.toml -> patterns: what newsrooms write around an agency's name, compiled once a process."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNS = r"[/|•·‧;,&+()\[\]【】（）［］、，：=\n]|(?<!\w)[-–—]+(?!\w)"
COPYRIGHT = re.compile(r"©|\(c\)|\bcopyright\b", re.IGNORECASE)


@cache
def words() -> Mapping[str, Any]:
    """Return credits.toml: what newsrooms write around an agency's name."""
    return tomllib.loads(Path(__file__).with_name("credits.toml").read_text(encoding="utf-8"))


@cache
def label(kind: str) -> re.Pattern[str]:
    """Match a label at the start: a source needs its colon, "By" does not, and pages run it into the name."""
    said = "|".join(sorted(words()[kind], key=len, reverse=True))
    if kind != "by":
        end = r"(?:\s*[:：]\s*|\s+(?-i:(?=[A-ZÀ-Þ]{2,5}\W*$)))" if kind == "source" else r"(?:\s*:\s*|\s+)"  # "Source AFP"
        return re.compile(rf"(?:{said}){end}", re.IGNORECASE)
    return re.compile(rf"(?i:{said})(?:\s*[:：]\s*|\s+)|(?:By|Von|Par|Por)(?=[A-ZÀ-Þ])")


@cache
def splitter() -> re.Pattern[str]:
    said = [word for kind in ("and", "with", "via") for word in words()[kind] if word.isalpha() or " " in word]
    long = "|".join(re.escape(word) for word in sorted(said, key=len, reverse=True) if len(word) > 2)  # noqa: PLR2004 - see credits.toml
    short = "|".join(re.escape(word) for word in said if len(word) <= 2)  # noqa: PLR2004  see credits.toml
    return re.compile(rf"({SIGNS}|(?<![\w.-])(?:(?i:{long})|{short})(?![\w.-]))")


@cache
def rights() -> re.Pattern[str]:
    return re.compile(rf"{COPYRIGHT.pattern}|{'|'.join(words()['rights'])}", re.IGNORECASE)


@cache
def contributed() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{'|'.join(words()['contributed'])})\W*$", re.IGNORECASE)


@cache
def photo() -> re.Pattern[str]:
    said = "|".join(re.escape(word) for word in words()["photo"])
    return re.compile(rf"(?<!\w)(?:{said})(?!\w)", re.IGNORECASE)


@cache
def desk() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words()['desk'])})(?!\w)", re.IGNORECASE)


@cache
def fillers() -> frozenset[str]:
    return frozenset(word.casefold() for word in words()["filler"])
