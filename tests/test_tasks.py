"""What the DAGs call: runs that are asked for by their forms, days derived anew without the web, and few mapped tasks for many feeds."""

from datetime import timedelta

import pytest
from builders_news import NOON, UNRELATED, WIRE, Clock, Web, ask, snapshot, world

from pipeline.errors import LedgerError, SettingsError
from pipeline.steps import batches, rounds, tasks
from pipeline.steps.cluster import cluster
from pipeline.steps.edges import Wanted
from pipeline.steps.extract import extract
from pipeline.steps.fetch import fetch
from pipeline.steps.poll import poll
from pipeline.steps.reextract import reextract

LATER = NOON + timedelta(minutes=1)


def test_five_thousand_feeds_take_at_most_fifty_mapped_tasks():
    hosts = [(f"news{number}.example", 1 + number % 5) for number in range(1667)]
    assert sum(feeds for _, feeds in hosts) > 5000 - 5
    for items in (1, 60, 2000):
        planned = batches.plan(hosts, "feeds", items=items)
        assert len(planned) <= 50 - 3, "plan, settle, and one to spare"
        assert sorted(host for batch in planned for host in batch["hosts"]) == sorted(host for host, _ in hosts)


@pytest.fixture
def edges(database, tmp_path, monkeypatch):
    """A world that has been polled and read once; tasks of this process see it a minute later."""
    web = Web()
    web.publish("alpha", "strike", WIRE)
    web.publish("beta", "museum", UNRELATED)
    with world(database, tmp_path, web=web, now=Clock()) as edges:
        rounds.run(edges)
        monkeypatch.setenv("WIREDESK_DATABASE_URL", database)
        monkeypatch.setenv("WIREDESK_CLOCK", f"{LATER.isoformat()} {LATER.isoformat()} 0")
        yield edges


def hosts(planned):
    return sorted(host for batch in planned for host in batch["hosts"])


@pytest.mark.database
def test_a_run_polls_only_the_titles_that_it_is_asked_for_and_now_if_so(edges):
    assert tasks.plan_polls() == []
    (batch,) = tasks.plan_polls(titles=["alpha"], force=True)
    assert (batch["hosts"], batch["titles"]) == (["alpha.example"], ["alpha"])
    assert hosts(tasks.plan_polls(titles=["beta"])) == [], "force was for alpha"
    with edges.connection.transaction():
        edges.connection.execute(
            "UPDATE ops.schedule SET paused = true WHERE feed_id = (SELECT feed_id FROM core.feed WHERE url LIKE %s)", ["%beta%"]
        )
    assert hosts(tasks.plan_polls(force=True)) == ["alpha.example", "gamma.example", "npa.example"], "what is paused stays paused"
    assert len(tasks.plan_polls(batch=1)) == 3


@pytest.mark.database
def test_a_task_that_is_tried_again_first_waits_for_what_its_last_try_holds(edges, monkeypatch):
    waited = []
    monkeypatch.setattr("pipeline.steps.leases.outlast", lambda _edges, step, hosts=None: waited.append((step, hosts)))
    batch = {"label": "alpha", "hosts": ["alpha.example"]}
    for again in (False, True):
        tasks.poll(batch, again=again)
        tasks.fetch(batch, again=again)
        tasks.extract(again=again)
    assert waited == [("poll", ["alpha.example"]), ("fetch", ["alpha.example"]), ("extract", None)]


@pytest.mark.database
def test_a_run_fetches_only_the_titles_that_it_is_asked_for(edges):
    edges.door.publish("alpha", "one", WIRE)
    edges.door.publish("beta", "two", WIRE)
    with edges.connection.transaction():
        edges.connection.execute("UPDATE ops.schedule SET next_poll_at = %s", [NOON])
    poll(edges)
    assert hosts(tasks.plan_fetches()) == ["alpha.example", "beta.example"]
    assert [batch["titles"] for batch in tasks.plan_fetches(titles=["beta"])] == [["beta"]]
    assert hosts(tasks.plan_fetches(titles=["beta"])) == ["beta.example"]


@pytest.mark.database
def test_of_the_past_nothing_is_asked(edges):
    with edges.connection.transaction():
        edges.connection.execute("UPDATE ops.schedule SET next_poll_at = %s", [NOON])
    assert len(tasks.plan_polls()) == 1
    assert tasks.plan_polls(past=True) == tasks.plan_polls(past=True, force=True) == tasks.plan_fetches(past=True) == []


@pytest.mark.database
def test_days_are_derived_from_stored_bytes_and_the_web_is_not_asked(edges):
    with edges.connection.transaction():
        edges.connection.execute("UPDATE core.article_version SET headline = 'worn', words = 3")
    asked = len(edges.door.asked)
    before = snapshot(edges)["page"]
    done, others = reextract(edges, NOON.date(), apply=True)
    assert (done, len(others)) == (2, 2)
    assert len(edges.door.asked) == asked
    assert snapshot(edges)["page"] == before
    assert ask(edges, "SELECT count(*) FROM core.article_version WHERE headline = 'worn'") == [(0,)]
    assert ask(edges, "SELECT count(*) FROM core.signature WHERE clustered_at IS NULL") == [(2,)], "the next run of stories folds them"
    assert reextract(edges, NOON.date(), apply=True)[1] == [], "once more changes nothing"


@pytest.mark.database
def test_a_backfill_names_its_days(edges):
    assert tasks.days(since=None, until=None) == ["2026-03-01"]
    assert tasks.days(since="2026-02-27", until="2026-03-01") == ["2026-02-27", "2026-02-28", "2026-03-01"]
    assert tasks.days(since="2026-02-27", until=None) == ["2026-02-27"]
    assert len(tasks.days(since="2026-01-01", until="2026-01-31")) == 31
    for since, until in (("2026-03-02", "2026-03-01"), ("2026-01-01", "2026-02-01")):
        with pytest.raises(SettingsError, match="days"):
            tasks.days(since=since, until=until)


@pytest.mark.database
def test_a_run_has_three_numbers_and_a_ledger_that_does_not_balance_says_which_line(edges):
    edges.door.publish("beta", "strike-too", WIRE)
    with edges.connection.transaction():
        edges.connection.execute("UPDATE ops.schedule SET next_poll_at = %s", [NOON])
    edges.now.forward(minutes=1)
    for step in (poll, fetch, extract, cluster):
        step(edges)
    counts = tasks.publish()
    assert list(counts)[:3] == ["seen", "new", "copies"]
    assert (counts["new"], counts["copies"]) == (1, 1)
    with edges.connection.transaction():
        edges.connection.execute("DELETE FROM ops.intake WHERE article_id = (SELECT min(article_id) FROM core.article)")
    with pytest.raises(LedgerError, match=r"the ledger's article line: 1 of 3 are unaccounted for"):
        tasks.publish()
    assert ask(edges, "SELECT count(*) FROM ops.edition WHERE at = %s", LATER) == [(1,)], "no edition is written"


@pytest.mark.database
def test_pages_are_read_while_others_fetch_them_until_nobody_does(edges, monkeypatch):
    monkeypatch.setattr("pipeline.steps.extract.GLANCE", 0.0)
    monkeypatch.setattr("pipeline.steps.extract.PATIENCE", 600.0)  # it is not needed: nothing is due in the end
    for number in range(3):
        edges.door.publish("alpha", f"page-{number}", UNRELATED)
    with edges.connection.transaction():
        edges.connection.execute("UPDATE ops.schedule SET next_poll_at = %s", [NOON])
    poll(edges), fetch(edges, Wanted(limit=1))

    def comes(done, _total):
        """Let the next page come when one has been read."""
        fetch(edges, Wanted(limit=1))

    assert extract(edges, follow=True, report=comes)["article"].doors == {"new": 3}
    assert tasks.follow([]) == tasks.follow([tasks.Batch(label="one", hosts=[])]) == {}, "of one task the pages are read when it has ended"
