"""A running deployment -> one that has been struck: a part killed, a disk filled, everything run twice. Each says what it did."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.machine import processes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.machines_parts import Running

SMALL = 700  # megabytes of the disk that is filled
FULL = 20.0  # seconds for which it is


def _kill(deployed: Running, part: str) -> None:
    processes.kill([process for process, name in processes.belonging(deployed.room / "var").items() if name == part])


def worker(deployed: Running) -> str:
    _kill(deployed, "web-1")
    return "SIGKILL of a worker with all its tasks; its claims end a minute and a half later"


def scheduler(deployed: Running) -> str:
    _kill(deployed, "scheduler")
    return "SIGKILL"


def api(deployed: Running) -> str:
    _kill(deployed, "api-server")
    return "SIGKILL"


def redis(deployed: Running) -> str:
    _kill(deployed, "redis")
    return "SIGKILL; it comes back empty"


def postgres(deployed: Running) -> str:
    postmaster = deployed.postgres.cluster.postmaster()
    assert postmaster
    postmaster.send_signal(signal.SIGQUIT)
    processes.wait([postmaster], 20)
    deployed.postgres.start()
    return "immediate restart, both databases"


def beside(deployed: Running) -> str:
    """Run the steps by hand beside the DAGs, three rounds: two runs at once of everything."""
    environment = os.environ | dict(deployed.children["web-1"].environment) | {"WIREDESK_AIRFLOW_DATABASE_URL": deployed.urls.airflow}
    for _ in range(3):
        for step in ("poll", "fetch", "extract", "cluster"):
            subprocess.run([sys.executable, "-m", "pipeline.cli", step, "--json"], env=environment, check=True, stdout=subprocess.DEVNULL)
    return "poll, fetch, extract, cluster by hand at the same time, three times"


def disk(deployed: Running) -> str:
    """Fill the disk of Postgres, and empty it again. Postgres may stop for it; somebody starts it again, as `up` does."""
    folder = deployed.postgres.folder
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 2**16)
        except OSError:
            pass
    time.sleep(FULL)
    died = deployed.postgres.cluster.postmaster() is None
    ballast.unlink()
    deployed.postgres.start()
    return f"full for {FULL:.0f} s; Postgres {'stopped' if died else 'went on'}"


def rerun(deployed: Running) -> str:
    """Clear every task of every run once all is done, and let all run again."""
    deployed.until("the news", 240, deployed.finished)
    token = deployed.token()
    runs = deployed.ask("SELECT count(*) FROM task_instance WHERE state = 'success'", airflow=True)[0][0]
    for dag in ("ingest", "articles", "stories"):
        body = {"dry_run": False, "only_failed": False, "reset_dag_runs": True}
        _posted(deployed, f"/api/v2/dags/{dag}/clearTaskInstances", body, token)
    _idle(deployed)
    return f"{runs} tasks cleared and run again"


def backfill(deployed: Running) -> str:
    """Derive the days anew that are loaded, once all is done."""
    deployed.until("the news", 240, deployed.finished)
    token = deployed.token()
    deployed.until("backfill", 120, lambda: deployed.api("PATCH", "/api/v2/dags/backfill", {"is_paused": False}, token)[0] == 200)
    body = {"logical_date": None, "conf": {"since": "2026-03-02", "until": "2026-03-03"}}
    _posted(deployed, "/api/v2/dags/backfill/dagRuns", body, token)
    before = deployed.ask("SELECT count(*) FROM core.article_version")
    _idle(deployed)
    after = deployed.ask("SELECT count(*) FROM core.article_version")
    return f"{after[0][0]:,} versions derived anew, {after[0][0] - before[0][0]} more than before"


def clock(deployed: Running) -> str:
    """Let the wall clock of all workers jump a day ahead, and back again (benchmarks/ahead/sitecustomize.py)."""
    ahead = deployed.room / "ahead"
    ahead.write_text("86400", encoding="ascii")
    time.sleep(FULL)
    ahead.unlink()
    return f"a day ahead for {FULL:.0f} s, then back"


def _posted(deployed: Running, path: str, body: object, token: str) -> None:
    deployed.until(path, 180, lambda: deployed.api("POST", path, body, token)[0] == 200)


def _idle(deployed: Running) -> None:
    time.sleep(2)
    busy = "SELECT count(*) FROM dag_run WHERE state IN ('queued', 'running')"
    deployed.until("the second time", 400, lambda: deployed.ask(busy, airflow=True)[0][0] == 0)


@contextmanager
def small(room: Path) -> Iterator[Path]:
    """Mount a small disk; as root only."""
    folder = room / "small"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL}m", "tmpfs", folder], check=True)
    try:
        yield folder / "postgres"
    finally:
        subprocess.run(["umount", folder], check=True)
