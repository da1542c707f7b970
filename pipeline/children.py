"""A function and its arguments -> its result, worked out in a child process that is killed when it takes too much.

Parsing what the web sends cannot be bounded from inside (one megabyte is enough to hang an extractor), so it is done
here: time, CPU and memory have a limit, and whatever happens the parent goes on. The child's side is `nursery.py`.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import socket
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import psutil

from pipeline import nursery
from pipeline.errors import MachineError

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")
JOBS = 500  # then a worker is replaced, so that no page is killed for the memory that earlier ones left behind
LARGEST = 64 * 2**20  # bytes of a result: several times what ten megabytes of feed can come to
ENDING = 5.0  # seconds a nursery may take to end


class Killed(Exception):  # noqa: N818  it says what was done
    """A child took too much or died; `why` is for people: "took over 5 s", "out of memory", "died of SIGSEGV"."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass(slots=True)
class _Child:
    pid: int
    line: Connection
    jobs: int = 0


class Children:
    """`workers` child processes, ready when the `with` block begins and gone when it ends, or when this process is killed.

    `initializer(*initargs)` runs once, in the process that the workers are then forked from: let it import and build
    what every call needs, and start no thread. `megabytes` is what a worker may take on top of that.
    """

    def __init__(
        self, workers: int, megabytes: int = 512, initializer: Callable[..., None] | None = None, initargs: tuple[Any, ...] = ()
    ) -> None:
        self._workers = workers
        self._setup = pickle.dumps((megabytes, initializer, initargs))
        self._asking = threading.Lock()  # the nursery answers one request at a time
        self._idle: queue.LifoQueue[_Child | None] = queue.LifoQueue()  # None: a place whose worker is yet to be born

    def __enter__(self) -> Self:
        self._door, theirs = socket.socketpair()
        self._requests = Connection(os.dup(self._door.fileno()))
        with theirs:
            self._nursery = _forked(theirs) if _single() else _started(theirs)
        try:
            self._prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _prepare(self) -> None:
        try:
            self._requests.send_bytes(self._setup)
            how, outcome = pickle.loads(self._requests.recv_bytes())  # noqa: S301  from our own child
        except (EOFError, OSError) as error:
            raise MachineError("child processes", "they could not be started") from error
        if how == "raised":
            raise outcome
        for _ in range(self._workers):
            self._idle.put(self._hatch())

    def __exit__(self, *_: object) -> None:
        with self._asking:
            self._door.close()
            self._requests.close()  # the nursery ends when it reads this, and its workers with it
        with suppress(queue.Empty):
            while True:
                if child := self._idle.get_nowait():
                    child.line.close()
        try:
            self._nursery.wait(ENDING)
        except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
            self._nursery.kill()
            self._nursery.wait()

    def call(self, function: Callable[..., Result], *args: Any, seconds: float) -> Result:
        """Return function(*args), or raise what it raised, or `Killed` where it took over `seconds`, too much memory, or died.

        The child finds the function by its name, so it stands at the top of a module that can be imported. Waits
        without limit for a free worker. Any thread may call.
        """
        job = pickle.dumps((seconds, pickle.dumps((function, args))))
        child = self._idle.get()
        try:
            child = self._fit(child)
            how, outcome = self._outcome(child, job, seconds)
        except BaseException:
            self._bury(child)
            child = None
            raise
        finally:
            self._idle.put(child)
        if how == "raised":
            raise outcome
        return outcome  # type: ignore[no-any-return]  # whatever the function returned

    def _fit(self, child: _Child | None) -> _Child:
        """Return a worker that is alive and not too old."""
        if child and (child.jobs >= JOBS or child.line.poll(0)):  # an idle worker says nothing: what can be read is its end
            self._bury(child)
            child = None
        child = child or self._hatch()
        child.jobs += 1
        return child

    def _outcome(self, child: _Child, job: bytes, seconds: float) -> tuple[str, Any]:
        try:
            child.line.send_bytes(job)
            if not child.line.poll(seconds):
                raise Killed(f"took over {seconds:g} s")
            how, outcome = pickle.loads(child.line.recv_bytes(LARGEST))  # noqa: S301  from our own child
        except (EOFError, OSError):
            if not child.line.closed and not child.line.readable:  # what it had to say was too long to be heard
                raise Killed(f"a result of over {LARGEST >> 20} MiB") from None
            raise Killed(_cause(self._bury(child))) from None
        if how == "lost":
            raise Killed(outcome)
        return how, outcome

    def _hatch(self) -> _Child:
        ours, theirs = socket.socketpair()
        with theirs:
            pid = self._ask(("hatch",), theirs.fileno())
        return _Child(pid, Connection(ours.detach()))

    def _bury(self, child: _Child | None) -> int:
        """End a worker and return its wait status; 0 where that was done before."""
        if child is None or child.line.closed:
            return 0
        child.line.close()
        return self._ask(("bury", child.pid))

    def _ask(self, request: tuple[Any, ...], *descriptors: int) -> int:
        with self._asking:
            try:
                self._requests.send(request)
                if descriptors:
                    socket.send_fds(self._door, [b"!"], list(descriptors))
                return int(self._requests.recv())
            except (EOFError, OSError) as error:
                raise MachineError("child processes", "the process they are born from is gone") from error


def _single() -> bool:
    """Tell whether this process has one thread, those of C libraries counted too; where that cannot be told, it has not."""
    tasks = Path("/proc/self/task")
    return tasks.exists() and len(list(tasks.iterdir())) == 1


def _forked(requests: socket.socket) -> psutil.Process:
    pid = os.fork()
    if pid == 0:
        nursery.turn_into(requests.fileno())
    return psutil.Process(pid)


def _started(requests: socket.socket) -> subprocess.Popen[bytes]:
    number = requests.fileno()
    return subprocess.Popen(nursery.command(number), pass_fds=[number], stdin=subprocess.DEVNULL)  # noqa: S603  it is Python, with our own line


def _cause(status: int) -> str:
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        return "took too much CPU time" if name == "SIGXCPU" else f"died of {name}"
    return f"left with exit code {os.WEXITSTATUS(status)}"
