"""The reasons of pipeline/reasons.py -> their table in docs/runbook.md, between its two marks."""

from __future__ import annotations

from pipeline.reasons import MEANING, Reason

BEGIN, END = "<!-- reasons: written by ./wiredesk tables --write -->", "<!-- end of reasons -->"


def table() -> str:
    """Return every reason in the order of the code: what it means, what to do."""
    rows = (f"| `{reason}` | {MEANING[reason][0]} | {MEANING[reason][1]} |" for reason in Reason)
    return "\n".join(("| reason | meaning | what to do |", "|--|--|--|", *rows))


def fill(text: str) -> str:
    """Return the runbook with the table of now. ValueError if a mark is missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"docs/runbook.md has lost the mark {BEGIN if not begin else END}")
    return f"{before}{begin}\n{table()}\n{end}{after}"
