"""The image's files, and parts that run from them with just what docker-compose.yml gives each: no engine, but the same code, databases, roles."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import psycopg
import pytest
import yaml

from pipeline.machine import binaries, container, ports
from pipeline.machine.postgres import Server
from pipeline.machine.secrets import secret
from pipeline.settings import ROOT
from pipeline.ui import runbook

pytestmark = [pytest.mark.airflow, pytest.mark.database, pytest.mark.process]

SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
VARIABLE = re.compile(r"\$\{(\w+):\?\}")
PATIENCE = 120  # seconds until the API's first answer


def made_up(value):
    return VARIABLE.sub(lambda found: f"secret-{found[1].lower()}" * 4, value)


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The folder /wiredesk of the image: what the Dockerfile copies there, and no more."""
    folder = tmp_path_factory.mktemp("image")
    for names, into in re.findall(r"^COPY (.*) (\S+)$", DOCKERFILE, re.MULTILINE):
        for name in names.split():
            to = folder / into / ("" if (ROOT / name).is_dir() else Path(name).name)
            to.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, to, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, to)
    for name in ("var", "log"):
        (folder / name).mkdir()
    return folder


@pytest.fixture(scope="module")
def postgres_of_its_own(tmp_path_factory):
    """What Postgres's image is after its first start: empty, with a superuser whose password is the file's."""
    with Server(tmp_path_factory.mktemp("deployed"), durable=False) as server:
        word = {name: made_up(value) for name, value in SERVICES["postgres"]["environment"].items()}["POSTGRES_PASSWORD"]
        port, first = server.cluster.port(), secret(server.folder / "secrets", "postgres")
        with psycopg.connect(host=ports.HOST, port=port, user="postgres", password=first, dbname="postgres", autocommit=True) as superuser:
            superuser.execute(f"ALTER ROLE postgres PASSWORD '{word}'")
        programs = str(binaries.folder(binaries.account(ROOT / "var")))
        path = os.pathsep.join([programs, os.environ["PATH"]])
        check = [one for one in SERVICES["postgres"]["healthcheck"]["test"] if one != "CMD"]
        environment = os.environ | {"PATH": path, "PGPORT": str(port), "PGPASSWORD": word}  # in its container it is trusted, and here not
        assert subprocess.run(check, env=environment, capture_output=True, check=False).returncode == 0, "it is healthy"
        yield server


@pytest.fixture(scope="module")
def deployed(image, postgres_of_its_own):
    """Return a service's name -> its environment: the file's, with our addresses for those of Compose's network."""
    api = int(ports.another(image / "port"))

    def environment(name):
        moved = {"@postgres:5432": f"@{ports.HOST}:{postgres_of_its_own.cluster.port()}", "/wiredesk": str(image)}
        within = dict(re.findall(r"(\w+)=(\S+)", "".join(re.findall(r"^ENV (.*)$", DOCKERFILE, re.MULTILINE))))
        given = within | {key: made_up(value) for key, value in SERVICES[name]["environment"].items()}
        for ours, theirs in moved.items():
            given = {key: value.replace(ours, theirs) for key, value in given.items()}
        here = {
            "AIRFLOW__API__HOST": ports.HOST,
            "AIRFLOW__API__PORT": str(api),
            container.EXECUTION: f"http://{ports.HOST}:{api}/execution/",
        }
        return {"PATH": os.environ["PATH"]} | given | here

    return environment


def part(*words, image, **options):
    return subprocess.Popen([sys.executable, "-m", "pipeline.machine.container", *words], cwd=image, start_new_session=True, **options)


@pytest.fixture(scope="module")
def pages(image, deployed):
    """Return a function that asks the API server, as `admin` unless told otherwise."""
    for name in ("databases", "migrate"):
        with part(name, image=image, env=deployed(name), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as once:
            said, _ = once.communicate(timeout=PATIENCE)
        assert once.returncode == 0, said
    address = deployed("api-server")[container.EXECUTION].removesuffix("/execution/")

    def ask(path, token="", body=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {"Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(address + path, data=body, headers=headers), timeout=30) as answer:
            return answer.read().decode()

    with (
        (image / "api.log").open("wb") as log,
        part("api-server", image=image, env=deployed("api-server"), stdout=log, stderr=log) as server,
    ):
        try:
            word = {"username": "admin", "password": deployed("api-server")[container.LOGIN]}
            deadline = time.monotonic() + PATIENCE
            while True:
                try:
                    token = json.loads(ask("/auth/token", body=json.dumps(word).encode()))["access_token"]
                    break
                except OSError:
                    assert server.poll() is None, (image / "api.log").read_text(encoding="utf-8")[-3000:]
                    assert time.monotonic() < deadline, "no answer"
                    time.sleep(0.2)
            yield lambda path: ask(path, token)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
            Server(image / "var" / "postgres").stop()  # if there is one, a test below is red


def test_the_pages_show_the_news_that_workers_write(pages, image, deployed):
    """And not a Postgres of the API server's own, which would be empty for ever."""
    url = deployed("web")["WIREDESK_DATABASE_URL"]
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE core.title SET name = 'A name that nobody else has' FROM core.feed WHERE feed_id = 1 AND feed.title_id = title.title_id"
        )
    assert "A name that nobody else has" in pages("/wiredesk/feeds/1")
    assert not (image / "var" / "postgres").exists()


@pytest.mark.parametrize("name", runbook.SERVED)
def test_the_manual_is_in_the_image(pages, name):
    assert len(pages(f"/wiredesk/runbook/{name}")) > 5000


def test_migrate_fills_the_registry_and_makes_pools_as_wide_as_workers(pages, deployed):
    with psycopg.connect(deployed("web")["WIREDESK_DATABASE_URL"]) as connection:
        assert connection.execute("SELECT count(*) > 100 FROM core.title").fetchone() == (True,)
    airflow = deployed("migrate")["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("+psycopg2", "")
    with psycopg.connect(airflow) as connection:
        pools = dict(connection.execute("SELECT pool, slots FROM slot_pool").fetchall())
    assert {name: pools[name] for name in ("web", "cpu", "writer")} == {
        "web": int(SERVICES["web"]["environment"]["WIREDESK_WEB_SLOTS"]),
        "cpu": int(SERVICES["cpu"]["environment"]["WIREDESK_CPU_SLOTS"]),
        "writer": 1,
    }


def test_people_type_their_commands_there(pages, image, deployed):
    def wiredesk(*words):
        command = [sys.executable, *SERVICES["wiredesk"]["entrypoint"][1:], *words]
        return subprocess.run(command, cwd=image, env=deployed("wiredesk"), capture_output=True, text=True, check=False)

    said = json.loads(wiredesk("doctor", "--json").stdout)
    assert {"subject": "metadatabase", "says": "healthy"}.items() <= next(one for one in said if one["subject"] == "metadatabase").items()
    assert [one["subject"] for one in said if one["problem"]] == ["scheduler", "dag_processor"], "which this test does not start"
    assert "writer" in wiredesk("airflow", "pools", "list", "--output", "plain").stdout
    for words in (["psql", "-c", "TABLE mart.story"], ["migrate"], ["search", "anything"], ["poll", "--limit", "1"]):
        done = wiredesk(*words)
        assert done.returncode == 0, f"who asks for the news needs no other database, and may make none: {words} {done.stderr}"
    refused = wiredesk("up")
    assert refused.returncode == 1
    assert "docker compose" in refused.stderr
    assert not (image / "var" / "postgres").exists()
    assert "docker compose run --rm wiredesk decide list" in wiredesk("unpick", "999", "--why", "x", "--by", "ada").stderr


def test_the_health_check_asks_the_server(pages, image, deployed):
    words = SERVICES["api-server"]["healthcheck"]["test"][4:]
    with part(*words, image=image, env=deployed("api-server")) as probe:
        assert probe.wait(30) == 0
    with pytest.raises(HTTPError, match="404"):
        pages("/wiredesk/nowhere")
