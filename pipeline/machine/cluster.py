"""A folder -> the cluster of an embedded Postgres in it: made, started, told from any other process, cleared after a kill.

Not safe against a second caller: `postgres.Server` holds the lock.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from pipeline.errors import DatabaseError
from pipeline.machine import binaries, ports, processes

if TYPE_CHECKING:
    from collections.abc import Sequence

SUPERUSER = "postgres"
MAGIC = "/proc/self/cwd"  # leads into the working folder whatever the permissions above it
SETTINGS = {
    "listen_addresses": ports.HOST,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "jit": "off",  # our queries are short; compiling them takes longer than running them
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
    "logging_collector": "off",
    "password_encryption": "scram-sha-256",
}
LOCALE = (  # the same order and case on every system; LC_CTYPE serves the full-text parser
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--lc-collate=C",
    "--lc-messages=C",
    f"--lc-ctype={'en_US.UTF-8' if sys.platform == 'darwin' else 'C.UTF-8'}",
)
HASTY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}  # for data that nobody will miss
WATCHING = {"shared_preload_libraries": "pg_stat_statements"}
_postmasters: list[subprocess.Popen[bytes]] = []  # they may outlive us


@atexit.register
def _part() -> None:
    """Keep Python from complaining that they do."""
    for process in _postmasters:
        if process.poll() is None:
            process.returncode = 0


class Cluster:
    """The files and the server process of one folder."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "postgres.log"
        self.settings = settings
        self._port = folder / "port"
        self._child: subprocess.Popen[bytes] | None = None

    def postmaster(self) -> psutil.Process | None:
        """Return the running server of this very folder: a process id alone may be anybody's."""
        try:
            noted = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
            process = psutil.Process(noted)
            return process if self._ours(process) else None
        except (OSError, ValueError, psutil.Error):
            return None

    def runs(self) -> bool:
        """Tell whether the server lives; in its first moments it has not noted its number yet."""
        return self.postmaster() is not None or (self._child is not None and self._child.poll() is None)

    def port(self) -> int:
        return int(self._port.read_text(encoding="ascii"))

    def clear(self) -> None:
        """After a kill: wait for the dead postmaster's children, then take its note away. No server runs here now."""
        orphans = []
        for process in psutil.process_iter():
            try:
                if self._ours(process):
                    orphans.append(process)
            except psutil.Error:
                continue
        processes.kill(processes.wait(orphans, 5))  # they see that their parent is gone, unless they are busy
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # else Postgres refuses while any process has that number

    def initialise(self, password: str) -> None:
        """Make the cluster beside its place and move it there, so that an interrupted attempt leaves nothing."""
        draft = self.folder / "data.new"
        subprocess.run(["/bin/rm", "-rf", draft], check=True)
        draft.mkdir(mode=0o700)
        user = binaries.account(self.data)
        with tempfile.TemporaryFile(dir=self.folder) as file:
            file.write(password.encode() + b"\n")
            file.seek(0)
            if user:
                os.chown(draft, user.uid, user.gid)
                os.fchown(file.fileno(), user.uid, user.gid)
            arguments = [
                "--username",
                SUPERUSER,
                "--auth=scram-sha-256",
                f"--pwfile=/dev/fd/{file.fileno()}",
                "--encoding=UTF8",
                *LOCALE,
            ]
            done = self._run("initdb", arguments, cwd=draft, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=[file.fileno()])
            output, _ = done.communicate()
        if done.returncode:
            raise DatabaseError(
                "embedded Postgres", f"initdb failed: {output.decode(errors='replace').strip()[-600:]}", hint=binaries.WAY_OUT
            )
        draft.rename(self.data)

    def launch(self) -> None:
        """Start the server; another process may take our port between the look and the start, so try again."""
        self.check_version()
        for _ in range(3):
            port = ports.remembered(self._port)
            settings = self.settings | {"port": str(port)} | (WATCHING if binaries.watches() else {})
            options = [word for item in settings.items() for word in ("-c", "=".join(item))]
            with self.log.open("ab") as log:
                process = self._run("postgres", options, cwd=self.data, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
            self._child = process
            _postmasters.append(process)
            try:
                process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                return
            if ports.free(port):
                break
        raise DatabaseError("embedded Postgres", f"did not start: {self.last_words()}", hint=f"The whole log is in {self.log}.")

    def last_words(self) -> str:
        try:
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:])[-400:]
        except OSError:
            return "it left no log"

    def _ours(self, process: psutil.Process) -> bool:
        return process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == self.data

    def check_version(self) -> None:
        """DatabaseError where the data is another major version's."""
        try:
            major = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        except OSError:
            return  # none yet, or one that may not be looked at: its server says more
        if major != binaries.version().split(".", 1)[0]:
            problem = f"{self.data} was made by Postgres {major}, and this is {binaries.version()}"
            raise DatabaseError(
                "embedded Postgres", problem, hint="Dump it with the release that made it, move the folder away, and load the dump."
            )

    def _run(self, program: str, arguments: Sequence[str], *, cwd: Path, **options: Any) -> subprocess.Popen[bytes]:
        """Start one of the package's programs on the data in `cwd`, as the user who may."""
        user = binaries.account(self.data)
        where = str(cwd)
        if user:
            where = MAGIC
            options |= {"user": user.uid, "group": user.gid, "extra_groups": ()}
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))} | {"TZ": "UTC"}
        command = [str(binaries.folder(user) / program), "-D", where, *arguments]
        return subprocess.Popen[bytes](command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, **options)
