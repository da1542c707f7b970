"""The processors of this machine -> Airflow's pools: what may work at once, and on what. The DAG files say which task is in which."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

POOLS = {
    "web": (3, "Tasks that ask sites: they wait more than they work, and each asks 32 sites at once."),
    "cpu": (max(1, min(2, os.cpu_count() or 1)), "Tasks that work: extracting, learning, upkeep."),
    "writer": (1, "The one writer of stories: cluster, then publish."),
}
PARALLELISM = sum(slots for slots, _ in POOLS.values())  # none takes another's slots; each is a process of 56 MB from the start on


def write(folder: Path, pools: Mapping[str, tuple[int, str]]) -> Path:
    """Write the pools down in the form that `airflow pools import` reads."""
    file = folder / "pools.json"
    told = {name: {"slots": slots, "description": means, "include_deferred": False} for name, (slots, means) in pools.items()}
    file.write_text(json.dumps(told), encoding="utf-8")
    return file
