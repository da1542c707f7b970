"""A host and port -> the addresses that we may connect to: the internet's, checked, or those of a closed world.

A closed world is a file of lines "host:port address:port": only these hosts exist, each at exactly that place.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from ipaddress import ip_address
from typing import TYPE_CHECKING

from pipeline.errors import SettingsError
from pipeline.reasons import Reason
from pipeline.web import guard
from pipeline.web.faults import Fault
from pipeline.web.targets import key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Address = tuple[str, int]  # an IP address and a port
Lookup = Callable[[str, int, float], tuple[str, ...]]  # host, port, seconds it may take -> IP addresses; OSError
Resolver = Callable[[str, int, float], tuple[Address, ...]]  # the same -> where to connect, all checked; Fault


def internet(*, allowed: frozenset[str] = frozenset(), lookup: Lookup | None = None) -> Resolver:
    """Resolve as this machine does and refuse unless all addresses are public.

    `allowed` holds exact "host:port" that may be anything: for one host of one's own, never for a network.
    """
    ask = lookup or system

    def resolve(host: str, port: int, seconds: float) -> tuple[Address, ...]:
        found = _literal(host) or _asked(ask, host, port, seconds)
        if key(host, port) not in allowed:
            for address in found:
                if why := guard.objection(address):
                    raise Fault(Reason.ADDRESS_REFUSED, why)
        return tuple((address, port) for address in found)

    return resolve


def _literal(host: str) -> tuple[str, ...]:
    try:
        number = guard.literal(host)
    except ValueError as error:
        raise Fault(Reason.ADDRESS_REFUSED, f"{host} is a number in no usual form") from error
    return () if number is None else (str(number),)


def _asked(ask: Lookup, host: str, port: int, seconds: float) -> tuple[str, ...]:
    try:
        found = ask(host, port, seconds)
    except (OSError, UnicodeError) as error:
        raise Fault(Reason.DNS_FAILED, f"{host}: {error}") from error
    if not found:
        raise Fault(Reason.DNS_FAILED, f"{host} has no address")
    return found


def system(host: str, port: int, seconds: float) -> tuple[str, ...]:
    """Return what getaddrinfo says. It knows no timeout, so it works in a thread that is left behind when it is late."""
    answers: list[tuple[str, ...] | OSError | UnicodeError] = []

    def work() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.append(tuple(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except (OSError, UnicodeError) as error:
            answers.append(error)

    thread = threading.Thread(target=work, name=f"resolve {host}", daemon=True)
    thread.start()
    thread.join(seconds)
    if not answers:
        raise TimeoutError(f"no answer within {seconds:.0f} s")
    answer = answers[0]
    if isinstance(answer, tuple):
        return answer
    raise answer


def closed(world: Mapping[str, Address]) -> Resolver:
    """Know the hosts of this world only."""

    def resolve(host: str, port: int, seconds: float) -> tuple[Address, ...]:  # noqa: ARG001  as Resolver has it
        place = world.get(key(host, port))
        if place is None:
            raise Fault(Reason.DNS_FAILED, f"{key(host, port)} is not in the hosts file")
        return (place,)

    return resolve


def read(path: Path) -> dict[str, Address]:
    """Return the world that a hosts file describes. Empty lines and those that begin with # mean nothing. SettingsError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise SettingsError(str(path), "cannot be read", hint="WIREDESK_HOSTS names the newsstand's hosts file") from error
    world: dict[str, Address] = {}
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            name, place = _line(f"{path}:{number}", line)
            world[name] = place
    return world


def _line(where: str, line: str) -> tuple[str, Address]:
    try:
        name, place = line.lower().split()
        (host, port), (address, at) = (side.rsplit(":", 1) for side in (name, place))
        found = key(host.strip("[]"), int(port)), (str(ip_address(address.strip("[]"))), int(at))
    except ValueError as error:
        raise SettingsError(where, f"is not 'host:port address:port': {line}") from error
    return found
