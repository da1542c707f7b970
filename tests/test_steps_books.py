"""The books as they are kept: whatever is written, they are those of everything counted, or an edition is red and says what to do."""

import random
import shutil
from contextlib import contextmanager

import pytest
from builders_news import NOON, UNRELATED, WIRE, Clock, Web, ask, world

from pipeline.errors import LedgerError
from pipeline.settings import ROOT
from pipeline.steps import books, rounds
from pipeline.steps.publish import publish
from pipeline.steps.upkeep import upkeep
from pipeline.store import connect, dicts, migrate

pytestmark = pytest.mark.database

ONE = "article_id = (SELECT article_id FROM core.article ORDER BY md5(article_id || %(draw)s::text) LIMIT 1)"
REFUSE = "INSERT INTO ops.refusal (refusal_key, stage, reason, detail, article_id, feed_id, first_at, last_at) SELECT sha256(%(draw)s::text::bytea)"
SUMMED_UP = """INSERT INTO ops.poll_day (feed_id, day, polls, failed, unchanged, bytes, seconds, seen, new, known, refused)
    VALUES (1, '2026-02-01', 1, 0, 0, 0, 0, 7, 1, 5, 1) ON CONFLICT (feed_id, day) DO UPDATE SET seen = 8, known = 6"""
WRITTEN = (  # all that could be done to a row from which a door is told, by a step or past one
    f"UPDATE ops.intake SET state = 'refused', reason = 'no_text' WHERE {ONE}",
    f"UPDATE ops.intake SET state = 'kept' WHERE {ONE}",
    f"UPDATE ops.intake SET state = 'waiting' WHERE {ONE}",
    f"UPDATE ops.intake SET state = 'fetched' WHERE {ONE}",
    f"DELETE FROM ops.intake WHERE {ONE}",
    f"INSERT INTO ops.intake (article_id, host, next_try_at) SELECT article_id, 'x', now() FROM core.article WHERE {ONE} ON CONFLICT DO NOTHING",
    f"{REFUSE}, 'page', 'not_found', '', article_id, NULL, now(), now() FROM core.article WHERE {ONE} ON CONFLICT (refusal_key) DO UPDATE SET times = 2",
    f"{REFUSE}, 'entry', 'off_domain', '', NULL, feed_id, now(), now() FROM core.feed WHERE feed_id = 1 ON CONFLICT (refusal_key) DO UPDATE SET times = 2",
    f"UPDATE ops.refusal SET stage = 'article', reason = 'no_text' WHERE {ONE}",
    f"DELETE FROM ops.refusal WHERE {ONE}",
    f"UPDATE core.article SET version = NULL WHERE {ONE}",
    f"UPDATE core.article SET version = 1 WHERE {ONE}",
    f"UPDATE core.signature SET clustered_at = NULL WHERE {ONE}",
    f"UPDATE core.signature SET clustered_at = now() WHERE {ONE}",
    f"DELETE FROM core.signature WHERE {ONE}",
    f"INSERT INTO core.signature (article_id, number, version, at) SELECT article_id, 1, 1, now() FROM core.article_version WHERE {ONE} ON CONFLICT DO NOTHING",
    f"DELETE FROM core.story_article WHERE {ONE}",
    "DELETE FROM core.story_article",
    f"""INSERT INTO core.story_article (article_id, story_id, relation, kept, own)
        SELECT article_id, (SELECT max(story_id) FROM core.story), 'edited', 1, 0 FROM core.article WHERE {ONE}
        ON CONFLICT (article_id) DO UPDATE SET kept = 0.5""",
    "INSERT INTO core.article (url_key, url, title_id, first_seen_at) SELECT sha256(%(draw)s::text::bytea), 'http://x', 1, now() ON CONFLICT DO NOTHING",
    """DELETE FROM core.article WHERE url = 'http://x' AND article_id NOT IN (SELECT article_id FROM ops.intake)
        AND article_id NOT IN (SELECT article_id FROM ops.refusal WHERE article_id IS NOT NULL)
        AND article_id NOT IN (SELECT article_id FROM core.story_article) AND article_id NOT IN (SELECT canonical_id FROM core.story WHERE canonical_id IS NOT NULL)""",
    "INSERT INTO core.story (created_at, changed_at, canonical_id) SELECT now(), now(), max(article_id) FROM core.article",
    "UPDATE core.story SET canonical_id = NULL, merged_into = (SELECT min(story_id) FROM core.story) WHERE story_id > (SELECT min(story_id) FROM core.story)",
    "UPDATE core.story SET canonical_id = 1, merged_into = NULL WHERE story_id = (SELECT max(story_id) FROM core.story)",
    """DELETE FROM core.story WHERE story_id NOT IN (SELECT story_id FROM core.story_article) AND story_id NOT IN (SELECT story_id FROM core.story_event)
        AND NOT EXISTS (SELECT FROM core.story AS other WHERE other.merged_into = story.story_id)""",
    "INSERT INTO ops.poll (feed_id, fence, at, seen, new, known, refused, next_poll_at) SELECT feed_id, 1000 + %(draw)s, now(), 9, 2, 3, 4, now() FROM core.feed",
    "UPDATE ops.poll SET seen = seen + 1, known = known + 1 WHERE feed_id = 1",
    SUMMED_UP,
    "DELETE FROM ops.poll_day",
    "DELETE FROM ops.poll WHERE feed_id = 2",
)
EMPTIED = tuple(
    f"TRUNCATE {table} CASCADE" for table in ("core.article", "core.story", "ops.intake", "ops.refusal", "ops.poll", "ops.poll_day")
)


@pytest.fixture
def web():
    web = Web()
    web.publish("npa", "wire", WIRE)
    web.publish("alpha", "copied", WIRE, byline="NPA")
    web.publish("gamma", "museum", UNRELATED)
    web.publish("beta", "gone", UNRELATED)
    del web.pages["http://beta.example/gone"]
    return web


@pytest.fixture
def edges(database, tmp_path, web):
    with world(database, tmp_path, web=web, now=Clock()) as edges:
        rounds.run(edges)
        yield edges


@contextmanager
def unnoticed(edges, *tables):
    """Write as a restored or copied table does: no trigger is asked."""
    _switch(edges, tables, "DISABLE")
    with edges.connection.transaction():
        yield edges.connection
    _switch(edges, tables, "ENABLE")


def _switch(edges, tables, how):
    with edges.connection.transaction():
        for table in tables:
            edges.connection.execute(f"ALTER TABLE {table} {how} TRIGGER USER")


def assert_true(connection, because=""):
    """The books, brought up to date from what was noted, are those of everything."""
    books.keep(connection, anew=False)
    assert dicts(connection, "books.lines") == dicts(connection, "books.whole_lines"), because
    assert dicts(connection, "books.tally") == dicts(connection, "books.whole_tally"), because


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_written_the_books_are_those_of_everything(edges, seed):
    drawn = random.Random(seed)
    with edges.connection.transaction(force_rollback=True):
        for turn in range(150):
            statement = drawn.choice(WRITTEN)
            edges.connection.execute(statement, {"draw": seed * 1000 + turn})
            assert_true(edges.connection, statement)


def test_each_way_of_writing_is_noted_by_itself(edges):
    for turn, statement in enumerate((*WRITTEN, *EMPTIED)):
        with edges.connection.transaction(force_rollback=True):
            edges.connection.execute(SUMMED_UP)
            assert_true(edges.connection)
            edges.connection.execute(statement, {"draw": turn})
            assert_true(edges.connection, statement)


def test_an_edition_counts_only_what_moved(edges):
    first = ask(edges, "SELECT xmin::text FROM ops.block")
    publish(edges)
    assert ask(edges, "SELECT xmin::text FROM ops.block") == first
    assert ask(edges, "SELECT count(*) FROM ops.touched_block") == [(0,)]
    assert ask(edges, "SELECT count(*) FROM (SELECT FROM ops.tally GROUP BY stage, door HAVING count(*) > 1) AS twice") == [(0,)]


def test_old_polls_that_are_summed_up_leave_the_books_as_they_were(edges):
    before = ask(edges, "SELECT came, kept FROM ops.ledger ORDER BY stage")
    edges.now.forward(days=100)
    assert upkeep(edges)["pruned"].doors["polls"] > 0
    publish(edges)
    assert ask(edges, "SELECT came, kept FROM ops.ledger ORDER BY stage") == before


COPY = "SELECT min(article_id) FROM core.story_article WHERE relation <> 'origin'"


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ("UPDATE ops.intake SET state = 'kept' WHERE state = 'refused'", "article line: 1 of 4"),
        ("DELETE FROM ops.refusal", "article line: 1 of 4"),
        (f"DELETE FROM core.signature WHERE article_id = ({COPY}); DELETE FROM core.story_article WHERE article_id = ({COPY})", "story line: 1 of 3"),
        ("UPDATE ops.poll SET seen = seen + 1, new = new + 1 WHERE feed_id = 1", "entry line: 1 of 5"),
    ],
)  # fmt: skip
def test_an_item_that_left_by_no_door_makes_the_next_edition_red_and_each_until_it_is_mended(edges, broken, line):
    with edges.connection.transaction():
        edges.connection.execute(broken)
    for _ in range(2):
        with pytest.raises(LedgerError, match=f"the ledger's {line} are unaccounted for"):
            publish(edges)
    with pytest.raises(LedgerError, match=f"the ledger's {line} are unaccounted for"):
        publish(edges, anew=True)  # that is no way out


def test_what_was_written_past_the_triggers_is_found_on_the_next_day_and_counting_anew_is_the_way_out(edges):
    with unnoticed(edges, "core.article", "ops.intake", "ops.poll") as connection:
        connection.execute("INSERT INTO core.article (url_key, url, title_id, first_seen_at) VALUES (sha256('x'), 'http://x', 1, now())")
        connection.execute("INSERT INTO ops.intake (article_id, host, next_try_at) SELECT max(article_id), 'x', now() FROM core.article")
        connection.execute("UPDATE ops.poll SET seen = seen + 1, new = new + 1 WHERE feed_id = 1")
    publish(edges)
    edges.now.forward(days=1)
    for _ in range(2):
        with pytest.raises(LedgerError, match="the kept books' article came: 4 are kept and 5 are there") as raised:
            publish(edges)
        assert "./wiredesk publish --anew" in raised.value.hint
    assert publish(edges, anew=True)["edition"].doors["pending"] == 1
    edges.now.forward(days=1)
    publish(edges)


@pytest.mark.parametrize("table", ["ops.refusal", "core.story"])
def test_a_sum_that_no_line_shows_is_compared_too(edges, table):
    more = {
        "ops.refusal": "INSERT INTO ops.refusal (refusal_key, stage, reason, detail, feed_id, first_at, last_at)"
        " VALUES (sha256('x'), 'feed', 'timed_out', '', 1, now(), now())",
        "core.story": "INSERT INTO core.story (created_at, changed_at, canonical_id) SELECT now(), now(), article_id"
        " FROM core.article WHERE version IS NULL",
    }
    with unnoticed(edges, table) as connection:
        connection.execute(more[table])
    edges.now.forward(days=1)
    with pytest.raises(LedgerError, match=r"the kept books' (feed timed_out: 0|story live: 2) are kept and [13] are there"):
        publish(edges)


def test_a_database_of_an_older_release_has_its_books_counted_by_the_first_edition(postgres, tmp_path):
    older = tmp_path / "sql"
    shutil.copytree(ROOT / "sql", older)
    for file in (older / "migrations").glob("[0-9]*.sql"):
        if file.name >= "0022":
            file.unlink()
    (older / "roles.sql").write_text("SELECT 1")
    url = postgres.create("older")
    try:
        migrate.up(url, older)
        with connect(url) as connection:
            connection.execute(
                "INSERT INTO core.title (title, name, owner, country, language, kind, domains, weight, active) VALUES ('a', 'A', 'A', 'no', 'en', 'newspaper', '{a.example}', 0, true);"
                "INSERT INTO core.feed (title_id, url, host, kind, active) VALUES (1, 'http://a.example/feed', 'a.example', 'feed', true);"
                "INSERT INTO core.article (article_id, url_key, url, title_id, first_seen_at) OVERRIDING SYSTEM VALUE"
                " SELECT n * 7, sha256(int8send(n)), 'http://a.example/' || n, 1, now() FROM generate_series(1, 500) AS n;"
                "INSERT INTO ops.intake (article_id, host, next_try_at, state, reason)"
                " SELECT article_id, 'a.example', now(), CASE WHEN article_id > 700 THEN 'waiting' ELSE 'refused' END, 'not_found' FROM core.article;"
                "INSERT INTO ops.refusal (refusal_key, stage, reason, detail, article_id, first_at, last_at)"
                " SELECT url_key, 'page', 'not_found', '', article_id, now(), now() FROM core.article WHERE article_id <= 700;"
                "INSERT INTO ops.poll (feed_id, fence, at, seen, new, next_poll_at) VALUES (1, 1, now(), 300, 300, now());"
                "INSERT INTO ops.poll_day (feed_id, day, polls, failed, unchanged, bytes, seconds, seen, new, known, refused) VALUES (1, '2026-02-01', 1, 0, 0, 0, 0, 209, 200, 9, 0);"
                f"INSERT INTO ops.edition (at, articles, stories, copies, refused, pending) VALUES ('{NOON}', 0, 0, 0, 0, 0)"
            )
        assert "0022_books.sql" in migrate.up(url)
        with world(url, tmp_path, now=Clock()) as edges:
            assert publish(edges)["edition"].doors == {"stories": 0, "copies": 0, "refused": 100, "pending": 400}
            with edges.connection.transaction():
                assert_true(edges.connection)
                assert dicts(edges.connection, "books.lines")[1] == {
                    "stage": "entry",
                    "came": 509,
                    "kept": 509,
                    "refused": 0,
                    "pending": 0,
                    "lost": 0,
                }
    finally:
        postgres.drop("older")
