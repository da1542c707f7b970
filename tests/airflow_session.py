"""Run in a process of its own, with Airflow's environment: what the DAG files say, or the whole chain by dag.test(). Prints JSON."""

import json
import os
import socketserver
import sys
import threading
import time
import traceback
import warnings
from datetime import timedelta

warnings.simplefilter("ignore")


def bag():
    from airflow.dag_processing.dagbag import DagBag

    from pipeline.settings import ROOT

    return DagBag(dag_folder=str(ROOT / "dags"))


def integrity():
    found = bag()
    return {
        "errors": found.import_errors,
        "dags": {
            name: {
                "catchup": dag.catchup,
                "max_active_runs": dag.max_active_runs,
                "doc": dag.doc_md or "",
                "tags": sorted(dag.tags),
                "display": dag.dag_display_name,
                "tasks": sorted(task.task_id for task in dag.tasks),
                "silent_tasks": [task.task_id for task in dag.tasks if not task.doc_md],
                "owners": sorted({task.owner for task in dag.tasks}),
                "pools": sorted({task.pool for task in dag.tasks}),
                "params": sorted(dag.params),
                "mapped": [task.task_id for task in dag.tasks if task.is_mapped and not task.map_index_template],
                "promise": [alert.interval.total_seconds() for alert in dag.deadline or []],
                "outlets": sorted(asset.uri for task in dag.tasks for asset in task.outlets),
                "awaits": sorted(asset.uri for asset in awaited.objects) if (awaited := dag.timetable.asset_condition) else [],
            }
            for name, dag in found.dags.items()
        },
    }


def parse():
    """Return how each DAG file is read: as what, how long it took, which hosts and programs it asked meanwhile, what it imported."""
    import hashlib

    from airflow.serialization.serialized_objects import DagSerialization

    asked = []
    before = set(sys.modules)
    sys.addaudithook(lambda event, said: asked.append(f"{event} {said}") if event in {"socket.connect", "subprocess.Popen"} else None)
    began = time.process_time()
    found = bag()
    took = time.process_time() - began
    told = {name: json.dumps(DagSerialization.to_dict(dag), sort_keys=True, default=str) for name, dag in sorted(found.dags.items())}
    heavy = {"psycopg", "trafilatura", "lxml", "fastapi", "urllib3", "pygal"} & (
        {name.partition(".")[0] for name in set(sys.modules) - before}
    )
    return {
        "seconds": took,
        "asked": asked,
        "heavy": sorted(heavy),
        "dags": {name: hashlib.sha256(one.encode()).hexdigest() for name, one in told.items()},
    }


def chain():
    states = {}
    found = bag()
    for name in ("feeds", "ingest", "articles", "stories", "upkeep", "backfill"):
        found.dags[name].deadline = None  # DAG.test() cannot store one
        run = found.dags[name].test(run_conf={"since": sys.argv[2], "until": sys.argv[2]} if name == "backfill" else None)
        states[name] = {str(task.task_id): str(task.state) for task in run.get_task_instances()}
    return states


def reviews():
    """Run the DAG while somebody answers one question through Airflow's API, and time runs out for the other."""
    dag, said = bag().dags["reviews"], {}
    person = threading.Thread(target=answering, args=[said], daemon=True)
    person.start()
    run = dag.test()
    return said | {"tasks": {f"{task.task_id} {task.map_index}": str(task.state) for task in run.get_task_instances()}}


def answering(said):
    try:
        _answer(said)
    except BaseException:  # noqa: BLE001  as below
        traceback.print_exc()
        os._exit(1)  # or the run would wait for ever


def _answer(said):
    from airflow.api_fastapi.app import create_app
    from airflow.jobs.job import Job
    from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
    from starlette.testclient import TestClient

    with TestClient(create_app()) as client:
        token = client.post("/auth/token", json=json.loads(sys.argv[2])).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        while not said:
            time.sleep(0.5)
            asked = client.get("/api/v2/dags/~/dagRuns/~/hitlDetails").json()["hitl_details"]
            for one in [one for one in asked if "split" in one["options"]]:
                said["asked"] = {name: one[name] for name in ("subject", "options", "body", "defaults")}
                task = one["task_instance"]
                where = f"/api/v2/dags/reviews/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}/{task['map_index']}/hitlDetails"
                words = {"chosen_options": ["split"], "params_input": {"note": "read both"}}
                said["status"] = client.patch(where, json=words).status_code
    while True:
        time.sleep(0.5)
        time_runs_out()
        SchedulerJobRunner(job=Job()).check_awaiting_input_timeouts()


def time_runs_out():
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from sqlalchemy import func, update

    with create_session() as session:
        waits = TaskInstance.state == "awaiting_input"
        session.execute(update(TaskInstance).where(waits).values(trigger_timeout=func.now() - timedelta(hours=1)))


def late():
    """Let Airflow carry out the callback of a missed deadline, with e-mail as the setting says; return what became of it, and the mail."""
    import structlog
    from airflow.sdk.execution_time.callback_supervisor import execute_callback

    callback = bag().dags["ingest"].deadline[0].callback
    with socketserver.TCPServer(("127.0.0.1", 0), Post) as post:
        threading.Thread(target=post.serve_forever, daemon=True).start()
        where = f"127.0.0.1:{post.server_address[1]}"
        os.environ["AIRFLOW_CONN_SMTP_DEFAULT"] = f"smtp://{where}?disable_ssl=true&disable_tls=true&from_email=wiredesk%40example.com"
        said = execute_callback(callback.path, callback.kwargs, "", None, structlog.get_logger())
        post.shutdown()
    return {"said": said, "mail": Post.mail}


class Post(socketserver.StreamRequestHandler):
    """A mail server that takes anything."""

    mail = []  # noqa: RUF012  there is one

    def handle(self):
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line.split(b" ")[0].strip().upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                    self.mail.append(line.decode().rstrip())
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 well\r\n")
            if word == b"QUIT":
                return


if __name__ == "__main__":
    answer = {"integrity": integrity, "parse": parse, "chain": chain, "late": late, "reviews": reviews}[sys.argv[1]]()
    print("\n" + json.dumps(answer))  # noqa: T201  that is its answer
