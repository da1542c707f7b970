"""What is taken away: whole, the same in every form, safe in a spreadsheet, with an analyst's rights, in flat memory."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import psycopg
import pytest
from arro3.io import read_parquet
from psycopg import sql
from typer.testing import CliRunner

from pipeline.cli import export
from pipeline.errors import QueryError
from pipeline.settings import ROOT
from pipeline.store import connect, takeaway

pytestmark = pytest.mark.database

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")']
ODD = 'a "quoted", text\nwith a line, a back\\slash and \\n, and "" é 漢 🙂'
ROW = {"n": 1, "whole": True, "share": 0.25, "name": ODD, "nothing": None, "empty": "", "many": ["a", "b"]}


@pytest.fixture(scope="module")
def rows_of(postgres):
    """What a query is written as, in the words of a form."""
    postgres.create("taken", template="migrated")
    with connect(postgres.url("taken", "analyst")) as connection:
        yield lambda query, mode: b"".join(takeaway.rows(connection, takeaway.statement(query), mode)).decode()
    postgres.drop("taken")


def literal(row):
    """Return a query for the row."""
    cells = [
        sql.SQL("{}{} AS {}").format(sql.Literal(value), sql.SQL("::text[]" if isinstance(value, list) else ""), sql.Identifier(name))
        for name, value in row.items()
    ]
    return sql.SQL("SELECT {}").format(sql.SQL(", ").join(cells)).as_string()


def test_json_lines_say_what_the_row_says(rows_of):
    (line,) = rows_of(literal(ROW), "jsonl").splitlines()
    assert json.loads(line) == ROW


def test_csv_says_what_the_row_says(rows_of):
    (row,) = csv.DictReader(io.StringIO(rows_of(literal(ROW), "csv"), newline=""))
    assert row["name"] == ODD
    assert (row["n"], row["whole"], row["share"], row["nothing"]) == ("1", "t", "0.25", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_and_no_heading_is_a_formula(rows_of, text):
    heads, cells = csv.reader(io.StringIO(rows_of(literal({text: text, "many": [text]}), "csv"), newline=""))
    assert cells[0] == f"'{text}"
    assert heads[0] == f"'{text}"
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in (*heads, *cells))


def test_numbers_may_be_negative(rows_of):
    assert rows_of("SELECT -1 AS n, -0.5::float8 AS x", "csv") == "n,x\n-1,-0.5\n"


def test_a_comment_at_the_end_of_a_query_does_no_harm(rows_of):
    assert rows_of("SELECT 1 AS one; -- that is all".replace(";", ""), "csv") == "one\n1\n"


@pytest.mark.parametrize("wanted", ["story", "mart.story", "SELECT * FROM mart.story;"])
def test_a_view_goes_by_its_name(rows_of, wanted):
    assert rows_of(wanted, "csv").startswith("story_id,canonical_article_id,headline")


@pytest.mark.parametrize(
    "wanted",
    ["core.story", "SELECT * FROM raw.page", "DELETE FROM core.story RETURNING story_id", "SELECT 1) TO STDOUT; DROP VIEW mart.story; --"],
)
def test_nothing_but_mart_can_be_taken_away_and_nothing_changed(postgres, wanted):
    with connect(postgres.url("migrated", "analyst")) as connection, pytest.raises(psycopg.Error):
        list(takeaway.rows(connection, takeaway.statement(wanted), "jsonl"))


@pytest.fixture
def here(postgres, monkeypatch):
    monkeypatch.setenv("WIREDESK_DATABASE_URL", postgres.url("migrated"))
    monkeypatch.setenv("WIREDESK_AIRFLOW_DATABASE_URL", postgres.url("migrated"))


def test_a_file_is_whole_or_not_there(here, tmp_path):
    whole, broken = tmp_path / "whole.csv", tmp_path / "broken.csv"
    run = CliRunner().invoke
    assert run(export.app, ["SELECT 1 AS one", "--out", str(whole)]).exit_code == 0
    assert whole.read_text() == "one\n1\n"
    assert run(export.app, ["SELECT 1 / (3 - n) AS one FROM generate_series(1, 5) AS n", "--out", str(broken)]).exit_code == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["whole.csv"]


@pytest.mark.parametrize("wanted", ["nope", "ops.poll", "DELETE FROM mart.story", "SELECT FROM WHERE", "SELECT 1 / 0 AS one"])
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_what_postgres_refuses_is_told_in_a_line_with_what_there_is(here, wanted, form):
    failed = CliRunner().invoke(export.app, [wanted, "--format", form])
    assert isinstance(failed.exception, QueryError)
    assert (failed.exception.subject, "\n" in str(failed.exception), "docs/tables.md" in failed.exception.hint) == (wanted, False, True)


@pytest.fixture
def interruptible():
    """Heed SIGINT, which a shell makes those ignore whom it starts in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("wanted", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_neither_half_a_file_nor_a_handler(tmp_path, wanted):
    before = signal.getsignal(signal.SIGTERM)

    def ended():
        with export._file(tmp_path / "half.csv") as file:
            file.write(b"half")
            signal.raise_signal(wanted)

    with pytest.raises(KeyboardInterrupt):
        ended()
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_query_that_takes_too_long_is_ended_and_told(here, tmp_path, monkeypatch):
    monkeypatch.setattr(takeaway, "PATIENCE", "50ms")
    failed = CliRunner().invoke(export.app, ["SELECT pg_sleep(60)::text AS slept", "--out", str(tmp_path / "slow.csv")])
    assert "statement timeout" in str(failed.exception)
    assert "15 minutes" in failed.exception.hint
    assert list(tmp_path.iterdir()) == []


def test_parquet_keeps_types(here, tmp_path):
    file = tmp_path / "row.parquet"
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    query = (
        literal(ROW)
        + f""", '{at.isoformat()}'::timestamptz AS at, '2026-03-02'::date AS day, 9007199254740993 AS big, 'x' AS "=1",
        '=1+1' AS formula, '01:02:03'::interval AS lag, '{{1,2}}'::bigint[] AS numbers, '{{}}'::text[] AS none, '{{"a": [1]}}'::jsonb AS said,
        ARRAY['1 day'::interval] AS spans, 1.5::numeric AS n2, ARRAY['{{}}'::jsonb] AS told"""
    )
    done = CliRunner().invoke(export.app, [query, "--format", "parquet", "--out", str(file)])
    assert done.exit_code == 0, done.exception
    table = read_parquet(file).read_all()
    row = {name: table[name][0].as_py() for name in table.schema.names}
    assert {name: row[name] for name in ROW} == ROW, "null is null, an empty text is empty, an array is a list"
    assert row["at"] == at
    assert (row["day"].isoformat(), row["big"], row["=1"], row["formula"]) == ("2026-03-02", 2**53 + 1, "x", "=1+1")
    assert (row["lag"], row["numbers"], row["none"], json.loads(row["said"]), row["n2"]) == ("01:02:03", [1, 2], [], {"a": [1]}, 1.5)
    assert row["spans"] == ["1 day"]
    assert json.loads(row["told"]) == [{}]


def test_parquet_of_every_view_can_be_read(here, tmp_path):
    for view in sorted(path.stem for path in (ROOT / "sql" / "views").glob("mart.*.sql")):
        file = tmp_path / f"{view}.parquet"
        done = CliRunner().invoke(export.app, [view, "--format", "parquet", "--out", str(file)])
        assert done.exit_code == 0, (view, done.exception)
        assert read_parquet(file).read_all().num_rows == 0


def test_parquet_goes_to_a_pipe_too(postgres):
    environment = os.environ | dict.fromkeys(("WIREDESK_DATABASE_URL", "WIREDESK_AIRFLOW_DATABASE_URL"), postgres.url("migrated"))
    command = [sys.executable, "-m", "pipeline.cli", "export", "SELECT 1 AS one", "--format", "parquet"]
    said = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, check=True).stdout
    assert read_parquet(io.BytesIO(said)).read_all()["one"][0].as_py() == 1


SIZES = """
import io, resource, sys
from pipeline.cli import export
from pipeline.store import connect, takeaway
peaks = []
with connect(sys.argv[1]) as connection:
    for rows in (1_000, 300_000):
        query = takeaway.statement(f"SELECT n, repeat('news ', 40) AS text FROM generate_series(1, {rows}) AS n")
        print(sum(map(len, takeaway.rows(connection, query, "csv"))))
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    print(peaks[1] / peaks[0])
    peaks.clear()
    for rows in (70_000, 210_000):
        query = takeaway.statement(f"SELECT n, repeat('news ', 40) || n AS text FROM generate_series(1, {rows}) AS n")
        export._parquet(connection, query, io.FileIO("/dev/null", "wb"))
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    print(peaks[1] / peaks[0])
"""


def test_memory_is_flat(postgres):
    said = subprocess.run(
        [sys.executable, "-c", SIZES, postgres.url("migrated", "analyst")], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout
    small, large, growth, of_parquet = map(float, said.split())
    assert large > 300 * small / 1.1
    assert growth < 1.1, "60 MB went through"
    assert of_parquet < 1.1, "a group of rows is held, however many there are"
