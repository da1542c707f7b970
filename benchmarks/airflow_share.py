"""A Wiredesk that runs -> Airflow's own share of its processor time. Start one first: ./wiredesk demo --serve --titles 5000.

`python -m benchmarks.airflow_share --var var/demo --minutes 20 [--check]`. What each part has used is read from the kernel twice, with what
its ended children used, so that nothing is missed between the two. API server, scheduler, DAG processor and the executor's workers are
Airflow's; so is, of each task, what the leanest quarter takes, which does next to nothing but start and end. What is left of the tasks, and
their parsers and extractors, are ours. Postgres stands apart: it serves both.

Two shares are told: of what this machine could have done meanwhile (its processors, for so many seconds), which is what Airflow takes from
the news and has a floor; and of what was used at all, which says more about how quiet the world was than about Airflow.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil

from pipeline.machine import processes

MOST = 0.10  # of the machine
LOOK = 0.25  # seconds between two looks at the tasks
AIRFLOW = ("api-server", "dag-processor", "scheduler", "worker")


def used(process: psutil.Process) -> tuple[float, float]:
    """Return the seconds that a process has used, and those of its ended descendants."""
    times = process.cpu_times()
    return times.user + times.system, times.children_user + times.children_system


def snapshot(var: Path) -> Counter[str]:
    """Return what was used until now by each kind: what ended is in the figures of what had started it."""
    kinds: Counter[str] = Counter()
    found = processes.belonging(var)
    pids = {process.pid: part for process, part in found.items()}
    for process, part in found.items():
        with suppress(psutil.Error):
            own, ended = used(process)
            above = sum(pids.get(parent.pid) == part for parent in process.parents())
            if part != "scheduler":
                kinds[part] += own + ended
            elif above == 0:
                kinds["scheduler"] += own
                kinds["worker"] += ended
            else:
                kinds["worker" if above == 1 else "tasks"] += own
                kinds["tasks"] += ended
    return kinds


def tasks(var: Path, seconds: float) -> list[float]:
    """Return what each task used that ran within so many seconds, as it was last seen."""
    seen: dict[tuple[int, float], float] = {}
    workers: list[psutil.Process] = []
    end, again = time.monotonic() + seconds, 0.0
    while time.monotonic() < end:
        if time.monotonic() >= again:
            found = processes.belonging(var)
            mine = {process.pid for process, part in found.items() if part == "scheduler"}
            workers = [
                process
                for process, part in found.items()
                if part == "scheduler" and sum(parent.pid in mine for parent in process.parents()) == 1
            ]
            again = time.monotonic() + 30
        for worker in workers:
            with suppress(psutil.Error):
                for task in worker.children():
                    seen[task.pid, task.create_time()] = sum(used(task))
        time.sleep(LOOK)
    return sorted(seen.values())


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--var", type=Path, default=Path("var/demo"))
    options.add_argument("--minutes", type=float, default=20)
    options.add_argument("--check", action="store_true")
    given = options.parse_args()
    began, before = time.monotonic(), snapshot(given.var)
    each = tasks(given.var, given.minutes * 60)
    took, kinds = time.monotonic() - began, snapshot(given.var) - before
    lean = each[len(each) // 4] if each else 0.0
    starting = sum(min(lean, seconds) for seconds in each)
    airflow = sum(kinds[part] for part in AIRFLOW) + starting
    whole = sum(kinds[part] for part in AIRFLOW) + kinds["tasks"]
    could = (os.cpu_count() or 1) * took
    print("\n".join(f"{kind:14} {seconds:8.1f} s {60 * seconds / took:6.2f} s a minute" for kind, seconds in kinds.most_common()))
    print(f"{len(each)} tasks, the leanest quarter below {lean:.2f} s: {starting:.1f} s, {60 * starting / took:.2f} s a minute")
    print(f"Airflow takes {airflow:.0f} s in {took / 60:.0f} minutes, {60 * airflow / took:.1f} s a minute")
    print(f"  of this machine's {os.cpu_count()} processors  {airflow / could:6.1%}, at most {MOST:.0%}")
    print(f"  of the {whole:.0f} s that were used   {airflow / max(whole, 1e-9):6.1%}")
    if given.check:
        assert airflow <= MOST * could, f"more than {MOST:.0%} of the machine"


if __name__ == "__main__":
    main()
