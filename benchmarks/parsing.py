"""How long Airflow takes to read all DAG files: `python -m benchmarks.parsing [--check]`.

Processor time, in a process that has Airflow loaded, as its DAG processor has for each file; the median of five rounds, each in a process
of its own. That reading asks nobody and gives the same each time is a test: tests/test_dags.py.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline.machine import airflow
from pipeline.machine.databases import Urls
from pipeline.settings import ROOT, Settings

MOST = 1.0  # seconds for all files: issue F
ROUNDS = 5


def read(folder: Path) -> dict[str, object]:
    """Return what one reading of all files took and found."""
    nowhere = Urls(news="postgresql://n@127.0.0.1:1/news", airflow="postgresql://a@127.0.0.1:1/airflow")
    told = os.environ | airflow.environment(Settings(var=folder), nowhere)
    command = [sys.executable, str(ROOT / "tests" / "airflow_session.py"), "parse"]
    done = subprocess.run(command, env=told, cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--check", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = [read(Path(folder)) for _ in range(ROUNDS)]
    took = statistics.median(float(str(one["seconds"])) for one in found)
    print(f"{len(dict(found[0]['dags']))} DAG files: {took:.2f} s of processor time, at most {MOST:.0f} s")  # type: ignore[call-overload]  a list of pairs, by JSON
    assert all(one["asked"] == [] for one in found), "reading a DAG file asked somebody"
    if given.check:
        assert took <= MOST, f"more than {MOST} s"


if __name__ == "__main__":
    main()
