"""Turn each guard off, one at a time, and see whether the suite of hostile cases notices.

    python -m benchmarks.mutations                prints a row for each guard
    python -m benchmarks.mutations --check        and fails if a single one is not missed
    python -m benchmarks.mutations robots fence   only those whose name has one of these words

Each guard is switched off in a process of its own, by a change of the source as it is imported (tests/hostile/mutations.py), and the
cases that are about it are played; for some it is tests that are run. Red is right. A run that does not end is red, too: what was
switched off is why it ends.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from hostile.mutations import MUTATIONS, Mutation  # noqa: E402  it stands with the tests

from pipeline.machine.postgres import Server  # noqa: E402  the path comes first
from pipeline.store import migrate  # noqa: E402  the path comes first

SECONDS = 60.0  # a run may take
FLOOR = 60  # guards
NOTICED, FAILED = 2, 1  # exit codes: of a run of cases, of pytest
RED = {"red", "no end"}
ALL_ON = Mutation(guard="", edits=())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="of the guards to look at")
    parser.add_argument("--check", action="store_true", help="fail if a guard is not missed")
    parser.add_argument("--show", action="store_true", help="print what the runs say")
    options = parser.parse_args()
    chosen = [one for one in MUTATIONS if not options.words or any(word in one.guard for word in options.words)]
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "postgres", durable=False) as server:
        migrate.up(server.create("migrated"))
        found = [(one, *run(one, server, Path(folder) / str(number), show=options.show)) for number, one in enumerate((ALL_ON, *chosen))]
    for mutation, how, seconds in sorted(found, key=lambda row: row[2]):
        print(f"{how:7}{seconds:6.1f} s  {mutation.guard or 'all on'}")
    bad = [mutation.guard for mutation, how, _ in found[1:] if how not in RED]
    sound = found[0][1] == "green"
    print(
        f"{len(chosen) - len(bad)} of {len(chosen)} guards are missed when they are off"
        + ("" if sound else "; but with all on it is not green")
    )
    return 1 if options.check and (bad or not sound or (not options.words and len(chosen) < FLOOR)) else 0


def run(mutation: Mutation, server: Server, folder: Path, *, show: bool) -> tuple[str, float]:
    """Return "red", "no end", "green", or "broken" where the run told nothing; and the seconds it took."""
    database = server.create(f"mutant_{folder.name}", template="migrated")
    command = [sys.executable, "-m", "hostile.mutant", mutation.guard, database, str(folder)]
    more, noticed = {"PYTHONPATH": f"{ROOT / 'tests'}{os.pathsep}{ROOT}"}, NOTICED
    if mutation.tests:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "hostile.mutant", *mutation.tests]
        more["WIREDESK_MUTANT"], noticed = mutation.guard, FAILED
    began = time.monotonic()
    try:
        done = subprocess.run(command, cwd=ROOT, env=os.environ | more, capture_output=True, text=True, timeout=SECONDS, check=False)
        how, said = {0: "green", noticed: "red"}.get(done.returncode, "broken"), done.stdout + done.stderr
    except subprocess.TimeoutExpired:
        how, said = "no end", ""
    print(
        f"{how:7}{mutation.guard or 'all on'}", *([said[-2000:]] if show or how == "broken" else []), sep="\n", file=sys.stderr, flush=True
    )
    return how, time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
