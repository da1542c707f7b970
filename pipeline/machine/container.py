"""A part's name and its container's environment -> that part of a deployment on many machines, in place of this process.

`python -m pipeline.machine.container scheduler`; `... probe scheduler` is its health check, by exit code. Opinions on Airflow are those
of `./wiredesk up`, an AIRFLOW__ variable of the container's goes before each. MachineError where a secret is missing: Airflow would make
one up, another in each container. Who does not need a secret does not get it: workers know neither Airflow's database nor its keys.
Others' words are let through to Airflow, with the same environment: `airflow db check`, and what KubernetesExecutor has a pod do.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from pipeline.errors import MachineError, WiredeskError
from pipeline.machine import airflow, pools, roles
from pipeline.settings import ROOT, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

QUEUES = ("web", "cpu")  # what waits for sites, and what works; the DAGs say which task is which
EXECUTION = "AIRFLOW__CORE__EXECUTION_API_SERVER_URL"
EXECUTOR, CELERY = "AIRFLOW__CORE__EXECUTOR", "CeleryExecutor"
TASK = "airflow.sdk.execution_time.execute_workload"  # Airflow's module: one task, as it stands in the arguments
ANSWER = 10.0  # seconds until a part counts as silent
BROKER = ("AIRFLOW__CELERY__BROKER_URL", "AIRFLOW__CELERY__RESULT_BACKEND")
CONTROL = (
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
    "AIRFLOW__CORE__FERNET_KEY",
    "AIRFLOW__API__SECRET_KEY",
    "AIRFLOW__API_AUTH__JWT_SECRET",
)
NEWS = ("WIREDESK_DATABASE_URL",)
OWNERS = {name: f"{name.upper()}_PASSWORD" for name in ("news", "airflow")}  # of a database each, of the same name
ADMIN = ("POSTGRES_URL", *OWNERS.values())  # the first is the superuser's address of Postgres
LOGIN = "ADMIN_PASSWORD"  # of the UI's user `admin`
NEEDS = {
    "api-server": (*CONTROL, *NEWS, LOGIN),
    "scheduler": (*CONTROL, *BROKER),
    "dag-processor": CONTROL,
    "migrate": (*CONTROL, *NEWS),
    "airflow": CONTROL,
    "task": NEWS,
    "databases": ADMIN,
} | dict.fromkeys(QUEUES, (*BROKER, *NEWS))
COMMANDS = {
    "api-server": ["api-server"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
} | {queue: ["celery", "worker", "--queues", queue, "--skip-serve-logs", "--without-mingle", "--without-gossip"] for queue in QUEUES}
OPINIONS = {
    "API__HOST": "0.0.0.0",  # noqa: S104  the container's own network
    "CORE__EXECUTOR": CELERY,
    "CORE__PARALLELISM": "64",  # over all workers; each has its own limit
    "CORE__MAX_ACTIVE_TASKS_PER_DAG": "64",
    "CORE__EXECUTION_API_SERVER_URL": "http://api-server:8080/execution/",
    "CELERY__WORKER_CONCURRENCY": "2",
    "CELERY__WORKER_PREFETCH_MULTIPLIER": "1",  # a task that waits behind a long one could run elsewhere
    "LOGGING__BASE_LOG_FOLDER": str(ROOT / "log"),  # one volume for all: the API shows what workers wrote
    "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(ROOT / "log" / "dag-processor"),
    "OPERATORS__DEFAULT_QUEUE": QUEUES[0],
    "SCHEDULER__ENABLE_HEALTH_CHECK": "True",
}


def environment(settings: Settings, given: Mapping[str, str], part: str) -> dict[str, str]:
    """Return what the part's process is to know: what is given, and our opinions where nothing is."""
    unused = () if given.get(EXECUTOR, CELERY) == CELERY else BROKER
    if missing := [name for name in NEEDS[part] if name not in unused and not given.get(name)]:
        raise MachineError(part, f"{', '.join(missing)} is not set", hint="docker-compose.yml names it; .env.example says how to make it.")
    home = settings.var.resolve() / "airflow"
    login = {
        "CORE__AUTH_MANAGER": airflow.AUTH,
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{airflow.USER}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(airflow.logins(settings)),
    }
    defaults = {airflow.PREFIX + name: value for name, value in (airflow.OPINIONS | OPINIONS | login).items()}
    own = {"AIRFLOW_HOME": str(home), "PYTHONPATH": str(ROOT)} | airflow.ALONE | airflow.QUIET
    return defaults | airflow.telemetry(settings) | {name: value for name, value in given.items() if name != LOGIN} | own


def run(part: str, *words: str) -> None:
    """Become the part, or do its work and return. `words` are what follows its command."""
    settings = Settings()
    told = environment(settings, os.environ, part)
    Path(told["AIRFLOW_HOME"]).mkdir(parents=True, exist_ok=True)
    if part == "api-server":
        airflow.note_login(settings, os.environ[LOGIN])
    if part in ONCE:
        ONCE[part](settings, told)
        return
    command = [sys.executable, "-m", TASK] if part == "task" else [*airflow.COMMAND, *COMMANDS.get(part, [])]
    os.execve(command[0], [*command, *words], told)  # noqa: S606  hands over


def healthy(part: str) -> bool:
    """Tell whether the part whose container this is does its work. Cheap: it is asked twice a minute, and Airflow takes 3 s to import."""
    if part in QUEUES:
        from celery import Celery

        me = f"celery@{socket.gethostname()}"
        return bool(Celery(broker=os.environ[BROKER[0]]).control.ping(destination=[me], timeout=ANSWER))
    names = {"api-server": "metadatabase", "dag-processor": "dag_processor"}
    return airflow.health(api(), ANSWER).get(names.get(part, part)) == "healthy"


def api() -> str:
    """Return where this deployment's API is: "http://host:port"."""
    return os.environ.get(EXECUTION, OPINIONS["CORE__EXECUTION_API_SERVER_URL"]).removesuffix("/execution/")


def _migrate(settings: Settings, told: Mapping[str, str]) -> None:
    """Bring both databases up to date, and the registry into the news."""
    from pipeline import steps
    from pipeline.machine import databases
    from pipeline.store import migrate

    news = databases.news(settings)
    print(f"news: {', '.join(migrate.up(news)) or 'up to date'}", flush=True)  # noqa: T201  a container's log is its standard output
    steps.sync(settings, news)
    slots = {"web": settings.web_slots, "cpu": settings.cpu_slots}  # a task waits here, by its priority, and not in Redis for a worker
    file = pools.write(Path(told["AIRFLOW_HOME"]), pools.POOLS | {name: (many, pools.POOLS[name][1]) for name, many in slots.items()})
    for step in (["db", "migrate"], ["pools", "import", str(file)]):
        subprocess.run([*airflow.COMMAND, *step], env=dict(told), check=True)


def _databases(_: Settings, told: Mapping[str, str]) -> None:
    """Make both databases, and every role; the owners get the passwords that are told, whatever they had."""
    with psycopg.connect(told[ADMIN[0]], autocommit=True, connect_timeout=10) as superuser:
        for owner, password in OWNERS.items():
            roles.login(superuser, owner, told[password])
            superuser.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(owner), told[password]))
        roles.make(superuser, "news", None)
        for owner in OWNERS:
            roles.database(superuser, owner, owner, template="template0")
        for name in (*OWNERS, "postgres"):
            roles.close(superuser, name)
        roles.admit(superuser, "news")


ONCE = {"migrate": _migrate, "databases": _databases}  # they work and end


def main(words: list[str]) -> int:
    try:
        match words:
            case ["airflow", *rest]:
                run("airflow", *rest)
            case ["python", "-m", module, *rest] if module == TASK:
                run("task", *rest)
            case [part] if part in NEEDS:
                run(part)
            case ["probe", part] if part in COMMANDS:
                return 0 if healthy(part) else 1
            case _:
                print(f"Give one of {', '.join(NEEDS)}, or: probe {' | '.join(COMMANDS)}", file=sys.stderr)  # noqa: T201  as above
                return 2
    except WiredeskError as error:
        print(f"{error}\n{error.hint}", file=sys.stderr)  # noqa: T201  as above
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
