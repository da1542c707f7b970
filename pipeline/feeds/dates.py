"""A date as feeds write it -> a Moment that says how exact it is, or None where it says no possible time.

The day only, if no time is written, if the time is exactly midnight (a date that a program gave a time), or if no zone is written: a time
somewhere within 26 hours is no time. Dates that depend on the reader's country (03/04/2026) are not guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from pipeline.records import Moment

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # a clock may be wrong, and a day begins earlier in the east

_LONGEST = 100  # characters
# Minutes from UTC: RFC 822 and what feeds write besides. Not those that mean two zones (IST, BST in Asia, CST in China is told by "+0800").
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360,
    "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600, "ast": -240, "adt": -180, "nst": -210, "ndt": -150, "art": -180,
    "brt": -180, "clt": -240, "bst": 60, "west": 60, "cet": 60, "mez": 60, "cest": 120, "mesz": 120, "sast": 120, "eet": 120, "eest": 180,
    "msk": 180, "trt": 180, "eat": 180, "gst": 240, "pkt": 300, "npt": 345, "ict": 420, "wib": 420, "sgt": 480, "hkt": 480, "myt": 480,
    "awst": 480, "jst": 540, "kst": 540, "acst": 570, "aest": 600, "acdt": 630, "aedt": 660, "nzst": 720, "nzdt": 780,
}  # fmt: skip
# The first letters by which a month is known, in the languages of titles that write their own names into feeds.
_MONTHS = {
    1: "jan gen ene sty oca янв січ ιαν",
    2: "feb fév fev lut şub фев лют φεβ",
    3: "mar mär mrt maa мар бер μαρ",
    4: "apr avr abr kwi nis апр кві απρ",
    5: "may mai maj mag mei maí мая май тра μαϊ μαι",
    6: "jun juin jui giu cze haz июн чер ιουν",
    7: "jul juil lug lip tem июл ιουλ",
    8: "aug aoû aou ago sie ağu авг сер αυγ",
    9: "sep set wrz eyl сен вер σεπ",
    10: "oct okt ott out paź eki окт жов οκτ",
    11: "nov lis kas ноя лис νοε",
    12: "dec dez déc dic gru ara дек гру δεκ",
}
_BY_NAME = {name: month for month, names in _MONTHS.items() for name in names.split()}

_TIME = (
    r"(?:(?:[T\s,]*|\s-\s)(?:at\s+|um\s+|à\s+)?(?P<hour>\d{1,2})[:h.](?P<minute>\d{2})"
    r"(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\b\.?)?)?"
)
_ZONE = (
    r"\s*(?P<zone>[+-]\d{1,2}:?\d{2}|[+-]\d{1,2}|[A-Za-z]+/[A-Za-z_]+|[A-Za-z]{1,5}\b(?:[+-]\d{1,2}(?::?\d{2})?)?)?\s*(?:\([^)]*\))?\s*$"
)
_FORMS = tuple(
    re.compile(form + _TIME + _ZONE, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})",
        r"(?P<day>1[3-9]|2\d|3[01])/(?P<month>\d{1,2})/(?P<year>\d{4})",
        r"(?P<month>\d{1,2})/(?P<day>1[3-9]|2\d|3[01])/(?P<year>\d{4})",
        r"(?:[^\W\d_]+\.?\s*,?\s*)?(?P<day>\d{1,2})\.?[\s-]+(?:de\s+)?(?P<name>[^\W\d_]+)\.?,?[\s-]+(?:de\s+)?(?P<year>\d{4}|\d{2})",
        r"(?:[^\W\d_]+\.?,?\s+)?(?P<name>[^\W\d_]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
    )
)
_STARTS = {True: _FORMS[:6], False: _FORMS[5:]}  # by whether it begins with a digit
_ASCTIME = re.compile(r"^([^\W\d_]+)\s+([^\W\d_]+)\s+(\d{1,2})\s+([\d:]{5,8})\s+(?:([A-Z]{2,5})\s+)?(\d{4})$")
_COMPACT = re.compile(r"^(\d{8})T?(\d{2})(\d{2})(\d{2})(?!\d)")
_OFFSET = re.compile(r"(?:GMT|UTC|UT|Z)?([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?")


def moment(said: str, now: datetime) -> Moment | None:
    """Return when that is, in UTC. None for what cannot be read, was before 1990 or is more than a day after `now`."""
    said = " ".join(said[: _LONGEST + 1].split())
    if not said or len(said) > _LONGEST:
        return None
    try:
        read = _read(said)
    except (ValueError, OverflowError):
        return None
    return read if read and EARLIEST <= read.at <= now + AHEAD else None


@lru_cache(maxsize=64)  # an entry's two dates are often one
def _read(said: str) -> Moment | None:
    if said[0].isdecimal() and _EPOCH.fullmatch(said):
        seconds = float(said) if "." in said or len(said) == 10 else int(said) / 1000  # noqa: PLR2004 - 13 digits are milliseconds
        return Moment(at=datetime.fromtimestamp(int(seconds), UTC), precision="second", source="feed")
    digit = said[0].isdecimal()
    said = _COMPACT.sub(r"\1 \2:\3:\4", said) if digit else _ASCTIME.sub(r"\1 \3 \2 \6 \4 \5", said)
    for form in _STARTS[digit]:
        found = form.match(said)
        if found:
            return _moment(found.groupdict())
    return None


def _moment(parts: dict[str, str | None]) -> Moment | None:
    month = int(parts["month"] or 0) if "month" in parts else _month(parts.get("name") or "")
    year = int(parts["year"] or 0)
    day = datetime(year + 2000 if year < 100 else year, month, int(parts["day"] or 0), tzinfo=UTC)  # noqa: PLR2004 - two digits
    hour, minute = int(parts["hour"] or 0), int(parts["minute"] or 0)
    second = min(int(parts["second"] or 0), 59)  # a leap second is no second of ours
    if parts["half"]:
        hour = hour % 12 + (12 if parts["half"][0] in "pP" else 0)
    written = day.replace(hour=hour, minute=minute, second=second)
    zone = _zone(parts["zone"])
    if zone is None or written == day:
        return Moment(at=day, precision="day", source="feed")
    at = written.replace(tzinfo=zone).astimezone(UTC)
    return Moment(at=at, precision="second" if parts["second"] else "minute", source="feed")


def _month(name: str) -> int:
    name = name.lower()
    return next((_BY_NAME[name[:size]] for size in (4, 3) if name[:size] in _BY_NAME), 0)


def _zone(said: str | None) -> timezone | None:
    """Return the zone of "+0100", "+01:00", "GMT+1", "CEST"; None for none and for names that are none."""
    if not said:
        return None
    found = _OFFSET.fullmatch(said)
    if found:
        minutes: int | None = (int(found[2]) * 60 + int(found[3] or 0)) * (-1 if found[1] == "-" else 1)
    else:
        minutes = _ZONES.get(said.lower())
    return None if minutes is None or abs(minutes) > 14 * 60 else timezone(timedelta(minutes=minutes))
