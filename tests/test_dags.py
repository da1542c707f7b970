"""The DAG files, as Airflow reads and runs them, in a process of their own: Airflow warns too much for ours."""

import ast
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from builders_news import NOON, OTHER_AGENCY, WIRE, Clock, Web, world
from builders_stories import cut

from pipeline.errors import MachineError
from pipeline.machine import airflow, pools
from pipeline.machine.databases import Urls
from pipeline.newsstand import server
from pipeline.newsstand import world as newsstand
from pipeline.settings import ROOT, Settings
from pipeline.steps import rounds, settled
from pipeline.store import connect

pytestmark = [pytest.mark.airflow, pytest.mark.database, pytest.mark.process]

DAGS = {"feeds", "ingest", "articles", "stories", "upkeep", "rereads", "reviews", "backfill"}
FILES = sorted((ROOT / "dags").glob("*.py"))


@pytest.fixture(scope="module")
def where(postgres, tmp_path_factory):
    """A database for the news and a migrated one for Airflow."""
    urls = Urls(news=postgres.create("dags_news", template="migrated"), airflow=postgres.create("dags_airflow"))
    airflow.migrate(Settings(var=tmp_path_factory.mktemp("migrate")), urls)
    return urls


def session(command, settings, where, *words, hash_seed="0"):
    environment = os.environ | airflow.environment(settings, where) | {"PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "airflow_session.py"), command, *words],
        cwd=settings.var,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    (answer,) = [
        line for line in done.stdout.splitlines() if line.startswith("{")
    ]  # Airflow logs to standard output, too, sometimes after it
    return json.loads(answer)


def test_airflow_reads_every_file_and_finds_what_an_operator_needs(where, tmp_path):
    found = session("integrity", Settings(var=tmp_path), where)
    assert found["errors"] == {}
    assert set(found["dags"]) == DAGS
    for name, dag in found["dags"].items():
        assert dag["catchup"] is False, name
        assert dag["max_active_runs"] == (2 if name == "stories" else 1), name
        assert dag["tags"] == ["wiredesk"], name
        assert "When" in dag["doc"], f"{name} does not say what to do when a task is red"
        assert "Clearing" in dag["doc"], f"{name} does not say whether clearing is safe"
        assert dag["silent_tasks"] == [], name
        assert "·" in dag["display"], name
        assert dag["owners"] == ["wiredesk"], name
        assert set(dag["pools"]) <= set(pools.POOLS), f"{name} would wait for a pool that is not there"
        assert dag["mapped"] == [], f"{name} has mapped tasks without labels"
    with connect(where.airflow) as connection:
        assert set(pools.POOLS) <= {name for (name,) in connection.execute("SELECT pool FROM slot_pool")}
    assert {name: dag["params"] for name, dag in found["dags"].items() if dag["params"]} == {
        "ingest": ["batch", "force", "titles"],
        "articles": ["batch", "titles"],
        "backfill": ["since", "until"],
    }
    assert {name: dag["promise"] for name, dag in found["dags"].items() if dag["promise"]} == {
        "ingest": [900.0],
        "articles": [2700.0],
        "stories": [2700.0],
    }


def test_the_assets_are_the_lineage_and_one_task_of_a_run_tells_of_each(where, tmp_path):
    dags = session("integrity", Settings(var=tmp_path), where)["dags"]
    assert {name: (dag["awaits"], dag["outlets"]) for name, dag in dags.items() if dag["awaits"] or dag["outlets"]} == {
        "ingest": ([], ["wiredesk://entries/"]),
        "articles": (["wiredesk://entries/"], ["wiredesk://articles/"]),
        "stories": (["wiredesk://articles/"], ["wiredesk://stories/"]),
        "backfill": ([], ["wiredesk://articles/"]),
    }


def test_a_missed_deadline_becomes_an_alarm_and_a_mail(where, tmp_path):
    told = '[{"notifier": "email", "to": "desk@example.com"}]'
    found = session("late", Settings(var=tmp_path, notifiers=told), where)
    assert found["said"] == [True, None]
    assert "Subject: Wiredesk: late_run, ingest" in found["mail"]
    assert "To: desk@example.com" in found["mail"]
    with connect(where.news) as connection:
        rows = connection.execute("SELECT kind, subject, told_at IS NOT NULL FROM ops.alarm").fetchall()
        connection.execute("DELETE FROM ops.alarm")
    assert rows == [("late_run", "ingest", True)]


def test_reading_the_dag_files_asks_nobody_and_gives_the_same_each_time(where, tmp_path):
    one, other = (session("parse", Settings(var=tmp_path), where, hash_seed=seed) for seed in ("1", "2"))
    assert set(one["dags"]) == DAGS
    assert one["dags"] == other["dags"], "what varies makes a new version of a DAG each time"
    assert (one["asked"], one["heavy"]) == ([], [])


def test_the_chain_runs_from_feeds_to_stories(where, tmp_path):
    start = datetime(2026, 3, 2, 6, tzinfo=UTC)
    noon = start + timedelta(hours=12)
    begun = newsstand.build(seed=3, titles=12, days=1, start=start)
    with server.open(begun, clock=lambda: noon, folder=tmp_path / "stand") as stand:
        standing = f"{noon.isoformat()} {noon.isoformat()} 0"
        settings = Settings(var=tmp_path, hosts=stand.hosts, registry=stand.registry, clock=standing, spacing=0.0, readers=2)
        states = session("chain", settings, where, f"{start.date()}")
    assert {state for tasks in states.values() for state in tasks.values()} == {"success"}, states
    with connect(where.news) as connection:
        articles, copies = connection.execute("SELECT count(*), count(*) FILTER (WHERE NOT is_canonical) FROM mart.article").fetchone()
        assert articles > 30
        assert copies > 5
        assert connection.execute("SELECT count(*) FROM ops.ledger WHERE lost <> 0 OR pending <> 0").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM ops.edition").fetchone() == (1,)
    with connect(where.airflow) as connection:
        told = connection.execute(
            "SELECT uri, count(*) FROM asset_event JOIN asset ON asset.id = asset_id WHERE source_dag_id <> 'backfill' GROUP BY uri ORDER BY uri"
        ).fetchall()
        (anew,) = connection.execute("SELECT extra FROM asset_event WHERE source_dag_id = 'backfill'").fetchall()
    assert told == [(f"wiredesk://{name}/", 1) for name in ("articles", "entries", "stories")], (
        "one event of a run, however many tasks it has"
    )
    assert anew[0] == {"version": articles, "version changed": 0}, "the same code reads the same"


def test_people_are_asked_in_airflow_what_they_say_is_done_and_silence_is_green(where, tmp_path):
    web = Web()
    for title, text in (("alpha", WIRE), ("gamma", WIRE), ("beta", cut(WIRE, 0, 4) + "\n\n" + OTHER_AGENCY)):
        web.publish(title, "strike", text)
    with world(where.news, tmp_path, web=web, now=Clock()) as edges:
        rounds.run(edges)
        edges.connection.execute(
            """INSERT INTO ops.review (kind, article_id, other_id, one_story, doubt, copies, titles, why, asked_at)
            SELECT 'canonical', min(article_id), max(article_id), true, 0.3, 3, 3, 'w', %s FROM core.article JOIN core.title USING (title_id)
            WHERE title IN ('alpha', 'gamma') AND url LIKE %s""",
            [NOON, "%example/strike"],
        )
        edges.connection.commit()
    settings = Settings(var=tmp_path, clock=f"{NOON.isoformat()} {NOON.isoformat()} 0")
    login = {"username": airflow.USER, "password": airflow.password(settings)}
    found = session("reviews", settings, where, json.dumps(login))
    assert set(found["tasks"].values()) == {"success"}, found
    assert {"copies.ask 0", "copies.decide 0", "canonical.ask 0", "canonical.decide 0"} <= found["tasks"].keys()
    assert (found["status"], found["asked"]["options"], found["asked"]["defaults"]) == (200, ["keep", "merge", "split"], ["keep"])
    assert "Ferry" not in found["asked"]["subject"] + found["asked"]["body"], "no text from the web"
    with connect(where.news) as connection:
        told = connection.execute("SELECT kind, answer, who, note FROM ops.review ORDER BY kind DESC").fetchall()
        decided = connection.execute("SELECT what, who, why FROM core.decision").fetchall()
    assert told == [("copies", "split", "admin", "read both"), ("canonical", "lapsed", "", "")]
    assert decided == [("cannot_link", "admin", "read both")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_dag_file_is_thin(file):
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 80
    kinds = {type(node) for node in ast.walk(ast.parse(text))}
    assert not kinds & {ast.If, ast.Try, ast.While}, "no logic in a DAG file"


def test_what_failed_before_is_not_hidden_by_a_green_end():
    counts = [{"feed": 3, "feed read": 3}, {"feed": 2, "feed unchanged": 2}]
    batches = [{"label": "1", "hosts": []}, {"label": "2", "hosts": []}]
    assert settled.settle(batches, counts) == {"feed": 5, "feed read": 3, "feed unchanged": 2}
    assert settled.settle([], []) == {}, "nothing was due"
    read = [{"article": 2, "article new": 2}, {"article": 1, "article new": 1}]
    assert settled.settle(batches, counts, read, readers=2)["article new"] == 3
    for failed in ((None, []), (batches, counts[:1]), (batches, [counts[0], None]), (batches, counts, read[:1]), (batches, counts, [])):
        with pytest.raises(MachineError, match="this run"):
            settled.settle(*failed, readers=2 if len(failed) == 3 else 0)


def test_a_run_is_red_if_most_feeds_fail_and_green_if_some_do():
    batch = [{"label": "1", "hosts": []}]
    assert settled.settle(batch, [{"feed": 40, "feed read": 25, "feed refused:timed_out": 15}])
    assert settled.settle(batch, [{"feed": 4, "feed refused:timed_out": 4}]), "too few to judge"
    with pytest.raises(MachineError, match=r"30 of 40 feeds failed \(4 dns_failed, 26 timed_out\)"):
        settled.settle(batch, [{"feed": 40, "feed read": 10, "feed refused:timed_out": 26, "feed refused:dns_failed": 4}])
