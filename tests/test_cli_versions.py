"""`versions`, `reread`, `learn` and `reextract` as somebody types them: what they print, and how they end."""

import json

import pytest
from builders_news import NOON, UNRELATED, WIRE, Clock, Web, ask, world
from typer.testing import CliRunner

from pipeline.cli.versions import app
from pipeline.steps import rounds

pytestmark = pytest.mark.database
MORE = "The museum said on Monday that the roof would be mended before the winter came back."
DAY = f"{NOON.date()}"


@pytest.fixture
def edges(database, tmp_path):
    """A museum's page that got a paragraph and a title's that is gone, both read twice; and a wire that stays as it was."""
    web, clock = Web(), Clock()
    web.publish("alpha", "ferries", WIRE)
    address = web.publish("gamma", "museum", UNRELATED)
    with world(database, tmp_path, web=web, now=clock) as edges:
        rounds.run(edges)
        web.publish("gamma", "museum", f"{UNRELATED}\n\n{MORE}")
        clock.forward(hours=1)
        rounds.run(edges)
        edges.address = address
        yield edges


@pytest.fixture
def run(edges, database, monkeypatch):
    for name in ("WIREDESK_DATABASE_URL", "WIREDESK_AIRFLOW_DATABASE_URL"):
        monkeypatch.setenv(name, database)
    monkeypatch.setenv("WIREDESK_REGISTRY", str(edges.settings.registry))
    return lambda *args: CliRunner().invoke(app, args, catch_exceptions=False)


def museum(edges):
    return ask(edges, "SELECT url FROM core.article WHERE url LIKE '%%museum'")[0][0]


def test_versions_shows_each_with_its_class_and_what_came(run, edges):
    shown = run("versions", museum(edges))
    assert shown.exit_code == 0
    first, second = (line for line in shown.stdout.splitlines() if line[:1].isdigit())
    assert "first" in first
    assert "substantive" in second
    assert "mended before the winter" in shown.stdout.replace("\n", " ")


def test_versions_as_data_are_the_same(run, edges):
    rows = json.loads(run("versions", museum(edges), "--json").stdout)
    assert [(row["number"], row["change"]) for row in rows] == [(1, None), (2, "substantive")]
    assert rows[0]["difference"] == []
    assert any("winter" in line for line in rows[1]["difference"])


def test_an_address_without_a_text_ends_with_1_and_says_how_to_get_it(run):
    shown = run("versions", "https://alpha.example/nothing")
    assert (shown.exit_code, "fetch --url" in shown.stdout) == (1, True)


def test_what_is_no_address_ends_with_2(run):
    assert run("versions", "no address").exit_code == 2


def test_a_day_reads_as_it_is_stored_and_ends_with_0(run):
    shown = run("reextract", "--day", DAY)
    assert (shown.exit_code, "all as they are stored" in shown.stdout) == (0, True)


def test_a_day_that_reads_otherwise_ends_with_1_names_it_and_is_mended_when_asked(run, edges):
    ask(edges, "UPDATE core.article_version SET headline = 'Museum opens', language = 'fr' WHERE number = 2 RETURNING 1")
    shown = run("reextract", "--day", DAY)
    assert shown.exit_code == 1
    assert "version 2: headline, language" in shown.stdout
    rows = json.loads(run("reextract", "--day", DAY, "--json").stdout)
    assert [(row["number"], sorted(row["columns"])) for row in rows] == [(2, ["headline", "language"])]
    assert run("reextract", "--day", DAY, "--apply").exit_code == 0
    assert run("reextract", "--day", DAY).exit_code == 0


def test_a_day_that_is_none_ends_with_2_and_shows_one(run):
    shown = run("reextract", "--day", "yesterday")
    assert (shown.exit_code, "2026-03-02" in shown.output) == (2, True)


def test_reread_and_learn_say_what_they_did_or_what_would_bring_them_something(run, edges):
    ask(edges, "UPDATE ops.reread SET due_at = now() + interval '7 days' RETURNING 1")
    shown = run("reread")
    assert (shown.exit_code, "ops.reread" in shown.stdout) == (0, True)
    ask(edges, "UPDATE core.article_version SET extracted_at = '2020-01-01Z' RETURNING 1")
    shown = run("learn")
    assert (shown.exit_code, "No title has new texts." in shown.stdout) == (0, True)
