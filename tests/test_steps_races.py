"""Steps that meet each other: two connections, real statements, all orders in which they can come; and clocks that were wrong.

PostgreSQL's isolationtester in small: each session runs a step in a thread and stops at its gates; the order says who goes on.
A session that waits for a lock of the other is passed over until it is free. Pairs, not crowds: later copies heal a split.
"""

import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import psycopg
import pytest
from builders_news import UNRELATED, WIRE, Clock, Web, ask, stories, title, world

from pipeline import clock
from pipeline.children import Killed
from pipeline.records import Feed
from pipeline.steps import fetch as steps_fetch
from pipeline.steps.cluster import cluster
from pipeline.steps.edges import Wanted
from pipeline.steps.extract import _claim, extract
from pipeline.steps.fetch import fetch
from pipeline.steps.leases import LEASE
from pipeline.steps.poll import poll
from pipeline.steps.publish import publish
from pipeline.steps.turns import Turns
from pipeline.steps.visits import Visit
from pipeline.store import connect, dicts, queries

pytestmark = pytest.mark.database

FEEDS = tuple(Feed(url=f"http://alpha.example/{name}.xml") for name in ("feed", "more"))
TITLES = (title("alpha", feeds=FEEDS), title("beta"), title("npa", kind="agency", agency="npa"))
ONE = Wanted(limit=1)


class Gated(psycopg.Cursor):
    """Tells its connection which named statement comes next."""

    def execute(self, query, *args, **more):
        self.connection.gate(query)
        return super().execute(query, *args, **more)

    def executemany(self, query, *args, **more):
        self.connection.gate(query)
        return super().executemany(query, *args, **more)


class Session(threading.Thread):
    """A step in a thread of its own, which stops before the statements that are its gates."""

    def __init__(self, edges, work, gates):
        super().__init__(daemon=True)
        self.edges, self._work, self._gates = edges, work, {queries.statements()[gate] for gate in gates}
        self.backend = edges.connection.info.backend_pid
        self._passes, self._free = threading.Semaphore(0), False
        self.waits, self.error = threading.Event(), None
        edges.connection.cursor_factory, edges.connection.gate = Gated, self._gate

    def _gate(self, query):
        if query in self._gates and not self._free and threading.current_thread() is self:
            self._pause_here()

    def _pause_here(self):
        self.waits.set()
        self._passes.acquire()

    def run(self):
        self._pause_here()
        try:
            self._work(self.edges)
        except Exception as error:  # noqa: BLE001  it is raised in the test's thread
            self.error = error

    def go_on(self, *, free=False):
        self._free = free
        self.waits.clear()
        self._passes.release()

    def rests(self, observer):
        """Say whether it is at a gate, at its end, or waits for somebody."""
        blocked = "SELECT cardinality(pg_blocking_pids(%s)) > 0"
        return not self.is_alive() or self.waits.is_set() or observer.execute(blocked, [self.backend]).fetchone()[0]


def interleave(order, sessions, observer):
    """Run the sessions, one from gate to gate at a time in this order, and to their ends afterwards; raise what they raised."""
    for session in sessions:
        session.start()
    for place in order:
        settle(sessions, observer)
        if sessions[place].is_alive() and sessions[place].waits.is_set():
            sessions[place].go_on()
    settle(sessions, observer)
    for session in sessions:
        session.go_on(free=True)
    for session in sessions:
        session.join(30)
        assert not session.is_alive()
    if errors := [session.error for session in sessions if session.error]:
        raise errors[0]


def settle(sessions, observer):
    while not all(session.rests(observer) for session in sessions):
        time.sleep(0.0005)


def orders(first, second):
    """Return all interleavings of so many passes of two sessions."""
    both = first + second
    return [tuple(int(place not in chosen) for place in range(both)) for chosen in combinations(range(both), first)]


@pytest.fixture
def web():
    web = Web()
    web.feeds["http://alpha.example/more.xml"] = []
    return web


@pytest.fixture
def pair(database, tmp_path, web):
    """Two workers on one database, and an observer."""
    with ExitStack() as stack:
        edges = [stack.enter_context(world(database, tmp_path, web=web, now=Clock(), titles=TITLES)) for _ in range(2)]
        yield (*edges, stack.enter_context(connect(database, autocommit=True)))


def forget(edges, *, all_of_it=True):
    """Empty what the steps have written."""
    tables = "core.match, core.story, core.story_article, core.story_event"
    if all_of_it:
        tables += ", core.article, core.alias, core.article_version, core.sighting, core.credit, core.signature, core.sample, core.decision"
        tables += ", raw.entry, raw.page, ops.poll, ops.refusal, ops.intake, ops.edition"
    with edges.connection.transaction():
        edges.connection.execute(f"TRUNCATE {tables} CASCADE")
        edges.connection.execute("UPDATE core.signature SET clustered_at = NULL")
        edges.connection.execute(
            "UPDATE ops.schedule SET next_poll_at = '2026-03-01Z', polled_at = NULL, etag = '', last_modified = '', bodies = '{}',"
            " lease_until = '2000-01-01Z'"
            if all_of_it
            else "SELECT"
        )


POLL = ("poll.claim", "poll.add_articles", "poll.reschedule")


@pytest.mark.parametrize("same", [False, True], ids=["two feeds that list the same", "one feed, its lease over"])
def test_two_polls_in_any_order_store_every_article_once(pair, web, same):
    first, second, observer = pair
    web.publish("npa", "wire", WIRE)
    for path in ("one", "two"):
        web.publish("alpha", path, UNRELATED)
    web.feeds["http://alpha.example/more.xml"] = list(reversed(web.feeds["http://alpha.example/feed.xml"]))
    if same:
        second.wall = lambda: clock.wall() + LEASE + timedelta(minutes=1)  # to it every lease is over
    alpha = Wanted(titles=("alpha",), limit=1)
    for order in orders(3, 3):
        forget(first)
        interleave(order, [Session(edges, lambda edges: poll(edges, alpha), POLL) for edges in (first, second)], observer)
        poll(first)
        assert ask(first, "SELECT count(*), sum(new) FROM core.article, (SELECT sum(new) AS new FROM ops.poll) AS p") == [(3, 9)], order
        assert ask(first, "SELECT count(*) FROM core.sighting") == [(5,)], order
        assert ask(first, "SELECT url FROM ops.poll JOIN core.feed USING (feed_id) GROUP BY url HAVING count(*) > 1") == [], order
        publish(first)


CLUSTER = ("cluster.lock", "cluster.candidates", "cluster.put_members", "cluster.done")


def arrive(edges, web, texts):
    """Let articles arrive together, up to where they wait for their story."""
    for host, text in texts.items():
        web.publish(host, "copy", text)
    for step in (poll, fetch, extract):
        step(edges)


def meet(pair, order):
    """Let two workers cluster at once, one alpha's article and one beta's, and one of them the rest."""
    forget(pair[0], all_of_it=False)
    works = [lambda edges, key=key: cluster(edges, Wanted(titles=(key,))) for key in ("alpha", "beta")]
    interleave(order, [Session(edges, work, CLUSTER) for edges, work in zip(pair[:2], works, strict=True)], pair[2])
    cluster(pair[0])
    return stories(pair[0])


HALVES = {"npa": WIRE, "alpha": "\n\n".join(WIRE.split("\n\n")[:7]), "beta": "\n\n".join(WIRE.split("\n\n")[7:])}


def test_two_copies_that_arrive_together_are_one_story_in_any_order(pair, web):
    arrive(pair[0], web, {"alpha": WIRE, "beta": WIRE})
    for order in orders(4, 4):
        assert meet(pair, order) == [["copy", "copy"]], order
        assert ask(pair[0], "SELECT count(*) FROM core.story") == [(1,)], order


def test_two_parts_of_one_text_that_arrive_together_find_the_same_stories_in_any_order(pair, web):
    arrive(pair[0], web, HALVES)
    cluster(pair[0])
    alone = stories(pair[0])
    for order in orders(4, 4):
        assert meet(pair, order) == alone, order


def test_without_the_lock_they_do_not(pair, web, monkeypatch):
    """The test above can fail. (Whole copies would not show it: both workers write the same match, so one waits for the other.)"""
    arrive(pair[0], web, HALVES)
    cluster(pair[0])
    alone = stories(pair[0])
    monkeypatch.setitem(queries.statements(), "cluster.lock", b"SELECT true -- no lock")
    wrong = 0
    for order in orders(4, 4)[::5]:  # not all: some end in a deadlock, which takes a second
        try:
            wrong += meet(pair, order) != alone
        except psycopg.IntegrityError:  # what the lock prevents, the constraints refuse
            wrong += 1
    assert wrong > 3


def test_a_version_that_comes_while_its_article_is_put_into_a_story_waits_for_the_next_round(pair, web):
    first, second, observer = pair
    arrive(first, web, {"alpha": WIRE, "beta": WIRE})

    def sign(edges):
        with edges.connection.transaction():
            edges.connection.execute(
                "INSERT INTO core.article_version SELECT (jsonb_populate_record(v, '{\"number\": 2}')).* FROM core.article_version v"
            )
            edges.connection.execute("UPDATE core.article SET version = 2")
            edges.connection.execute("UPDATE core.signature SET number = 2, clustered_at = NULL")

    seen = []
    work = lambda edges: seen.append(cluster(edges)["story"].seen)  # noqa: E731  one line where it is used
    interleave((0, 0, 1), [Session(first, work, ("cluster.candidates", "cluster.done")), Session(second, sign, ())], observer)
    assert seen == [4], "both were put into their story again"
    assert ask(first, "SELECT count(*) FROM core.signature WHERE clustered_at IS NULL") == [(0,)], "it goes on until nothing waits"
    assert ask(first, "SELECT DISTINCT number FROM core.signature") == [(2,)]


SAME = ("extract.lock_addresses", "extract.hold", "extract.same_page", "extract.kept", "fetch.refused")


@pytest.mark.parametrize("canonical", ["each other", "a third that no feed lists"])
def test_of_two_addresses_of_one_page_read_at_once_one_is_kept_in_any_order(pair, web, canonical):
    first, second, observer = pair
    third = "http://alpha.example/page"
    pages = [f"http://alpha.example/page-{place}" for place in (0, 1)]
    for place in (0, 1):
        web.publish("alpha", f"page-{place}", UNRELATED, canonical=third if canonical.startswith("a third") else pages[1 - place])
    poll(first), fetch(first)
    for order in orders(4, 4):
        interleave(order, [Session(edges, lambda edges: extract(edges, ONE), SAME) for edges in (first, second)], observer)
        extract(first)  # a claim passes over a page that is just being looked at
        assert ask(first, "SELECT state, reason FROM ops.intake ORDER BY state") == [("kept", None), ("refused", "same_page")], order
        publish(first)
        with first.connection.transaction():
            first.connection.execute(
                "TRUNCATE core.alias, core.article_version, core.credit, core.signature, core.sample, core.decision, core.match, "
                "ops.refusal, core.article, ops.intake, core.story, core.story_article, core.story_event, "
                "core.sighting, raw.entry, raw.page, ops.poll, ops.edition CASCADE"
            )
            first.connection.execute("UPDATE ops.schedule SET next_poll_at = '2026-03-01Z', etag = '', bodies = '{}', polled_at = NULL")
        poll(first), fetch(first)


def test_a_page_whose_canonical_one_comes_to_nothing_is_kept_after_all(pair, web):
    edges = pair[0]
    main = web.publish("alpha", "main", UNRELATED)
    web.publish("beta", "other", WIRE)
    web.publish("alpha", "amp", UNRELATED, canonical=main)
    del web.pages[main]
    poll(edges)
    with edges.connection.transaction():
        edges.connection.execute(
            "UPDATE ops.intake SET lease_until = %s, fence = 1 FROM core.article a WHERE a.article_id = intake.article_id AND url = %s",
            [clock.wall() + LEASE, main],
        )
    fetch(edges), extract(edges)
    assert ask(edges, "SELECT reason FROM ops.intake WHERE state = 'refused'") == [("same_page",)], "its page is still to come"
    edges.wall = lambda: clock.wall() + LEASE + timedelta(minutes=1)
    fetch(edges), extract(edges)
    assert ask(edges, "SELECT url, state, reason FROM ops.intake JOIN core.article USING (article_id) WHERE title_id = 1 ORDER BY url") == [
        ("http://alpha.example/amp", "kept", None),
        (main, "refused", "not_found"),
    ]
    cluster(edges), publish(edges)


def test_a_page_that_kills_its_reader_is_read_once_more_and_then_refused(pair, web):
    edges = pair[0]
    web.publish("alpha", "bomb", UNRELATED)
    poll(edges), fetch(edges)

    class Fatal:
        def call(self, *args, seconds):
            raise Killed("took over 10 s")

    edges.children = Fatal()
    assert extract(edges)["article"].doors == {"put_off:extract_killed": 1, "refused:extract_killed": 1}
    publish(edges)


def test_a_page_that_takes_its_worker_with_it_is_given_up_and_others_are_read_before(pair, web):
    edges = pair[0]
    for path in ("bomb", "innocent"):
        web.publish("alpha", path, UNRELATED)
    poll(edges), fetch(edges)
    claimed = []
    for hours in range(1, 12):
        edges.wall = lambda hours=hours: clock.wall() + timedelta(hours=hours)
        claimed.append(len(_claim(edges, Wanted(), 64)))  # and the worker dies
    assert claimed == [2] + [1] * 10, "after the first death each is read alone"
    edges.wall = lambda: clock.wall() + timedelta(days=1)
    assert extract(edges)["article"].doors == {"refused:extract_killed": 2}


def test_a_step_that_fails_lets_its_claims_go(pair, web):
    edges = pair[0]
    web.publish("alpha", "page", UNRELATED)
    with pytest.raises(ZeroDivisionError):
        poll(edges, report=lambda done, total: 1 / 0)
    assert ask(edges, "SELECT count(*) FROM ops.schedule WHERE lease_until > '2000-01-01Z'") == [(0,)]
    poll(edges)
    with pytest.raises(ZeroDivisionError):
        fetch(edges, report=lambda done, total: 1 / 0)
    assert ask(edges, "SELECT count(*) FROM ops.intake WHERE lease_until > '2000-01-01Z'") == [(0,)]


def test_a_clock_that_was_a_day_ahead_holds_nothing_up(pair, web):
    edges, other, _ = pair
    web.publish("alpha", "page", UNRELATED)
    other.wall = lambda: clock.wall() + timedelta(days=1)
    with other.connection.transaction():
        other.connection.execute("UPDATE ops.schedule SET lease_until = %s", [other.wall() + LEASE])  # its holder died
    other.now.forward(days=1)
    assert poll(edges)["feed"].seen == 4
    assert fetch(edges)["page"].seen == 1
    poll(other)
    assert poll(edges)["feed"].seen == 4, "a poll of tomorrow is none"
    with connect(edges.url, autocommit=True) as connection:
        for wall in (other.wall, clock.wall):
            started = time.monotonic()
            with Turns(connection, 0.001, wall).turn("alpha.example:80", "127.0.0.1"):
                assert time.monotonic() - started < 5


def test_an_address_that_two_hands_cannot_hold_is_one_row_and_stops_nobody(pair, web, monkeypatch):
    edges = pair[0]
    bad = web.publish("alpha", "bad", UNRELATED)
    web.publish("alpha", "good", UNRELATED)
    honest = web.fetch

    def redirected(url, **more):
        answer = honest(url, **more)
        return replace(answer, url=url + "x" * 3000) if url == bad else answer

    monkeypatch.setattr(web, "fetch", redirected)
    poll(edges)
    assert fetch(edges)["page"].doors == {"refused:poison": 1, "fetched": 1}


def test_pages_are_kept_together_but_for_one_whose_claim_was_lost(pair, web):
    edges, other, _ = pair
    for number in range(6):
        web.publish("alpha", f"page-{number}", UNRELATED)
    poll(edges)
    claims = steps_fetch._claim(edges, Wanted(), 6, edges.now())
    with other.connection.transaction():
        other.connection.execute("UPDATE ops.intake SET fence = fence + 1 WHERE article_id = %s", [claims[2].article_id])
    visits = [Visit(claim=claim, at=edges.now(), answer=web.fetch(claim.url, kind="page")) for claim in claims]
    assert sorted(steps_fetch._store(edges, visits)) == [*["fetched"] * 5, "lost"]
    kept = ask(edges, "SELECT article_id, fence FROM raw.page ORDER BY 1")
    assert kept == [(claim.article_id, claim.fence) for claim in claims if claim != claims[2]]
    assert ask(edges, "SELECT state, count(*) FROM ops.intake GROUP BY 1 ORDER BY 1") == [("fetched", 5), ("waiting", 1)]
    assert steps_fetch._store(edges, visits) == ["fetched"] * 5 + ["lost"], "once more, and nothing is doubled"
    assert ask(edges, "SELECT count(*) FROM raw.page") == [(5,)]


def test_what_is_missing_from_a_feed_that_was_cut_off_is_asked_for_again(pair, web, monkeypatch):
    edges = pair[0]
    for path in ("one", "two"):
        web.publish("beta", path, UNRELATED)
    honest = web.fetch

    def cut(url, **more):
        answer = honest(url, **more)
        return replace(answer, body=answer.body[:-60]) if url.startswith("http://beta") and more["kind"] == "feed" else answer

    monkeypatch.setattr(web, "fetch", cut)
    beta = Wanted(titles=("beta",))
    poll(edges, beta)
    assert ask(edges, "SELECT etag, bodies FROM ops.schedule JOIN core.feed USING (feed_id) WHERE host = 'beta.example'") == [("", [])]
    monkeypatch.setattr(web, "fetch", honest)
    edges.now.forward(days=1)
    poll(edges, beta)
    assert ask(edges, "SELECT count(*) FROM core.article") == [(2,)]


def test_who_has_lost_a_page_to_somebody_else_stores_nothing(pair, web, monkeypatch):
    edges = pair[0]
    web.publish("alpha", "page", UNRELATED)
    honest, children = web.fetch, edges.children

    def overtake():
        with connect(edges.url) as other:
            other.execute("UPDATE ops.intake SET fence = fence + 1, lease_until = %s", [clock.wall() + LEASE])

    def overtaken(url, **more):
        if more["kind"] == "page":
            overtake()
        return honest(url, **more)

    class Overtaken:
        def call(self, *args, **more):
            overtake()
            return children.call(*args, **more)

    poll(edges)
    monkeypatch.setattr(web, "fetch", overtaken)
    assert fetch(edges)["page"].doors == {"lost": 1}
    assert ask(edges, "SELECT count(*) FROM raw.page") == [(0,)]
    monkeypatch.setattr(web, "fetch", honest)
    edges.wall = lambda: clock.wall() + LEASE + timedelta(minutes=1)
    fetch(edges)
    edges.children, edges.wall = Overtaken(), clock.wall
    assert extract(edges)["article"].doors == {"lost": 1}
    assert ask(edges, "SELECT count(*) FROM core.article_version") == [(0,)]


PUBLISH = ("books.touched", "books.count_blocks", "books.gather", "publish.edition")
UNSETTLED = """UPDATE ops.schedule SET next_poll_at = '2026-03-01Z', etag = '', last_modified = '', bodies = '{}';
    UPDATE ops.poll SET seen = seen + 1, known = known + 1;
    UPDATE ops.intake SET state = 'fetched', lease_until = '2000-01-01Z';
    DELETE FROM core.story_event; DELETE FROM core.match; DELETE FROM core.story_article; DELETE FROM core.story;
    UPDATE core.signature SET clustered_at = NULL"""


@pytest.mark.parametrize(
    ("work", "gates"),
    [
        (publish, PUBLISH[1:3]),
        (lambda edges: publish(edges, anew=True), PUBLISH[1:3]),
        (lambda edges: poll(edges, Wanted(titles=("npa",))), ("poll.add_articles",)),
        (extract, ("extract.hold", "extract.kept")),
        (cluster, ("cluster.put_members",)),
    ],
    ids=["another edition", "one that counts anew", "poll", "extract", "cluster"],
)
def test_an_edition_beside_another_step_in_any_order_leaves_books_that_are_true(pair, web, work, gates):
    first, second, observer = pair
    for host, text in {"alpha": WIRE, "beta": UNRELATED}.items():
        web.publish(host, "page", text)
    poll(first), fetch(first), extract(first), publish(first)
    for number, order in enumerate(orders(len(PUBLISH), len(gates) + 1)):  # it ends amid the edition, too
        web.publish("npa", f"page-{number}", WIRE)
        with first.connection.transaction():
            first.connection.execute(UNSETTLED)
        interleave(order, [Session(edges, step, at) for edges, step, at in ((first, publish, PUBLISH), (second, work, gates))], observer)
        publish(first)
        for kept, there in (("books.lines", "books.whole_lines"), ("books.tally", "books.whole_tally")):
            with first.connection.transaction():
                assert dicts(first.connection, kept) == dicts(first.connection, there), order
