"""The pages within Airflow itself, in a process of its own: its login stands before each, its navigation leads to them."""

import json
import os
import subprocess
import sys

import pytest

from pipeline.machine import airflow
from pipeline.machine.databases import Urls
from pipeline.settings import ROOT, Settings
from pipeline.store import connect

pytestmark = [pytest.mark.airflow, pytest.mark.database, pytest.mark.process]


@pytest.fixture(scope="module")
def found(postgres, tmp_path_factory):
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
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "ui_session.py"), json.dumps(word)],
        cwd=settings.var, env=os.environ | airflow.environment(settings, urls), capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    with connect(urls.news) as connection:
        events = connection.execute("SELECT what, who FROM ops.feed_event").fetchall()
    return json.loads(done.stdout.strip().splitlines()[-1]) | {"events": events}


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
    assert found["red"] == [[], ["publish of stories"]]


def test_what_airflow_loads_in_each_of_its_parts_is_light():
    code = "import sys; sys.path.insert(0, 'pipeline/ui/plugins'); import airflow.plugins_manager; before = set(sys.modules); import wiredesk; print(sorted(name for name in set(sys.modules) - before if name.partition('.')[0] in {'fastapi', 'psycopg', 'jinja2', 'pygal', 'pipeline'}))"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"
