"""Settings and addresses -> Airflow's environment, its migrated database, and the commands of its parts."""

from __future__ import annotations

import hashlib
import http.client
import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg

from pipeline.errors import DatabaseError
from pipeline.machine import pools, ports, processes
from pipeline.machine.secrets import secret
from pipeline.machine.supervisor import Child
from pipeline.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.machine.databases import Urls
    from pipeline.settings import Settings

COMMAND = [sys.executable, "-m", "airflow"]
USER = "admin"
PREFIX = "AIRFLOW__"
AUTH = "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
ALONE = {"OPENBLAS_NUM_THREADS": "1"}  # numpy would start threads where it is imported, and tasks are forked from there
QUIET = {"SCARF_ANALYTICS": "false", "DO_NOT_TRACK": "1"}
OPINIONS = {  # an AIRFLOW__ variable of the user's goes before each of these
    "CORE__EXECUTOR": "LocalExecutor",
    "CORE__PARALLELISM": str(pools.PARALLELISM),
    "CORE__MAX_ACTIVE_TASKS_PER_DAG": str(pools.PARALLELISM),
    "CORE__DEFAULT_TASK_RETRIES": "2",
    "CORE__DEFAULT_TASK_RETRY_DELAY": "30",  # seconds: what is retried here is a lost worker, not a slow site
    "CORE__LOAD_EXAMPLES": "False",
    "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "CORE__DAGS_FOLDER": str(ROOT / "dags"),
    "CORE__PLUGINS_FOLDER": str(ROOT / "pipeline" / "ui" / "plugins"),  # our pages
    "API__INSTANCE_NAME": "Wiredesk",
    "API__WORKERS": "1",
    "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "1800",  # half a CPU-second a file; one that is changed is read at once, by its time
    "DAG_PROCESSOR__PARSING_PROCESSES": "1",
    "DAG_PROCESSOR__PRINT_STATS_INTERVAL": "300",
    "DATABASE__SQL_ALCHEMY_POOL_PRE_PING": "True",  # survives a restart of Postgres
    "DATABASE__SQL_ALCHEMY_POOL_SIZE": "3",
    "LOGGING__LOGGING_LEVEL": "INFO",
    "LOGGING__UVICORN_LOGGING_LEVEL": "WARNING",
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "10",
    "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "60",
    "SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "30",
    "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",  # a finished task holds its slot for up to this long: 2.4 times the tasks a minute
    "WORKERS__MAX_FAILED_HEARTBEATS": "30",  # beats come every second now; a restart of the API must not kill tasks
}


def environment(settings: Settings, urls: Urls) -> dict[str, str]:
    """Return all that Airflow's parts and our tasks need to know; nothing else is handed to them."""
    home = settings.var.resolve() / "airflow"
    base = f"http://{ports.HOST}:{settings.port}"
    must = {
        "CORE__AUTH_MANAGER": AUTH,
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(logins(settings)),
        "CORE__EXECUTION_API_SERVER_URL": f"{base}/execution/",
        "CORE__FERNET_KEY": _secret(settings, "fernet"),
        "API__HOST": ports.HOST,
        "API__PORT": str(settings.port),
        "API__BASE_URL": base,
        "API__SECRET_KEY": _secret(settings, "api"),
        "API_AUTH__JWT_SECRET": _secret(settings, "jwt"),
        "DATABASE__SQL_ALCHEMY_CONN": _dialect(urls.airflow, "psycopg2"),
        "LOGGING__BASE_LOG_FOLDER": str(settings.var.resolve() / "log" / "tasks"),
    }
    given = {name.removeprefix(PREFIX): value for name, value in os.environ.items() if name.startswith(PREFIX)}
    ours = (
        {
            "AIRFLOW_HOME": str(home),
            "PYTHONPATH": os.pathsep.join(filter(None, dict.fromkeys([str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]))),
            "WIREDESK_DATABASE_URL": urls.news,
            "WIREDESK_AIRFLOW_DATABASE_URL": urls.airflow,
            "AIRFLOW_CONN_NEWS": urls.news.replace("postgresql://", "postgres://", 1),
        }
        | ALONE
        | QUIET
    )
    opinions = {PREFIX + name: value for name, value in (OPINIONS | given | must).items()}
    return telemetry(settings) | _exported(settings) | opinions | ours


def telemetry(settings: Settings) -> dict[str, str]:
    """Return what lets Airflow send its metrics to a collector; docs/operators.md names those worth watching."""
    if not settings.telemetry:
        return {}
    metrics = {f"{PREFIX}METRICS__OTEL_ON": "True", f"{PREFIX}METRICS__LEGACY_NAMES_ON": "False"}
    return metrics | {"OTEL_EXPORTER_OTLP_ENDPOINT": settings.telemetry, "OTEL_METRIC_EXPORT_INTERVAL": "30000"}


def password(settings: Settings) -> str:
    """Return the UI's password for `admin`, made once, and leave it where Airflow looks for it."""
    word = secret(settings.var / "secrets", "login")[:20]
    note_login(settings, word)
    return word


def note_login(settings: Settings, word: str) -> None:
    """Leave the password of `admin` where Airflow looks for it."""
    logins(settings).parent.mkdir(parents=True, exist_ok=True)
    with open(logins(settings), "w", encoding="ascii", opener=_private) as file:
        json.dump({USER: word}, file)


def logins(settings: Settings) -> Path:
    return settings.var.resolve() / "airflow" / "logins.json"


def migrate(settings: Settings, urls: Urls) -> bool:
    """Bring Airflow's database up to date and tell whether there was anything to do; knowing that there was not saves 6 s."""
    stamp = settings.var.resolve() / "airflow" / f"migrated-{hashlib.sha256(urls.airflow.encode()).hexdigest()[:16]}"
    stamp.parent.mkdir(parents=True, exist_ok=True)
    if stamp.exists() and stamp.read_text(encoding="ascii") == _state(urls.airflow):
        return False
    log = settings.var.resolve() / "log" / "airflow-migrate.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    full = os.environ | environment(settings, urls) | processes.mark(settings.var, "migrate")
    steps = (["db", "migrate"], ["pools", "import", str(pools.write(stamp.parent, pools.POOLS))])
    with log.open("wb") as output:
        for step in steps:
            done = subprocess.run([*COMMAND, *step], env=full, cwd=stamp.parent, stdout=output, stderr=output, check=False)
            if done.returncode:
                raise DatabaseError("Airflow's database", f"could not be brought up to date ({' '.join(step[:2])})", hint=f"See {log}.")
    stamp.write_text(_state(urls.airflow), encoding="ascii")
    return True


def health(base: str, patience: float = 5.0) -> dict[str, str]:
    """Return what Airflow's API at `base` ("http://host:port") says of each part ("healthy"); empty without an answer in seconds."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=patience)  # which no proxy of the environment stands before
    try:
        connection.request("GET", "/api/v2/monitor/health")
        answer = json.loads(connection.getresponse().read())
        return {part: str(state["status"]) for part, state in answer.items() if isinstance(state, dict) and state.get("status")}
    except (OSError, ValueError, http.client.HTTPException):
        return {}
    finally:
        connection.close()


def children(settings: Settings, urls: Urls, extra: Mapping[str, str]) -> list[Child]:
    """Return Airflow's parts in the order of starting. No triggerer: no DAG of ours defers."""
    full = environment(settings, urls) | dict(extra)
    api = ["api-server", "--host", ports.HOST, "--port", str(settings.port), "--workers", "1"]
    parts = {"api-server": api, "scheduler": ["scheduler", "--skip-serve-logs"], "dag-processor": ["dag-processor"]}
    reported_to = "api-server"
    return [
        Child(name=name, command=[*COMMAND, *arguments], environment=full, last=name == reported_to) for name, arguments in parts.items()
    ]


def _exported(settings: Settings) -> dict[str, str]:
    """Return the settings as variables, so that a task has the very same ones."""
    values = {name: value.resolve() if isinstance(value, Path) else value for name, value in settings.model_dump().items()}
    return {f"WIREDESK_{name.upper()}": str(value) for name, value in values.items() if value is not None}


def _secret(settings: Settings, name: str) -> str:
    folder = settings.var / "secrets"
    if name == "fernet":
        import base64

        return secret(folder, name, value=base64.urlsafe_b64encode(os.urandom(32)).decode())
    return secret(folder, name)


def _dialect(url: str, driver: str) -> str:
    return f"postgresql+{driver}://" + url.partition("://")[2]


def _state(url: str) -> str:
    """Return what decides whether there is anything to do: our release, our pools, and the release that the database says it is at."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute("SELECT string_agg(version_num, ' ') FROM alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        row = None
    return f"{importlib.metadata.version('apache-airflow-core')} {row[0] if row else 'empty'} {sorted(pools.POOLS.items())}\n"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
