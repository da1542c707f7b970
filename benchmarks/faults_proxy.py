"""An address of Postgres -> one of a proxy that cuts connections: a COMMIT's answer is lost, or half a message is all that comes."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

HOST = "127.0.0.1"


class Cutting:
    """Passes on every byte both ways, but cuts the connection where the answer to each `every`-th COMMIT comes back, `most` times.

    `midway`: it counts what the client sends, not COMMITs, and cuts in the middle of it: within a batch of rows, as it happens.
    """

    def __init__(self, every: int, most: int, *, midway: bool = False) -> None:
        self._midway = midway
        self.commits = self.cut = 0
        self.on = False
        self._every, self._most = every, most
        self._counting = threading.Lock()

    def before(self, url: str) -> str:
        """Listen for as long as this process lives, and return the address to use in place of `url`."""
        parts = urlsplit(url)
        assert parts.port
        listener = socket.create_server((HOST, 0))
        threading.Thread(target=self._serve, args=(listener, parts.port), daemon=True).start()
        login = f"{parts.username}:{parts.password}"
        return parts._replace(netloc=f"{login}@{HOST}:{listener.getsockname()[1]}").geturl()

    def _serve(self, listener: socket.socket, port: int) -> None:
        while True:
            client, _ = listener.accept()
            try:
                server = socket.create_connection((HOST, port))
            except OSError:
                client.close()  # it is being started again
                continue
            doomed = threading.Event()
            for source, target, asks in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pass, args=(source, target, doomed, asks), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, doomed: threading.Event, asks: bool) -> None:  # noqa: FBT001  which of the two ways
        with suppress(OSError):
            while block := source.recv(65536):
                if asks and (self._midway or b"COMMIT" in block):
                    self._count(doomed)
                if asks and self._midway and doomed.is_set():
                    target.sendall(block[: len(block) // 2])
                    break
                if not asks and doomed.is_set():
                    break  # the server has answered: it is committed
                target.sendall(block)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _count(self, doomed: threading.Event) -> None:
        with self._counting:
            self.commits += 1
            if self.on and self.cut < self._most and self.commits % (self._every * (10 if self._midway else 1)) == 0:
                self.cut += 1
                doomed.set()
