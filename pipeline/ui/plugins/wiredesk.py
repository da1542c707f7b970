"""What Airflow reads of us: our pages under /wiredesk, and the line in its navigation that leads there.

Airflow loads this file in each of its parts, so the pages are built where and when the first of them is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.plugins_manager import AirflowPlugin

from pipeline.ui.promises import FirstQueued

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

PREFIX = "/wiredesk"


async def pages(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request, as ASGI wants it."""
    from pipeline.ui.app import standing

    await standing()(scope, receive, send)


class Wiredesk(AirflowPlugin):
    """The pages, and where they stand in the navigation."""

    name = "wiredesk"
    deadline_references = [FirstQueued]
    fastapi_apps = [{"app": pages, "url_prefix": PREFIX, "name": "Wiredesk"}]
    external_views = [
        {
            "name": "Wiredesk",
            "href": f"{PREFIX}/",
            "url_route": "wiredesk",
            "destination": "nav",
            "nav_top_level": True,
            "icon": f"{PREFIX}/assets/mark.svg",
            "icon_dark_mode": f"{PREFIX}/assets/mark-dark.svg",
        }
    ]
