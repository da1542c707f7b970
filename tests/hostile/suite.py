"""All cases."""

from __future__ import annotations

from hostile import contents, controls, copies, manners, pages, ssrf, transport

CASES = (*controls.CASES, *transport.CASES, *ssrf.CASES, *contents.CASES, *pages.CASES, *manners.CASES, *copies.CASES)

# Faults that are known and lie with somebody: the case says how it should be.
KNOWN: dict[str, str] = {}
