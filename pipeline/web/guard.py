"""An IP address or a numeric host name -> why we must not connect to it, or nothing.

Our own tables, because `ipaddress.is_global` differs between Python releases and knows nothing of wrapped addresses.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# https://www.iana.org/assignments/iana-ipv4-special-registry and multicast, reserved.
_REFUSED_V4 = tuple(
    (IPv4Network(network), name)
    for network, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud's host"),  # Azure's wire server: a public number that answers inside only
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
# Of IPv6 only this is global unicast; loopback, unique local, link-local, multicast and the rest lie outside.
_GLOBAL_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    (IPv6Network(network), name)
    for network, name in (
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052; the local-use prefix 64:ff9b:1::/48 is refused as not global
_ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")  # RFC 5214: in any prefix, the last four bytes are an IPv4 address

_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9a-fA-F]*)\.?$")  # the WHATWG URL standard's test for IPv4


def literal(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a host is, None if it is a name.

    ValueError where it is a number written otherwise (2130706433, 0x7f.1, 0177.0.0.1): readers disagree on what these mean.
    """
    if ":" in host or _ENDS_IN_NUMBER.search(host):
        return ip_address(host)
    return None


def objection(address: str | IPv4Address | IPv6Address) -> str:
    """Return why the address is not public, "" if it is. IPv4-mapped, NAT64, 6to4 and Teredo are judged by what they wrap."""
    try:
        number = ip_address(address)
    except ValueError:
        return f"{address} is no address"
    if isinstance(number, IPv4Address):
        return _named(number, _REFUSED_V4)
    if inner := _wrapped(number):
        return next((f"{number} wraps {why}" for why in map(objection, inner) if why), "")
    if number.scope_id is not None or number not in _GLOBAL_V6:
        return f"{number} is not global"
    if number.packed[8:12] in _ISATAP and (why := objection(IPv4Address(number.packed[12:]))):
        return f"{number} wraps {why}"
    return _named(number, _REFUSED_V6)


def _wrapped(number: IPv6Address) -> tuple[IPv4Address, ...]:
    if number.ipv4_mapped is not None:
        return (number.ipv4_mapped,)
    if number.sixtofour is not None:
        return (number.sixtofour,)
    if number.teredo is not None:
        return number.teredo  # server and client
    if number in _NAT64:
        return (IPv4Address(number.packed[12:]),)
    return ()


def _named(number: IPv4Address | IPv6Address, table: Iterable[tuple[IPv4Network | IPv6Network, str]]) -> str:
    return next((f"{number} is {name}" for network, name in table if number in network), "")
