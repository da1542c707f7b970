"""The same news, with something broken in the middle of it -> whether all comes out as if nothing had been, and how long that takes.

python -m benchmarks.faults [--only NAME]...   a table; two to five minutes a row
python -m benchmarks.faults --check            fails if a story differs, an item is lost, or it takes more than two of its DAG's intervals

What runs is the deployment of benchmarks/machines.py: CeleryExecutor, two workers of `web` and one of `cpu`. Needs what that needs.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import faults_strikes as strikes
from benchmarks.faults_proxy import Cutting
from benchmarks.machines import STORIES, manners
from benchmarks.machines_parts import Running, Scene, running

if TYPE_CHECKING:
    from collections.abc import Callable

SCENE = Scene(name="faults", workers={"web": 2, "cpu": 1}, titles=60)
READ = "SELECT count(*) FROM ops.intake WHERE state <> 'waiting'"
MIDWAY = 100  # pages fetched when it breaks
INTERVALS = 2 * 600.0  # seconds: twice that of DAG `articles`


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of a run."""

    name: str
    after: float  # seconds from the fault to the end
    stories: list[tuple]
    lost: int
    again: int  # tasks that were tried more than once
    requests: int
    crowd: int
    note: str = ""


FAULTS: dict[str, Callable[[Running], str]] = {
    "none": lambda _: "",
    "scheduler": strikes.scheduler,
    "api": strikes.api,
    "postgres": strikes.postgres,
    "redis": strikes.redis,
    "beside": strikes.beside,
    "rerun": strikes.rerun,
    "backfill": strikes.backfill,
    "clock": strikes.clock,
    "commit": lambda _: "",
    "cut": lambda _: "",
    "disk": strikes.disk,
    "worker": strikes.worker,
}


def measure(name: str, room: Path) -> Row:
    cutting = Cutting(every=25, most=6, midway=name == "cut")
    with ExitStack() as stack:
        data = stack.enter_context(strikes.small(room)) if name == "disk" else None
        proxied = cutting.before if name in {"commit", "cut"} else str
        deployed = stack.enter_context(running(SCENE, room / name, data=data, proxied=proxied))
        deployed.begin()
        deployed.until("half of it", 120, lambda: deployed.ask(READ)[0][0] >= MIDWAY)
        cutting.on = True
        begun = time.monotonic()
        note = FAULTS[name](deployed)
        deployed.until("the end", 2 * INTERVALS, deployed.finished)
        after = time.monotonic() - begun
        note = note or {
            "commit": f"{cutting.cut} of {cutting.commits} answers to COMMIT lost",
            "cut": f"{cutting.cut} connections cut amid what they sent",
        }.get(name, "")
        return Row(
            name=name,
            after=after,
            stories=deployed.ask(STORIES),
            lost=deployed.ask("SELECT coalesce(sum(abs(lost)), 0) FROM ops.ledger")[0][0],
            again=deployed.ask("SELECT count(*) FROM task_instance WHERE try_number > 1", airflow=True)[0][0],
            requests=len(deployed.site.asked),
            crowd=manners(deployed.site.asked)[1],
            note=note,
        )


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", action="append", choices=FAULTS)
    parser.add_argument("--room", type=Path, help="kept; else a temporary folder")
    given = parser.parse_args()
    if not (shutil.which("redis-server") and shutil.which("unshare") and importlib.util.find_spec("celery")):
        print("skipped: needs redis-server, unshare and Celery; see benchmarks/machines.py")
        return 0
    os.nice(10)
    rows, failed = list[Row](), list[str]()
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as temporary:
        room = (given.room or Path(temporary)).resolve()
        room.chmod(0o755)
        for name in given.only or FAULTS:
            try:
                rows.append(row := measure(name, room))
            except (AssertionError, TimeoutError) as error:  # one fault that is not got over must not hide the others
                failed.append(name)
                print(f"{name:<10} {error}", flush=True)
            else:
                show(row, rows[0])
    return 1 if given.check and (failed or any(_wrong(row, rows[0]) for row in rows)) else 0


def show(row: Row, sound: Row) -> None:
    digest = hashlib.sha256(repr(row.stories).encode()).hexdigest()[:12]
    print(f"{row.name:<10} {row.after:5.0f} s  {len(row.stories)} articles {digest}  {row.again:>3} tasks tried again", end="  ")
    print(
        f"{row.requests} requests, {row.crowd} at once  {'; '.join(_wrong(row, sound)) or 'same stories, books balance'}  {row.note}",
        flush=True,
    )


def _wrong(row: Row, sound: Row) -> list[str]:
    found = [f"{row.lost} items lost"] if row.lost else []
    found += ["other stories"] if row.stories != sound.stories else []
    found += ["too late"] if row.after > INTERVALS else []
    return found + (["crowded"] if row.crowd > 2 else [])


if __name__ == "__main__":
    sys.exit(main())
