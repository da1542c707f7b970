"""Sites as scripts -> an internet of their own: names, addresses, ports and TLS, all of it on 127.0.0.1.

Names resolve and connections go where this module says, whoever asks for them: our door and other people's libraries alike. Each site
has a public address of its own. Every address that is not public leads to the canary, a server inside the walls that counts its visitors.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from builders_web import Stage, reply

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from hostile.cases import Said

REFUSES, SILENT = "192.41.162.30", "192.41.162.31"  # public addresses at which nobody answers
NEVER = ("stall",)  # a name that is never resolved
TLS_PORTS = frozenset({443, 4430})
SECRET = reply(
    b"<rss version='2.0'><channel><title>Inside</title><item><title>Secret</title><link>http://inside/</link></item></channel></rss>"
)

_getaddrinfo, _socket = socket.getaddrinfo, socket.socket


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request that a site saw."""

    at: datetime
    host: str
    path: str
    headers: Mapping[str, str]  # names in lower case


@dataclass
class Internet:
    """The state of the world: what was resolved, connected to and asked."""

    sites: Mapping[str, Mapping[str, Said]]  # host -> path -> what it says
    names: Mapping[str, Sequence[tuple[str, ...]]]  # host -> addresses, one tuple for each time that it is looked up
    now: Callable[[], datetime]
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)  # what the canary saw
    looked_up: dict[str, int] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    _ports: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def resolve(self, host: str | bytes | None, *more: Any, **options: Any) -> Any:
        """Do what socket.getaddrinfo does."""
        name = (host.decode() if isinstance(host, bytes) else host or "").rstrip(".").lower()
        with contextlib.suppress(socket.gaierror):
            return _getaddrinfo(host, *more, **{**options, "flags": socket.AI_NUMERICHOST})
        answers = [("127.0.0.1",)] if name == "localhost" else self.names.get(name)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        with self._lock:
            count = self.looked_up[name] = self.looked_up.get(name, 0) + 1
        found = answers[min(count, len(answers)) - 1]
        if found == NEVER:
            self.stop.wait(30)
        port = more[0] if more else options.get("port", 0)
        return [entry for address in found if address not in NEVER for entry in _getaddrinfo(address, port, type=socket.SOCK_STREAM)]

    def place(self, address: str, port: int, timeout: float | None) -> tuple[str, int]:
        """Return where a connection to an address really goes."""
        if address == REFUSES:
            raise ConnectionRefusedError(111, "Connection refused")
        if address == SILENT:
            self.stop.wait(timeout or 30)
            raise TimeoutError("timed out")
        if not ip_address(address.partition("%")[0]).is_global or address == "168.63.129.16" or ip_address(address) in ip_address_wrapped():
            return "127.0.0.1", self._ports["canary"]
        return "127.0.0.1", self._ports["tls" if port in TLS_PORTS else "plain"]

    def answer(self, request: bytes) -> Said:
        """Note a request and return what its site says to it."""
        head, *lines = request.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}
        host, path = headers.get("host", "").partition(":")[0].lower(), ([*head.split(" "), "", ""])[1]
        with self._lock:
            times = sum((seen.host, seen.path) == (host, path) for seen in self.requests)
            self.requests.append(Request(at=self.now(), host=host, path=path, headers=headers))
        said = self.sites.get(host, {}).get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        return said[min(times, len(said) - 1)] if isinstance(said, tuple) else said


def ip_address_wrapped() -> frozenset[Any]:
    """Return addresses that look public and lead inside: NAT64 and 6to4 of 127.0.0.1 and 10.0.0.1."""
    return frozenset(map(ip_address, ("64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::")))


@contextlib.contextmanager
def opened(net: Internet) -> Iterator[Internet]:
    """Let the whole process see this internet and no other, until the block ends."""

    class Wired(_socket):
        def __init__(self, family: int = -1, kind: int = -1, proto: int = -1, fileno: int | None = None) -> None:
            super().__init__(socket.AF_INET if family == socket.AF_INET6 else family, kind, proto, fileno)

        def connect(self, address: Any) -> None:
            inet = isinstance(address, tuple) and self.family == socket.AF_INET
            super().connect(net.place(address[0], address[1], self.gettimeout()) if inet else address)

    threads: list[threading.Thread] = []
    with contextlib.ExitStack() as stack:
        for name in ("plain", "tls", "canary"):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=256))
            net._ports[name] = listener.getsockname()[1]
            thread = threading.Thread(target=_accept, args=(listener, net, name, threads))
            thread.start()
            stack.callback(_end, listener, thread)
        socket.getaddrinfo, socket.socket = net.resolve, Wired  # type: ignore[misc,assignment]  # the internet, for a while
        try:
            yield net
        finally:
            socket.getaddrinfo, socket.socket = _getaddrinfo, _socket  # type: ignore[misc]  # as they were
            net.stop.set()
    for thread in threads:
        thread.join(timeout=10)


def _end(listener: socket.socket, thread: threading.Thread) -> None:
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=10)


def _accept(listener: socket.socket, net: Internet, name: str, threads: list[threading.Thread]) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        thread = threading.Thread(target=_perform, args=(client, net, name))
        thread.start()
        threads[:] = [running for running in threads if running.is_alive()] + [thread]


def _perform(client: socket.socket, net: Internet, name: str) -> None:
    with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
        stack.callback(client.close)
        client.settimeout(20)
        if name == "tls":
            client = stack.enter_context(net.tls.wrap_socket(client, server_side=True))  # type: ignore[union-attr]  # a host of https has terms
        request = b""
        while b"\r\n\r\n" not in request:
            if not (more := client.recv(65536)):
                return
            request += more
            if request.startswith(b"\x16"):  # the beginning of TLS
                client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
        if name == "canary":
            net.touched.append(request.split(b"\r\n")[0].decode("latin-1"))
            client.sendall(SECRET)
            return
        said = net.answer(request)
        if isinstance(said, bytes):
            client.sendall(said)
        elif callable(said):
            said(client, Stage(request=request, stop=net.stop))
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass
