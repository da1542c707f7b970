"""Roles: what each may and may not; limits of an analyst's session; another's view on top of ours is never dropped."""

import threading
from collections import deque
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from builders_news import NOON, NPA, TITLES, WIRE, Clock, Web, ask, world
from test_store import copied

from pipeline.errors import MigrationError
from pipeline.machine import roles
from pipeline.newsstand.enrolment import enrol
from pipeline.steps import rounds, sync
from pipeline.steps.cluster import cluster
from pipeline.steps.extract import extract
from pipeline.steps.fetch import fetch
from pipeline.steps.poll import poll
from pipeline.steps.publish import publish
from pipeline.store import connect, migrate, questions

pytestmark = pytest.mark.database

MAY = {
    "analyst": [
        "TABLE mart.story",
        "TABLE mart.coverage",
        "SELECT * FROM mart.search('ferry')",
        "SELECT * FROM mart.related(1)",
        "SELECT 1 FROM mart.event, mart.event_story, mart.timeline, mart.top_story, mart.pick",
        "SELECT * FROM mart.why(1, 2)",
    ],
    "ui": [
        "TABLE mart.story",
        "TABLE core.story",
        "TABLE ops.intake",
        "SELECT * FROM mart.search('ferry')",
        "UPDATE core.decision SET why = 'x' WHERE false",
    ],
    "ingest": [
        "TABLE core.feed",
        "TABLE raw.page",
        "UPDATE ops.schedule SET failures = 0 WHERE false",
        "DELETE FROM raw.entry WHERE false",
    ],
    "cluster": [
        "TABLE core.article",
        "UPDATE core.story SET agency = NULL WHERE false",
        "DELETE FROM core.coverage WHERE false",
        "DELETE FROM core.event_story WHERE false",
    ],
    "migrator": ["CREATE TABLE core.new ()", "TABLE raw.page", "DROP VIEW mart.door"],
}
MAY_NOT = {
    "analyst": [
        "TABLE core.story",
        "TABLE core.sketch",
        "TABLE raw.page",
        "TABLE ops.poll",
        "DELETE FROM mart.agency",
        "INSERT INTO core.decision (what) VALUES ('must_link')",
        "CREATE VIEW mart.mine AS SELECT 1",
        "CREATE TABLE public.mine ()",
        "CREATE TEMPORARY TABLE mine ()",
        "SELECT core.turn_samples(now(), '1 day', '1 day')",
        "SET ROLE news",
        "COPY mart.story TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/hostname')",
    ],
    "ui": [
        "TABLE raw.page",
        "UPDATE core.match SET told = 1",
        "DELETE FROM core.decision",
        "DELETE FROM core.article",
        "CREATE VIEW mart.mine AS SELECT 1",
    ],
    "ingest": [
        "UPDATE core.story SET agency = NULL",
        "DELETE FROM core.article",
        "DELETE FROM core.match",
        "UPDATE core.decision SET why = 'x'",
        "TABLE mart.story",
        "CREATE TABLE core.mine ()",
    ],
    "cluster": [
        "TABLE raw.page",
        "UPDATE core.article SET url = ''",
        "UPDATE ops.schedule SET failures = 0",
        "INSERT INTO core.decision (what) VALUES ('must_link')",
        "CREATE TABLE core.mine ()",
    ],
    "migrator": ["CREATE ROLE another", "ALTER ROLE wiredesk_analyst SUPERUSER"],
}
PAIRS = [pytest.param(role, statement, id=f"{role}: {statement}") for role, statements in MAY.items() for statement in statements]
REFUSED = [pytest.param(role, statement, id=f"{role}: {statement}") for role, statements in MAY_NOT.items() for statement in statements]


def address(postgres, database, role):
    return postgres.url(database.rsplit("/", 1)[1], role)


@pytest.fixture(scope="module")
def sessions(postgres):
    """A session of each role on a migrated database; whatever is done is rolled back."""
    postgres.create("for_roles", template="migrated")
    found = {role: psycopg.connect(postgres.url("for_roles", role)) for role in roles.ROLES}
    found["analyst"].execute("SET default_transaction_read_only = off")  # what is refused is so by rights, not by a default
    found["analyst"].commit()
    yield found
    for session in found.values():
        session.close()
    postgres.drop("for_roles")


@pytest.mark.parametrize(("role", "statement"), PAIRS)
def test_a_role_may(sessions, role, statement):
    with sessions[role].transaction(force_rollback=True):
        sessions[role].execute(statement)


@pytest.mark.parametrize(("role", "statement"), REFUSED)
def test_a_role_may_not(sessions, role, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege), sessions[role].transaction(force_rollback=True):
        sessions[role].execute(statement)


def test_every_question_is_an_analysts(sessions):
    for question in questions.load().values():
        values = {"agency": "afp", "title": None, "since": "2026-01-01", "story": 1, "words": "ferry", "language": None}
        with sessions["analyst"].transaction(force_rollback=True):
            sessions["analyst"].execute(question.statement, {name: values[name] for name in question.needs})


def test_an_analysts_session_can_only_read_and_has_limits(postgres):
    with psycopg.connect(postgres.url("migrated", "analyst")) as session:
        for name, limit in roles.LIMITS.items():
            assert session.execute("SELECT current_setting(%s)", [name]).fetchone() == (limit,)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            session.execute("CREATE TEMPORARY TABLE mine ()")


def test_an_analyst_may_leave_out_the_schema(postgres):
    for url in (postgres.url("migrated", "analyst"), roles.taken_on(postgres.url("migrated"), "analyst")):
        with psycopg.connect(url) as session:
            session.execute("TABLE story")
            session.execute("SELECT * FROM search('ferry')")


def test_analysts_leave_places_for_others(postgres):
    with ExitStack() as held:

        def connected():
            return held.enter_context(psycopg.connect(postgres.url("migrated", "analyst")))

        with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
            deque((connected() for _ in range(roles.CONNECTIONS + 1)), maxlen=0)


def test_a_role_has_a_password_that_is_nobodys_default(postgres):
    secrets = {(postgres.folder / "secrets" / f"wiredesk_{role}").read_text() for role in roles.ROLES}
    assert len(secrets) == len(roles.ROLES)
    assert all(len(secret) >= 32 for secret in secrets)


@pytest.fixture
def web():
    web = Web()
    web.publish("npa", "1/ferry-strike", WIRE)
    web.publish("alpha", "news/strike", WIRE, byline="NPA")
    return web


def test_ingest_and_cluster_can_do_their_work_and_no_more_is_needed(postgres, database, tmp_path, web):
    with world(database, tmp_path, web=web, now=Clock()):
        pass  # the registry is the owner's
    for role, steps in (("ingest", (poll, fetch, extract)), ("cluster", (cluster, publish))):
        with world(address(postgres, database, role), tmp_path, web=web, now=Clock()) as edges:
            assert edges.connection.execute("SELECT current_user").fetchone() == (f"wiredesk_{role}",)
            edges.connection.commit()
            for step in steps:
                step(edges)
    with psycopg.connect(address(postgres, database, "analyst")) as analyst:
        assert analyst.execute("SELECT title, relation FROM mart.syndication").fetchall() == [("alpha", "verbatim")]


def test_a_runaway_query_ends_by_its_limit_while_ingestion_goes_on(postgres, database, tmp_path, web):
    failed = []

    def run_away():
        with psycopg.connect(address(postgres, database, "analyst")) as analyst:
            analyst.execute("SET statement_timeout = '1500ms'")
            try:
                analyst.execute("SELECT count(*) FROM mart.article, generate_series(1, 100000000000)")
            except psycopg.Error as error:
                failed.append(error)

    with world(database, tmp_path, web=web, now=Clock()) as edges:
        rounds.run(edges)
        runaway = threading.Thread(target=run_away)
        runaway.start()
        done = 0
        while runaway.is_alive():
            done += 1
            web.publish("beta", f"late-{done}", WIRE + f"\n\nThe {done}th edition adds a line about the harbour and its {done} boats.")
            edges.now.forward(hours=1)
            rounds.run(edges)
        runaway.join()
        assert [type(error) for error in failed] == [psycopg.errors.QueryCanceled]
        assert done
        assert ask(edges, "SELECT count(*) FROM mart.coverage WHERE title = 'beta'") == [(done,)], "nothing waited, nothing was lost"


def test_the_limit_on_temporary_files_is_no_analysts_to_lift(postgres):
    with psycopg.connect(postgres.url("migrated", "analyst")) as analyst, pytest.raises(psycopg.errors.InsufficientPrivilege):
        analyst.execute("SET temp_file_limit = -1")  # unlike the others, it cannot be lifted


def test_an_analysts_own_view_stops_a_change_loudly_and_stays(database, tmp_path):
    folder = copied(tmp_path)
    view = folder / "views" / "mart.agency.sql"
    with connect(database) as owner:
        owner.execute("CREATE SCHEMA desk; CREATE VIEW desk.mine AS SELECT agency_name FROM mart.agency")
    view.write_text(view.read_text().replace("-- full name", "-- its full name") + "WHERE true\n")
    with pytest.raises(MigrationError, match=r"view desk\.mine depends on view mart\.agency") as caught:
        migrate.up(database, folder)
    assert "drop it" in caught.value.hint
    with connect(database) as owner:
        assert owner.execute("SELECT count(*) FROM desk.mine").fetchone() == (0,), "it is there as before"
        owner.execute("DROP VIEW desk.mine")
    assert "mart.agency" in migrate.up(database, folder)


def test_a_strangers_view_in_our_schema_is_not_taken_for_ours(database, tmp_path):
    folder = copied(tmp_path)
    view = folder / "views" / "mart.agency.sql"
    view.write_text(view.read_text() + "WHERE true\n")
    with connect(database) as owner:
        owner.execute("CREATE VIEW mart.mine AS SELECT 1 AS one")
    migrate.up(database, folder)
    with connect(database) as owner:
        assert owner.execute("TABLE mart.mine").fetchone() == (1,)


def test_views_made_anew_are_still_the_analysts_to_read(postgres, database, tmp_path):
    folder = copied(tmp_path)
    (folder / "roles.sql").write_bytes((migrate.FOLDER / "roles.sql").read_bytes())
    view = folder / "views" / "mart.agency.sql"
    view.write_text(view.read_text() + "WHERE true\n")
    migrate.up(database, folder)
    with psycopg.connect(address(postgres, database, "analyst")) as analyst:
        analyst.execute("TABLE mart.agency")


def test_a_title_renamed_sold_and_moved_and_then_removed_from_the_registry_keeps_its_past(database, tmp_path, web):
    with world(database, tmp_path, web=web, now=Clock()) as edges:

        def registered(titles):
            for path in edges.settings.registry.rglob("*.toml"):
                path.unlink()
            enrol(edges.settings.registry, titles, [NPA])
            sync(edges.settings.model_copy(update={"clock": f"{NOON.isoformat()} {NOON.isoformat()} 0"}), database)

        rounds.run(edges)
        old = next(one for one in TITLES if one.key == "alpha")
        sold = replace(old, name="New Alpha", owner="Buyer Ltd", country="ie")
        others = [one for one in TITLES if one.key != "alpha"]
        registered([*others, sold])
        with edges.connection.transaction():
            edges.connection.execute("UPDATE core.title_before SET until = %s", [edges.now.at + timedelta(minutes=1)])
            edges.connection.execute("INSERT INTO ops.touched (story_id) SELECT story_id FROM core.story")
        edges.now.forward(hours=3)
        web.publish("alpha", "news/later", "\n\n".join(WIRE.split("\n\n")[::-1]), at=edges.now.at)
        rounds.run(edges)
        past = "SELECT title_name, owner, country, section, relation FROM mart.coverage WHERE title = 'alpha' ORDER BY happened_at"
        found = ask(edges, past)
        assert [row[:3] for row in found] == [("New Alpha", old.owner, old.country), ("New Alpha", "Buyer Ltd", "ie")]
        days = ask(edges, "TABLE mart.title_day ORDER BY title, day, owner")
        registered(others)
        with edges.connection.transaction():
            edges.connection.execute("INSERT INTO ops.touched (story_id) SELECT story_id FROM core.story")
        edges.now.forward(hours=3)
        rounds.run(edges)
        assert ask(edges, past) == found, "who leaves the registry is no longer read, and stays what it was"
        assert ask(edges, "TABLE mart.title_day ORDER BY title, day, owner") == days
        assert ask(edges, "SELECT title_name FROM mart.syndication") == [("New Alpha",)]
