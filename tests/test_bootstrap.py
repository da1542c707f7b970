"""./wiredesk itself, in small clones whose lock holds two tiny packages made here: the real script, real venv, real pip."""

import base64
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import filelock
import psutil
import pytest

from pipeline.settings import ROOT

pytestmark = pytest.mark.process

ECHO = "import importlib.metadata as m, os, sys; print(os.getpid(), os.getcwd(), sorted(d.name for d in m.distributions() if d.name != 'pip'), sys.argv[1:]); sys.exit(7)"
SLOW = "import time; print('ready', flush=True); time.sleep(60)"


def wheel(folder: Path, name: str) -> str:
    """Make a package and return its line for a lock."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{name}.py", "")
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        record = hashlib.sha256(b"").digest()
        file.writestr(f"{info}/RECORD", f"{name}.py,sha256={base64.urlsafe_b64encode(record).rstrip(b'=').decode()},0\n")
    return f"{name}==1.0 \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def listening() -> None:
    """Heed a Ctrl-C, also where the tests run in the background of a shell, which has its children ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Clone:
    """A folder with the script, the bootstrap, and a command line that tells how it was called."""

    def __init__(self, root: Path, wheels: Path) -> None:
        self.root = root
        self.wheels = wheels
        (root / "pipeline" / "machine").mkdir(parents=True)
        (root / "pipeline" / "cli").mkdir()
        shutil.copy(ROOT / "wiredesk", root)
        shutil.copy(ROOT / "pipeline" / "machine" / "bootstrap.py", root / "pipeline" / "machine")
        (root / "pipeline" / "__init__.py").touch()
        (root / "pipeline" / "cli" / "__init__.py").touch()
        self.says(ECHO)
        self.lock("red", "green")

    def says(self, code: str) -> None:
        (self.root / "pipeline" / "cli" / "__main__.py").write_text(code)

    def lock(self, *names: str) -> None:
        (self.root / "requirements.lock.txt").write_text("".join(wheel(self.wheels, name) for name in names))

    def start(self, *arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.Popen:
        noise = {
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": f"{self.wheels} {self.root}/nowhere",
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
        }
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [str(self.root / "wiredesk"), *arguments]
        options = {"cwd": cwd or "/", "env": noise | environment, "text": True, "start_new_session": True, "preexec_fn": listening}
        return subprocess.Popen(command, **options, **streams)

    def run(self, *arguments: str, **options) -> tuple[int, str, str]:
        process = self.start(*arguments, **options)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One clone, installed once, in a path with spaces."""
    clone = Clone(tmp_path_factory.mktemp("a clone") / "wire desk", tmp_path_factory.mktemp("wheels"))
    clone.first = clone.run("--first")
    return clone


@pytest.fixture
def clone(tmp_path):
    (tmp_path / "wheels").mkdir()
    return Clone(tmp_path / "clone", tmp_path / "wheels")


def test_the_first_command_makes_the_environment_and_is_then_run(shared):
    code, out, err = shared.first
    assert code == 7, err
    assert "['green', 'red', 'setuptools'] ['--first']" in out or "['green', 'red'] ['--first']" in out
    assert "making its environment" in err
    assert "nowhere" not in err, "pip's warnings about other people's settings stay in the log"


def test_nothing_changed_is_silent_and_looks_for_no_other_python(shared):
    bootstrap = shared.root / "pipeline" / "machine" / "bootstrap.py"
    bootstrap.rename(bootstrap.with_suffix(".away"))
    try:
        code, _, err = shared.run()
    finally:
        bootstrap.with_suffix(".away").rename(bootstrap)
    assert (code, err) == (7, "")


def test_works_from_anywhere_and_through_a_link(shared, tmp_path):
    (tmp_path / "link").symlink_to(shared.root / "wiredesk")
    done = subprocess.run([tmp_path / "link", "a b", "*"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (7, "")
    assert f"{tmp_path} " in done.stdout
    assert done.stdout.endswith("['a b', '*']\n")


def test_signals_reach_the_command_itself(shared):
    shared.says(SLOW)
    try:
        process = shared.start()
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
        assert process.returncode == -signal.SIGTERM
    finally:
        shared.says(ECHO)


def test_a_changed_lock_leaves_no_package_behind(clone):
    clone.run()
    clone.lock("blue")
    _, out, _ = clone.run()
    assert "blue" in out
    assert "red" not in out


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_install_is_begun_again(clone, number):
    process = clone.start()
    while not (clone.root / ".venv" / "bin").exists():
        time.sleep(0.01)
        assert process.poll() is None
    os.killpg(process.pid, number)
    process.communicate(timeout=30)
    assert process.returncode != 0
    assert not (clone.root / ".venv" / "wiredesk.lock.txt").exists()
    code, out, err = clone.run()
    assert code == 7, err
    assert "red" in out


def test_an_installer_that_outlives_its_parents_is_waited_for(clone):
    """A killed start leaves pip at work; the next must not pull the ground from under it."""
    process = clone.start()
    while not (clone.root / ".venv" / "bin").exists():
        time.sleep(0.01)
    shell = psutil.Process(process.pid)
    (bootstrap,) = shell.children()
    (installer,) = bootstrap.children()
    shell.kill()
    bootstrap.kill()
    code, out, err = clone.run()
    assert code == 7, err
    assert "red" in out
    assert "another start is installing; waiting" in err
    assert not installer.is_running()
    process.communicate(timeout=60)


def test_two_starts_at_once_do_not_break_each_other(clone):
    both = [clone.start(), clone.start()]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [7, 7]
    assert all("'green', 'red'" in out for out, _ in said)
    assert sum("making its environment" in err for _, err in said) == 1


def test_an_empty_variable_is_as_good_as_none(clone, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    clone.run(cwd=tmp_path / "elsewhere", WIREDESK_VAR="")
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert (clone.root / "var" / "install.lock").exists()


def test_a_wrong_hash_is_refused_and_explained(clone):
    lock = clone.root / "requirements.lock.txt"
    lock.write_text(re.sub(r"sha256:\w{64}", f"sha256:{'0' * 64}", lock.read_text()))
    code, out, err = clone.run()
    assert (code, out) == (1, "")
    assert "not the one that was tested" in err
    assert not (clone.root / ".venv" / "wiredesk.lock.txt").exists()


def test_an_index_without_the_package_is_explained(clone):
    for path in clone.wheels.iterdir():
        path.unlink()
    code, _, err = clone.run()
    assert code == 1
    assert "package index could not be reached" in err
    assert "Traceback" not in err


@pytest.fixture(scope="module")
def stale(tmp_path_factory):
    """A clone whose lock has changed since it was installed."""
    clone = Clone(tmp_path_factory.mktemp("stale") / "clone", tmp_path_factory.mktemp("wheels"))
    clone.run()
    clone.lock("blue")
    return clone


def test_down_needs_no_new_environment(stale):
    """Else what runs from the old one could not be ended after a pull."""
    code, out, err = stale.run("down")
    assert (code, err) == (7, "")
    assert "red" in out


def test_an_environment_that_is_in_use_is_not_pulled_away(stale):
    with filelock.FileLock(stale.root / "var" / "up.lock"):
        code, _, err = stale.run("status")
    assert code == 1
    assert "Stop it first: ./wiredesk down" in err


def only(folder: Path, *names: str, **scripts: str) -> str:
    """Make a PATH that holds `names` of the system and `scripts`."""
    folder.mkdir()
    for name in names:
        (folder / name).symlink_to(shutil.which(name))
    for name, text in scripts.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return str(folder)


TOOLS = ("sh", "cat", "cmp", "dirname", "readlink")


def test_a_machine_without_a_fitting_python_is_told_what_to_install(clone, tmp_path):
    old = only(tmp_path / "bin", *TOOLS, python3="#!/bin/sh\nexit 1\n")
    code, _, err = clone.run(PATH=old)
    assert code == 1
    assert "needs Python 3.11, 3.12 or 3.13" in err
    assert "apt install python3 python3-venv" in err
    assert "brew install python@3.13" in err


def test_a_python_without_venv_is_told_what_to_install(clone, tmp_path):
    blind = f"""#!/bin/sh
case "$*" in *bootstrap*) shift; exec {sys.executable} -I -c '
import importlib.util, runpy, sys
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "ensurepip" else found(name, *rest)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")' "$@" ;; esac
exec {sys.executable} "$@"
"""
    code, _, err = clone.run(PATH=only(tmp_path / "bin", *TOOLS, python3=blind))
    assert code == 1
    assert f"apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv" in err


def test_a_python_that_was_named_and_does_not_fit_is_not_replaced(clone):
    code, _, err = clone.run(WIREDESK_PYTHON="/bin/false")
    assert code == 1
    assert "WIREDESK_PYTHON=/bin/false is no Python" in err
