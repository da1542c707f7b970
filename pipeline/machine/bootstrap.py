"""requirements.lock.txt -> .venv, complete or not at all. Run by ./wiredesk before anything is installed: standard library only.

The environment counts as complete when it holds a copy of the lock, written last; otherwise it is made again from nothing.
So an interrupted install is redone, a changed lock leaves no package behind, and of two starts at once one waits.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

STAMP = "wiredesk.lock.txt"
MEGABYTES = 700  # the environment takes about half of it
HINTS = {
    r"No space left": "The disk is full: make room, then run the same command again.",
    r"DO NOT MATCH THE HASHES|Hash mismatch": "A package is not the one that was tested. Do not install it; report this.",
    r"resolution|[Cc]onnection|timed out|Max retries|No matching distribution|No solution|Failed to fetch": (
        "The package index could not be reached or lacks a package. Check network, proxy and pip's settings, then run this again."
    ),
    r"Permission denied": "The clone must be writable for the user who runs this.",
}


def main(root: Path, command: str) -> int:
    """Make the environment unless it is complete; return the exit code for the shell."""
    var = Path(os.environ.get("WIREDESK_VAR") or root / "var")
    (var / "log").mkdir(parents=True, exist_ok=True)
    with (var / "install.lock").open("a") as lock:
        _wait_for(lock.fileno())
        if _complete(root) or (command == "down" and (root / ".venv" / STAMP).exists()):
            return 0
        if _held(var / "up.lock"):
            _say("runs from an environment that is out of date. Stop it first: ./wiredesk down")
            return 1
        return _install(root, var / "log" / "install.log", lock.fileno())


def _wait_for(lock: int) -> None:
    """Hold the lock until this process ends, and its installer too: one that outlives us must not be overtaken."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _say("another start is installing; waiting for it")
        fcntl.flock(lock, fcntl.LOCK_EX)


def _held(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _complete(root: Path) -> bool:
    venv = root / ".venv"
    try:
        same = (venv / STAMP).read_bytes() == (root / "requirements.lock.txt").read_bytes()
        made_with = re.search(r"^version(?:_info)? *= *(\d+)\.(\d+)", (venv / "pyvenv.cfg").read_text(), re.MULTILINE)
    except OSError:
        return False
    wanted = not os.environ.get("WIREDESK_PYTHON") or (made_with and tuple(map(int, made_with.groups())) == sys.version_info[:2])
    return bool(same and wanted and os.access(venv / "bin" / "python", os.X_OK))


def _install(root: Path, log: Path, lock: int) -> int:
    free = shutil.disk_usage(root).free // 2**20
    if free < MEGABYTES:
        _say(f"only {free} MB are free for the environment, and it needs {MEGABYTES}. Make room, then run the same command again.")
        return 1
    uv = shutil.which("uv")
    if not uv and not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
        _say(f"{sys.executable} cannot make environments. Debian, Ubuntu: sudo apt install python{minor}-venv (or install uv)")
        return 1
    _say(f"making its environment with Python {sys.version.split()[0]}, once (usually one to two minutes)")
    started = time.monotonic()
    ways = [_by_uv(uv, root)] if uv else []
    if importlib.util.find_spec("ensurepip"):
        ways.append(_by_pip(root))
    for number, commands in enumerate(ways):
        _remove(root / ".venv")
        if all(_run(command, root, log, lock) == 0 for command in commands):
            _stamp(root)
            _say(f"environment ready after {time.monotonic() - started:.0f} s")
            return 0
        if number + 1 < len(ways):
            _say(f"uv could not install (see {log}); trying pip")
    _explain(log)
    return 1


def _by_uv(uv: str, root: Path) -> list[list[str]]:
    venv = str(root / ".venv")
    sync = [
        uv,
        "pip",
        "sync",
        "--require-hashes",
        "--compile-bytecode",
        "--python",
        f"{venv}/bin/python",
        str(root / "requirements.lock.txt"),
    ]
    return [[uv, "venv", "--python", sys.executable, venv], sync]


def _by_pip(root: Path) -> list[list[str]]:
    venv = str(root / ".venv")
    pip = [f"{venv}/bin/python", "-m", "pip", "install", "--no-deps", "--require-hashes", "--progress-bar=off"]
    return [[sys.executable, "-m", "venv", venv], [*pip, "-r", str(root / "requirements.lock.txt")]]


def _remove(venv: Path) -> None:
    if venv.is_symlink():
        venv.unlink()
    elif venv.exists():
        shutil.rmtree(venv)


def _run(command: list[str], root: Path, log: Path, lock: int) -> int:
    """Run an installer into the log, showing how far it is."""
    unwanted = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PYTHONPATH", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    environment |= {"PYTHONUNBUFFERED": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "UV_PYTHON_DOWNLOADS": "never"}
    with log.open("ab") as output:
        begin = output.tell()
        output.write(f"$ {' '.join(command)}\n".encode())
        output.flush()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, pass_fds=[lock])
    try:
        _follow(process, root, log, begin)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    return process.returncode


def _follow(process: subprocess.Popen[bytes], root: Path, log: Path, begin: int) -> None:
    total = len(re.findall(r"^[a-z0-9].*==", (root / "requirements.lock.txt").read_text(), re.MULTILINE))
    shown = sys.stderr.isatty()
    started = said = time.monotonic()
    while process.poll() is None:
        time.sleep(0.2)
        if time.monotonic() - said < (0.2 if shown else 10):
            continue
        said = time.monotonic()
        text = log.read_bytes()[begin:]
        fetched = len(re.findall(rb"^(?:Collecting|Ignoring) ", text, re.MULTILINE))
        installed = sum(1 for _ in (root / ".venv" / "lib").glob("*/site-packages/*.dist-info"))
        fetching = f"{fetched} of {total} packages fetched, " if installed < fetched < total else ""
        line = f"{fetching}{installed} of {total} installed, {said - started:.0f} s"
        if shown:
            _write(f"\r\033[Kwiredesk: {line}")
        else:
            _say(line)
    if shown:
        _write("\r\033[K")


def _stamp(root: Path) -> None:
    draft = root / ".venv" / f"{STAMP}.new"
    shutil.copyfile(root / "requirements.lock.txt", draft)
    draft.replace(root / ".venv" / STAMP)


def _explain(log: Path) -> None:
    text = log.read_text(errors="replace").rpartition("\n$ ")[2]
    lines = [line for line in text.splitlines() if re.match(r"ERROR|error|  ?[×╰]", line)] or text.splitlines()
    hint = next(
        (hint for pattern, hint in HINTS.items() if re.search(pattern, text)), "Run the same command again to begin from the start."
    )
    _say("\n  ".join(["the environment could not be made:", *lines[-6:], hint, f"Everything that was said is in {log}"]))


def _say(text: str) -> None:
    _write(f"wiredesk: {text}\n")


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
    except KeyboardInterrupt:
        _say("interrupted; the next start begins again")
        sys.exit(130)
    except OSError as error:
        _say(f"{error.filename or 'this machine'}: {error.strerror}. The clone must be writable, with room on the disk.")
        sys.exit(1)
