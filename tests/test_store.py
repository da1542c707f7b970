import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from pipeline.errors import DatabaseError, MigrationError
from pipeline.settings import ROOT
from pipeline.store import committed, connect, dictionary, dicts, many, migrate, value, views
from pipeline.store.queries import statements

pytestmark = pytest.mark.database


def test_every_statement_is_one_that_the_migrated_schema_understands(news):
    for name, statement in statements().items():
        if name in {"upkeep.analyze", "recompute.begin"}:  # not to be explained
            continue
        if statement.startswith(b"COPY"):
            with news.cursor().copy(statement):
                continue
        wanted = {piece.split(b")")[0].decode() for piece in statement.split(b"%(")[1:]}  # %(name)s, or %(name)b for bytes
        with news.transaction(force_rollback=True):
            news.execute(b"EXPLAIN " + statement, dict.fromkeys(wanted), prepare=False)


def test_every_table_view_and_column_says_what_it_means(news):
    silent = news.execute(
        """
        SELECT attrelid::regclass::text || coalesce('.' || attname, '')
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
        WHERE relkind IN ('r', 'v') AND relnamespace IN ('raw'::regnamespace, 'core'::regnamespace, 'mart'::regnamespace, 'ops'::regnamespace)
            AND (col_description(attrelid, attnum) IS NULL OR obj_description(pg_class.oid) IS NULL)
        """
    ).fetchall()
    assert silent == []


def test_the_dictionary_is_up_to_date(news):
    assert (ROOT / "docs" / "tables.md").read_text(encoding="utf-8") == dictionary.markdown(news), "run ./wiredesk tables --write"


def test_every_foreign_key_can_be_followed_backwards_by_an_index(news):
    bare = news.execute(
        """
        SELECT conrelid::regclass::text, conname FROM pg_constraint
        WHERE contype = 'f' AND conrelid::regclass::text NOT IN ('core.article_version')
            AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = conrelid AND conkey[1] = indkey[0])
        """
    ).fetchall()
    assert bare == []


def test_migrating_twice_changes_nothing(database):
    assert migrate.up(database) == []


def test_a_migration_that_has_changed_is_refused(database, tmp_path):
    folder = copied(tmp_path)
    file = folder / "migrations" / "0001_registry.sql"
    file.write_bytes(file.read_bytes() + b"-- a second thought\n")
    with pytest.raises(MigrationError, match=r"0001_registry\.sql: has changed since it was applied"):
        migrate.up(database, folder)


def test_a_database_newer_than_the_clone_is_refused(database, tmp_path):
    folder = copied(tmp_path)
    (folder / "migrations" / "0003_stories.sql").unlink()
    with pytest.raises(MigrationError, match=r"0003_stories\.sql: is applied but not in this release"):
        migrate.up(database, folder)


def test_a_migration_that_fails_leaves_nothing_behind(database, tmp_path):
    folder = copied(tmp_path)
    (folder / "migrations" / "0999_broken.sql").write_text("CREATE TABLE core.half (); SELECT nonsense;")
    with pytest.raises(MigrationError, match=r"0999_broken\.sql: column \"nonsense\" does not exist"):
        migrate.up(database, folder)
    with connect(database) as connection:
        assert connection.execute("SELECT to_regclass('core.half')").fetchone() == (None,)


def test_a_changed_view_is_made_anew(database, tmp_path):
    folder = copied(tmp_path)
    (folder / "views" / "mart.one.sql").write_text("-- A row.\nSELECT 1 AS one -- the number\n")
    assert "mart.one" in migrate.up(database, folder)
    with connect(database) as connection:
        assert connection.execute("SELECT col_description('mart.one'::regclass, 1)").fetchone() == ("the number",)


def test_a_view_without_a_first_line_is_refused(tmp_path):
    (tmp_path / "mart.dumb.sql").write_text("SELECT 1 AS one\n")
    with pytest.raises(MigrationError, match=r"mart\.dumb\.sql: does not begin with a comment"):
        views.load(tmp_path)


def test_a_dead_database_is_named_and_told_what_to_do():
    with pytest.raises(DatabaseError, match="Postgres: ") as caught:
        connect("postgresql://news@127.0.0.1:9/news")
    assert "doctor" in caught.value.hint


def test_tuples_go_in_as_arrays_and_come_back_as_tuples(news):
    row = news.execute("SELECT %s::text[] = ARRAY['a', 'b'], %s::bigint[] = '{}'", [("a", "b"), ()]).fetchone()
    assert row == (True, True)
    assert dicts(news, "registry.unknown_titles", keys=("nobody",)) == [{"wanted": "nobody"}]


def test_many_counts_the_rows_of_all_runs(news):
    rows = [{"agency": key, "name": key, "languages": ("en",), "country": None, "domains": ()} for key in ("one", "two")]
    assert many(news, "registry.upsert_agency", rows) == 2
    assert many(news, "registry.upsert_agency", rows) == 0, "what is the same is not written"
    assert many(news, "registry.upsert_agency", []) == 0
    assert value(news, "cluster.waiting") == 0


def test_of_two_that_lock_each_other_out_both_come_to_their_end(database):
    """A true deadlock: each holds a row and wants the other's. Postgres ends one, and its work is done again as a whole."""
    with connect(database) as connection:
        connection.execute("CREATE TABLE core.pair AS SELECT number, 0 AS touched FROM generate_series(1, 2) AS number")
    met, runs = threading.Barrier(2), Counter()

    def both(first, second):
        def work():
            runs[first] += 1
            connection.execute("UPDATE core.pair SET touched = touched + 1 WHERE number = %s", [first])
            if runs[first] == 1:
                met.wait(timeout=10)
            connection.execute("UPDATE core.pair SET touched = touched + 1 WHERE number = %s", [second])

        with connect(database) as connection:
            committed(connection, work)

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(both, 1, 2), pool.submit(both, 2, 1)]:
            future.result(timeout=30)
    with connect(database) as connection:
        assert connection.execute("SELECT array_agg(touched) FROM core.pair").fetchone() == ([2, 2],), "once each, whoever ran twice"
    assert runs.total() == 3


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("INSERT INTO core.agency VALUES ('x', E'N\\x01', '{}', NULL, '{}', true)", psycopg.errors.CheckViolation),
        ("SELECT '9999-12-31 23:59-12'::core.moment", psycopg.errors.CheckViolation),
        ("SELECT '1970-01-01Z'::core.moment", psycopg.errors.CheckViolation),
        ("SELECT 1.2::core.share", psycopg.errors.CheckViolation),
        (
            "INSERT INTO ops.edition (at, articles, stories, copies, refused, pending) VALUES (now(), 3, 1, 1, 0, 0)",
            psycopg.errors.CheckViolation,
        ),
    ],
)
def test_wrong_states_are_impossible(news, wrong, why):
    with pytest.raises(why), news.transaction():
        news.execute(wrong)


def copied(tmp_path):
    """Return a copy of sql/ that a test may change."""
    for part in ("migrations", "views"):
        (tmp_path / "sql" / part).mkdir(parents=True)
        for file in (ROOT / "sql" / part).glob("*.sql"):
            (tmp_path / "sql" / part / file.name).write_bytes(file.read_bytes())
    return tmp_path / "sql"


def test_what_analysts_read_has_plain_types(news):
    """Metabase and others know none of our domains."""
    ours = news.execute(
        "SELECT relname, attname, typname FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid JOIN pg_type ON atttypid = pg_type.oid"
        " WHERE relnamespace = 'mart'::regnamespace AND typtype = 'd'"
    ).fetchall()
    assert ours == []
