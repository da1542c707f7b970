"""A folder -> Postgres, Redis, a newsstand that notes each request, and the parts of docker-compose.yml as processes of this machine.

Each worker has a host name of its own (a UTS namespace) and only the secrets that Compose would give it. Everything ends with the block.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import secrets
import shutil
import socket
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import psycopg

from pipeline.machine import container, ports
from pipeline.machine.databases import Urls
from pipeline.machine.postgres import Server
from pipeline.machine.supervisor import Child, Supervisor
from pipeline.newsstand import server, truth, world
from pipeline.newsstand.enrolment import enrol
from pipeline.newsstand.site import WorldSite
from pipeline.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

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
    titles: int = 60
    latency: float = 0.25
    spacing: float = 0.5


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
def running(scene: Scene, room: Path) -> Iterator[Running]:
    """Run a scene in `room`, from nothing."""
    shutil.rmtree(room, ignore_errors=True)
    (room / "var").mkdir(parents=True)
    said: list[str] = []
    with ExitStack() as stack:
        postgres = stack.enter_context(Server(room / "postgres"))
        urls = Urls(news=postgres.create("news"), airflow=postgres.create("airflow"))
        begun = world.build(seed=11, titles=scene.titles, days=1, start=START)
        site = Noting(WorldSite(begun, lambda: NOW), scene.latency)
        enrol(room / "registry", (house.title for house in begun.cast.houses), begun.cast.agencies.values())
        truth.write(begun, room / "truth.jsonl")
        stand = stack.enter_context(server.serve(site, clock=lambda: NOW, folder=room))
        supervisor = Supervisor(room / "var", said.append)
        stack.callback(supervisor.stop, 30)
        port, redis = _free(), _free()
        children = {child.name: child for child in _children(scene, urls, stand, (port, redis, room))}
        deployed = Running(
            scene=scene, urls=urls, postgres=postgres, site=site, supervisor=supervisor, children=children, port=port, room=room, said=said
        )
        _migrate(deployed)
        for child in deployed.children.values():
            supervisor.start(child)
        yield deployed


def _children(scene: Scene, urls: Urls, stand: server.Stand, where: tuple[int, int, Path]) -> Iterator[Child]:
    port, redis, room = where
    word = secrets.token_hex(16)
    known = {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": urls.airflow.replace("postgresql://", "postgresql+psycopg2://", 1),
        "AIRFLOW__CORE__FERNET_KEY": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "AIRFLOW__API__SECRET_KEY": secrets.token_hex(32),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(64),
        "AIRFLOW__CELERY__BROKER_URL": f"redis://:{word}@{ports.HOST}:{redis}/0",
        "AIRFLOW__CELERY__RESULT_BACKEND": f"redis://:{word}@{ports.HOST}:{redis}/1",
        "WIREDESK_DATABASE_URL": urls.news,
        "ADMIN_PASSWORD": "benchmark",
    }
    shared = _shared(scene, stand, port, room)
    local = scene.executor == "LocalExecutor"
    workers = [f"{queue}-{number}" for queue, many in scene.workers.items() for number in range(1, many + 1)]
    if not local:
        command = ["redis-server", "--bind", ports.HOST, "--port", str(redis), "--requirepass", word, "--save", "", "--dir", str(room)]
        yield Child(name="redis", command=command, last=True)
    parts = ["migrate", "api-server", "scheduler", "dag-processor", *workers]
    for name in parts:
        part = name.split("-")[0] if name.split("-")[0] in container.QUEUES else name
        needs = {*container.NEEDS[part], *(container.NEWS if local else ())}
        own = {"WIREDESK_VAR": str(room / "parts" / name)}
        command = [sys.executable, "-m", "pipeline.machine.container", part]
        if part in container.QUEUES:
            command = ["unshare", "--uts", "sh", "-c", f'hostname {name}; exec "$@"', name, *command]
        yield Child(name=name, command=command, environment=shared | {key: known[key] for key in needs} | own, last=part == "api-server")


def _shared(scene: Scene, stand: server.Stand, port: int, room: Path) -> dict[str, str]:
    local = scene.executor == "LocalExecutor"
    return {
        "PYTHONPATH": str(ROOT),
        "WIREDESK_HOSTS": str(stand.hosts),
        "WIREDESK_REGISTRY": str(stand.registry),
        "WIREDESK_CLOCK": STANDING,
        "WIREDESK_SPACING": str(scene.spacing),
        "WIREDESK_WORKERS": "1",
        "WIREDESK_READERS": str(max(1, scene.workers.get("cpu", 1) * scene.slots)),
        "WIREDESK_INGEST_MINUTES": "30",
        "AIRFLOW__API__HOST": ports.HOST,
        "AIRFLOW__API__PORT": str(port),
        container.EXECUTION: f"http://{ports.HOST}:{port}/execution/",
        "AIRFLOW__CORE__EXECUTOR": scene.executor,
        "AIRFLOW__CORE__PARALLELISM": str(2 * scene.slots) if local else "32",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": str(scene.slots),
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(room / "var" / "log" / "tasks"),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(room / "var" / "log" / "dag-processor"),
        "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "False",
    }


def _migrate(deployed: Running) -> None:
    """Run the part that ends, and wait for its end."""
    import subprocess

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
