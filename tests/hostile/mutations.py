"""The name of a guard -> the same pipeline without it: the suite must then go red."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from pipeline.steps import inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Agency


@contextlib.contextmanager
def applied(name: str) -> Iterator[None]:
    """Switch a guard off until the block ends; "" leaves all on."""
    yield


def prepare(name: str, agencies: tuple[Agency, ...], seed: int) -> None:
    """Prepare a child, its guard switched off too."""
    inside.prepare(agencies, seed)
