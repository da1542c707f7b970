"""What Airflow's parts are told, without importing Airflow."""

import json
import os
import stat
import subprocess
import sys

import pytest

from pipeline.machine import airflow, processes
from pipeline.machine.databases import Urls
from pipeline.settings import ROOT, Settings

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
