"""Looks are stored in lots: each as if it were alone, in one order whoever came first; what is bad stands alone; nobody waits in a circle."""

import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders_news import NOON, UNRELATED, Clock, Web, ask, snapshot, title, world

from pipeline.records import Feed, Moment
from pipeline.steps import polled
from pipeline.steps.edges import Wanted
from pipeline.steps.poll import _claim, _look, poll
from pipeline.store import attempts, connect, queries

pytestmark = pytest.mark.database

PAPERS = ("alpha", "beta", "gamma")
TITLES = tuple(title(key, feeds=tuple(Feed(url=f"http://{key}.example/{name}.xml") for name in ("feed", "more"))) for key in PAPERS)


@pytest.fixture
def web():
    web = Web()
    for key in PAPERS:
        for path in ("one", "two"):
            web.publish(key, path, UNRELATED)
        web.feeds[f"http://{key}.example/more.xml"] = [*web.feeds[f"http://{key}.example/feed.xml"], ("http://off.example/x", "Off", NOON)]
    return web


@pytest.fixture
def edges(database, tmp_path, web):
    with world(database, tmp_path, web=web, now=Clock(), titles=TITLES) as edges:
        yield edges


def looks(edges):
    """Claim every feed and look at it, "alpha/feed" and so on."""
    claims, titles, asker = _claim(edges, Wanted(), 200, edges.now()), edges.titles(), edges.asker()
    found = [_look(edges, asker, titles[claim.title_id], claim) for claim in claims]
    return {look.claim.url.removeprefix("http://").removesuffix(".xml").replace(".example", ""): look for look in found}


def counts(edges, columns="seen, new, fresh, known, refused"):
    rows = ask(edges, f"SELECT url, {columns} FROM ops.poll JOIN core.feed USING (feed_id) ORDER BY url")
    return {url.removeprefix("http://").removesuffix(".xml").replace(".example", ""): row for url, *row in rows}


def poisoned(look):
    """Return the look with one entry of a time that the tables do not take."""
    old = Moment(at=datetime(1970, 1, 1, tzinfo=UTC), precision="day", source="feed")
    first, *others = look.reading.entries
    return replace(look, reading=replace(look.reading, entries=(replace(first, published=old), *others)))


def test_the_first_in_its_place_has_what_several_list_as_new_whoever_came_first(edges):
    found = looks(edges)
    doors = polled.store(edges, list(reversed(found.values())))
    assert counts(edges) == {
        **{f"{key}/feed": [2, 2, 2, 0, 0] for key in PAPERS},
        **{f"{key}/more": [3, 0, 2, 2, 1] for key in PAPERS},
    }
    assert doors[0::2] == [("read", {"new": 2})] * 3
    assert doors[1::2] == [("read", {"known": 2, "refused:off_domain": 1})] * 3
    assert ask(edges, "SELECT count(*), min(times) FROM ops.refusal") == [(3, 1)]
    assert ask(edges, "SELECT count(*) FROM ops.schedule WHERE polled_at = brought_at AND lease_until < now()") == [(6,)]


def test_a_lot_leaves_what_looks_stored_alone_leave(edges, database, tmp_path, web, postgres):
    polled.store(edges, list(looks(edges).values()))
    other = postgres.create("alone", template="migrated")
    try:
        with world(other, tmp_path / "alone", web=web, now=Clock(), titles=TITLES) as alone:
            for look in looks(alone).values():
                polled.store(alone, [look])
            assert snapshot(alone) == snapshot(edges)
            assert counts(alone) == counts(edges)
    finally:
        postgres.drop("alone")


def test_an_entry_that_the_database_refuses_is_one_row_and_nothing_else_of_the_lot_suffers(edges):
    found = looks(edges)
    found["beta/feed"] = poisoned(found["beta/feed"])
    polled.store(edges, list(found.values()))
    assert counts(edges)["beta/feed"] == [2, 1, 1, 0, 1]
    assert counts(edges)["beta/more"] == [3, 1, 2, 1, 1], "the other feed has it as new"
    assert ask(edges, "SELECT reason, stage, count(*) FROM ops.refusal GROUP BY 1, 2 ORDER BY 1") == [
        ("off_domain", "entry", 3),
        ("poison", "entry", 1),
    ]
    assert counts(edges)["gamma/feed"] == [2, 2, 2, 0, 0]


def test_a_look_that_the_database_refuses_is_a_refusal_of_its_feed_alone(edges):
    found = looks(edges)
    far = replace(found["beta/feed"].answer, moved_to="http://beta.example/" + "x" * 3000)
    found["beta/feed"] = replace(found["beta/feed"], answer=far)
    doors = polled.store(edges, list(found.values()))
    assert sorted(door for door, _ in doors) == ["read"] * 5 + ["refused:poison"]
    assert counts(edges, "reason, seen, new")["beta/feed"] == ["poison", 0, 0]
    assert counts(edges)["beta/more"] == [3, 2, 2, 0, 1]
    assert ask(
        edges, "SELECT etag, failures FROM ops.schedule JOIN core.feed USING (feed_id) WHERE url = 'http://beta.example/feed.xml'"
    ) == [("", 1)]


def test_what_was_lost_is_left_out_and_the_others_are_stored(edges):
    found = looks(edges)
    with edges.connection.transaction():
        edges.connection.execute("UPDATE ops.schedule SET fence = fence + 1 WHERE feed_id = %s", [found["beta/feed"].claim.feed_id])
    doors = polled.store(edges, list(found.values()))
    assert sorted(door for door, _ in doors) == ["lost"] + ["read"] * 5
    assert "beta/feed" not in counts(edges)
    assert counts(edges)["beta/more"][1] == 2


def test_a_refusal_that_comes_twice_in_a_look_is_a_row_of_two_times(edges, web):
    feed = web.feeds["http://alpha.example/feed.xml"]
    feed += [("http://off.example/a", "Off", NOON), ("http://off.example/b", "Off", NOON), ("http://off.example/a", "Off", NOON)]
    found = looks(edges)
    twice = found["alpha/feed"].reading.refusals
    polled.store(edges, [found["alpha/feed"]])
    assert ask(edges, "SELECT sum(times) FROM ops.refusal") == [(len(twice),)]
    assert ask(edges, "SELECT max(times) FROM ops.refusal WHERE url LIKE %s", "%/a") == [(sum(one.url.endswith("/a") for one in twice),)]


def test_a_look_that_came_is_stored_while_another_site_lets_us_wait(edges, web, monkeypatch):
    honest = web.fetch

    def fetch(url, **more):
        if url == "http://beta.example/feed.xml":
            with connect(edges.url, autocommit=True) as other:
                for _ in range(1000):
                    if other.execute("SELECT count(*) FROM ops.poll").fetchone() == (4,):
                        return honest(url, **more)
                    time.sleep(0.01)
            raise AssertionError("nobody stored what was there")
        return honest(url, **more)

    monkeypatch.setattr(web, "fetch", fetch)
    assert poll(edges)["feed"].doors == {"read": 6}


def rivals(found, backwards):
    """Return two lots of looks that list the same: one takes titles in their order, the other the other way round."""
    first = [found[f"{key}/feed"] for key in PAPERS]
    second = [found[f"{key}/more"] for key in (reversed(PAPERS) if backwards else PAPERS)]
    late = [replace(look, claim=replace(look.claim, next_poll_at=NOON + timedelta(minutes=place))) for place, look in enumerate(second)]
    return first, late


def blocked(observer, count):
    """Wait until so many wait for a lock."""
    for _ in range(2000):
        if observer.execute("SELECT count(*) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0").fetchone()[0] >= count:
            return
        time.sleep(0.005)
    raise AssertionError("nobody waits")


def meet(sessions, blocker, observer):
    """Let the sessions run into what the blocker holds, one after the other, and then on; return what they raised."""
    errors = []

    def run(work):
        try:
            work()
        except Exception as error:  # noqa: BLE001  it is looked at in the test's thread
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in sessions]
    for count, thread in enumerate(threads, 1):
        thread.start()
        blocked(observer, count)
    blocker.rollback()
    for thread in threads:
        thread.join(30)
    return errors


@pytest.fixture
def three(edges, database, tmp_path, web, monkeypatch):
    """Another worker, who holds a row, and an observer; nobody tries again."""
    monkeypatch.setattr(attempts, "TRIES", 1)
    for module in (attempts, polled):
        monkeypatch.setattr(module, "POISON", ())
    with ExitStack() as stack:
        other = stack.enter_context(world(database, tmp_path, web=web, now=Clock(), titles=TITLES))
        yield other, stack.enter_context(connect(database)), stack.enter_context(connect(database, autocommit=True))


def collide(edges, three):
    """Let two lots meet that list the same articles in other orders, while somebody adds one of those in the middle."""
    other, blocker, observer = three
    found = looks(edges)
    between = found["beta/feed"].reading.entries[0]
    blocker.execute(
        "INSERT INTO core.article (url_key, url, title_id, first_seen_at) VALUES (%s, %s, 1, %s)", [between.url_key, between.url, NOON]
    )
    first, second = rivals(found, backwards=True)
    return meet([lambda: polled.store(edges, first), lambda: polled.store(other, second)], blocker, observer)


def test_two_lots_that_list_the_same_in_other_orders_wait_for_each_other_and_not_in_a_circle(edges, three):
    assert collide(edges, three) == []
    assert ask(edges, "SELECT count(*), (SELECT sum(new) FROM ops.poll) FROM core.article") == [(6, 6)]


def test_without_an_order_they_do(edges, three, monkeypatch):
    """The test above can fail."""
    for connection, way in ((edges.connection, 1), (three[0].connection, -1)):
        connection.execute(f"SET wiredesk.way = {way}")
        connection.commit()
    statement = queries.statements()["poll.add_articles"]
    disorder = statement.replace(b"ORDER BY url_key", b"ORDER BY title_id * current_setting('wiredesk.way')::integer")
    monkeypatch.setitem(queries.statements(), "poll.add_articles", disorder)
    assert [type(error).__name__ for error in collide(edges, three)] == ["DeadlockDetected"]


@pytest.mark.parametrize(("order", "errors"), [(b"ORDER BY feed_id", []), (b"ORDER BY feed_id DESC", ["DeadlockDetected"])])
def test_a_forced_run_and_a_lot_do_not_wait_for_each_other_in_a_circle(edges, three, monkeypatch, order, errors):
    other, blocker, observer = three
    found = list(looks(edges).values())
    statement = queries.statements()["poll.make_due"]
    monkeypatch.setitem(queries.statements(), "poll.make_due", statement.replace(b"ORDER BY feed_id", order))
    blocker.execute("SELECT FROM ops.schedule WHERE feed_id = %s FOR UPDATE", [found[2].claim.feed_id])

    def force():
        with other.connection.transaction():
            queries.write(other.connection, "poll.make_due", now=NOON, titles=None)

    raised = meet([force, lambda: polled.store(edges, found)], blocker, observer)
    assert [type(error).__name__ for error in raised] == errors
