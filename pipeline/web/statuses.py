"""A final HTTP status -> the reason for which its body is not kept, or None for 200."""

from __future__ import annotations

from http import HTTPStatus

from pipeline.reasons import Reason

MOVED = frozenset({301, 302, 303, 307, 308})
MOVED_FOR_GOOD = frozenset({301, 308})

_KNOWN = {
    204: Reason.EMPTY_BODY,
    205: Reason.EMPTY_BODY,
    401: Reason.FORBIDDEN,
    402: Reason.FORBIDDEN,
    403: Reason.FORBIDDEN,
    404: Reason.NOT_FOUND,
    410: Reason.GONE,
    429: Reason.RATE_LIMITED,
    451: Reason.FORBIDDEN,
    503: Reason.RATE_LIMITED,
}


def reason(status: int) -> Reason | None:
    """Return why an answer of this status is no answer. Redirects and 304 are the door's own business."""
    if status == HTTPStatus.OK:
        return None
    if status in _KNOWN:
        return _KNOWN[status]
    if 500 <= status < 600:  # noqa: PLR2004  the class of 5xx; 52x are Cloudflare's
        return Reason.SERVER_ERROR
    return Reason.UNEXPECTED_STATUS
