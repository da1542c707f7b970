"""A folder -> Postgres, Redis, a newsstand that notes each request, and the parts of docker-compose.yml as processes of this machine.

Each worker has a host name of its own (a UTS namespace) and only the secrets that Compose would give it. Everything ends with the block.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import psycopg

from benchmarks.machines_children import children
from pipeline.machine import ports
from pipeline.machine.databases import Urls
from pipeline.machine.postgres import Server
from pipeline.machine.supervisor import Supervisor
from pipeline.newsstand import server, truth, world
from pipeline.newsstand.enrolment import enrol
from pipeline.newsstand.site import WorldSite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from pipeline.machine.supervisor import Child
    from pipeline.newsstand.site import Found

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
NOW = START + timedelta(hours=18)
STANDING = f"{NOW.isoformat()} {NOW.isoformat()} 0"  # all is out, and nothing new comes: what is found depends on nobody's speed
LEFT = f"""SELECT (SELECT count(*) FROM ops.schedule WHERE polled_at IS NULL),
    (SELECT count(*) FROM ops.intake WHERE state = 'fetched' OR (state = 'waiting' AND next_try_at <= '{NOW.isoformat()}')),
    (SELECT count(*) FROM core.signature WHERE clustered_at IS NULL), EXISTS (SELECT FROM core.article)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, as the newsstand saw it. Seconds of a monotonic clock."""

    host: str
    begun: float
    ended: float


class Noting:
    """A site behind a line that takes `latency` seconds, and notes who asked when."""

    def __init__(self, site: server.Site, latency: float) -> None:
        self.asked: list[Asked] = []
        self._site, self._latency = site, latency

    def hosts(self) -> Iterable[tuple[str, int]]:
        return self._site.hosts()

    def find(self, host: str, target: str) -> Found:
        begun = time.monotonic()
        time.sleep(self._latency)
        found = self._site.find(host, target)
        self.asked.append(Asked(host=host, begun=begun, ended=time.monotonic()))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is read, and by how many."""

    name: str
    executor: str = "CeleryExecutor"
    workers: Mapping[str, int] = field(default_factory=dict)  # queue -> worker processes
    slots: int = 1  # tasks that one worker runs at once
    titles: int = 240  # their pages are several tasks
    latency: float = 0.25
    spacing: float = 0.5
    clock: str = STANDING


@dataclass(slots=True, kw_only=True)
class Running:
    """A deployment that runs."""

    scene: Scene
    urls: Urls
    postgres: Server
    site: Noting
    supervisor: Supervisor
    children: Mapping[str, Child]
    port: int
    room: Path
    said: list[str]

    def ask(self, query: str, *, airflow: bool = False) -> list[tuple]:
        with psycopg.connect(self.urls.airflow if airflow else self.urls.news, autocommit=True, connect_timeout=10) as connection:
            return connection.execute(query).fetchall()

    def api(self, method: str, path: str, body: object = None, token: str = "") -> tuple[int, dict]:
        connection = http.client.HTTPConnection(ports.HOST, self.port, timeout=20)
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except (OSError, ValueError, http.client.HTTPException):
            return 0, {}
        finally:
            connection.close()

    def until(self, what: str, seconds: float, done: Callable[[], bool]) -> float:
        """Return the seconds that it took until `done`, parts that end being started again."""
        begun = time.monotonic()
        while not self._tried(done):
            self.supervisor.tend()
            if time.monotonic() - begun > seconds:
                raise TimeoutError(f"{what}: not within {seconds:.0f} s; logs in {self.room / 'var' / 'log'}")
            time.sleep(0.5)
        return time.monotonic() - begun

    def token(self) -> str:
        status, answer = self.api("POST", "/auth/token", {"username": "admin", "password": "benchmark"})
        assert status == 201, (status, answer)
        return str(answer["access_token"])

    def begin(self) -> None:
        """Let the DAGs run once the scheduler is well: the later ones first, whose own schedule finds nothing to do; then `ingest`."""
        health = "/api/v2/monitor/health"
        self.until("Airflow", 180, lambda: self.api("GET", health)[1]["scheduler"]["status"] == "healthy")
        token = self.token()
        for dag in ("stories", "articles"):
            self.until(dag, 120, partial(self._released, dag, token))
        done = "SELECT count(DISTINCT dag_id) FROM dag_run WHERE state = 'success'"
        self.until("a first run", 120, lambda: self.ask(done, airflow=True)[0][0] == 2)
        self.until("ingest", 120, partial(self._released, "ingest", token))

    def _released(self, dag: str, token: str) -> bool:
        return self.api("PATCH", f"/api/v2/dags/{dag}", {"is_paused": False}, token)[0] == 200

    def finished(self) -> bool:
        """Tell whether all that the newsstand has is in a story, but for what is to be asked again when time goes on."""
        return self.ask(LEFT) == [(0, 0, 0, True)]

    @staticmethod
    def _tried(done: Callable[[], bool]) -> bool:
        try:
            return done()
        except (psycopg.Error, KeyError, TypeError):
            return False


@contextmanager
def running(scene: Scene, room: Path, *, data: Path | None = None, proxied: Callable[[str], str] = str) -> Iterator[Running]:
    """Run a scene in `room`, from nothing; Postgres in `data`, if it is to be elsewhere, and workers on the news as `proxied`."""
    shutil.rmtree(room, ignore_errors=True)
    (room / "var").mkdir(parents=True)
    said: list[str] = []
    with ExitStack() as stack:
        postgres = stack.enter_context(Server(data or room / "postgres"))
        urls = Urls(news=postgres.create("news"), airflow=postgres.create("airflow"))
        begun = world.build(seed=11, titles=scene.titles, days=1, start=START)
        site = Noting(WorldSite(begun, lambda: NOW), scene.latency)
        enrol(room / "registry", (house.title for house in begun.cast.houses), begun.cast.agencies.values())
        truth.write(begun, room / "truth.jsonl")
        stand = stack.enter_context(server.serve(site, clock=lambda: NOW, folder=room))
        supervisor = Supervisor(room / "var", said.append)
        stack.callback(supervisor.stop, 30)
        port, redis = _free(), _free()
        news = Urls(news=proxied(urls.news), airflow=urls.airflow)
        parts = {child.name: child for child in children(scene, news, stand, (port, redis, room))}
        deployed = Running(
            scene=scene, urls=urls, postgres=postgres, site=site, supervisor=supervisor, children=parts, port=port, room=room, said=said
        )
        _migrate(deployed)
        for child in deployed.children.values():
            supervisor.start(child)
        yield deployed


def _migrate(deployed: Running) -> None:
    """Run the part that ends, and wait for its end."""
    child = deployed.children["migrate"]
    deployed.children = {name: other for name, other in deployed.children.items() if name != "migrate"}
    (deployed.room / "var" / "log").mkdir(exist_ok=True)
    with (deployed.room / "var" / "log" / "migrate.log").open("wb") as log:
        subprocess.run(child.command, env=os.environ | dict(child.environment), stdout=log, stderr=log, check=True)


def _free() -> int:
    with socket.socket() as probe:
        probe.bind((ports.HOST, 0))
        number: int = probe.getsockname()[1]
    return number
