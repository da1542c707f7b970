"""Ports of 127.0.0.1: which are free, which were used last time, who holds one."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from pathlib import Path

HOST = "127.0.0.1"


def free(port: int) -> bool:
    """Tell whether we could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)  # with SO_REUSEADDR some systems only object here
        except OSError:
            return False
    return True


def remembered(path: Path) -> int:
    """Return the port noted in `path` if it is free, else another one, and note that."""
    try:
        port = int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        port = 0
    return port if port and free(port) else another(path)


def another(path: Path) -> int:
    """Return a free port of the system's choice and note it in `path`."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    path.write_text(f"{port}\n", encoding="ascii")
    return port


def holder(port: int) -> psutil.Process | None:
    """Return the process that listens on `port`, where the system lets us know."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port and connection.pid:
                return psutil.Process(connection.pid)
    except (psutil.Error, OSError):
        pass
    return None
