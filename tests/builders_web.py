"""A hostile server on 127.0.0.1, raw sockets in threads: a path -> a script that says anything at all to the socket."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pipeline.web import hosts, wire
from pipeline.web.answers import Policy
from pipeline.web.door import Door

if TYPE_CHECKING:
    from pathlib import Path

Script = Callable[[socket.socket, "Stage"], None]
AGENT = "wiredesk/0 (+https://contact.example)"
HOST = "news.example"
TRUST = wire.trust()  # made once: reading the authorities takes 20 ms
FEED = b"<rss version='2.0'><channel><title>The Example</title></channel></rss>"


@dataclass
class Stage:
    """What a script may look at, and what a test asks afterwards."""

    request: bytes = b""
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass
class Server:
    port: int
    scripts: dict[str, Script | bytes]
    requests: list[bytes] = field(default_factory=list)
    connections: list[int] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    tls: Any = None

    def heads(self, name: str) -> list[str]:
        """Return the values of a header over all requests, "" where it was missing."""
        found = []
        for request in self.requests:
            lines = [line.partition(":") for line in request.decode("latin-1").split("\r\n")[1:]]
            found.append(", ".join(value.strip() for key, _, value in lines if key.lower() == name.lower()))
        return found


@contextlib.contextmanager
def serve(scripts: dict[str, Script | bytes] | None = None, tls: Any = None) -> Iterator[Server]:
    """Serve until the block ends; no thread and no socket is left."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(port=listener.getsockname()[1], scripts=scripts or {}, tls=tls)
        threads: list[threading.Thread] = []
        accepting = threading.Thread(target=_accept, args=(listener, server, threads))
        accepting.start()
        try:
            yield server
        finally:
            server.stop.set()
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            for thread in [accepting, *threads]:
                thread.join(timeout=10)


def _accept(listener: socket.socket, server: Server, threads: list[threading.Thread]) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        server.connections.append(1)
        thread = threading.Thread(target=_perform, args=(client, server))
        thread.start()
        threads.append(thread)


def _perform(client: socket.socket, server: Server) -> None:
    with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
        stack.callback(client.close)
        client.settimeout(10)
        if server.tls:
            client = stack.enter_context(server.tls.wrap_socket(client, server_side=True))
        request = b""
        while b"\r\n\r\n" not in request:
            more = client.recv(4096)
            if not more:
                return
            request += more
        server.requests.append(request)
        path = request.split(b" ")[1].decode("latin-1")
        script = server.scripts.get(path, b"HTTP/1.1 404 Not Found\r\n\r\n")
        if isinstance(script, bytes):
            client.sendall(script)
        else:
            script(client, Stage(request=request, stop=server.stop))
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_WR)
            while client.recv(4096):  # what the other side has sent is read, or closing would reset the connection
                pass


def reply(body: bytes = FEED, *headers: str, status: str = "200 OK", length: int | None = -1) -> bytes:
    """Return a whole answer. `length` None leaves Content-Length out."""
    lines = [f"HTTP/1.1 {status}", *headers]
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length < 0 else length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def moved(to: str, status: int = 302) -> bytes:
    return reply(b"", f"Location: {to}", status=f"{status} Moved")


def chunks(*parts: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + end


def zipped(body: bytes = FEED) -> bytes:
    return gzip.compress(body, mtime=0)


def drip(data: bytes, pause: float = 0.02) -> Script:
    """Send one byte after the other, for ever if need be."""

    def script(client: socket.socket, stage: Stage) -> None:
        for number in range(len(data)):
            client.sendall(data[number : number + 1])
            if stage.stop.wait(pause):
                return

    return script


def endless(head: bytes, again: bytes, most: int = 400_000_000) -> Script:
    """Send the head, then the same again and again."""

    def script(client: socket.socket, stage: Stage) -> None:
        client.sendall(head)
        sent = 0
        while not stage.stop.is_set() and sent < most:
            client.sendall(again)
            sent += len(again)

    return script


def stall(head: bytes) -> Script:
    """Send the head, then nothing, and do not hang up."""

    def script(client: socket.socket, stage: Stage) -> None:
        client.sendall(head)
        stage.stop.wait(30)

    return script


@dataclass
class Tls:
    server: ssl.SSLContext
    client: ssl.SSLContext


def tls_contexts(folder: Path, host: str) -> Tls:
    """Return a server's context with a certificate for the host, and a client's that trusts it and nothing else."""
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    shown, kept = folder / "certificate.pem", folder / "secret.pem"
    shown.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    kept.write_bytes(secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(shown, kept)
    client = ssl.create_default_context(cafile=str(shown))
    return Tls(server=server, client=client)


def door(server: Server, **changes: Any) -> Door:
    """Return a door into a closed world in which news.example and other.example are this server."""
    policy = Policy(**{"total": 5.0, "connect": 2.0, **changes.pop("policy", {})})
    place = ("127.0.0.1", server.port)
    world = {f"{host}:{port}": place for host in (HOST, "other.example") for port in (80, 443)}
    return Door(**{"agent": AGENT, "tls": TRUST, "resolver": hosts.closed(world), "policy": policy, **changes})
