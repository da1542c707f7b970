"""What is in the tables -> an edition: the books are checked, and figures kept for analysts. LedgerError if they do not balance."""

from __future__ import annotations

from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline.records import Tally
from pipeline.steps import books, counted
from pipeline.steps.edges import Edges, Report, Wanted, silent
from pipeline.store import committed, dicts, value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pipeline.store import Connection


def publish(
    edges: Edges,
    _wanted: Wanted = Wanted(),  # noqa: B008  frozen
    report: Report = silent,
    *,
    anew: bool = False,
) -> Mapping[str, Tally]:
    """Check that every item has left each stage by one named door, count what changed, and publish an edition.

    The books are kept from edition to edition; the first of a day counts everything and compares. `anew` counts everything and keeps that.
    """
    edition = committed(edges.connection, partial(_edition, edges, anew=anew))
    report(1, 1)
    doors = {name: edition[name] for name in ("stories", "copies", "refused", "pending")}
    return {"edition": Tally(seen=edition["articles"] + edition["refused"] + edition["pending"], doors=doors)}


def _edition(edges: Edges, *, anew: bool) -> Mapping[str, Any]:
    connection, at = edges.connection, edges.now()
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")  # one moment for all sums
    books.keep(connection, anew=anew)
    lines = books.balanced(connection, whole=anew or _begins_a_day(connection, at))
    live, refusals = books.tally(connection)
    ledger = {line["stage"]: line for line in lines}
    articles, refused, pending = ledger["story"]["kept"], ledger["article"]["refused"], ledger["article"]["pending"]
    edition = dicts(
        connection,
        "publish.edition",
        at=at,
        articles=articles,
        stories=live,
        copies=articles - live,
        refused=refused,
        pending=pending,
        counted=counted.count(connection, at),
    )[0]
    counted.doors(connection, edition["edition_id"], lines, refusals)
    counted.prune(connection, at)
    return edition


def _begins_a_day(connection: Connection, at: datetime) -> bool:
    last = value(connection, "publish.last")
    return last is None or last.astimezone(UTC).date() != at.astimezone(UTC).date()
