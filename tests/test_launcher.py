"""The launcher with small children in Airflow's place: whatever happens, nothing is left behind and nobody else is touched."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

from pipeline.errors import PortTaken, Running
from pipeline.machine import processes
from pipeline.machine.claim import claimed, end, running
from pipeline.machine.postgres import Server
from pipeline.settings import ROOT, Settings

pytestmark = pytest.mark.process

# Each child has a child of its own in another session, as Airflow's workers and tasks may be.
PARENT = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True); time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
LAUNCH = """
    import sys
    from pathlib import Path
    from pipeline.machine import launcher
    from pipeline.machine.claim import claimed
    from pipeline.machine.postgres import Server
    from pipeline.machine.supervisor import Child
    from pipeline.settings import Settings

    var, port, *codes = sys.argv[1:]
    settings = Settings(var=Path(var), port=int(port))
    say = lambda text: print(text, flush=True)
    with claimed(settings, say) as claim:
        server = Server(settings.var / "postgres").start() if "postgres" in codes else None
        children = [Child(name=f"part-{n}", command=[sys.executable, "-c", code]) for n, code in enumerate(codes) if code != "postgres"]
        launcher.run(claim, children, launcher.Watch(server=server, ready=lambda: say("ready") or True))
"""


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def launch(tmp_path, port):
    """Start launchers; whatever a failing test leaves is ended here."""
    started = []

    def start(*codes: str) -> subprocess.Popen:
        command = [sys.executable, "-c", textwrap.dedent(LAUNCH), str(tmp_path), str(port), *codes]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, env=environment
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
    processes.sweep(tmp_path)
    Server(tmp_path / "postgres").stop()


def heard(process: subprocess.Popen, word: str) -> str:
    """Read what a launcher says up to the line that holds `word`."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if word in line:
            return "".join(lines)
    raise AssertionError(f"ended without {word!r}: {''.join(lines)}")


def settled(tmp_path, count: int) -> list[psutil.Process]:
    """Wait until `count` processes carry the mark."""
    deadline = time.monotonic() + 20
    while len(found := list(processes.belonging(tmp_path))) != count:
        assert time.monotonic() < deadline, f"{len(found)} processes, not {count}"
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_children_and_what_they_started(launch, tmp_path, number):
    launcher = launch(PARENT, PARENT)
    heard(launcher, "ready")
    children = settled(tmp_path, 4)
    launcher.send_signal(number)
    assert launcher.wait(timeout=30) == 0
    assert not processes.wait(children, 0)
    assert not (tmp_path / "up.json").exists()


def test_a_child_that_ignores_its_signal_is_killed_by_the_second_one(launch, tmp_path):
    launcher = launch(STUBBORN)
    heard(launcher, "ready")
    children = settled(tmp_path, 1)
    time.sleep(0.3)  # until it ignores
    started = time.monotonic()
    launcher.send_signal(signal.SIGINT)
    heard(launcher, "stopping")
    launcher.send_signal(signal.SIGINT)
    assert launcher.wait(timeout=30) == 0
    assert time.monotonic() - started < 8, "the grace of 10 s was cut short"
    assert not processes.wait(children, 0)


def test_after_a_kill_of_the_launcher_the_next_start_clears_up(launch, tmp_path):
    first = launch(PARENT)
    heard(first, "ready")
    children = settled(tmp_path, 2)
    first.kill()
    first.wait()
    assert len(processes.wait(children, 0)) == 2, "they survive their launcher; that is what the next start is for"
    second = launch(PARENT)
    assert "ended 2 processes" in heard(second, "ready")
    assert not processes.wait(children, 0)
    second.terminate()
    assert second.wait(timeout=30) == 0


def test_after_a_kill_of_the_launcher_down_clears_up(launch, tmp_path):
    launcher = launch(PARENT, "postgres")
    heard(launcher, "ready")
    children = settled(tmp_path, 2)
    launcher.kill()
    launcher.wait()
    assert end(tmp_path) == 2
    assert Server(tmp_path / "postgres").stop()
    assert not processes.wait(children, 0)


def test_down_ends_a_run_and_its_postgres(launch, tmp_path):
    launcher = launch(PARENT, "postgres")
    heard(launcher, "ready")
    postmaster = Server(tmp_path / "postgres").cluster.postmaster()
    assert end(tmp_path) == 3
    assert launcher.wait(timeout=30) == 0
    assert not processes.wait([postmaster], 0)


def test_processes_of_others_are_left_alone(launch, tmp_path):
    """Even one whose number stands in our note, and one that carries the mark of another clone."""
    stranger = subprocess.Popen(["sleep", "600"])
    neighbour = subprocess.Popen(["sleep", "600"], env=os.environ | processes.mark(tmp_path / "elsewhere", "scheduler"))
    try:
        note = {"part": "scheduler", "pid": stranger.pid, "born": psutil.Process(stranger.pid).create_time() - 60}
        (tmp_path / "up.json").write_text(json.dumps({"port": 1, "processes": [note | {"part": "launcher"}, note]}))
        assert running(tmp_path) == {}
        launcher = launch(PARENT)
        heard(launcher, "ready")
        assert end(tmp_path) == 3
        assert (stranger.poll(), neighbour.poll()) == (None, None)
    finally:
        for process in (stranger, neighbour):
            process.kill()
            process.wait()


def test_a_note_cut_off_by_a_full_disk_is_no_obstacle(launch, tmp_path):
    (tmp_path / "up.json").write_text('{"port": 80')
    launcher = launch(PARENT)
    heard(launcher, "ready")


def test_a_child_that_ends_is_started_again_without_what_it_left(launch, tmp_path):
    launcher = launch(PARENT)
    heard(launcher, "ready")
    settled(tmp_path, 2)
    noted = json.loads((tmp_path / "up.json").read_text())["processes"][1]
    orphan = psutil.Process(noted["pid"]).children()
    psutil.Process(noted["pid"]).kill()
    assert "part-0 ended (signal 9); starting it again in 1 s" in heard(launcher, "ended")
    again = settled(tmp_path, 2)
    assert noted["pid"] not in {process.pid for process in again}
    assert not processes.wait(orphan, 0)


def test_a_child_that_cannot_live_is_tried_ever_more_slowly(launch):
    launcher = launch("raise SystemExit(3)")
    assert "in 1 s" in heard(launcher, "exit code 3")
    assert "in 2 s" in heard(launcher, "exit code 3")
    assert "in 4 s" in heard(launcher, "exit code 3")


def test_a_dead_postgres_is_started_again(launch, tmp_path):
    launcher = launch(PARENT, "postgres")
    heard(launcher, "ready")
    server = Server(tmp_path / "postgres")
    server.cluster.postmaster().kill()
    heard(launcher, "Postgres ended")
    deadline = time.monotonic() + 20
    while server.cluster.postmaster() is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_second_start_says_where_it_runs(launch, tmp_path, port):
    heard(launch(PARENT), "ready")
    with pytest.raises(Running, match=f"already at http://127.0.0.1:{port}"), claimed(Settings(var=tmp_path, port=port), print):
        pass


def test_of_many_starts_at_once_one_runs(launch, tmp_path):
    launchers = [launch(PARENT) for _ in range(4)]
    deadline = time.monotonic() + 30
    while sum(launcher.poll() is None for launcher in launchers) > 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (winner,) = [launcher for launcher in launchers if launcher.poll() is None]
    heard(winner, "ready")
    settled(tmp_path, 2)


def test_a_taken_port_names_who_has_it_and_the_way_out(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(PortTaken, match=rf"port {port}.*process {os.getpid()}") as caught,
            claimed(Settings(var=tmp_path, port=port), print),
        ):
            pass
    assert f"--port {port + 1}" in caught.value.hint
