"""Run in a process of its own, with Airflow's environment: what the DAG files say, or the whole chain by dag.test(). Prints JSON."""

import json
import sys
import warnings

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
            }
            for name, dag in found.dags.items()
        },
    }


def chain():
    states = {}
    found = bag()
    for name in ("feeds", "ingest", "articles", "stories", "upkeep"):
        run = found.dags[name].test()
        states[name] = {str(task.task_id): str(task.state) for task in run.get_task_instances()}
    return states


if __name__ == "__main__":
    answer = {"integrity": integrity, "chain": chain}[sys.argv[1]]()
    print("\n" + json.dumps(answer))  # noqa: T201  that is its answer
