"""Run in a process of its own, with Airflow's environment: Airflow's API as it is, with our plugin, asked by nobody and by its admin. Prints JSON."""

import json
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")

ROUTES = (
    "/wiredesk/",
    "/wiredesk/feeds",
    "/wiredesk/stories",
    "/wiredesk/runbook",
    "/wiredesk/assets/app.css",
    "/wiredesk/nowhere",
    "/wiredesk/docs",
    "/wiredesk/openapi.json",
)


def main():
    from airflow.api_fastapi.app import create_app
    from starlette.testclient import TestClient

    from pipeline.ui.app import standing

    password = json.loads(sys.argv[1])
    found = {}
    with TestClient(create_app(), follow_redirects=False) as client:
        paths = {route.path.replace("{path:path}", "x").replace("{feed_id}", "1") for route in every(standing())}
        found["anonymous"] = {
            path: client.request(method, path).status_code
            for path in (*ROUTES, *(f"/wiredesk{path}" for path in paths))
            for method in ("GET", "POST")
        }
        found["forged"] = client.get("/wiredesk/", headers={"Authorization": "Bearer no.such.token"}).status_code
        answer = client.post("/auth/token", json={"username": "admin", "password": password})
        token = answer.json()["access_token"]
        client.cookies.set("_token", token)
        found["admin"] = {path: client.get(path).status_code for path in ROUTES}
        page = client.get("/wiredesk/feeds/1")
        found["page"] = page.text
        found["policy"] = page.headers["content-security-policy"]
        key = page.text.partition('name="token" value="')[2].partition('"')[0]
        found["pressed"] = client.post("/wiredesk/feeds/1/pause", data={"token": key}).status_code
        found["pressed elsewhere"] = client.post("/wiredesk/feeds/1/pause", data={"token": "x"}).status_code
        found["plugins"] = client.get("/api/v2/plugins").json()["plugins"]
        found["errors"] = client.get("/api/v2/plugins/importErrors").json()["import_errors"]
        found["cleared"] = cleared(client)
        found["paused"] = paused(client)
        found["said at home"] = [alert["text"] for alert in client.get("/ui/config").json()["dashboard_alert"]]
        found["red"] = reds()
        found["log"] = log(client)
    tells()
    return found


def cleared(client):
    """Return how many promises a run has that was asked for, and what Airflow answers to who clears a task of it."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
    from airflow.models.deadline import Deadline
    from airflow.utils.session import create_session
    from sqlalchemy import func, select

    from pipeline.settings import ROOT

    DagBundlesManager().sync_bundles_to_db()
    folder = ROOT / "dags"
    sync_bag_to_db(DagBag(dag_folder=str(folder / "ingest.py"), bundle_path=folder, bundle_name="dags-folder"), "dags-folder", None)
    run = client.post("/api/v2/dags/ingest/dagRuns", json={"logical_date": None}).json()["dag_run_id"]
    with create_session() as session:
        promises = session.scalar(select(func.count()).select_from(Deadline))
    answer = client.post("/api/v2/dags/ingest/clearTaskInstances", json={"dry_run": False, "only_failed": False, "dag_run_id": run})
    return [promises, answer.status_code]


def paused(client):
    """Return what the first page says of ingest before and after somebody flips its switch."""
    found = []
    for state in (False, True):
        assert client.patch("/api/v2/dags/ingest", json={"is_paused": state}).status_code == 200
        found.append("Paused: ingest" in client.get("/wiredesk/").text)
    return found


def tells():
    """Tell of an alarm by each notifier that is installed, to servers of the test."""
    from importlib.util import find_spec

    from pipeline.ui import notices

    said = [{"notifier": "email", "to": "desk@example.com"}]
    said += [{"notifier": "webhook", "http_conn_id": "pager", "endpoint": "alarms"}] if find_spec("airflow.providers.http") else []
    said += [{"notifier": "slack", "slack_webhook_conn_id": "desk"}] if find_spec("airflow.providers.slack") else []
    alarm = {"kind": "silent_title", "subject": "a", "cause": "Nothing <b>new</b> {{ 7 * 7 }}.", "step": "Look.", "anchor": "x"}
    notices.teller(json.dumps(said))(alarm)


def reds():
    """Return what is red before a run, and after one whose books do not balance: an article is on no way."""
    from datetime import UTC, datetime, timedelta

    from airflow.dag_processing.dagbag import DagBag

    from pipeline.settings import ROOT, Settings
    from pipeline.store import connect
    from pipeline.ui.guard import airflow_red

    def now():
        return [
            f"{red.task} of {red.dag} in {red.run.partition('_')[0]} {red.place}"
            for red in airflow_red(datetime.now(UTC) + timedelta(seconds=1))
        ]

    before = now()
    with connect(Settings().database_url) as connection:
        connection.execute(
            "INSERT INTO core.article (url_key, url, title_id, first_seen_at) VALUES (sha256('x'), 'http://a.example/x', 1, '2026-03-02Z')"
        )
    stories = DagBag(dag_folder=str(ROOT / "dags" / "stories.py")).dags["stories"]
    stories.deadline = None  # DAG.test() cannot store one
    stories.test()
    return [before, now()]


def log(client):
    """Return what our page shows of the log of the task that is red: a line that a worker would have written."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.log.log_reader import TaskLogReader
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        failed = session.scalar(select(TaskInstance).filter_by(dag_id="stories", task_id="publish", state="failed"))
        handler = TaskLogReader().log_handler
        path = Path(handler.local_base, handler._render_filename(failed, failed.try_number))
    path.parent.mkdir(parents=True, exist_ok=True)
    line = {"timestamp": "2026-03-02T12:00:00Z", "level": "error", "event": "Task failed", "error_detail": [{"exc_type": "Unbalanced"}]}
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    return client.get("/wiredesk/red/stories/publish").text


def every(app):
    from fastapi.routing import APIRoute

    for route in app.routes:
        inner = getattr(route, "original_router", None)
        yield from (one for one in (inner.routes if inner else [route]) if isinstance(one, APIRoute))


if __name__ == "__main__":
    print("\n" + json.dumps(main()))  # noqa: T201  that is its answer
