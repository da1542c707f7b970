"""A scene and addresses -> the commands of its parts, each with the secrets that docker-compose.yml would give it, and no others."""

from __future__ import annotations

import base64
import os
import secrets
import sys
from typing import TYPE_CHECKING

from pipeline.machine import container, ports
from pipeline.machine.supervisor import Child
from pipeline.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.machines_parts import Scene
    from pipeline.machine.databases import Urls
    from pipeline.newsstand.server import Stand


def children(scene: Scene, urls: Urls, stand: Stand, where: tuple[int, int, Path]) -> Iterator[Child]:
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


def _shared(scene: Scene, stand: Stand, port: int, room: Path) -> dict[str, str]:
    local = scene.executor == "LocalExecutor"
    return {
        "PYTHONPATH": os.pathsep.join((str(ROOT / "benchmarks" / "ahead"), str(ROOT))),
        "BENCHMARK_AHEAD": str(room / "ahead"),  # see the file there
        "WIREDESK_HOSTS": str(stand.hosts),
        "WIREDESK_REGISTRY": str(stand.registry),
        "WIREDESK_CLOCK": scene.clock,
        "WIREDESK_SPACING": str(scene.spacing),
        "WIREDESK_WORKERS": "1",
        "WIREDESK_READERS": str(max(1, scene.workers.get("cpu", 1) * scene.slots)),
        "WIREDESK_WEB_SLOTS": str(scene.workers.get("web", 1) * scene.slots),
        "WIREDESK_CPU_SLOTS": str(scene.workers.get("cpu", 1) * scene.slots),
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
