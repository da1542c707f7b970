"""What goes wrong below the door -> a reason.

A fault is raised, because it comes from deep inside http.client and urllib3; it never leaves `Door.fetch`, which returns a `Refusal`.
"""

from __future__ import annotations

from http.client import HTTPException
from typing import TYPE_CHECKING

from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as WaitedTooLong

from pipeline.reasons import Reason

if TYPE_CHECKING:
    from datetime import timedelta


class Fault(Exception):  # noqa: N818  it names what is the case, as errors.py does
    """Why a fetch came to nothing. `status` is what the server answered, where it answered; `waits` its Retry-After."""

    def __init__(self, reason: Reason, detail: str = "", *, status: int | None = None, waits: timedelta | None = None) -> None:
        self.reason = reason
        self.detail = detail
        self.status = status
        self.waits = waits
        super().__init__(f"{reason}: {detail}")


# What the libraries raise while a request is under way. Anything else is a mistake of ours and ends the run.
WIRE_ERRORS = (OSError, HTTPException, HTTPError, UnicodeError)


def named(error: Exception) -> Fault:
    """Return the fault that an error of WIRE_ERRORS means once there is a connection."""
    late = isinstance(error, TimeoutError | WaitedTooLong)
    return Fault(Reason.TIMED_OUT if late else Reason.BROKEN_RESPONSE, f"{type(error).__name__}: {error}")
