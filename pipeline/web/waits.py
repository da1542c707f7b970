"""A Retry-After header -> how long to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(hours=24)  # nobody is obeyed for longer: a typing error would silence a title for years
_DIGITS = 9  # more is longer than LONGEST anyway, and Python refuses to read thousands


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Return the wait that both forms of Retry-After ask for (RFC 9110, 10.2.3), 0 to 24 hours; None where it is neither form."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text)), LONGEST) if len(text) <= _DIGITS else LONGEST
    try:
        moment = parsedate_to_datetime(text)
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(wait, timedelta(0)), LONGEST)
