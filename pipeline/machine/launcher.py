"""Children, a Postgres and a claim on this clone -> a run that ends with everything it started.

with claimed(settings, say) as claim:
    urls = ...  # Postgres, migrations, registry
    run(claim, airflow.children(settings, urls, {}), Watch(server=..., ready=..., figures=..., show=...))
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import DatabaseError
from pipeline.machine.supervisor import GRACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pipeline.machine.claim import Claim
    from pipeline.machine.postgres import Server
    from pipeline.machine.supervisor import Child

TICK = 0.5  # seconds between two looks at the children and at Postgres
PACE = 5.0  # seconds between two looks at the figures
QUIET = 60.0  # seconds between two lines of figures where there is no terminal
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is looked after beside the children."""

    server: Server | None = None  # the embedded Postgres: kept alive, and stopped at the end
    ready: Callable[[], bool] = lambda: True  # asked until it says yes; it may print the address then
    figures: Callable[[], Mapping[str, int]] | None = None  # asked every few seconds, in a thread of its own
    show: Callable[[Mapping[str, int] | None], None] = lambda _: None  # the newest figures, or None where there are none
    ending: Callable[[], None] = lambda: None  # told when they are shown no more


def run(claim: Claim, children: Sequence[Child], watch: Watch) -> None:
    """Run `children` until a signal comes; then end them and the server. A second signal ends them at once."""
    stop = _Stop()
    latest = _Latest(watch, claim.say)
    with _stopping(stop):
        try:
            for child in children:
                claim.supervisor.start(child)
            claim.note()
            latest.start()
            _look(claim, stop, latest, watch)
            watch.ending()
            claim.say("stopping (Ctrl-C again to kill)")
            claim.supervisor.stop(GRACE)
        except KeyboardInterrupt:
            pass
        finally:
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN)  # what remains is quick, and half of it is worse
            claim.supervisor.stop(0)
            latest.end()
            if watch.server:
                watch.server.stop()


def _look(claim: Claim, stop: _Stop, latest: _Latest, watch: Watch) -> None:
    pending, shown = True, 0.0
    while not stop.asked:
        time.sleep(TICK)
        if claim.supervisor.tend():
            claim.note()
        pending = pending and not watch.ready()
        if time.monotonic() - shown >= (TICK if sys.stdout.isatty() else QUIET):
            watch.show(latest.figures)
            shown = time.monotonic()


class _Latest(threading.Thread):
    """Keeps the newest figures, and Postgres alive: either may block for a while, and a Ctrl-C must not wait for it."""

    def __init__(self, watch: Watch, say: Callable[[str], None]) -> None:
        super().__init__(daemon=True)
        self.figures: Mapping[str, int] | None = None
        self._done = threading.Event()
        self._watch, self._say = watch, say

    def end(self) -> None:
        """Return when no Postgres can be started any more."""
        self._done.set()
        if self.is_alive():
            self.join(2 * PACE)

    def run(self) -> None:
        asked = 0.0
        while not self._done.wait(TICK):
            try:
                self._revive()
                if self._watch.figures and time.monotonic() - asked >= PACE:
                    asked = time.monotonic()
                    self.figures = self._watch.figures()
            except Exception as error:  # noqa: BLE001  figures are no reason to stop; the line shows that there are none
                self.figures = None
                if isinstance(error, DatabaseError):
                    self._say(str(error))

    def _revive(self) -> None:
        server = self._watch.server
        if server and not server.cluster.postmaster() and not self._done.is_set():
            self._say("Postgres ended; starting it again")
            server.start()


@dataclass(slots=True)
class _Stop:
    """Whether a signal has come. A plain flag: an Event has a lock, and the handler may run while the main thread holds it."""

    asked: bool = False


@contextmanager
def _stopping(stop: _Stop) -> Iterator[None]:
    """Note the first signal in `stop`; the next one interrupts whatever waits."""

    def handle(_number: int, _frame: object) -> None:
        if stop.asked:
            raise KeyboardInterrupt
        stop.asked = True

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
