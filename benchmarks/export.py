"""How long a million rows take to be taken away, and how much memory: `python -m benchmarks.export [--rows N] [--check]`.

Rows are those of mart.coverage's kind: 27 columns of numbers, names, times and a text. Each form is written by a process of its own, whose
peak memory is compared with that of a tenth of the rows: of Parquet a group of rows is held, so that a thousandth says nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline.machine.postgres import Server
from pipeline.settings import ROOT
from pipeline.store import migrate

CEILING = 30.0  # seconds for a million rows
GROWTH = 1.2  # of the peak memory, ten times the rows
QUERY = """SELECT n AS article_id, n % 300000 AS story_id, 'title-' || n % 600 AS title, 'Title ' || n % 600 AS title_name,
'newspaper' AS kind,
'Owner ' || n % 60 AS owner, 'gb' AS country, 'afp' AS agency, n % 2 = 0 AS credited, 'en' AS language, 'world' AS section,
'2026-03-02Z'::timestamptz + n * interval '1 second' AS happened_at, 'trimmed' AS relation, (n % 100) / 100.0::float8 AS kept,
n * interval '1 second' AS lag, n % 700 AS words,
'Ferries stay in port, as the strike goes on: ' || n AS headline, ARRAY['a', 'b'] AS tags
FROM generate_series(1, {}) AS n"""
CHILD = """import json, resource, sys, time
from typer.testing import CliRunner
from pipeline.cli import export
started = time.perf_counter()
done = CliRunner().invoke(export.app, [sys.argv[1], "--format", sys.argv[2], "--out", sys.argv[3]])
assert done.exit_code == 0, done.exception
print(json.dumps([time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))"""


def taken(url: str, form: str, rows: int, folder: Path) -> tuple[float, float, float]:
    """Return seconds, peak memory and size of the file in megabytes."""
    file = folder / f"rows.{form}"
    environment = os.environ | {
        "WIREDESK_DATABASE_URL": url,
        "WIREDESK_AIRFLOW_DATABASE_URL": url,
        "PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}",
    }
    command = [sys.executable, "-c", CHILD, QUERY.format(rows), form, str(file)]
    said = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=True).stdout
    seconds, memory = json.loads(said)
    return seconds, memory, file.stat().st_size / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--check", action="store_true", help=f"fail over {CEILING:.0f} s or {GROWTH} times the memory")
    options = parser.parse_args()
    wrong = []
    with tempfile.TemporaryDirectory() as place, Server(Path(place) / "postgres", durable=False) as server:
        url = server.create("news")
        migrate.up(url)
        print(f"{'form':<8} {'seconds':>8} {'rows/s':>9} {'peak MB':>8} {'of a tenth':>16} {'file MB':>8}")
        for form in ("csv", "jsonl", "parquet"):
            _, small, _ = taken(url, form, options.rows // 10, Path(place))
            seconds, memory, size = taken(url, form, options.rows, Path(place))
            print(f"{form:<8} {seconds:>8.1f} {options.rows / seconds:>9,.0f} {memory:>8.0f} {small:>16.0f} {size:>8.0f}")
            if seconds > CEILING or memory > GROWTH * small:
                wrong.append(form)
    if options.check and wrong:
        sys.exit(f"too slow or too large: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
