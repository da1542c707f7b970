"""What children are made to do in benchmarks/children.py: good work, and every bad end. A child finds a function by its module's name."""

from __future__ import annotations

import os
import signal
import time


def spin() -> None:
    while True:
        pass


def wait() -> None:
    time.sleep(60)


def hoard() -> None:
    kept = []
    while True:
        kept.append(bytearray(2**24))


def swell() -> bytes:
    return bytes(65 * 2**20)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leave() -> None:
    os._exit(3)


def add(one: int, two: int) -> int:
    return one + two
