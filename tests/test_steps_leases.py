"""Leases: a batch that goes on holds its claims, a worker that is killed does not, and neither costs or doubles anything."""

import multiprocessing
import os
import signal
from datetime import timedelta

import pytest
from builders_news import UNRELATED, Clock, Web, ask, title, world

from pipeline import clock
from pipeline.reasons import Reason
from pipeline.steps import leases
from pipeline.steps.extract import extract
from pipeline.steps.fetch import fetch
from pipeline.steps.leases import LEASE, holding
from pipeline.steps.poll import poll
from pipeline.steps.reread import reread
from pipeline.store import connect

pytestmark = pytest.mark.database

TITLES = (title("alpha"), title("beta"))
HELD = "SELECT max(lease_until) FROM ops.{}"


@pytest.fixture
def web():
    web = Web()
    for host in ("alpha", "beta"):
        web.publish(host, "page", UNRELATED)
    return web


@pytest.fixture
def edges(database, tmp_path, web):
    with world(database, tmp_path, web=web, now=Clock(), titles=TITLES) as edges:
        yield edges


def until_it_grows(url, table):
    """Return when a table's longest lease ends, once that has changed."""
    with connect(url, autocommit=True) as other:
        before = now = other.execute(HELD.format(table)).fetchone()[0]
        while now <= before:
            now = other.execute(HELD.format(table)).fetchone()[0]
    return before, now


@pytest.mark.parametrize("free_after", [0, 3, None])
def test_who_tries_again_waits_for_what_the_last_try_holds_and_no_longer_than_a_lease(edges, monkeypatch, free_after):
    steps = {"poll": "schedule", "fetch": "intake", "extract": "intake"}
    for step, table in steps.items():
        hosts = None if step == "extract" else ["alpha.example"]
        with connect(edges.url, autocommit=True) as other:
            other.execute(f"UPDATE ops.{table} SET lease_until = %s", [clock.wall() + LEASE] if free_after != 0 else ["2000-01-01Z"])
            slept = []

            def sleep(seconds, slept=slept, other=other, table=table):
                slept.append(seconds)
                if len(slept) == free_after:
                    other.execute(f"UPDATE ops.{table} SET lease_until = '2000-01-01Z'")

            monkeypatch.setattr("pipeline.steps.leases.time.sleep", sleep)
            leases.outlast(edges, step, hosts)
            assert len(slept) == (LEASE.total_seconds() if free_after is None else free_after), step
            leases.outlast(edges, step, ["elsewhere.example"])
            assert len(slept) == (LEASE.total_seconds() if free_after is None else free_after), "others are not waited for"
            other.execute(f"UPDATE ops.{table} SET lease_until = '2000-01-01Z'")
        {"poll": poll, "fetch": fetch, "extract": extract}[step](edges)


def test_a_batch_that_goes_on_holds_its_claims(edges, monkeypatch):
    monkeypatch.setattr(leases, "BEAT", timedelta(milliseconds=1))
    for step in ("poll", "fetch", "extract"):
        monkeypatch.setattr(f"pipeline.steps.{step}.LOT", 1)  # or both would be done at once
    later = iter(range(1, 10**6))
    edges.wall = lambda: clock.wall() + timedelta(seconds=next(later))
    for step, table in ((poll, "schedule"), (fetch, "intake"), (extract, "intake"), (reread, "reread")):
        grown = []
        step(edges, report=lambda done, _, table=table, grown=grown: grown.append(until_it_grows(edges.url, table)) if done == 1 else None)
        assert grown, f"{step.__name__}: one of two is still held when the other is done"
        assert ask(edges, f"SELECT count(*) FROM ops.{table} WHERE lease_until > '2000-01-01Z'") == [(0,)], "nothing is held after it"
        edges.now.forward(hours=2)


def test_what_somebody_else_has_taken_over_is_not_renewed(edges):
    poll(edges)
    rows = "SELECT article_id, fence, lease_until FROM ops.intake ORDER BY 1"
    with edges.connection.transaction():
        edges.connection.execute("UPDATE ops.intake SET fence = 2, lease_until = %s", [clock.wall() + LEASE])
    taken, far = ask(edges, rows), clock.wall() + timedelta(hours=1)
    (mine, fence, _), (other, _, until) = taken
    with edges.connection.transaction():
        parameters = {"ids": [mine, other], "fences": [fence, fence - 1], "lease_until": far}
        assert leases.tried(edges.url, "fetch.renew", **parameters)
    assert ask(edges, rows) == [(mine, fence, far), (other, fence, until)]


def test_renewing_waits_for_nobody(edges):
    poll(edges)
    with edges.connection.transaction():
        edges.connection.execute("UPDATE ops.intake SET lease_until = %s", [clock.wall() + LEASE])
    with edges.connection.transaction():
        ids = [row[0] for row in edges.connection.execute("SELECT article_id FROM ops.intake FOR UPDATE")]
        assert leases.tried(edges.url, "fetch.renew", ids=ids, fences=[0, 0], lease_until=clock.wall()), "the lock was waited for"


def killed(database, folder, name):
    """Fetch, and die by SIGKILL amid the second page."""
    web = Web()
    honest, asked = web.fetch, []

    def fatal(url, **more):
        asked.append(url)
        if len(asked) > 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return honest(url, **more)

    with world(database, folder, web=web, now=Clock(), titles=TITLES) as edges:
        web.fetch = fatal
        fetch(edges)


def test_a_killed_workers_claims_are_free_again_before_its_task_is_tried_again(edges, tmp_path, web):
    poll(edges)
    child = multiprocessing.get_context("fork").Process(target=killed, args=(edges.url, tmp_path, "web"))
    child.start()
    child.join(30)
    assert child.exitcode == -signal.SIGKILL
    assert fetch(edges)["page"].seen == 0, "they are held: nobody knows yet that their holder is dead"
    # Airflow finds a dead task after 60 s and tries it again after 30; see pipeline/machine/airflow.py.
    edges.wall = lambda: clock.wall() + timedelta(seconds=90)
    assert fetch(edges)["page"].doors["fetched"] == 2
    assert ask(edges, "SELECT count(*), count(DISTINCT article_id) FROM raw.page") == [(2, 2)]


def test_a_batch_that_hangs_does_not_hold_its_claims_for_ever(edges, monkeypatch):
    poll(edges)
    monkeypatch.setattr(leases, "BEAT", timedelta(milliseconds=1))
    monkeypatch.setattr(leases, "LONGEST", -leases.SPARE)
    with edges.connection.transaction():
        edges.connection.execute("UPDATE ops.intake SET fence = 1, lease_until = %s", [clock.wall()])
    with holding(edges, "fetch", [(article, 1) for (article,) in ask(edges, "SELECT article_id FROM ops.intake")]) as glass:
        assert glass.empty
        assert ask(edges, "SELECT count(*) FROM ops.intake WHERE lease_until > %s", clock.wall()) == [(0,)]


def test_a_run_polls_a_feed_and_asks_for_a_page_once_however_fast_time_goes(edges, web):
    class Racing(Clock):
        def __call__(self):
            self.forward(hours=3)
            return self.at

    def twice(done, _total):
        assert done <= 2, "what became due meanwhile is the next run's"

    web.pages = dict.fromkeys(web.pages, Reason.SERVER_ERROR)
    edges.now = Racing()
    assert poll(edges, report=twice)["feed"].doors == {"read": 2}
    assert fetch(edges, report=twice)["page"].doors == {"put_off:server_error": 2}
