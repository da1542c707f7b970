"""Run in a process of its own, with Airflow's environment: Airflow's API as it is, with our plugin, asked by nobody and by its admin. Prints JSON."""

import json
import sys
import warnings

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
        found["red"] = reds()
    return found


def reds():
    """Return what is red before a run, and after one whose books do not balance: an article is on no way."""
    from datetime import UTC, datetime, timedelta

    from airflow.dag_processing.dagbag import DagBag

    from pipeline.settings import ROOT, Settings
    from pipeline.store import connect
    from pipeline.ui.guard import airflow_red

    def now():
        return [f"{red.task} of {red.dag}" for red in airflow_red(datetime.now(UTC) + timedelta(seconds=1))]

    before = now()
    with connect(Settings().database_url) as connection:
        connection.execute(
            "INSERT INTO core.article (url_key, url, title_id, first_seen_at) VALUES (sha256('x'), 'http://a.example/x', 1, '2026-03-02Z')"
        )
    stories = DagBag(dag_folder=str(ROOT / "dags" / "stories.py")).dags["stories"]
    stories.deadline = None  # DAG.test() cannot store one
    stories.test()
    return [before, now()]


def every(app):
    from fastapi.routing import APIRoute

    for route in app.routes:
        inner = getattr(route, "original_router", None)
        yield from (one for one in (inner.routes if inner else [route]) if isinstance(one, APIRoute))


if __name__ == "__main__":
    print("\n" + json.dumps(main()))  # noqa: T201  that is its answer
