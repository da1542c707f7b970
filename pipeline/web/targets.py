"""An address as found -> its parts, read once: what is checked, connected to and sent comes from the same reading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from requests.exceptions import RequestException
from requests.models import PreparedRequest
from urllib3.util import parse_url

from pipeline.reasons import Reason
from pipeline.web.faults import Fault

LONGEST = 2048  # bytes; the database keeps no longer one
PORTS = {"http": 80, "https": 443}

_BEGINNING = re.compile(r"https?://([^/?#\\]*)", re.IGNORECASE)
_ODD = re.compile(r"%|:0+$")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")
_V6 = re.compile(r"[0-9a-f:.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a request goes."""

    url: str  # normalised, no fragment
    scheme: str  # "http" or "https"
    host: str  # ASCII, lower case, no final dot; IPv6 without brackets
    port: int
    path: str  # path and query, as sent


def read(url: str) -> Target:
    """Return the parts of an absolute address. Fault: BAD_URL, URL_TOO_LONG."""
    text = url.strip(" \t\r\n")
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        raise Fault(Reason.URL_TOO_LONG, f"{len(text)} characters")
    begins = _BEGINNING.match(text)
    if not begins or _UNSEEN.search(text):
        raise Fault(Reason.BAD_URL, f"no http or https address: {text[:200]}")
    if "@" in begins[1]:
        raise Fault(Reason.BAD_URL, "a user name in the address")
    if _ODD.search(begins[1]):  # the libraries would decode the one and drop the other
        raise Fault(Reason.BAD_URL, f"an escape or port 0 in {begins[1][:200]}")
    return _parts(_prepared(text))


def _prepared(text: str) -> str:
    """Return the address in ASCII: requests encodes the host (IDNA, UTS 46) and quotes the path."""
    request = PreparedRequest()
    try:
        request.prepare_url(text, None)
    except (RequestException, ValueError) as error:
        raise Fault(Reason.BAD_URL, str(error)) from error
    return request.url or ""


def _parts(url: str) -> Target:
    try:
        parts = parse_url(url)
    except ValueError as error:
        raise Fault(Reason.BAD_URL, str(error)) from error
    scheme, host = parts.scheme or "", (parts.host or "").lower().strip("[]").removesuffix(".")
    if scheme not in PORTS or not (_V6 if ":" in host else _NAME).fullmatch(host):
        raise Fault(Reason.BAD_URL, f"no usable host: {host[:200]}")
    port = PORTS[scheme] if parts.port is None else parts.port
    if port == 0 or parts.auth is not None:
        raise Fault(Reason.BAD_URL, url)
    path = parts.request_uri
    normal = f"{scheme}://{authority(scheme, host, port)}{path}"
    if len(normal) > LONGEST:
        raise Fault(Reason.URL_TOO_LONG, f"{len(normal)} bytes")
    return Target(url=normal, scheme=scheme, host=host, port=port, path=path)


def authority(scheme: str, host: str, port: int) -> str:
    """Return host and port as a Host header has them: the usual port unsaid, IPv6 in brackets."""
    name = f"[{host}]" if ":" in host else host
    return name if port == PORTS[scheme] else f"{name}:{port}"


def key(host: str, port: int) -> str:
    """Return "host:port", as the hosts file, the allow-list and whoever takes turns have it."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def redirected(base: Target, locations: list[str]) -> Target:
    """Return where a redirect leads. Fault: BAD_REDIRECT if nowhere that we may go, URL_TOO_LONG."""
    if len(set(locations)) != 1 or not locations[0].strip():
        raise Fault(Reason.BAD_REDIRECT, "no Location" if not any(locations) else f"{len(locations)} Locations")
    try:
        location = _as_sent(locations[0].strip())
        return read(location if _BEGINNING.match(location) else urljoin(base.url, location))
    except Fault as fault:
        if fault.reason is not Reason.BAD_URL:
            raise
        raise Fault(Reason.BAD_REDIRECT, fault.detail) from fault
    except ValueError as error:
        raise Fault(Reason.BAD_REDIRECT, str(error)) from error


def _as_sent(location: str) -> str:
    """Return a Location that http.client read as Latin-1 in the UTF-8 in which servers send it, where it is that."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location
