"""A connection -> the figures that `up` and `status` show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.store import dicts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.store import Connection


def figures(connection: Connection) -> Mapping[str, int]:
    """Count polls, entries, articles, stories, copies and refusals."""
    return dicts(connection, "status.figures")[0]
