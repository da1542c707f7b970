"""What Airflow's own first page says of us: it shows a part that we do not run as ill and counts what people are asked, unexplained.

Airflow reads this file in each of its parts and each task, so its class of alerts is imported where that page is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DASHBOARD_UIALERTS"]

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
