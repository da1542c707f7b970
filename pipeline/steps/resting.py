"""A DAG that is paused in Airflow -> what somebody should look at. Airflow is asked, so no clock of the news says when it is told. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.steps.watched import Alarm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PAUSED = "dag_paused"
MEANS: Mapping[str, str] = {  # each DAG, and what is not done while it is paused
    "feeds": "what is changed in the registry does not reach the tables",
    "ingest": "no feed is polled",
    "articles": "no page is fetched or read",
    "stories": "no copies are found, no edition is published, and nobody is told of alarms",
    "rereads": "edits and withdrawals are not noticed",
    "reviews": "nobody is asked about doubtful copies",
    "upkeep": "nothing is pruned, and the disk fills",
    "backfill": "a backfill that somebody asks for waits",
}
GRAVE = frozenset({"ingest", "articles", "stories"})  # without them there is no new news


def alarms(paused: Iterable[str]) -> Iterator[Alarm]:
    """Return an alarm for each of our DAGs that is paused; others are not ours to judge."""
    for dag in sorted(set(paused) & MEANS.keys()):
        yield Alarm(
            kind=PAUSED,
            subject=dag,
            title_id=None,
            cause=f"The DAG {dag} is paused in Airflow: {MEANS[dag]}.",
            step=f"Flip its switch in Airflow's list of Dags, or run `./wiredesk airflow dags unpause {dag}`: it goes on where it was.",
            anchor="a-dag-is-paused",
        )
