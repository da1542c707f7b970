"""A demo that is killed again and again, and then run once more, ends where an undisturbed one does; and nothing is left behind."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import psutil
import pytest
from builders_news import SNAPSHOT

from pipeline import clock
from pipeline.cli.day import START
from pipeline.machine import processes
from pipeline.machine.postgres import Server
from pipeline.settings import ROOT, Settings
from pipeline.store import connect

pytestmark = [pytest.mark.process, pytest.mark.database]

KILLS = 10
TITLES = 6
# What depends on the deployment's own seed, or says how often we had to ask.
SEEDED = {"signature", "sample"}
SHOWN = {
    **{name: query for name, query in SNAPSHOT.items() if name not in SEEDED},
    "signature": "SELECT url, number FROM core.signature JOIN core.article USING (article_id) ORDER BY url",
}


def demo(var, log, *options):
    """Start a small demo in a session of its own, so that all of it can be ended."""
    environment = os.environ | processes.mark(var, "demo") | {"WIREDESK_VAR": str(var), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pipeline.cli", "demo", "--titles", str(TITLES), "--json", *options]
    return subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=ROOT, start_new_session=True)


@pytest.fixture
def rooms(tmp_path):
    """Two places for demos; whatever a failing test leaves in them is ended here."""
    places = [tmp_path / name for name in ("disturbed", "undisturbed")]
    yield places
    for place in places:
        processes.sweep(place)
        Server(place / "demo" / "postgres").stop()


def finished(var):
    """Run a demo to its end and return what it prints."""
    with (var.parent / f"{var.name}.log").open("w+b") as log:
        assert demo(var, log).wait(timeout=120) == 0, (log.seek(0), log.read().decode())[1]
        log.seek(0)
        text = log.read().decode()
    return json.loads(text[text.index("{") :])


def tables(var):
    """Return every table of a demo's news by its natural keys."""
    with Server(var / "demo" / "postgres") as server, connect(server.url("news")) as connection:
        return {name: connection.execute(query).fetchall() for name, query in SHOWN.items()}


def anew(var):
    """Read the demo's day anew as somebody does by hand, who names its folder and nothing else; return the exit code."""
    environment = os.environ | processes.mark(var, "anew") | {"WIREDESK_VAR": str(var / "demo"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pipeline.cli", "reextract", "--day", f"{START.date()}"]
    return subprocess.run(command, env=environment, cwd=ROOT, check=False, timeout=120, stdout=subprocess.DEVNULL).returncode


def ours(var):
    """Return the processes of a demo but for its Postgres."""
    return [process for process in processes.belonging(var) if "postgres" not in process.name()]


def test_killed_at_ten_moments_and_run_again_a_demo_ends_as_an_undisturbed_one(rooms):
    disturbed, undisturbed = rooms
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201  to try it again
    moments = random.Random(seed)
    started = time.monotonic()
    expected = finished(undisturbed)
    longest = time.monotonic() - started
    for kill in range(KILLS):
        with (disturbed.parent / f"kill-{kill}.log").open("wb") as log:
            process = demo(disturbed, log)
            try:
                code = process.wait(timeout=moments.uniform(0.3, max(1.5, longest / 3)))
                assert code == 0, f"kill {kill} of seed {seed}: it failed by itself, see {log.name}"
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
        left = psutil.wait_procs(ours(disturbed), timeout=10)[1]
        assert not left, f"kill {kill} of seed {seed} left {left}"
    found = finished(disturbed)
    with Server(disturbed / "demo" / "postgres") as server, connect(server.url("news")) as connection:
        newest = connection.execute("SELECT max(at) FROM mart.edition").fetchone()[0]
    assert clock.read(Settings(var=disturbed / "demo").clock)() == newest, "its news are of now for whoever asks them"
    assert found["figures"] == expected["figures"], f"seed {seed}"
    assert found["score"] == expected["score"], f"seed {seed}"
    mine, theirs = tables(disturbed), tables(undisturbed)
    for name in SHOWN:
        assert mine[name] == theirs[name], f"{name}, seed {seed}"
    assert not list(processes.belonging(disturbed)), "and nothing runs"
    assert anew(undisturbed) == 0, "the same code reads the same"
