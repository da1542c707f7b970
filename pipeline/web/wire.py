"""One request, to addresses that were checked, over one connection of its own -> the head of the answer, its body still to be read.

No session and no pool: a session of requests keeps cookies, reads the environment, follows redirects and, asked not to,
still inflates their bodies; and a host is asked at most once a second, so a kept connection would save little.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import create_urllib3_context

from pipeline.reasons import Reason
from pipeline.web.faults import WIRE_ERRORS, Fault, named
from pipeline.web.reply import Reply
from pipeline.web.targets import authority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from pipeline.web.deadline import Deadline
    from pipeline.web.hosts import Address
    from pipeline.web.proxies import Proxy
    from pipeline.web.reply import Limits
    from pipeline.web.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """On what terms a request is made."""

    deadline: Deadline
    connect: float  # seconds until some address must have answered
    limits: Limits
    tls: ssl.SSLContext
    turn: Callable[[str], AbstractContextManager[None]]  # takes a checked IP address; while it is held, the address may be asked
    proxy: Proxy | None = None


@cache
def trust() -> ssl.SSLContext:
    """Return the terms of TLS: the certificate is verified, for the host's name, against the authorities that requests bundles.

    One for all: reading the authorities takes 17 ms, and threads may share it.
    """
    context = create_urllib3_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


@contextmanager
def ask(target: Target, headers: Mapping[str, str], addresses: tuple[Address, ...], line: Line) -> Iterator[Reply]:
    """Send a GET and yield its answer. Everything is closed afterwards, and the turn given back. Fault."""
    with ExitStack() as held, closing(_connection(target, addresses, line)) as connection:
        connection.held = held
        _connect(connection)
        connection.timeout = line.deadline.left()
        try:
            relayed = line.proxy is not None and target.scheme == "http"
            host = {"Host": authority(target.scheme, target.host, target.port)}
            extra = line.proxy.headers if relayed and line.proxy else {}
            connection.request("GET", target.url if relayed else target.path, headers={**host, **headers, **extra})
            with closing(connection.answer()) as reply:
                yield reply
        except WIRE_ERRORS as error:
            raise named(error) from error


class _Checked(HTTPConnection):
    """A connection that goes where it is told, whatever its host resolves to."""

    addresses: tuple[Address, ...]  # checked
    line: Line
    held: ExitStack  # what is given back when all is read

    def _new_conn(self) -> socket.socket:
        return _reached(self.addresses, self.line, self.held)

    def answer(self) -> Reply:
        """Return the answer unwrapped: urllib3's own reading is for pools and inflates."""
        self.response_class = partial(Reply, deadline=self.line.deadline, limits=self.line.limits)  # type: ignore[assignment]  # a factory in place of the class
        reply = http.client.HTTPConnection.getresponse(self)
        assert isinstance(reply, Reply)
        return reply


class _Secure(_Checked, HTTPSConnection):
    """The same with TLS: name on the certificate and SNI stay the host's."""


def _connection(target: Target, addresses: tuple[Address, ...], line: Line) -> _Checked:
    seconds = line.deadline.left()
    made: _Checked
    if target.scheme == "https":
        made = _Secure(target.host, target.port, timeout=seconds, ssl_context=line.tls, server_hostname=target.host)
    else:
        made = _Checked(target.host, target.port, timeout=seconds)
    made.line, made.addresses = line, addresses
    if line.proxy is not None:
        made.addresses = addresses[:1]
        if target.scheme == "https":
            made.set_tunnel(*addresses[0], headers=line.proxy.headers)  # to the address that was checked, not to the name
    return made


def _connect(connection: _Checked) -> None:
    try:
        connection.connect()
    except ssl.SSLError as error:
        raise Fault(Reason.TLS_FAILED, str(error)) from error
    except TimeoutError as error:
        raise named(error) from error
    except WIRE_ERRORS as error:
        raise Fault(Reason.CONNECT_FAILED, str(error)) from error


def _reached(addresses: tuple[Address, ...], line: Line, held: ExitStack) -> socket.socket:
    """Return a socket to the first address that answers, each given an equal share of the time; ours is the turn of that address.

    Through a proxy there is one address, which the proxy connects to.
    """
    failed: Exception | None = None
    for address in addresses:
        with ExitStack() as taken:
            with line.deadline.stopped():  # waiting for our turn is not the site's time
                taken.enter_context(line.turn(address[0]))
            try:
                share = line.deadline.left(line.connect / len(addresses))
                sock = socket.create_connection(line.proxy.address if line.proxy else address, timeout=share)
            except OSError as error:
                failed = error
                continue
            held.push(taken.pop_all())
        sock.settimeout(line.deadline.left())
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock
    line.deadline.left()
    raise Fault(Reason.CONNECT_FAILED, f"{failed}")
