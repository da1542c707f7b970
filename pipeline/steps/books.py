"""What was noted since the last edition -> the books, brought up to date; and the whole of the tables, counted against them.

Triggers note what an item's doors are told from, in the transaction that changes it (sql/migrations/0022_books.sql): the block of a
thousand articles that it is in, or what is added to a sum. Here the noted blocks are counted anew and the parts of each sum are put
together, in one moment of the database and in the caller's transaction: killed, nothing has happened, and two at once take the same notes,
so that the second is refused and done again. What is noted while we count is counted next time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.errors import LedgerError
from pipeline.store import columns, dicts, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.store import Connection

    Lines = Sequence[Mapping[str, Any]]  # stage, came, kept, refused, pending, lost
    Tally = Sequence[Mapping[str, Any]]  # stage, door, items

BROKEN = "Something writes past the steps, or a step is broken: see 'The ledger does not balance' in docs/runbook.md."
DRIFTED = (
    "Something wrote without the database's triggers, as a restored or copied table does. Count everything anew: ./wiredesk publish --anew;"
    " see 'The ledger does not balance' in docs/runbook.md."
)
POLLS, STORIES = "poll", "story"  # the sums that are no refusals


def keep(connection: Connection, *, anew: bool) -> None:
    """Bring the books up to date: from what was noted, or from everything that there is."""
    touched = {row["block"] for row in dicts(connection, "books.touched")}
    if anew or None in touched:
        write(connection, "books.forget")
        columns(connection, "books.set_tally", dicts(connection, "books.whole_tally"))
        touched = {row["block"] for row in dicts(connection, "books.every_block")}
    write(connection, "books.count_blocks", blocks=sorted(touched))
    write(connection, "books.gather")


def balanced(connection: Connection, *, whole: bool) -> Lines:
    """Return the ledger as it is kept. LedgerError if it does not balance, or, on the whole, is not what is there."""
    lines = dicts(connection, "books.lines")
    _balance(lines)
    if whole:
        there = dicts(connection, "books.whole_lines")
        _balance(there)
        _same(lines, there)
        _same(dicts(connection, "books.tally"), dicts(connection, "books.whole_tally"))
    return lines


def tally(connection: Connection) -> tuple[int, Tally]:
    """Return how many stories live, and the refusals by stage and reason."""
    found = dicts(connection, "books.tally")
    live = sum(row["items"] for row in found if row["stage"] == STORIES)
    return live, [row for row in found if row["stage"] not in {POLLS, STORIES}]


def _balance(lines: Lines) -> None:
    for line in lines:
        if line["lost"]:
            raise LedgerError(f"the ledger's {line['stage']} line", f"{line['lost']} of {line['came']} are unaccounted for", hint=BROKEN)


def _same(kept: Lines, there: Lines) -> None:
    """LedgerError names the first of the sums that differ."""
    books, tables = (_sums(rows) for rows in (kept, there))
    for what in sorted(books.keys() | tables.keys()):
        if (says := books.get(what, 0)) != (are := tables.get(what, 0)):
            raise LedgerError(f"the kept books' {what}", f"{says} are kept and {are} are there", hint=DRIFTED)


def _sums(rows: Lines) -> Mapping[str, int]:
    """Return rows of a stage, and its door or the doors that are its columns, as sums by both names."""
    found: dict[str, int] = {}
    for row in rows:
        doors = {row["door"]: row["items"]} if "door" in row else {name: items for name, items in row.items() if name != "stage"}
        found |= {f"{row['stage']} {door}": items for door, items in doors.items()}
    return found
