"""The pages within Airflow itself, in a process of its own: its login stands before each, its navigation leads to them."""

import base64
import json
import os
import re
import socketserver
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec

import pytest

from pipeline.machine import airflow, doctor
from pipeline.machine.databases import Urls
from pipeline.settings import ROOT, Settings
from pipeline.steps import batches, warm
from pipeline.store import connect

pytestmark = [pytest.mark.airflow, pytest.mark.database, pytest.mark.process]


class Post(socketserver.StreamRequestHandler):
    """A mail server that takes what it is given."""

    def handle(self):
        self.wfile.write(b"220 here\r\n")
        within = False
        for line in self.rfile:
            self.server.got.append(line.decode())
            verb = line.strip().upper()
            if within and verb != b".":
                continue
            within = verb == b"DATA"
            self.wfile.write(b"354 go on\r\n" if within else b"221 bye\r\n" if verb == b"QUIT" else b"250 well\r\n")


class Hook(BaseHTTPRequestHandler):
    """A web server that takes what is posted."""

    def do_POST(self):
        self.server.got.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def listeners():
    """A mail server and a web server on this machine, and what they got."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post) as mail, ThreadingHTTPServer(("127.0.0.1", 0), Hook) as web:
        for server in (mail, web):
            server.got = []
            threading.Thread(target=server.serve_forever, daemon=True).start()
        yield mail, web
        mail.shutdown()
        web.shutdown()


@pytest.fixture(scope="module")
def found(postgres, tmp_path_factory, listeners):
    """What Airflow's API answers to nobody and to its admin."""
    settings = Settings(var=tmp_path_factory.mktemp("ui_airflow"))
    urls = Urls(news=postgres.create("ui_news", template="migrated"), airflow=postgres.create("ui_airflow"))
    airflow.migrate(settings, urls)
    with connect(urls.news) as connection:
        connection.execute(
            "INSERT INTO core.title (title, name, owner, country, language, kind, domains, weight, active) VALUES ('a', 'Alpha', 'A', 'no', 'en', 'newspaper', '{a.example}', 0, true)"
        )
        connection.execute(
            "INSERT INTO core.feed (title_id, url, host, kind, active) VALUES (1, 'http://a.example/', 'a.example', 'feed', true)"
        )
        connection.execute("INSERT INTO ops.schedule (feed_id, interval, next_poll_at) VALUES (1, '1 hour', '2026-03-02Z')")
    word = airflow.password(settings)
    mail, web = (f"127.0.0.1:{server.server_address[1]}" for server in listeners)
    told = {
        "AIRFLOW_CONN_SMTP_DEFAULT": f"smtp://{mail}/?disable_ssl=true&disable_tls=true&from_email=wiredesk%40example.com",
        "AIRFLOW_CONN_PAGER": f"http://{web}",
        "AIRFLOW_CONN_DESK": json.dumps({"conn_type": "slackwebhook", "host": f"http://{web}", "password": "/services/T/B/x"}),
    }
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "ui_session.py"), json.dumps(word)],
        cwd=settings.var, env=os.environ | airflow.environment(settings, urls) | told, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    with connect(urls.news) as connection:
        events = connection.execute("SELECT what, who FROM ops.feed_event").fetchall()
        alarms = connection.execute("SELECT subject, step FROM ops.alarm WHERE kind = 'dag_paused' AND ended_at IS NULL").fetchall()
    with connect(urls.airflow) as connection:
        doctors = [finding.subject for finding in doctor.paused(connection, settings)]
    return json.loads(done.stdout.strip().splitlines()[-1]) | {"events": events, "alarms": alarms, "doctor": doctors}


def test_nobody_gets_anything_without_airflows_login(found):
    assert len(found["anonymous"]) > 15
    assert set(found["anonymous"].values()) == {401}
    assert found["forged"] in {401, 403}


def test_who_is_logged_in_gets_every_page(found):
    missing = {path for path, status in found["admin"].items() if status != 200}
    assert missing == {"/wiredesk/nowhere", "/wiredesk/docs", "/wiredesk/openapi.json"}
    assert "Alpha" in found["page"]
    assert "default-src 'none'" in found["policy"]


def test_a_button_is_pressed_by_whoever_airflow_says_it_is(found):
    assert (found["pressed"], found["pressed elsewhere"]) == (303, 403)
    assert found["events"] == [("paused", "admin")]


def test_airflows_navigation_leads_to_the_pages(found):
    assert found["errors"] == []
    (ours,) = [plugin for plugin in found["plugins"] if plugin["name"] == "wiredesk"]
    (view,) = ours["external_views"]
    assert (view["href"], view["destination"], view["nav_top_level"]) == ("/wiredesk/", "nav", True)


def test_a_red_task_is_found_by_its_name(found):
    assert found["red"] == [[], ["publish of stories in manual -1"]]


def test_the_last_lines_of_its_log_are_read_on_our_page(found):
    assert "12:00:00 error Task failed" in found["log"]
    assert "Unbalanced" in found["log"]


def test_a_paused_dag_is_seen_at_once_and_is_an_alarm_from_the_next_watch_on(found):
    assert found["paused"] == [False, True]
    assert found["doctor"] == ["ingest"]
    ((subject, step),) = found["alarms"]
    assert subject == "ingest"
    assert "./wiredesk airflow dags unpause ingest`" in step


def test_airflows_first_page_explains_what_it_shows_in_red(found):
    (text,) = found["said at home"]
    assert "**Triggerer** is red here because none runs" in text
    assert "**Required Actions** are the questions of the Dag *Reviews*" in text


def test_a_task_of_a_run_with_a_promise_can_be_cleared(found):
    assert found["cleared"] == [1, 200]


def test_alarms_come_by_mail_as_the_setting_says(found, listeners):
    lines = "".join(listeners[0].got)
    assert "rcpt to:<desk@example.com>" in lines.lower()
    assert "Subject: Wiredesk: silent_title, a" in lines
    text = base64.b64decode(lines.rpartition("base64")[2].partition("--")[0]).decode()
    assert text == "<p>silent_title a: Nothing &lt;b&gt;new&lt;/b&gt; {{ 7 * 7 }}. First: Look. See docs/runbook.md#x</p>"


@pytest.mark.parametrize(("provider", "path"), [("http", "/alarms"), ("slack", "/services/T/B/x")])
def test_alarms_come_over_the_web_as_the_setting_says(found, listeners, provider, path):
    if find_spec(f"airflow.providers.{provider}") is None:
        pytest.skip(f"apache-airflow-providers-{provider} is not installed")
    told = dict(listeners[1].got)
    assert told[path]["text"] == "silent_title a: Nothing <b>new</b> {{ 7 * 7 }}. First: Look. See docs/runbook.md#x"


def test_what_airflow_loads_in_each_of_its_parts_is_light():
    code = "import sys; sys.path.insert(0, 'pipeline/ui/plugins'); import airflow.plugins_manager; before = set(sys.modules); import wiredesk; print(sorted(name for name in set(sys.modules) - before if name.partition('.')[0] in {'fastapi', 'psycopg', 'jinja2', 'pygal', 'sqlalchemy', 'pipeline'}))"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "['pipeline', 'pipeline.ui', 'pipeline.ui.promises']"


@pytest.mark.parametrize(("part", "ahead"), [("scheduler", True), ("dag-processor", False)])
def test_only_what_forks_tasks_has_imported_what_they_need(tmp_path, part, ahead):
    """Half a second of each task, and the same in the parts that have none."""
    code = f"import sys; sys.argv = ['airflow', '{part}']; import airflow.settings; airflow.settings.initialize(); print('pipeline.steps.extract' in sys.modules, 'airflow.api_fastapi.common.types' in sys.modules)"
    nowhere = Urls(news="postgresql://n@127.0.0.1:1/news", airflow="postgresql://a@127.0.0.1:1/airflow")
    environment = os.environ | airflow.environment(Settings(var=tmp_path), nowhere)
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split()[-2:] == [str(ahead), "False"]


def test_what_tasks_import_is_what_their_processes_have_imported():
    """A step that a task imports where it needs it stands in the list of those that are imported ahead."""
    source = (ROOT / "pipeline" / "steps" / "tasks.py").read_text(encoding="utf-8")
    dags = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "dags").glob("*.py"))
    wanted = set(re.findall(r"^ +from pipeline\.steps\.(\w+) import", source, re.MULTILINE)) | set(
        re.findall(r"from pipeline\.steps import (\w+)", dags)
    )
    assert len(wanted) > 8
    assert wanted <= set(warm.__all__)


def test_the_form_begins_with_the_size_that_batches_have():
    from pipeline.ui import forms

    assert forms.BATCH.value == batches.ITEMS


def test_a_task_that_many_can_do_makes_way_once_and_with_its_children():
    from pipeline.ui import forms

    read, write = os.pipe()
    if (pid := os.fork()) == 0:
        forms.begin()
        forms.begin()
        os.write(write, f"{os.getpriority(os.PRIO_PROCESS, 0)}".encode())
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(read, 10) == f"{max(forms.WAY, os.getpriority(os.PRIO_PROCESS, 0))}".encode()
    os.close(read), os.close(write)
