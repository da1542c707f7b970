"""A visitor's name and a key -> the token of a form that only a page of ours, shown to that visitor, can have (against CSRF)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

GOOD_FOR = timedelta(hours=12)  # a page may stand open for a working day


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who looks, and whether the buttons are for them."""

    name: str
    may_act: bool
    reads_logs: bool = False  # of tasks


def token(key: str, visitor: Visitor, now: datetime) -> str:
    """Return a token that is good for twelve hours: "<end>.<mac>"."""
    end = str(int((now + GOOD_FOR).timestamp()))
    return f"{end}.{_mac(key, visitor, end)}"


def good(given: str, key: str, visitor: Visitor, now: datetime) -> bool:
    """Say whether the token was made for this visitor and has not run out."""
    end, _, mac = given.partition(".")
    same = hmac.compare_digest(mac.encode(), _mac(key, visitor, end).encode())
    return same and end.isdecimal() and datetime.fromtimestamp(int(end), UTC) > now


def _mac(key: str, visitor: Visitor, end: str) -> str:
    return hmac.new(key.encode(), f"wiredesk form\n{visitor.name}\n{end}".encode(), hashlib.sha256).hexdigest()
