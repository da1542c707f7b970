"""The child's side of `children.py`: a quiet process that forks workers on demand, and what a worker does.

In: requests on a socket. Out: workers, each with its own socket, that run one function at a time under limits.

The nursery has one thread, has imported what the work needs, and does nothing itself, so forking it is safe and cheap
(a new worker in some 5 ms, its imports shared), however many threads its parent has.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import pickle
import resource
import signal
import socket
import sys
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, NoReturn

START = "import json, sys; sys.path[:] = json.loads(sys.argv[2]); from pipeline.nursery import tend; tend(int(sys.argv[1]))"
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def command(requests: int) -> list[str]:
    """Return the command that starts a nursery which serves the inherited socket `requests`."""
    return [sys.executable, "-c", START, str(requests), json.dumps([str(place) for place in sys.path])]


def turn_into(requests: int) -> NoReturn:
    """Make this process, forked just now from one with a single thread, a nursery that serves the inherited socket `requests`.

    What the parent had open is closed here, and nothing of it is ever finalized: a connection that is, would say goodbye in its name.
    Its numbers stay taken, by nothing: a C library that closes what it had open whenever its process forks (libuv does, and opens a pipe
    of the same numbers anew) would else close what the nursery or a worker has opened since.
    """
    try:
        gc.freeze()
        signal.set_wakeup_fd(-1)
        for number in signal.valid_signals():
            if callable(signal.getsignal(number)):
                signal.signal(number, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in [int(place.name) for place in Path("/proc/self/fd").iterdir()]:
            if descriptor not in {1, 2, nothing, requests}:
                os.dup2(nothing, descriptor)
        tend(requests)
    finally:
        os._exit(1)


def tend(requests: int) -> None:
    """Serve requests until the parent is gone: ("hatch",) with a worker's socket -> pid; ("bury", pid) -> wait status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end is ours
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):  # numpy must start no threads in what will be forked
        os.putenv(name, "1")
    door = socket.socket(fileno=requests)
    line = Connection(os.dup(requests))
    with suppress(EOFError, OSError):
        megabytes = _prepare(line)
        while True:
            request = line.recv()
            line.send(_hatch(door, line, megabytes) if request[0] == "hatch" else _bury(request[1]))
    os._exit(0)


def _prepare(line: Connection) -> int:
    """Import and run what the parent wants every worker to have, and say how it went."""
    try:
        megabytes, initializer, initargs = pickle.loads(line.recv_bytes())  # noqa: S301  from our own parent
        if initializer is not None:
            initializer(*initargs)
    except Exception as error:  # it is raised in the parent, who can act
        line.send_bytes(_packed("raised", _noted(error)))
        raise EOFError from error
    line.send_bytes(_packed("done", None))
    gc.collect()
    gc.freeze()  # what is shared stays shared
    return int(megabytes)


def _hatch(door: socket.socket, line: Connection, megabytes: int) -> int:
    _, descriptors, _, _ = socket.recv_fds(door, 1, 1)
    nursery = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            door.close()
            line.close()
            _confine(nursery, megabytes)
            _work(Connection(descriptors[0]))
        finally:
            os._exit(0)
    os.close(descriptors[0])
    return pid


def _bury(pid: int) -> int:
    os.kill(pid, signal.SIGKILL)  # it cannot be another's: a pid is free only once we have waited for it
    return os.waitpid(pid, 0)[1]


def _confine(nursery: int, megabytes: int) -> None:
    """Bound the worker: it dies with its nursery, leaves no core, and may take `megabytes` beyond what it was born with."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        born = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (born + megabytes * 2**20,) * 2)
    if os.getppid() != nursery:
        os._exit(0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _work(line: Connection) -> None:
    while True:
        try:
            seconds, job = pickle.loads(line.recv_bytes())  # noqa: S301  from our own parent
        except (EOFError, ConnectionResetError):
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 2, resource.RLIM_INFINITY))
        with suppress(BrokenPipeError):
            line.send_bytes(_run(job))


def _run(job: bytes) -> bytes:
    try:
        function, args = pickle.loads(job)  # noqa: S301  from our own parent
        return _packed("done", function(*args))
    except MemoryError:
        return _packed("lost", "out of memory")
    except Exception as error:  # noqa: BLE001  it is raised again by the parent
        return _packed("raised", _noted(error))


def _noted(error: Exception) -> Exception:
    error.add_note("In a child process:\n" + "".join(traceback.format_exception(error)))
    return error


def _packed(how: Literal["done", "raised", "lost"], outcome: Any) -> bytes:
    """Return (how, outcome) as bytes; "lost": the worker must be replaced. What cannot be sent becomes words."""
    try:
        packed = pickle.dumps((how, outcome))
        if isinstance(outcome, Exception):
            pickle.loads(packed)  # noqa: S301  an error with arguments of its own may not come back
    except MemoryError:
        return pickle.dumps(("lost", "out of memory"))
    except Exception as error:  # noqa: BLE001  it is raised again in the parent
        return pickle.dumps(("raised", RuntimeError(f"the outcome {type(outcome).__name__} cannot be sent: {error!r} {outcome!r}"[:2000])))
    return packed
