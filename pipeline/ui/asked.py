"""A request's parameters -> values that a page can use: what is not understood counts as not said."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.requests import Request

LONGEST = 2048  # characters of any parameter
DEEPEST = 200  # pages of a list


def word(request: Request, name: str) -> str:
    """Return what was said, without control characters."""
    return "".join(filter(str.isprintable, request.query_params.get(name, "")[:LONGEST])).strip()


def choice(request: Request, name: str, known: Collection[str], default: str) -> str:
    said = request.query_params.get(name, default)
    return said if said in known else default


def number(request: Request, name: str, default: int = 0, most: int = 2**63 - 1) -> int:
    said = request.query_params.get(name, "")
    return min(int(said), most) if said.isascii() and said.isdecimal() and len(said) < 20 else default  # noqa: PLR2004  digits of a bigint
