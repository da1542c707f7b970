"""This machine and this clone -> findings in words, each with what to do next."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from pipeline import clock, registry, store
from pipeline.errors import WiredeskError
from pipeline.machine import binaries, claim, databases, place, processes
from pipeline.machine.airflow import health
from pipeline.machine.postgres import Server
from pipeline.settings import ROOT
from pipeline.steps import resting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipeline.settings import Settings

GIGABYTES = 2.0  # a day of pages and logs; below this Postgres may stop
ENOUGH, HALF = 20, 0.5  # of so many feeds more than this share does not fail by the feeds' own fault
UNWATCHED = "are not counted: pg_stat_statements is not there"
FEW = 20  # others that are named
OTHERS = {"WIREDESK_PYTHON", processes.INSTANCE, processes.PART}  # variables that are no settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found out about one thing."""

    subject: str
    says: str
    problem: bool = False
    hint: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Examine everything; nothing is started and nothing is changed."""
    clone: tuple[Callable[[Settings], Iterator[Finding]], ...] = (_place, _python, _disk, _world, _registry, _port, _postgres, _airflow)
    deployment = (_world, _registry, _postgres, _parts)  # its disk is the volumes'
    checks = deployment if place.IMAGE else clone
    return [finding for check in checks for finding in _survived(check, settings)]


def _survived(check: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from check(settings)
    except WiredeskError as error:
        yield Finding(subject=error.subject, says=error.problem, problem=True, hint=error.hint)


def _place(settings: Settings) -> Iterator[Finding]:
    """Say whom all this is about, and who else could have been meant."""
    why = "WIREDESK_VAR" if "WIREDESK_VAR" in os.environ else "WIREDESK_VAR is not set"
    runs = "runs" if claim.running(settings.var) else "does not run"
    yield Finding(subject="asked", says=f"{place.name(settings.var)} ({why}), which {runs}")
    for other in place.others(settings.var)[:FEW]:
        yield Finding(subject="another one runs", says=f"{place.name(other)}: ask it by {place.command(settings, other)} doctor")


def _python(_: Settings) -> Iterator[Finding]:
    yield Finding(subject="Python", says=f"{sys.version.split()[0]} in {sys.prefix}")
    lock, stamp = ROOT / "requirements.lock.txt", ROOT / ".venv" / "wiredesk.lock.txt"
    same = stamp.exists() and stamp.read_bytes() == lock.read_bytes()
    says = "has the locked packages" if same else "is not what requirements.lock.txt says"
    yield Finding(subject="environment", says=says, problem=not same, hint="Any ./wiredesk command but down makes it again.")


def _disk(settings: Settings) -> Iterator[Finding]:
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
        (settings.var / ".doctor").write_bytes(b"")
        (settings.var / ".doctor").unlink()
    except OSError as error:
        hint = "Give it back to the user who runs this, or set WIREDESK_VAR."
        yield Finding(subject=str(settings.var), says=f"cannot be written: {error.strerror}", problem=True, hint=hint)
        return
    free = shutil.disk_usage(settings.var).free / 2**30
    says = f"{free:.1f} GB free for {settings.var}"
    yield Finding(subject="disk", says=says, problem=free < GIGABYTES, hint=f"Make room: {GIGABYTES:.0f} GB should be free.")


def _world(settings: Settings) -> Iterator[Finding]:
    """Look at the settings that can be wrong by themselves."""
    known = {f"WIREDESK_{name.upper()}" for name in type(settings).model_fields} | OTHERS
    for name in sorted(name for name in os.environ if name.startswith("WIREDESK_") and name not in known):
        yield Finding(subject=name, says="is no setting, and does nothing", problem=True, hint="All of them are in pipeline/settings.py.")
    if settings.hosts and not settings.hosts.exists():
        yield Finding(
            subject="WIREDESK_HOSTS", says=f"{settings.hosts} does not exist", problem=True, hint="Unset it to read the real web."
        )
    now = clock.read(settings.clock)()
    yield Finding(subject="clock", says=f"{'fast, at' if settings.clock else 'the wall clock,'} {now:%Y-%m-%d %H:%M:%S} UTC")


def _registry(settings: Settings) -> Iterator[Finding]:
    known = registry.load(settings.registry)
    yield Finding(subject="registry", says=f"{len(known.titles)} titles, {len(known.agencies)} agencies")


def _port(settings: Settings) -> Iterator[Finding]:
    found = claim.running(settings.var)
    if found:
        yield Finding(subject="Wiredesk", says=f"runs at {claim.address(found['port'])} since {found['started']}")
        return
    yield Finding(subject="Wiredesk", says="does not run; ./wiredesk up starts it")
    claim.check(settings.port)
    yield Finding(subject=f"port {settings.port}", says="is free")


def _postgres(settings: Settings) -> Iterator[Finding]:
    url = settings.database_url
    if url is None:
        server = Server(settings.var / "postgres")
        if server.cluster.postmaster() is None:
            server.cluster.check_version()
            yield Finding(subject="Postgres", says=f"{binaries.version()}, embedded; does not run, and starts when needed")
            return
        url = server.url("news")
    yield Finding(subject="Postgres", says=f"{databases.version(url)} answers at {databases.shown(url)}")
    with store.connect(url) as connection:
        if store.value(connection, "status.schema") is None:
            yield Finding(subject="schema", says="is not there yet", problem=True, hint="./wiredesk migrate, or ./wiredesk up")
        else:
            yield from store.read(connection, "status.failing", _feeds)
            watched = (
                "are counted by pg_stat_statements: docs/clients.md asks it" if store.value(connection, "status.watched") else UNWATCHED
            )
            yield Finding(subject="statements", says=watched)
            yield from store.read(connection, "status.layout", _layout)


def _feeds(polled: int, failing: int, reason: str | None) -> Finding:
    """Return how the last poll of each feed went."""
    most = f", most by {reason}" if reason else ""
    says = f"{failing:,} of {polled:,} feeds failed when they were last polled{most}" if polled else "none has been polled yet"
    hint = 'Is there a network? See "Most feeds fail" in docs/runbook.md.'
    return Finding(subject="feeds", says=says, problem=polled >= ENOUGH and failing > HALF * polled, hint=hint)


def _layout(titles: int, named: str | None) -> Finding:
    """Return whether the texts of titles are still like their own history."""
    says = f"of {titles:,} titles has changed: {named}" if titles else "of no title has changed"
    hint = "TABLE ops.layout says what; look at a page of each, and see docs/runbook.md."
    return Finding(subject="layout", says=says, problem=titles > 0, hint=hint)


def _airflow(settings: Settings) -> Iterator[Finding]:
    found = claim.running(settings.var)
    if not found:
        return
    yield from _healthy(claim.address(found["port"]), f"its log is in {settings.var / 'log'}.")
    url = settings.airflow_database_url or (Server(settings.var / "postgres").url("airflow") if settings.database_url is None else None)
    if url is None:
        return
    yield from _scheduled(url, settings)


def _parts(settings: Settings) -> Iterator[Finding]:
    """Look at a deployment's parts, and at what they schedule, if we may ask Airflow's database."""
    from pipeline.machine import container

    yield from _healthy(container.api(), "docker compose ps and docker compose logs tell more.")
    if url := os.environ.get(container.CONTROL[0]):
        yield from _scheduled(url.replace("+psycopg2", "", 1), settings)


def _healthy(base: str, look: str) -> Iterator[Finding]:
    states = health(base)
    for part in ("metadatabase", "scheduler", "dag_processor"):
        state = states.get(part, "no answer from the API")
        yield Finding(subject=part, says=state, problem=state != "healthy", hint=f"It may still be starting; {look}")


def _scheduled(url: str, settings: Settings) -> Iterator[Finding]:
    """Name what Airflow cannot or may not run."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        yield from paused(connection, settings)
        for name, trace in connection.execute("SELECT filename, stacktrace FROM import_error"):
            says = f"cannot be loaded: {trace.strip().splitlines()[-1]}"
            yield Finding(subject=name, says=says, problem=True, hint="./wiredesk airflow dags list-import-errors shows it all.")


def paused(connection: psycopg.Connection, settings: Settings) -> Iterator[Finding]:
    """Name the DAGs that are paused, by Airflow's own table: no clock of the news plays a part."""
    rows = connection.execute("SELECT dag_id FROM dag JOIN dag_tag USING (dag_id) WHERE name = 'wiredesk' AND is_paused AND NOT is_stale")
    for alarm in resting.alarms(dag for (dag,) in rows):
        says, hint = f"is paused in Airflow: {resting.MEANS[alarm.subject]}", place.told(alarm.step, settings)
        yield Finding(subject=alarm.subject, says=says, problem=True, hint=hint)
