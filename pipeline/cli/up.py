"""Settings -> a whole Wiredesk that runs until a signal comes, told step by step. `up` and `demo --serve` share it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipeline.cli.screen import Screen
from pipeline.machine import airflow, launcher
from pipeline.machine.claim import address, claimed
from pipeline.machine.postgres import Server, urls
from pipeline.machine.status import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pipeline.machine.claim import Claim
    from pipeline.machine.databases import Urls
    from pipeline.machine.supervisor import Child
    from pipeline.settings import Settings


def up(settings: Settings) -> None:
    """Run the news of `settings`. Running if it runs already, PortTaken, DatabaseError."""
    screen = Screen()
    with claimed(settings, screen.say) as claim:
        server = None if settings.database_url else Server(settings.var / "postgres")
        try:
            with screen.step("Postgres"):
                where = urls(settings)
            prepare(settings, where, screen)
            serve(claim, settings, where, screen, server=server)
        finally:
            if server:
                server.stop()


def prepare(settings: Settings, where: Urls, screen: Screen) -> None:
    """Bring both databases up to date, and the registry into the news. The caller holds the clone."""
    from pipeline import steps
    from pipeline.store import migrate

    with screen.step("schema of the news"):
        migrate.up(where.news)
    with screen.step("registry"):
        steps.sync(settings, where.news)
        if settings.database_url is None:
            steps.free(where.news)  # it is this clone's alone: who had claimed anything was killed
    with screen.step("Airflow's database"):
        airflow.migrate(settings, where)


def serve(
    claim: Claim,
    settings: Settings,
    where: Urls,
    screen: Screen,
    *,
    server: Server | None,
    companions: Sequence[Child] = (),
    extra: Mapping[str, str] | None = None,
) -> None:
    """Run Airflow on prepared databases, `companions` beside it and `extra` in its environment; then end all, `server` included."""
    children = [*companions, *airflow.children(settings, where, extra or {})]
    watch = launcher.Watch(
        server=server, ready=_ready(settings, screen), figures=figures(where.news), show=screen.figures, ending=screen.close
    )
    screen.waiting = "Airflow is starting; usually 10 to 50 seconds"
    try:
        launcher.run(claim, children, watch)
    finally:
        screen.close()


def _ready(settings: Settings, screen: Screen) -> Callable[[], bool]:
    """Return what says yes once Airflow's API and scheduler are healthy, and tells people where to look."""
    started = time.monotonic()
    password = airflow.password(settings)

    def look() -> bool:
        health = airflow.health(address(settings.port))
        if health.get("scheduler") != "healthy":
            return False
        screen.waiting = "no figures yet"
        screen.done("Airflow", time.monotonic() - started)
        screen.say(f"\n  {address(settings.port)}   user {airflow.USER}   password {password}\n")
        return True

    return look
