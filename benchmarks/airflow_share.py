"""A Wiredesk that runs -> Airflow's own share of its processor time. Start one first: ./wiredesk demo --serve --titles 5000.

`python -m benchmarks.airflow_share --var var/demo --minutes 20 [--check]`. Processes are looked at every second, and what each has used
is summed. API server, scheduler, DAG processor and the executor's workers are Airflow's; so is, of each task, what the leanest quarter
takes, which does next to nothing but start and end. What is left of the tasks, and their parsers and extractors, are ours. Postgres stands
apart: it serves both.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

import psutil

from pipeline.machine import processes

MOST = 0.10  # of all but Postgres and the newsstand
APART = {"postgres", "newsstand", "launcher"}
AIRFLOW = {"api-server", "dag-processor"}


def depth(process: psutil.Process, part: str, parts: dict[int, str]) -> int:
    """Return how many of the processes above it are of the same part."""
    return sum(parts.get(parent.pid) == part for parent in process.parents())


def watch(var: Path, seconds: float) -> dict[tuple[int, float], tuple[str, float]]:
    """Return what each process used while it was watched: (pid, birth) -> kind, seconds."""
    used: dict[tuple[int, float], tuple[str, float]] = {}
    before: dict[tuple[int, float], float] = {}
    end, first = time.monotonic() + seconds, True
    while time.monotonic() < end:
        found = processes.belonging(var)
        parts = {process.pid: part for process, part in found.items()}
        for process, part in found.items():
            try:
                key, times = (process.pid, process.create_time()), process.cpu_times()
                kind = part if part != "scheduler" else ("scheduler", "worker", "task", "child")[min(depth(process, part, parts), 3)]
            except psutil.Error:
                continue
            if first:
                before[key] = times.user + times.system
            used[key] = (used.get(key, (kind, 0.0))[0], times.user + times.system - before.get(key, 0.0))
        first = False
        time.sleep(1)
    return used


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--var", type=Path, default=Path("var/demo"))
    options.add_argument("--minutes", type=float, default=20)
    options.add_argument("--check", action="store_true")
    given = options.parse_args()
    used = watch(given.var, given.minutes * 60)
    kinds: Counter[str] = Counter()
    for kind, seconds in used.values():
        kinds[kind] += seconds
    tasks = sorted(seconds for kind, seconds in used.values() if kind == "task")
    lean = tasks[len(tasks) // 4] if tasks else 0.0
    airflow = sum(kinds[part] for part in (*AIRFLOW, "scheduler", "worker")) + sum(min(lean, seconds) for seconds in tasks)
    whole = sum(seconds for kind, seconds in kinds.items() if kind not in APART)
    print("\n".join(f"{kind:14} {seconds:9.1f} s" for kind, seconds in kinds.most_common()))
    print(f"{len(tasks)} tasks, the leanest quarter below {lean:.2f} s")
    print(f"Airflow takes {airflow / max(whole, 1e-9):.1%} of {whole:.0f} s")
    if given.check:
        assert airflow <= MOST * whole, f"more than {MOST:.0%}"


if __name__ == "__main__":
    main()
