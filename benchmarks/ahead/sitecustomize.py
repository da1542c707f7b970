"""A wall clock that is wrong: by the seconds that the file BENCHMARK_AHEAD holds, in every process of ours that has this on its path.

`pipeline.clock.wall` is the only wall clock that our steps know (ruff forbids others). Airflow's own clock stays right: its tokens expire.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline import clock

FILE = Path(os.environ.get("BENCHMARK_AHEAD", "/nowhere"))


def _wrong() -> datetime:
    try:
        ahead = float(FILE.read_text(encoding="ascii"))
    except (OSError, ValueError):
        ahead = 0.0
    return datetime.now(UTC) + timedelta(seconds=ahead)


clock.wall = _wrong
