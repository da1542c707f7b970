"""Killed at the N-th statement, for every N, and run again: the tables are those of a run that nobody disturbed.

SQLite's way of testing: the connection dies at operation 1, 2, 3 ... of a step until the step ends clean. An operation is a
statement, a commit about to be made, or a commit just made. Two deaths: the process is killed (its claims stay until
their lease ends), and the database is restarted (the step sees it, and lets its claims go).
"""

import time
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from builders_news import UNRELATED, WIRE, Clock, Web, ask, snapshot, title, world

from pipeline import clock
from pipeline.records import Feed
from pipeline.steps.cluster import cluster
from pipeline.steps.extract import extract
from pipeline.steps.fetch import fetch
from pipeline.steps.leases import LEASE
from pipeline.steps.poll import poll
from pipeline.steps.publish import publish
from pipeline.store import dicts

pytestmark = pytest.mark.database

STEPS = (poll, fetch, extract, cluster)
FEEDS = tuple(Feed(url=f"http://alpha.example/{name}.xml") for name in ("feed", "more"))
TITLES = (title("alpha", feeds=FEEDS), title("npa", kind="agency", agency="npa"))
NOWHERE = "postgresql://127.0.0.1:1/none"


class Died(Exception):  # noqa: N818  it says what has happened
    """Raised where the connection was cut."""


class Mortal(psycopg.Cursor):
    """Counts what its connection does, and cuts it when its time has come."""

    def execute(self, *args, **more):
        self.connection.live()
        return super().execute(*args, **more)

    def executemany(self, *args, **more):
        self.connection.live()
        return super().executemany(*args, **more)

    def copy(self, *args, **more):
        self.connection.live()
        return super().copy(*args, **more)


def doom(connection, at):
    """Let the connection die before its operation number `at`, from 0."""
    left = iter(range(at, -1, -1))
    honest = connection.transaction

    def live():
        if next(left, 1) == 0:
            connection.pgconn.finish()
            raise Died

    class Transaction:
        def __enter__(self):
            self.honest = honest()
            return self.honest.__enter__()

        def __exit__(self, *raised):
            if raised == (None, None, None):
                try:
                    live()
                except Died as died:
                    self.honest.__exit__(type(died), died, died.__traceback__)
                    raise
            passed = self.honest.__exit__(*raised)
            if raised == (None, None, None):
                live()
            return passed

    connection.cursor_factory, connection.live, connection.transaction = Mortal, live, Transaction


@pytest.fixture(scope="module")
def web():
    web = Web()
    web.feeds["http://alpha.example/more.xml"] = []
    web.publish("npa", "wire", WIRE)
    web.publish("alpha", "copy", WIRE, byline="NPA")
    main = web.publish("alpha", "museum", UNRELATED)
    web.publish("alpha", "museum-amp", UNRELATED, canonical=main)
    web.publish("alpha", "never", UNRELATED)
    del web.pages["http://alpha.example/never"]
    web.feeds["http://alpha.example/more.xml"] = web.feeds["http://alpha.example/feed.xml"][1:]
    return web


class Children:
    """Reads every page once, here: what a reader says depends on nothing else."""

    def __init__(self):
        self.known = {}

    def call(self, function, *args, seconds):
        told = function.__name__, repr(args)
        if told not in self.known:
            self.known[told] = function(*args)
        return self.known[told]


class Stage:
    """A database in which the world can be put back to where it was after so many steps."""

    def __init__(self, database, folder, web):
        self.database, self._folder, self._web, self._children = database, folder, web, Children()
        with self.world() as edges:
            self.keep(edges, 0)
            for done, step in enumerate(STEPS, 1):
                step(edges)
                self.keep(edges, done)
            self.undisturbed = snapshot(edges)

    @contextmanager
    def world(self):
        with world(self.database, self._folder, web=self._web, now=Clock(), titles=TITLES) as edges:
            edges.children = self._children
            yield edges

    def keep(self, edges, done):
        for table, columns in tables(edges).items():
            edges.connection.execute(f"CREATE TABLE public.{name(table, done)} AS SELECT {columns} FROM {table}")
        edges.connection.commit()

    def back(self, done):
        """Put every table back."""
        with self.world() as edges:
            found = tables(edges)
            statements = [f"DELETE FROM {table}" for table in reversed(found)]
            for table, columns in found.items():
                statements.append(
                    f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM public.{name(table, done)}"
                )
            edges.connection.execute(";".join(statements))
            edges.connection.commit()


def name(table, done):
    return f"{table.replace('.', '_')}_{done}"


def tables(edges):
    """Return the tables that the steps write, each after those that it refers to, and their columns."""
    order = "core.article core.article_version core.alias core.sighting core.credit core.signature core.sample core.match core.story "
    order += "core.story_article core.story_event core.decision raw.entry raw.page ops.schedule ops.host ops.poll ops.refusal ops.intake ops.reread"
    query = """SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""
    return {table: ask(edges, query, table)[0][0] for table in order.split()}


@pytest.fixture(scope="module")
def stage(postgres, tmp_path_factory, web):
    yield Stage(postgres.create("stage", template="migrated"), tmp_path_factory.mktemp("kill"), web)
    postgres.drop("stage")


def gone(database, backend):
    """Wait until the server has seen that a client is gone; a moment, for it waits for its next statement."""
    with psycopg.connect(database, autocommit=True) as other:
        while other.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [backend]).rowcount:
            time.sleep(0.001)


def dies(edges, step, at, *, killed):
    """Run the step up to operation `at` and say whether there was one."""
    backend, database = edges.connection.info.backend_pid, edges.url
    doom(edges.connection, at)
    edges.ready("shelf")
    if killed:
        edges.url = NOWHERE  # a dead process lets nothing go
    try:
        step(edges)
    except (Died, psycopg.OperationalError):
        gone(database, backend)
        return True
    return False


def after_the_lease():
    return clock.wall() + LEASE + timedelta(minutes=1)


@pytest.mark.parametrize("killed", [True, False], ids=["killed", "database lost"])
@pytest.mark.parametrize("number", range(len(STEPS)), ids=[step.__name__ for step in STEPS])
def test_a_step_that_dies_at_any_statement_and_runs_again_leaves_what_an_undisturbed_one_does(stage, number, killed):
    # Every third will do for a lost database; that leaves out the commit of a claim whose answer is lost: nobody knows what to let go.
    for at in range(0, 1000, 1 if killed else 3):
        stage.back(number)
        with stage.world() as edges:
            died = dies(edges, STEPS[number], at, killed=killed)
        with stage.world() as edges:
            if killed:
                edges.wall = after_the_lease
            for step in STEPS[number:]:
                step(edges)
            assert snapshot(edges) == stage.undisturbed, f"it died at operation {at}"
        if not died:
            break
    assert at > 8, "hardly anything was counted"


def test_an_edition_that_dies_at_any_statement_leaves_the_books_to_the_next(stage):
    stage.back(len(STEPS))
    for at in range(1000):
        with stage.world() as edges:
            with edges.connection.transaction():  # something to count: a page is read again
                edges.connection.execute(f"UPDATE ops.intake SET state = '{('fetched', 'kept')[at % 2]}' WHERE article_id = 1")
            died = dies(edges, publish, at, killed=True)
        with stage.world() as edges:
            publish(edges)
            with edges.connection.transaction():
                assert dicts(edges.connection, "books.lines") == dicts(edges.connection, "books.whole_lines"), f"it died at operation {at}"
                assert dicts(edges.connection, "books.tally") == dicts(edges.connection, "books.whole_tally"), f"it died at operation {at}"
        if not died:
            break
    assert at > 12, "hardly anything was counted"
