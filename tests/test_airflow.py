"""What Airflow's parts are told, without importing Airflow."""

import json
import os
import re
import stat
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipeline.machine import airflow, processes
from pipeline.machine.databases import Urls
from pipeline.settings import ROOT, Settings

METRICS = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8").partition("| metric |")[2].partition("\n\n")[0]
URLS = Urls(news="postgresql://news:n@127.0.0.1:1/news", airflow="postgresql://airflow:a@127.0.0.1:1/airflow")


@pytest.fixture
def settings(tmp_path):
    return Settings(var=tmp_path, port=8099)


def test_everything_listens_on_loopback_only(settings):
    told = airflow.environment(settings, URLS)
    assert told["AIRFLOW__API__HOST"] == "127.0.0.1"
    api, scheduler, _ = airflow.children(settings, URLS, {})
    assert api.command[-6:] == ["--host", "127.0.0.1", "--port", "8099", "--workers", "1"]
    assert "--skip-serve-logs" in scheduler.command, "its log server would listen on every address"


def test_secrets_are_made_once_long_enough_and_private(settings):
    told, again = airflow.environment(settings, URLS), airflow.environment(settings, URLS)
    assert told == again
    names = ("AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__API__SECRET_KEY", "AIRFLOW__CORE__FERNET_KEY")
    assert len({told[name] for name in names}) == 3
    assert len(told["AIRFLOW__API_AUTH__JWT_SECRET"]) >= 64
    from cryptography.fernet import Fernet

    Fernet(told["AIRFLOW__CORE__FERNET_KEY"])
    assert {stat.S_IMODE(path.stat().st_mode) for path in (settings.var / "secrets").iterdir()} == {0o600}


def test_the_login_stays_the_same_and_is_private(settings):
    assert airflow.password(settings) == airflow.password(settings)
    logins = settings.var / "airflow" / "logins.json"
    assert json.loads(logins.read_text()) == {"admin": airflow.password(settings)}
    assert stat.S_IMODE(logins.stat().st_mode) == 0o600


def test_a_task_has_the_settings_of_the_launcher(tmp_path):
    given = Settings(var=tmp_path, port=8099, spacing=0.25, clock="2026-03-02T06:00:00Z 2026-11-24T16:00:00Z 60", hosts=tmp_path / "hosts")
    told = airflow.environment(given, URLS)
    code = "from pipeline.settings import Settings; print(Settings().model_dump_json())"
    done = subprocess.run([sys.executable, "-c", code], env=told, capture_output=True, text=True, check=True, cwd="/")
    assert Settings.model_validate_json(done.stdout) == given.model_copy(
        update={"database_url": URLS.news, "airflow_database_url": URLS.airflow},
    )


def test_an_option_that_the_user_sets_wins_but_not_over_what_must_be(settings, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", "3")
    monkeypatch.setenv("AIRFLOW__API__HOST", "0.0.0.0")
    told = airflow.environment(settings, URLS)
    assert told["AIRFLOW__CORE__PARALLELISM"] == "3"
    assert told["AIRFLOW__API__HOST"] == "127.0.0.1"


def test_nothing_is_reported_to_anybody(settings):
    told = airflow.environment(settings, URLS)
    assert told["SCARF_ANALYTICS"] == "false"


def test_nothing_is_sent_to_a_collector_unless_one_is_named(settings):
    told = airflow.environment(settings, URLS)
    assert not [name for name in told if "OTEL" in name]


class Collector(BaseHTTPRequestHandler):
    """Takes what is posted."""

    def do_POST(self):
        self.server.got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.mark.airflow
@pytest.mark.process
def test_one_setting_sends_airflows_metrics_to_a_collector_by_the_names_that_are_told(tmp_path):
    named = set(re.findall(r"^\| (`[\w.]+`(?:, `[\w.]+`)*) \|", METRICS, re.MULTILINE))
    told = sorted(name for names in named for name in re.findall(r"[\w.]+", names))
    assert len(told) > 8
    code = (
        "import json, sys, yaml; import airflow._shared.observability.metrics as metrics; from pathlib import Path;"
        "from airflow._shared.observability.metrics import stats; from airflow.configuration import conf;"
        "from airflow.observability.metrics import stats_utils;"
        "from airflow._shared.observability.metrics.otel_logger import flush_otel_metrics;"
        "stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=conf.getboolean('metrics', 'legacy_names_on'));"
        "stats.incr('scheduler_heartbeat'); stats.gauge('pool.open_slots', 3, tags={'pool_name': 'web'}); flush_otel_metrics();"
        "known = yaml.safe_load((Path(metrics.__file__).parent / 'metrics_template.yaml').read_text())['metrics'];"
        "print(json.dumps([one['name'] for one in known]))"
    )
    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as collector:
        collector.got = []
        threading.Thread(target=collector.serve_forever, daemon=True).start()
        settings = Settings(var=tmp_path, telemetry=f"http://127.0.0.1:{collector.server_address[1]}")
        environment = os.environ | airflow.environment(settings, URLS)
        done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], env=environment, capture_output=True, text=True, check=False)
        collector.shutdown()
    assert done.returncode == 0, done.stderr[-2000:]
    assert set(told) <= set(json.loads(done.stdout.strip().splitlines()[-1])), "Airflow has no such metric"
    assert {path for path, _ in collector.got} == {"/v1/metrics"}
    sent = b"".join(body for _, body in collector.got)
    assert b"scheduler_heartbeat" in sent
    assert b"pool.open_slots" in sent
    assert b"web" in sent


@pytest.mark.airflow
@pytest.mark.process
def test_airflow_knows_every_option_that_we_set(settings):
    """A misspelt option is ignored in silence; ask Airflow's own table of options."""
    code = (
        "from airflow.configuration import conf; import json;"
        "print(json.dumps({s: list(o['options']) for s, o in conf.configuration_description.items()}))"
    )
    environment = os.environ | {"AIRFLOW_HOME": str(settings.var), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    known = {f"{section}__{option}".upper() for section, options in json.loads(done.stdout).items() for option in options}
    told = airflow.environment(settings, URLS)
    ours = {name.removeprefix("AIRFLOW__") for name in told if name.startswith("AIRFLOW__")}
    assert len(ours) > 25
    assert ours - known == set()


def test_a_mark_survives_a_process_that_renames_itself(tmp_path):
    code = "import time; from setproctitle import setproctitle; setproctitle('x' * 4000); print('ready', flush=True); time.sleep(60)"
    command = [sys.executable, "-c", code]
    process = subprocess.Popen(command, env=os.environ | processes.mark(tmp_path, "scheduler"), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n"
        assert list(processes.belonging(tmp_path).values()) == ["scheduler"]
    finally:
        process.kill()
        process.communicate()
