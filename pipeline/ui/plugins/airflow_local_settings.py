"""What Airflow reads first in each of its parts, whatever they are: what its first page says of us, and that tasks begin warm.

That page shows a part that we do not run as ill and counts what people are asked, unexplained. Its class of alerts is imported where the
page is asked for, since this file is read by all parts. Tasks are forked from the scheduler's workers, or Celery's: what they need is
imported there.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DASHBOARD_UIALERTS"]

FORKING = {"scheduler", "celery"}  # Airflow's commands whose processes fork tasks
SAID = (
    "Is the news well? Look at **Wiredesk**, *Overview*. "
    "**Triggerer** is red here because none runs: no task of ours waits for one, and nothing is wrong. "
    "**Required Actions** are the questions of the Dag *Reviews*, whether two doubtful texts are copies: answer them there or at "
    "**Wiredesk**, *Reviews*; unanswered they lapse after 20 hours, and all stays as it is."
)


class _Alerts:
    """The alerts, made when they are looked at."""

    def __iter__(self) -> Iterator[object]:
        from airflow.api_fastapi.common.types import UIAlert

        yield UIAlert(text=SAID, category="info")


DASHBOARD_UIALERTS = _Alerts()

if FORKING & set(sys.argv[1:2]):
    import pipeline.steps.warm  # noqa: F401  for what it imports
