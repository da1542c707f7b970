"""All steps in their order, once: what the DAGs do between two polls, in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.steps.cluster import cluster
from pipeline.steps.events import events
from pipeline.steps.extract import extract
from pipeline.steps.fetch import fetch
from pipeline.steps.learn import learn
from pipeline.steps.poll import poll
from pipeline.steps.publish import publish
from pipeline.steps.reread import reread

if TYPE_CHECKING:
    from pipeline.records import Tally
    from pipeline.steps.edges import Edges


def run(edges: Edges) -> dict[str, Tally]:
    """Run every step on all that is pending, and return their tallies by noun."""
    tallies: dict[str, Tally] = {}
    for step in (poll, fetch, extract, reread, cluster, learn, publish, events):
        tallies.update(step(edges))
    return tallies
