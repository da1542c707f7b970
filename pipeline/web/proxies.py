"""A proxy's address -> where it is and what it wants to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from urllib3.util import make_headers, parse_url

from pipeline.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.web.hosts import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A forward proxy. It is trusted: its own address may be private.

    https targets are tunnelled to the address that was checked. Of an http target the proxy is given the name, because
    proxies rewrite Host from it; so the proxy, too, must refuse private addresses (RFC 9112, 3.2.2).
    """

    address: Address
    headers: Mapping[str, str]  # Proxy-Authorization, where the address has a user name


def read(url: str) -> Proxy:
    """Return the proxy of "http://[user:password@]host:port". SettingsError."""
    try:
        parts = parse_url(url)
    except ValueError as error:
        raise SettingsError("proxy", "is no address", hint="WIREDESK_PROXY=http://host:port") from error
    if parts.scheme != "http" or not parts.host or not parts.port:
        raise SettingsError("proxy", "must be http://host:port", hint="WIREDESK_PROXY=http://host:port")
    headers = make_headers(proxy_basic_auth=unquote(parts.auth)) if parts.auth else {}
    return Proxy(address=(parts.host.strip("[]"), parts.port), headers={name.title(): value for name, value in headers.items()})
