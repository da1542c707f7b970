"""The command line from outside: what it costs to start, and how errors look."""

import json
import os
import socket
import subprocess
import sys

import pytest

from pipeline.machine.postgres import Server
from pipeline.settings import ROOT

pytestmark = pytest.mark.process


def wiredesk(*arguments: str, var=None, **environment: str) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("WIREDESK_", "AIRFLOW_"))}
    full = clean | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"} | ({"WIREDESK_VAR": str(var)} if var else {}) | environment
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *arguments], env=full, capture_output=True, text=True, check=False, cwd="/"
    )


def test_help_names_every_command():
    done = wiredesk("--help")
    commands = [
        "up",
        "down",
        "status",
        "doctor",
        "psql",
        "airflow",
        "test",
        "migrate",
        "tables",
        "titles",
        "poll",
        "fetch",
        "extract",
        "cluster",
        "publish",
        "demo",
    ]
    assert [command for command in commands if f" {command} " not in done.stdout] == []


def test_help_imports_nothing_heavy():
    code = "import sys; sys.argv = ['x', '--help']\nfrom pipeline.cli.main import main\ntry: main()\nfinally: print('LOADED', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    loaded = set(done.stdout.partition("LOADED")[2].split())
    assert "pipeline.cli.machine" in loaded
    assert not loaded & {"airflow", "psycopg", "pydantic", "requests", "trafilatura", "feedparser", "psutil"}


def test_an_error_is_one_line_and_what_to_do_next(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = wiredesk("up", var=tmp_path, WIREDESK_PORT=str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "is taken by" in done.stderr
    assert "./wiredesk up --port" in done.stderr
    assert "Traceback" not in done.stderr


def test_debug_shows_where_an_error_was_raised(tmp_path):
    done = wiredesk("--debug", "psql", var=tmp_path, WIREDESK_DATABASE_URL="mysql://there/news")
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_a_setting_that_cannot_be_read_is_named(tmp_path):
    done = wiredesk("status", var=tmp_path, WIREDESK_PORT="eighty")
    assert done.returncode == 1
    assert "WIREDESK_PORT=eighty" in done.stderr
    assert "Traceback" not in done.stderr


def test_status_and_down_of_what_never_ran(tmp_path):
    shown = json.loads(wiredesk("status", "--json", var=tmp_path).stdout)
    assert (shown["running"], shown["parts"], shown["figures"]) == (False, [], None)
    assert wiredesk("down", var=tmp_path).stdout == "Nothing was running.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.database
def test_psql_speaks_to_the_news(tmp_path):
    try:
        done = wiredesk("psql", "-AtX", "-c", "SELECT current_user, current_database()", var=tmp_path)
        assert done.stdout == "news|news\n"
        assert done.stderr.startswith("this database is empty: Run ./wiredesk up")
        refused = wiredesk("address", var=tmp_path)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "WIREDESK_VAR=var/demo" in refused.stderr
        shown = json.loads(wiredesk("status", "--json", var=tmp_path).stdout)
        assert [part["name"] for part in shown["parts"]] == ["postgres"]
        assert shown["megabytes"] > 1
    finally:
        assert "ended" in wiredesk("down", var=tmp_path).stdout
    assert Server(tmp_path / "postgres").cluster.postmaster() is None


def test_doctor_says_what_is_wrong_and_what_to_do(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = wiredesk(
            "doctor",
            "--json",
            var=tmp_path,
            WIREDESK_PORT=str(port),
            WIREDESK_DATABASE_URL="postgresql://me:hidden@127.0.0.1:1/news",
            WIREDESK_CLOCK="fast",
            WIREDESK_HOSTS="/nowhere/hosts",
        )
    problems = {finding["subject"]: finding for finding in json.loads(done.stdout) if finding["problem"]}
    expected = {f"port {port}", "WIREDESK_CLOCK", "WIREDESK_HOSTS", "postgresql://me@127.0.0.1:1/news"}
    assert expected <= set(problems)
    assert all(finding["hint"] for finding in problems.values())
    assert "hidden" not in done.stdout
    assert done.returncode == 1


def test_doctor_of_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    done = wiredesk("doctor", "--json", var=tmp_path / "file" / "var")
    (finding,) = [finding for finding in json.loads(done.stdout) if finding["subject"].endswith("/var")]
    assert finding["problem"]
    assert "cannot be written" in finding["says"]


def test_output_into_a_closed_pipe_is_no_traceback():
    code = f"{sys.executable} -m pipeline.cli --help | true"
    done = subprocess.run(code, shell=True, capture_output=True, text=True, check=False, cwd=ROOT)
    assert "Traceback" not in done.stderr
