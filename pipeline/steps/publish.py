"""What is in the tables -> an edition: the books are checked, and figures kept for analysts. LedgerError if they do not balance."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline.errors import LedgerError
from pipeline.records import Tally
from pipeline.steps import counted
from pipeline.steps.edges import Edges, Report, Wanted, silent
from pipeline.store import committed, dicts

if TYPE_CHECKING:
    from collections.abc import Mapping

HINT = "Something writes past the steps, or a step is broken: see 'The ledger does not balance' in docs/runbook.md."


def publish(edges: Edges, _wanted: Wanted = Wanted(), report: Report = silent) -> Mapping[str, Tally]:  # noqa: B008  frozen
    """Check that every item has left each stage by one named door, count what changed, and publish an edition."""
    edition = committed(edges.connection, partial(_edition, edges))
    report(1, 1)
    doors = {name: edition[name] for name in ("stories", "copies", "refused", "pending")}
    return {"edition": Tally(seen=edition["articles"] + edition["refused"] + edition["pending"], doors=doors)}


def _edition(edges: Edges) -> Mapping[str, Any]:
    edges.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")  # one moment for all sums
    ledger, at = dicts(edges.connection, "publish.ledger"), edges.now()
    for line in ledger:
        if line["lost"]:
            raise LedgerError(f"the ledger's {line['stage']} line", f"{line['lost']} of {line['came']} are unaccounted for", hint=HINT)
    edition = dicts(edges.connection, "publish.edition", at=at, counted=counted.count(edges.connection, at))[0]
    counted.doors(edges.connection, edition["edition_id"], ledger, at)
    return edition
