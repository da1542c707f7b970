"""What the command line says when something is not as it should be, or the terminal is narrow: the words, and where they break."""

import io
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from builders_news import NOON, world
from rich.console import Console
from test_cli import wiredesk

from pipeline import clock
from pipeline.cli import demo, picture, screen
from pipeline.errors import DatabaseError, SettingsError
from pipeline.machine import doctor, place, processes
from pipeline.machine.cluster import SETTINGS, Cluster
from pipeline.records import Tally
from pipeline.settings import ROOT, Settings
from pipeline.store import connect

MEMBER = {"title_name": "Nouvelles de Castelmire", "relation": "trimmed", "kept": 0.5, "own": 0.25, "lag": timedelta(minutes=61)}
STORY = {"headline": "Dockers", "agency": "boreal", "agency_seen": True, "articles": 1, "titles": 1, "owners": 1, "members": [MEMBER]}


def drawn(width: int) -> Console:
    return Console(file=io.StringIO(), width=width, highlight=False)


def problems(settings: Settings) -> dict[str, doctor.Finding]:
    return {finding.subject: finding for finding in doctor.examine(settings) if finding.problem}


def polled(connection, count: int, failing: int) -> None:
    """Make feeds that have been polled, the first ones of them in vain."""
    connection.execute(
        """INSERT INTO core.title (title, name, owner, country, language, kind, domains, weight, active)
        VALUES ('a', 'A', 'A', 'fr', 'fr', 'newspaper', '{a.example}', 0, true)"""
    )
    connection.execute(
        """INSERT INTO core.feed (title_id, url, host, kind, active)
        SELECT title_id, 'https://a.example/' || n, 'a.example', 'feed', true FROM core.title, generate_series(1, %s) AS n""",
        [count],
    )
    connection.execute(
        """INSERT INTO ops.schedule (feed_id, interval, failures, next_poll_at, polled_at, fence)
        SELECT feed_id, interval '1 hour', (row_number() OVER (ORDER BY feed_id) <= %s)::integer, now(), now(), 1 FROM core.feed""",
        [failing],
    )
    connection.execute(
        """INSERT INTO ops.poll (feed_id, fence, at, reason, next_poll_at)
        SELECT feed_id, 1, now(), CASE WHEN failures > 0 THEN 'dns_failed' END, now() FROM ops.schedule"""
    )


def test_a_world_of_its_own_has_its_registry_and_no_host_beyond_it_unless_others_are_named(tmp_path, monkeypatch):
    for name in ("VAR", "REGISTRY", "HOSTS", "SPACING"):
        monkeypatch.delenv(f"WIREDESK_{name}", raising=False)
    stand, real = tmp_path / "newsstand", Settings(var=tmp_path)
    (stand / "registry").mkdir(parents=True)
    monkeypatch.setenv("WIREDESK_VAR", str(tmp_path))
    assert (Settings().registry, Settings().hosts, Settings().spacing) == (stand / "registry", stand / "hosts", 0)
    monkeypatch.setenv("WIREDESK_REGISTRY", str(real.registry))
    assert (Settings().registry, Settings().hosts) == (real.registry, stand / "hosts")
    assert (real.hosts, real.spacing) == (None, 1)


def test_a_world_of_its_own_keeps_its_clock_unless_another_is_named(tmp_path, monkeypatch):
    kept = f"{NOON.isoformat()} {NOON.isoformat()} 0"
    (tmp_path / "clock").write_text(f"{kept}\n", encoding="ascii")
    monkeypatch.delenv("WIREDESK_CLOCK", raising=False)
    monkeypatch.setenv("WIREDESK_VAR", str(tmp_path))
    assert clock.read(Settings().clock)() == NOON
    monkeypatch.setenv("WIREDESK_CLOCK", kept.replace(" 0", " 1"))
    assert clock.read(Settings().clock)() > NOON
    assert Settings(var=tmp_path / "elsewhere", clock=None).clock is None


@pytest.mark.process
@pytest.mark.database
def test_a_step_before_migrate_says_to_migrate(postgres):
    empty = postgres.create("words_empty")
    try:
        done = wiredesk("publish", WIREDESK_DATABASE_URL=empty, WIREDESK_AIRFLOW_DATABASE_URL=empty)
    finally:
        postgres.drop("words_empty")
    assert done.returncode == 1
    assert "./wiredesk migrate" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.process
@pytest.mark.database
def test_a_step_with_nothing_to_do_names_what_would_bring_it_some(database):
    done = wiredesk("fetch", WIREDESK_DATABASE_URL=database, WIREDESK_AIRFLOW_DATABASE_URL=database)
    assert "./wiredesk poll" in done.stdout


@pytest.mark.parametrize(
    "spec",
    ["fast", "2026-03-02 2026-11-24 60", "2026-03-02T06:00:00Z 2026-11-24T16:00:00Z x", "9999-12-31T23:59:59Z 1000-01-01T00:00:00Z 60"],
)
def test_a_clock_that_is_none_is_named_with_what_one_looks_like(spec):
    with pytest.raises(SettingsError, match="WIREDESK_CLOCK") as caught:
        clock.read(spec)
    assert "2026-03-02T06:00:00Z" in caught.value.hint


def test_an_empty_variable_is_as_good_as_none(monkeypatch):
    for name in ("VAR", "DATABASE_URL", "CLOCK", "PORT"):
        monkeypatch.setenv(f"WIREDESK_{name}", "")
    assert Settings() == Settings.model_construct()


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "99999999"), ("PORT", "0"), ("WORKERS", "0"), ("SPACING", "-1"), ("INGEST_MINUTES", "0")]
)
def test_a_number_that_cannot_be_is_refused(monkeypatch, name, value):
    monkeypatch.setenv(f"WIREDESK_{name}", value)
    with pytest.raises(ValueError, match=name.lower()):
        Settings()


def test_doctor_says_first_whom_it_answers_for_and_who_else_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "FEW", 10**6)
    monkeypatch.setenv("WIREDESK_VAR", str(tmp_path / "here"))
    code = "import time; print('ready', flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", code], env=os.environ | processes.mark(tmp_path / "there", "scheduler"), stdout=subprocess.PIPE
    ) as other:
        try:
            other.stdout.readline()
            first, *rest = doctor.examine(Settings())
        finally:
            other.kill()
    assert (first.subject, first.says) == ("asked", f"{tmp_path / 'here'} (WIREDESK_VAR), which does not run")
    named = [finding.says for finding in rest if finding.subject == "another one runs"]
    assert f"{tmp_path / 'there'}: ask it by WIREDESK_VAR={tmp_path / 'there'} ./wiredesk doctor" in named
    assert not any(str(tmp_path / "here") in says for says in named)
    monkeypatch.delenv("WIREDESK_VAR")
    assert next(iter(doctor.examine(Settings()))).says.startswith("var (WIREDESK_VAR is not set), which ")


def test_a_command_is_told_so_that_it_asks_the_place_that_it_is_about():
    here = Settings(var=ROOT / "var")
    assert place.told("Run `./wiredesk doctor`.", here) == "Run `./wiredesk doctor`."
    assert place.told("Run `./wiredesk doctor`.", Settings(var=ROOT / "var" / "demo")) == "Run `WIREDESK_VAR=var/demo ./wiredesk doctor`."
    assert place.command(here, ROOT / "a b") == "WIREDESK_VAR='a b' ./wiredesk"
    deployed = here.model_copy(update={"command": "docker compose run --rm wiredesk"})
    assert place.told("Run `./wiredesk doctor`.", deployed) == "Run `docker compose run --rm wiredesk doctor`."


def test_doctor_says_when_there_is_too_little_room(tmp_path, monkeypatch):
    assert "disk" not in problems(Settings(var=tmp_path))
    monkeypatch.setattr(doctor, "GIGABYTES", 10**6)
    assert problems(Settings(var=tmp_path))["disk"].hint == "Make room: 1000000 GB should be free."


def test_doctor_names_a_variable_that_is_no_setting(tmp_path, monkeypatch):
    monkeypatch.setenv("WIREDESK_PRT", "8081")
    assert "no setting" in problems(Settings(var=tmp_path))["WIREDESK_PRT"].says


@pytest.mark.process
def test_a_file_where_the_folder_should_be_is_named_and_no_traceback(tmp_path):
    (tmp_path / "file").touch()
    done = wiredesk("demo", var=tmp_path / "file")
    assert done.returncode == 1
    assert str(tmp_path / "file") in done.stderr
    assert "WIREDESK_VAR" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.process
@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else_is_named_and_no_traceback(tmp_path):
    tmp_path.chmod(0o500)
    try:
        done = wiredesk("demo", var=tmp_path)
    finally:
        tmp_path.chmod(0o700)
    assert "Permission denied" in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_knows_data_of_another_postgres_before_it_is_started(tmp_path):
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    (tmp_path / "postgres" / "data" / "PG_VERSION").write_text("9\n")
    assert "made by Postgres 9" in problems(Settings(var=tmp_path))["embedded Postgres"].says
    with pytest.raises(DatabaseError):
        Cluster(tmp_path / "postgres", SETTINGS).check_version()


@pytest.mark.database
@pytest.mark.parametrize(("count", "failing", "wrong"), [(40, 21, True), (40, 20, False), (19, 19, False)])
def test_doctor_says_so_when_most_feeds_fail(database, tmp_path, count, failing, wrong):
    with connect(database) as connection:
        polled(connection, count, failing)
    (found,) = [finding for finding in doctor.examine(Settings(var=tmp_path, database_url=database)) if finding.subject == "feeds"]
    assert found.problem == wrong
    assert f"{failing} of {count}" in found.says
    assert "dns_failed" in found.says


@pytest.mark.process
def test_doctor_divides_a_long_subject_from_what_it_says(tmp_path):
    done = wiredesk("doctor", var=tmp_path, WIREDESK_DATABASE_URL="postgresql://somebody@127.0.0.1:1/database_of_the_news")
    assert "/database_of_the_news connection failed" in done.stdout


def test_a_demo_that_is_interrupted_says_that_it_can_go_on(capsys):
    with pytest.raises(KeyboardInterrupt), demo._told_to_go_on():
        raise KeyboardInterrupt
    assert "goes on where" in capsys.readouterr().err


@pytest.mark.parametrize("width", [60, 76, 100])
def test_the_picture_cuts_no_word_on_a_narrow_terminal(width):
    console = drawn(width)
    console.print(picture._story(1, STORY, bars=width >= picture.NARROW))
    text = console.file.getvalue()
    assert "…" not in text
    assert [word for word in ("Nouvelles", "Castelmire", "trimmed", "50%", "25%", "1 h 01 min") if word not in text] == []
    assert ("█" in text) == (width >= picture.NARROW)


def test_the_commands_to_copy_are_whole_lines():
    console = drawn(60)
    picture._invite(console, "var/demo")
    assert f"  WIREDESK_VAR=var/demo ./wiredesk psql --as analyst -c '{picture.QUERY}'\n" in console.file.getvalue()


def test_the_line_of_figures_is_gone_when_the_screen_closes():
    shown = screen.Screen()
    shown.console = Console(file=io.StringIO(), force_terminal=True, width=100)
    shown.figures({"polls": 1})
    assert shown._line
    shown.close()
    assert shown._line is None
    shown.close()


def test_a_tally_of_nothing_is_told_in_the_words_of_its_step(capsys):
    from pipeline.cli import tables

    tables.tallies({"feed": Tally(seen=0, doors={})}, nothing="No feed is due.", as_json=False)
    assert capsys.readouterr().out == "No feed is due.\n"


@pytest.mark.database
def test_doctor_names_titles_whose_layout_has_changed(database, tmp_path):
    with world(database, tmp_path) as edges, edges.connection.transaction():
        add = "INSERT INTO ops.title_event (title_id, at, what, detail) SELECT title_id, now(), %s, 'median words 400 -> 20' FROM core.title WHERE title = %s"
        for what, which in (("layout_changed", "alpha"), ("layout_changed", "beta"), ("layout_settled", "beta")):
            edges.connection.execute(add, [what, which])
    (layout,) = [found for found in doctor.examine(Settings(var=tmp_path / "var", database_url=database)) if found.subject == "layout"]
    assert (layout.problem, layout.says) == (True, "of 1 titles has changed: alpha")
