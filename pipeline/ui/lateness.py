"""A deadline that a run has missed -> an alarm. Airflow calls this in a worker; the DAG files name it, so it imports nothing until then."""

from __future__ import annotations


def late(dag: str, minutes: int) -> None:
    """Keep that a run of the DAG had not gone well so many minutes after it was queued, and tell people."""
    from pipeline.steps import alarms, here
    from pipeline.ui import notices

    with here.edges() as edges:
        alarms.late(edges, dag, minutes, notices.teller())
