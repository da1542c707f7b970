"""Turns at sites and addresses: two at once and a while apart, whoever asks; and what a slow site may cost the others."""

import itertools
import threading
from datetime import timedelta

import psycopg
import pytest
from builders_news import UNRELATED, Clock, Web, ask, title, world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.records import Feed
from pipeline.steps import batches, turns
from pipeline.steps.fetch import fetch
from pipeline.steps.leases import Budget
from pipeline.steps.poll import poll
from pipeline.steps.turns import AT_ONCE, GLANCE, HELD, Turns, names
from pipeline.store import connect
from pipeline.web.sites import site

SECOND = timedelta(seconds=1)
PUBLIC, OTHER = "93.184.216.34", "93.184.216.35"


# in whose name


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.news.example.co.uk:80", "example.co.uk"),
        ("feeds.example.com.au", "example.com.au"),
        ("example.org:8080", "example.org"),
        ("one.github.io", "one.github.io"),
        ("alpha.example", "alpha.example"),
        ("a.alpha.example.", "alpha.example"),
        ("localhost:8000", "localhost"),
        ("127.0.0.1:8000", "127.0.0.1:8000"),
        ("[::1]:8000", "[::1]:8000"),
        ("xn--mller-kva.de", "xn--mller-kva.de"),
        ("co.uk", "co.uk"),
    ],
)
def test_a_host_belongs_to_the_site_that_somebody_registered(host, expected):
    assert site(host) == expected


def test_a_turn_is_taken_in_the_name_of_the_site_and_of_a_public_address():
    assert names("www.example.org:443", PUBLIC) == (PUBLIC, "example.org")
    assert names("www.example.org:443", "127.0.0.1") == ("example.org",), "one's own address stands for many"


def test_hosts_of_one_site_are_in_one_batch():
    hosts = [(f"{name}.example.org", 30) for name in ("www", "feeds", "rss", "live")] + [(f"title-{n}.example", 30) for n in range(8)]
    shares = batches.plan(hosts, "feeds", items=60)
    assert len(shares) > 1
    assert [len([host for host in batch["hosts"] if host.endswith("example.org")]) for batch in shares].count(4) == 1
    assert sorted(host for batch in shares for host in batch["hosts"]) == sorted(host for host, _ in hosts)


# over all workers


@pytest.fixture
def pair(database):
    """Two workers, and the clock on the wall."""
    clock = Clock()
    with connect(database, autocommit=True) as one, connect(database, autocommit=True) as two:
        yield Turns(one, 1.0, clock), Turns(two, 1.0, clock), clock


def tried(worker, host="www.example.org:80", address=PUBLIC):
    """Return whether it was the worker's turn, else for how many seconds it is to wait."""
    found = worker._tried(host, names(host, address))
    return True if not isinstance(found, timedelta) else found.total_seconds()


@pytest.mark.database
def test_two_workers_wait_for_each_other_at_one_site(pair):
    first, second, clock = pair
    assert tried(first, address=PUBLIC) is True
    assert tried(second, "feeds.example.org:443", OTHER) == 1.0
    clock.forward(seconds=1)
    assert tried(second, "feeds.example.org:443", OTHER) is True


@pytest.mark.database
def test_two_workers_wait_for_each_other_at_one_address(pair):
    first, second, clock = pair
    assert tried(first, "alpha.example:80") is True
    assert tried(second, "beta.example:80") == 1.0
    assert tried(second, "beta.example:80", OTHER) is True
    clock.forward(seconds=0.4)
    assert tried(first, "gamma.example:80") == 0.6


@pytest.mark.database
def test_the_third_request_at_once_waits_whoever_makes_it(pair):
    first, second, clock = pair
    with first.turn("www.example.org", PUBLIC):
        clock.forward(seconds=1)
        with second.turn("www.example.org", PUBLIC):
            clock.forward(seconds=1)
            assert tried(first) == GLANCE.total_seconds()
        assert tried(first) is True


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 20_000)), max_size=15))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.database
def test_at_most_two_ask_at_once_and_all_begin_a_second_apart(pair, requests):
    """Each request waits some milliseconds after the one before, and takes some."""
    worker, _, clock = pair
    worker._connection.execute("TRUNCATE ops.turn")
    begun, under_way = [], []
    for pause, lasts in requests:
        clock.forward(milliseconds=pause)
        while (waiting := tried(worker)) is not True:
            clock.forward(seconds=waiting)
            for end, until in [one for one in under_way if one[0] <= clock()]:
                worker._connection.execute("UPDATE ops.turn SET until = array_remove(until, %s)", [until])
                under_way.remove((end, until))
        begun.append(clock())
        under_way.append((clock() + timedelta(milliseconds=lasts), clock() + HELD))
        (most,) = worker._connection.execute("SELECT max(cardinality(until)) FROM ops.turn").fetchone()
        assert most <= AT_ONCE
    assert all(after - before >= SECOND for before, after in itertools.pairwise(begun))


@pytest.mark.database
def test_a_place_that_a_killed_worker_held_is_free_after_a_minute(pair):
    first, second, clock = pair
    assert tried(first) is True
    clock.forward(seconds=1)
    assert tried(first) is True
    clock.forward(seconds=58)
    assert tried(second) == GLANCE.total_seconds()
    clock.forward(seconds=1)
    assert tried(second) is True


@pytest.mark.database
def test_what_a_clock_wrote_that_was_a_day_ahead_holds_nobody_up(pair):
    first, second, clock = pair
    clock.forward(days=1)
    assert tried(first) is True
    clock.forward(seconds=1)
    assert tried(first) is True
    clock.forward(days=-1)
    assert tried(second) is True
    rows = second._connection.execute("SELECT next_at, until FROM ops.turn WHERE name = 'example.org'").fetchall()
    assert rows == [(clock() + SECOND, [clock() + HELD])]


@pytest.mark.database
def test_the_slowest_of_two_names_decides(pair):
    first, second, clock = pair
    first._connection.execute("INSERT INTO ops.host (host, crawl_delay) VALUES ('www.example.org', '7 s')")
    assert tried(first) is True
    clock.forward(seconds=1)
    assert tried(second, "www.example.org:80", OTHER) == 6.0
    assert second._connection.execute("SELECT count(*) FROM ops.turn WHERE cardinality(until) > 0").fetchone() == (2,), "neither is taken"


@pytest.mark.database
def test_a_turn_is_given_back_when_the_request_fails(pair):
    first, _, clock = pair
    with pytest.raises(ZeroDivisionError), first.turn("www.example.org", PUBLIC):
        raise ZeroDivisionError
    clock.forward(seconds=1)
    assert first._connection.execute("SELECT name, until FROM ops.turn ORDER BY name").fetchall() == [(PUBLIC, []), ("example.org", [])]


@pytest.mark.database
def test_each_name_gets_its_own_time_back_in_whatever_order_postgres_sorts_them(pair):
    first, _, clock = pair
    first._connection.execute("INSERT INTO ops.host (host, crawl_delay) VALUES ('www.example.org', '10 s')")
    honest, first._tried = first._tried, lambda *which: honest(*which)[::-1]
    with first.turn("www.example.org", PUBLIC):
        pass
    rows = first._connection.execute("SELECT name, next_at FROM ops.turn ORDER BY name").fetchall()
    assert dict(rows) == {"example.org": clock() + 10 * SECOND, PUBLIC: clock() + SECOND}


@pytest.mark.database
def test_who_was_told_late_that_it_is_his_turn_moves_the_next_one(pair):
    first, second, clock = pair
    honest, first._tried = first._tried, lambda *which: [honest(*which), clock.forward(seconds=0.7)][0]
    with first.turn("www.example.org", PUBLIC):
        pass
    assert tried(second, "www.example.org") == 1.0
    clock.forward(seconds=1)
    assert tried(second, "www.example.org") is True


@pytest.mark.database
def test_no_row_can_hold_three_at_once(pair):
    first, _, clock = pair
    clock.forward(seconds=1)
    with pytest.raises(psycopg.errors.CheckViolation):
        first._connection.execute(
            "INSERT INTO ops.turn VALUES ('example.org', '2026-01-01Z', ARRAY['2026-01-01Z', '2026-01-01Z', '2026-01-01Z']::timestamptz[])"
        )


@pytest.mark.database
def test_a_crawl_delay_holds_for_the_site_and_not_for_the_address(pair):
    first, second, clock = pair
    first._connection.execute("INSERT INTO ops.host (host, crawl_delay) VALUES ('www.example.org', '10 s')")
    assert tried(first) is True
    clock.forward(seconds=1)
    assert tried(second) == 9.0
    assert tried(second, "alpha.example:80") is True


@pytest.mark.database
def test_workers_that_ask_at_the_same_moment_begin_apart(database):
    """Two workers of four threads each, on the real clock."""
    begun, spacing = [], 0.01
    with connect(database, autocommit=True) as one, connect(database, autocommit=True) as two:
        workers = [Turns(one, spacing, turns_clock), Turns(two, spacing, turns_clock)]

        def work(worker):
            for _ in range(5):
                host = "www.example.org:80"
                while isinstance(found := worker._tried(host, names(host, PUBLIC)), timedelta):
                    threading.Event().wait(min(found.total_seconds(), 0.01))
                begun.append(found[0].begun)
                worker._connection.execute("UPDATE ops.turn SET until = array_remove(until, %s)", [found[0].until])

        threads = [threading.Thread(target=work, args=(worker,)) for worker in workers * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    begun.sort()
    assert len(begun) == 20
    assert all((after - before).total_seconds() >= spacing for before, after in itertools.pairwise(begun))


def turns_clock():
    from pipeline import clock

    return clock.wall()


# a slow site

MANY = title("alpha", feeds=tuple(Feed(url=f"http://alpha.example/{n}.xml") for n in range(3)))


@pytest.fixture
def web():
    web = Web()
    for number in range(3):
        web.feeds[f"http://alpha.example/{number}.xml"] = []
    return web


@pytest.mark.database
def test_feeds_for_which_a_sites_time_was_too_short_are_due_again_soon(database, tmp_path, web, monkeypatch):
    with world(database, tmp_path, web=web, now=Clock(), titles=(MANY, title("beta"))) as edges:
        edges.now.forward(minutes=30)
        monkeypatch.setattr(Budget, "SECONDS", 1000.0)
        monkeypatch.setattr(
            Budget, "spent", property(lambda _: len([u for u in web.asked if "alpha.example/" in u and "robots" not in u]) >= 2)
        )
        tally = poll(edges)["feed"]
        assert tally.doors["put_off"] == 1 + ("http://beta.example/feed.xml" not in web.asked)
        late = ask(edges, "SELECT next_poll_at, lease_until < now() FROM ops.schedule WHERE polled_at IS NULL")
        assert set(late) == {(edges.now.at + Budget.PAUSE, True)}
        assert ask(edges, "SELECT count(*) FROM ops.poll") == [(4 - tally.doors["put_off"],)]


@pytest.mark.database
def test_pages_for_which_a_sites_time_was_too_short_are_due_again_soon(database, tmp_path, monkeypatch):
    web = Web()
    for number in range(4):
        web.publish("alpha", f"page-{number}", UNRELATED)
    with world(database, tmp_path, web=web, now=Clock()) as edges:
        edges.now.forward(minutes=30)
        poll(edges)
        monkeypatch.setattr(Budget, "spent", property(lambda _: len([url for url in web.asked if "/page-" in url]) >= 1))
        assert fetch(edges)["page"].doors == {"fetched": 1, "put_off": 3}
        rows = ask(edges, "SELECT state, attempts, reason, next_try_at FROM ops.intake WHERE state = 'waiting'")
        assert rows == [("waiting", 0, None, edges.now.at + Budget.PAUSE)] * 3


def test_a_sites_time_is_shorter_than_a_batch():
    from pipeline.steps.leases import LONGEST

    assert timedelta(seconds=Budget.SECONDS) + turns.HELD < LONGEST
