"""The parts of a deployment on many machines, each as its container runs it; its databases, and their copies."""

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import quote

import psycopg
import pytest
from builders_news import OTHER_AGENCY, WIRE, Clock, Web, snapshot, world

from pipeline.errors import MachineError
from pipeline.machine import binaries, container, ports, roles
from pipeline.machine.postgres import Server
from pipeline.machine.secrets import secret
from pipeline.settings import ROOT, Settings
from pipeline.steps import rounds
from pipeline.store import migrate

pytestmark = [pytest.mark.database]

INSIDE, ALONE = "docker compose exec -T postgres ", "docker compose run --rm "
GIVEN = {name: f"{name.lower()}-value" for names in container.NEEDS.values() for name in names}


def run(program, *arguments, cwd=None, **environment):
    """Run one of Postgres's own programs, or a script with them on its path, and return what it printed."""
    path = os.pathsep.join([str(binaries.folder(binaries.account(ROOT / "var"))), os.environ["PATH"]])
    done = subprocess.run(
        [program, *arguments], cwd=cwd, env=os.environ | {"PATH": path} | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def fresh(tmp_path_factory):
    """A server with nothing in it, as Postgres's image has it on its first start."""
    with Server(tmp_path_factory.mktemp("fresh"), durable=False) as server:
        yield server


def superuser(server):
    word = secret(server.folder / "secrets", "postgres")
    return {"PGHOST": ports.HOST, "PGPORT": str(server.cluster.port()), "PGUSER": "postgres", "PGPASSWORD": word}


PASSWORDS = {"NEWS_PASSWORD": "it's-$news", "AIRFLOW_PASSWORD": 'the "other"'}


def part(name, **given):
    """Run a part that works and ends, as its container does."""
    return run(sys.executable, "-m", "pipeline.machine.container", name, PYTHONPATH=str(ROOT), **given)


@pytest.fixture
def deployed(fresh):
    """Such a server after `databases`, and the schema of the news, which `news` has made: how an administrator enters it, and how `news` does."""
    admin = superuser(fresh) | PASSWORDS
    admin["POSTGRES_URL"] = entered(admin, "postgres")
    part("databases", **admin)
    news = address(fresh, "news")
    migrate.up(news)
    return admin, news


def address(server, role):
    word = quote(PASSWORDS[f"{role.upper()}_PASSWORD"], safe="")
    return f"postgresql://{role}:{word}@{ports.HOST}:{server.cluster.port()}/{role}"


def entered(admin, database="news"):
    """Return the address by which an administrator enters a database."""
    return f"postgresql://{admin['PGUSER']}:{admin['PGPASSWORD']}@{admin['PGHOST']}:{admin['PGPORT']}/{database}"


@pytest.mark.parametrize("part", container.NEEDS)
def test_a_part_without_one_of_its_secrets_does_not_start(part, tmp_path):
    settings = Settings(var=tmp_path)
    container.environment(settings, GIVEN, part)
    for name in container.NEEDS[part]:
        for broken in (GIVEN | {name: ""}, {key: value for key, value in GIVEN.items() if key != name}):
            with pytest.raises(MachineError, match=name):
                container.environment(settings, broken, part)


def test_what_is_given_goes_before_our_opinions(tmp_path):
    told = container.environment(Settings(var=tmp_path), GIVEN | {"AIRFLOW__CELERY__WORKER_CONCURRENCY": "9"}, "web")
    assert told["AIRFLOW__CELERY__WORKER_CONCURRENCY"] == "9"
    assert told["AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL"] == "1", "as ./wiredesk up has it"


def test_every_queue_of_a_dag_has_its_workers():
    named = {line.split('"queue": "')[1].split('"')[0] for path in (ROOT / "dags").glob("*.py") for line in queues(path)}
    assert named == set(container.QUEUES)
    assert all(queues(path) for path in (ROOT / "dags").glob("*.py")), "a DAG whose tasks go to no queue of ours"


def queues(path):
    return [line for line in path.read_text(encoding="utf-8").splitlines() if '"queue": "' in line]


def test_a_secret_that_is_missing_is_one_line_on_the_way_out(tmp_path):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "WIREDESK_VAR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.machine.container", "web"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "BROKER_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert container.main(["nothing"]) == 2


@pytest.mark.parametrize(("part", "key"), [("scheduler", "scheduler"), ("dag-processor", "dag_processor"), ("api-server", "metadatabase")])
def test_a_part_is_as_well_as_the_api_says(part, key, monkeypatch):
    states = {name: {"status": "healthy"} for name in ("metadatabase", "scheduler", "dag_processor")}

    class Api(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(states).encode())

        def log_message(self, *_):
            pass

    with HTTPServer((ports.HOST, 0), Api) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv(container.EXECUTION, f"http://{ports.HOST}:{server.server_port}/execution/")
        assert container.healthy(part)
        states[key]["status"] = "unhealthy"
        assert container.main(["probe", part]) == 1
        server.shutdown()
    assert not container.healthy(part), "nobody answers"


def test_each_role_enters_its_own_database_only(deployed, fresh):
    for role, other in (("news", "airflow"), ("airflow", "news")):
        own = address(fresh, role)
        with psycopg.connect(own) as connection:
            connection.execute("CREATE SCHEMA mine")
            assert connection.execute(
                "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = %s", [role]
            ).fetchone() == (False,)
        for name in (other, "postgres"):
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                psycopg.connect(own, dbname=name)


def test_a_role_is_made_whole_or_not_at_all(fresh, monkeypatch):
    """What dies while it makes them leaves none that the next would pass over."""
    with psycopg.connect(entered(superuser(fresh), "postgres"), autocommit=True) as connection:
        roles.login(connection, "news", "n")
        with monkeypatch.context() as broken:
            broken.setattr(roles, "LIMITS", {"no_such_setting": "1"})
            with pytest.raises(psycopg.Error, match="no_such_setting"):
                roles.make(connection, "news", None)
        roles.make(connection, "news", None)
        asked = "SELECT rolconnlimit, array_to_string(rolconfig, ' ') LIKE '%30s%' FROM pg_roles WHERE rolname = 'wiredesk_analyst'"
        assert connection.execute(asked).fetchone() == (roles.CONNECTIONS, True)


def test_who_finds_a_database_there_writes_nothing(fresh):
    """Commands by hand look it up while others migrate, who write the same row of Postgres's list."""
    url, row = fresh.create("news"), "SELECT xmin::text FROM pg_database WHERE datname = 'news'"
    with psycopg.connect(url, autocommit=True) as connection:
        before = connection.execute(row).fetchone()
        fresh.create("news")
        assert connection.execute(row).fetchone() == before


def test_databases_again_changes_passwords_and_nothing_else(deployed, fresh):
    admin, news = deployed
    with psycopg.connect(entered(admin, "postgres"), autocommit=True) as connection:
        connection.execute("ALTER ROLE wiredesk_analyst LOGIN PASSWORD 'theirs'")
    part("databases", **admin | {"NEWS_PASSWORD": "newer"})
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(news)
    with psycopg.connect(news, password="newer") as connection:
        assert connection.execute("SELECT count(*) > 0 FROM ops.migration").fetchone() == (True,)
    with psycopg.connect(news, user="wiredesk_analyst", password="theirs") as connection:
        connection.execute("TABLE mart.story")
        assert connection.execute("SHOW statement_timeout").fetchone() == ("30s",), "with an analyst's limits"


def commands(heading):
    """Return what docs/deploy.md tells people to run below a heading: in Postgres's container, or a part by itself."""
    text = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8").partition(f"## {heading}")[2].partition("\n## ")[0]
    lines = re.sub(r"\\\n +", "", "".join(re.findall(r"^```\n(.*?)^```", text, re.DOTALL | re.MULTILINE))).splitlines()
    found = [line.split("     ")[0].replace(ALONE, f"{sys.executable} -m pipeline.machine.container ", 1) for line in lines]
    return [line.removeprefix(INSIDE) for line in found if line.startswith((INSIDE, sys.executable))]


def test_a_copy_of_the_news_is_the_news(deployed, tmp_path):
    """The lines of docs/deploy.md, one after the other."""
    admin, news = deployed
    admin = admin | {"PYTHONPATH": str(ROOT)}
    web = Web()
    web.publish("npa", "1/ferry-strike", WIRE)
    web.publish("alpha", "news/strike-halts-ferries", WIRE, byline="NPA")
    web.publish("gamma", "own-report", OTHER_AGENCY)
    with world(news, tmp_path, web=web, now=Clock()) as edges:
        rounds.run(edges)
        before = snapshot(edges)
    assert before["story"], "nothing would be compared"
    lines = commands("Back up and restore")
    assert [line.split()[0] for line in lines] == ["pg_dump", "psql", sys.executable, "pg_restore"]
    run("sh", "-c", lines[0], cwd=tmp_path, **admin)
    with psycopg.connect(news, autocommit=True) as connection:
        connection.execute("DROP SCHEMA core CASCADE")
    for line in lines[1:]:
        run("sh", "-c", line, cwd=tmp_path, **admin)
    assert migrate.up(news) == [], "nothing is to be done but to give rights"
    with psycopg.connect(entered(admin)) as connection:
        connection.execute("SET ROLE wiredesk_analyst")
        assert connection.execute("SELECT count(*) > 0 FROM mart.story").fetchone() == (True,)
    with world(news, tmp_path, web=web, now=Clock()) as edges:
        assert snapshot(edges) == before
        asked = len(web.asked)
        rounds.run(edges)
        assert snapshot(edges) == before, "the copy goes on where the original was"
        assert len(web.asked) == asked


def test_whoever_migrates_gives_a_restored_copy_its_rights_and_makes_nobody_an_administrator(deployed):
    admin, news = deployed
    run("psql", "--dbname=news", f"--file={ROOT / 'sql' / 'roles.sql'}", **admin)
    of = "SELECT pg_has_role('wiredesk_migrator', 'news', 'MEMBER'), pg_has_role('wiredesk_migrator', 'postgres', 'MEMBER')"
    with psycopg.connect(entered(admin), autocommit=True) as connection:
        assert connection.execute(of).fetchone() == (True, False)
        connection.execute("REVOKE ALL ON ALL TABLES IN SCHEMA mart FROM wiredesk_analyst")
        assert migrate.up(news) == [], "nothing else is to be done"
        connection.execute("SET ROLE wiredesk_analyst")
        connection.execute("TABLE mart.story")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("TABLE core.story")


def test_another_executor_needs_no_broker(tmp_path):
    given = {name: value for name, value in GIVEN.items() if name not in container.BROKER} | {container.EXECUTOR: "KubernetesExecutor"}
    told = container.environment(Settings(var=tmp_path), given, "scheduler")
    assert told[container.EXECUTOR] == "KubernetesExecutor"
    with pytest.raises(MachineError, match="BROKER_URL"):
        container.environment(Settings(var=tmp_path), given | {container.EXECUTOR: "CeleryExecutor"}, "scheduler")


@pytest.mark.airflow
@pytest.mark.process
@pytest.mark.parametrize(
    ("words", "needs", "said"),
    [
        (["airflow", "db", "check-migrations", "--help"], container.CONTROL, "--migration-wait-timeout"),
        (["airflow", "jobs", "check", "--help"], container.CONTROL, "DagProcessorJob"),
        (["python", "-m", container.TASK, "--help"], container.NEWS, "--json-string"),
    ],
    ids=["wait", "probe", "task"],
)
def test_what_the_chart_and_its_executor_say_is_let_through(words, needs, said, tmp_path):
    secrets = dict.fromkeys(needs, f"postgresql+psycopg2://airflow:word@{ports.HOST}/airflow")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "WIREDESK_VAR": str(tmp_path), "COLUMNS": "200"}
    command = [sys.executable, "-m", "pipeline.machine.container", *words]
    done = subprocess.run(command, env=environment | secrets, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert said in done.stdout
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is not set" in done.stderr
