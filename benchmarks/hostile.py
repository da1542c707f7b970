"""Play every hostile case to ourselves and to the usual pipeline, and measure what sites that behave lose by the company of the others.

    python -m benchmarks.hostile            prints passes by group, and the delays of sites that behave
    python -m benchmarks.hostile --check    and fails unless ours are all, but for the known faults, and the delays hold
    python -m benchmarks.hostile --show     prints the cases in which the peers fail, too

The cases are those of tests/hostile. Ours are judged by all that a case expects; the peers only by what anybody can be asked: what was
stored, whether a failure shows, what the site and the canary saw, and that it ends. In copies of one text nobody is compared.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import psycopg  # noqa: E402  the path comes first
from hostile import suite, world  # noqa: E402  it stands with the tests
from hostile.cases import case as make  # noqa: E402  the path comes first
from hostile.cases import ok  # noqa: E402  the path comes first

from benchmarks import hostile_peers  # noqa: E402  the path comes first
from pipeline.machine.postgres import Server  # noqa: E402  the path comes first
from pipeline.steps import polled  # noqa: E402  the path comes first
from pipeline.store import migrate  # noqa: E402  the path comes first

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hostile.cases import Case

PATIENCE = 10.0  # seconds for each poll of a peer: five times its timeout, and then it hangs
PEERS = {"requests + feedparser(content)": False, "requests + feedparser(BytesIO)": True}
SLOWER = 2.0  # times as late as in good company, at the 95th percentile, in a later run
LATER = 27.0  # hours until the second run: by then every feed is due again


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail unless ours are all and the delays hold")
    parser.add_argument("--show", action="store_true", help="print the cases that fail")
    parser.add_argument("--ours", action="store_true", help="leave the peers out")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "postgres", durable=False) as server:
        migrate.up(server.create("migrated"))
        fails = {"ours": ours(server, Path(folder))}
        for name, wrapped in {} if options.ours else PEERS.items():
            fails[name] = peer(server, Path(folder), wrapped=wrapped)
        show(fails, names=options.show)
        late = delays(server, Path(folder))
    print("\nseconds from the beginning of a run until sites that behave are stored (p95)")
    for number, run in enumerate(("the first run, when nobody is known", "a later run")):
        calm, hostile = late["calm"][number], late["hostile"][number]
        print(f"  {run:40}{calm:6.2f} in good company{hostile:8.2f} among all cases{hostile / calm:6.1f} times")
    ratio = late["hostile"][1] / late["calm"][1]
    new = sorted(set(fails["ours"]) - set(suite.KNOWN))
    print("ours fail:", ", ".join(new) or "none", f"({len(set(fails['ours']) & set(suite.KNOWN))} of {len(suite.KNOWN)} known faults)")
    return 1 if options.check and (new or ratio >= SLOWER) else 0


def ours(server: Server, folder: Path) -> dict[str, Any]:
    """Return the cases that we fail, with what is wrong."""
    played = world.play(suite.CASES, server.create("ours", template="migrated"), folder / "ours")
    wrong = {case.name: world.wrong(case, played.facts[case.name]) for case in suite.CASES}
    return {name: found for name, found in wrong.items() if found} | ({"canary": played.touched} if played.touched else {})


def peer(server: Server, folder: Path, *, wrapped: bool) -> dict[str, Any]:
    """Return the cases that a peer fails, with what is wrong."""
    database = server.create(f"peer_{wrapped}".lower())
    with psycopg.connect(database) as connection:
        connection.execute(hostile_peers.TABLE)
    cases = [case for case in suite.CASES if case.group != "copies"]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(partial(_alone, database=database, folder=folder / f"peer{wrapped}", wrapped=wrapped), cases)
        return {case.name: wrong for case, wrong in zip(cases, found, strict=True) if wrong}


def show(fails: dict[str, dict[str, Any]], *, names: bool) -> None:
    """Print passes by group."""
    groups = Counter(case.group for case in suite.CASES)
    print(f"{'passes':34}" + "".join(f"{group:>16}" for group in groups) + f"{'all':>16}")
    for name, failed in fails.items():
        cases = [case for case in suite.CASES if name == "ours" or case.group != "copies"]
        passed = Counter(case.group for case in cases if case.name not in failed)
        asked = Counter(case.group for case in cases)
        cells = [f"{passed[group]} of {asked[group]}" if asked[group] else "-" for group in groups]
        print(f"{name:34}" + "".join(f"{cell:>16}" for cell in (*cells, f"{passed.total()} of {asked.total()}")))
    if names:
        for name, failed in fails.items():
            print(f"\n{name}:", *(f"  {case}: {wrong}"[:200] for case, wrong in sorted(failed.items())), sep="\n")


def delays(server: Server, folder: Path) -> dict[str, tuple[float, float]]:
    """Return when the 95th of 100 sites that behave is stored, in seconds from the run's beginning: in the first run and in a later one.

    In good company, that of as many sites that behave, and among all cases. In the later run it is known who failed before.
    """
    calm = [case if _behaves(case) else make(case.name, case.group, ok(case.host)) for case in suite.CASES]
    return {name: _late(server, folder / name, cases) for name, cases in (("calm", calm), ("hostile", suite.CASES))}


def _behaves(case: Case) -> bool:
    return case.group == "controls" and not case.pages


def _late(server: Server, folder: Path, cases: Sequence[Case]) -> tuple[float, float]:
    last = sorted(cases, key=_behaves)  # who behaves is claimed after all others, as long as nobody is known
    again = [replace(case, at=(0.0, LATER), pages=False) for case in last]
    with _watched() as (claimed, stored):
        world.play(again, server.create(folder.name, template="migrated"), folder)
    urls = {f"http://{case.host}/feed.xml" for case in suite.CASES if _behaves(case)}
    late = []
    for run in sorted({when for when, _ in claimed}):
        begun = min(at for when, at in claimed if when == run)
        late.append(statistics.quantiles([at - begun for url, when, at in stored if when == run and url in urls], n=20)[-1])
    return late[0], late[1]


@contextmanager
def _watched() -> Iterator[tuple[list[tuple[Any, float]], list[tuple[str, Any, float]]]]:
    """Note when feeds are claimed and when looks are stored: by the clock of the news, and by this machine's."""
    claimed: list[tuple[Any, float]] = []
    stored: list[tuple[str, Any, float]] = []
    polling = sys.modules["pipeline.steps.poll"]
    claim, store = polling._claim, polled.store  # noqa: SLF001  what is measured

    def claiming(edges: Any, *wanted: Any) -> Any:
        claimed.append((edges.now(), time.monotonic()))
        return claim(edges, *wanted)

    def storing(edges: Any, looks: Any) -> Any:
        try:
            return store(edges, looks)
        finally:
            stored.extend((look.claim.url, look.at, time.monotonic()) for look in looks)

    polling._claim, polled.store = claiming, storing  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        yield claimed, stored
    finally:
        polling._claim, polled.store = claim, store  # type: ignore[attr-defined]  # noqa: SLF001


def _alone(case: Case, *, database: str, folder: Path, wrapped: bool) -> list[str]:
    """Play a case to a peer in a process of its own, and end it when it hangs."""
    context = multiprocessing.get_context("fork")
    ours_end, theirs = context.Pipe()
    process = context.Process(target=_report, args=(theirs, case, database, folder / case.name, wrapped))
    process.start()
    theirs.close()
    try:
        if not ours_end.poll(PATIENCE * (1 + len(case.at) / 4)):
            return ["does not end"]
        found = ours_end.recv()
        return hostile_peers.wrong(case, found) if isinstance(found, dict) else [found]
    except EOFError:
        return ["died"]
    finally:
        process.kill()
        process.join()


def _report(line: Any, case: Case, database: str, folder: Path, wrapped: bool) -> None:  # noqa: FBT001, PLR0917  a process is called by position
    try:
        line.send(hostile_peers.play(case, database, folder, wrapped=wrapped))
    except BaseException as error:  # noqa: BLE001  a process that ends here has failed
        line.send(f"ended by {type(error).__name__}")


if __name__ == "__main__":
    sys.exit(main())
