"""`why`, `decide` and `recompute` from outside: what they print, what they refuse, and the codes with which they end."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from builders_news import OTHER_AGENCY, UNRELATED, WIRE, Clock, Web, ask, stories, world
from builders_stories import cut

from pipeline.cli import main
from pipeline.settings import ROOT
from pipeline.steps import rounds

pytestmark = pytest.mark.database

WIRE_URL, COPY, CUT, OWN = "http://npa.example/wire", "http://alpha.example/copy", "http://beta.example/cut", "http://gamma.example/own"
BECAUSE = ("--by", "ada", "--why", "read both")


@pytest.fixture(scope="module")
def told(postgres, tmp_path_factory):
    """A database that is in its stories; a test that decides something withdraws it."""
    web = Web()
    web.publish("npa", "wire", WIRE)
    web.publish("alpha", "copy", WIRE, byline="NPA")
    web.publish("beta", "cut", cut(WIRE, 0, 7))
    web.publish("gamma", "own", OTHER_AGENCY)
    web.publish("gamma", "museum", UNRELATED)
    with world(postgres.create("told", template="migrated"), tmp_path_factory.mktemp("told"), web=web, now=Clock()) as edges:
        with edges.connection.transaction():
            edges.connection.execute("UPDATE ops.deployment SET seed = 1")  # that of builders_news
        rounds.run(edges)
        yield edges
    postgres.drop("told")


def surroundings(told):
    """Return the environment: a database of the news, and none for Airflow, which these have no need of."""
    settings = told.settings
    return {
        "WIREDESK_DATABASE_URL": told.url,
        "WIREDESK_VAR": str(settings.var),
        "WIREDESK_REGISTRY": str(settings.registry),
        "COLUMNS": "200",
    }


@pytest.fixture
def wiredesk(told, monkeypatch, capsys):
    """Run the command line in this process, as `./wiredesk` does, and return its code and what it printed."""
    for name, value in surroundings(told).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(main.app, "registered_groups", [])

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["./wiredesk", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return SimpleNamespace(code=ended.value.code or 0, out=printed.out, err=" ".join(printed.err.split()))

    return run


def withdrawn(wiredesk, done):
    """Withdraw what was just decided."""
    assert done.code == 0, done.err
    assert wiredesk("decide", "withdraw", done.out.split()[1], *BECAUSE).code == 0


# --- why ---


def test_why_prints_both_texts_and_what_each_setting_of_the_dial_says(wiredesk):
    done = wiredesk("why", WIRE_URL, CUT)
    assert done.code == 0
    assert done.out.startswith("One story: they match directly.")
    assert "Npa" in done.out
    assert "Beta" in done.out
    assert "in the other" in done.out
    assert "✓ strict" in done.out


def test_one_article_is_not_compared_with_itself(wiredesk):
    done = wiredesk("why", WIRE_URL, WIRE_URL)
    assert (done.code, "one article" in done.err) == (2, True)


def test_why_as_data_says_what_sql_says(wiredesk, told):
    said = json.loads(wiredesk("why", WIRE_URL, CUT, "--json").out)
    columns = "a_url, b_url, says, one_story, level, a_in_b, b_in_a, shared, longest, lead, told, differing, passages, path"
    (row,) = ask(told, f"SELECT {columns} FROM mart.why(%s, %s)", WIRE_URL, CUT)
    assert [said["summary"][column] for column in columns.split(", ")] == list(row)
    assert said["match"]["left_in_right"] == pytest.approx(said["summary"]["a_in_b"])


def test_why_draws_a_picture(wiredesk, tmp_path):
    assert wiredesk("why", WIRE_URL, OWN, "--svg", str(tmp_path / "why.svg")).code == 0
    assert (tmp_path / "why.svg").read_text().startswith("<svg")


@pytest.mark.parametrize(
    ("url", "problem"), [("http://npa.example/none", "no article has this address"), ("wire", "is no address of an article")]
)
def test_an_address_that_nobody_knows_is_named(wiredesk, url, problem):
    for command in (("why", WIRE_URL, url), ("decide", "together", url, WIRE_URL, *BECAUSE), ("decide", "canonical", url, *BECAUSE)):
        done = wiredesk(*command)
        assert (done.code, done.out) == (1, "")
        assert url in done.err
        assert problem in done.err


# --- decide ---


def test_a_decision_is_made_listed_and_withdrawn(wiredesk, told):
    before = stories(told)
    done = wiredesk("decide", "together", OWN, COPY, *BECAUSE)
    assert "the stories around it were made anew" in done.out
    assert sorted(map(len, stories(told))) == [1, 4]
    (row,) = json.loads(wiredesk("decide", "list", "--json").out)
    assert (row["what"], row["who"], row["why"]) == ("must_link", "ada", "read both")
    assert {row["url"], row["other_url"]} == {OWN, COPY}
    assert "must link" in wiredesk("decide", "list").out
    withdrawn(wiredesk, done)
    assert stories(told) == before
    assert json.loads(wiredesk("decide", "list", "--json").out) == []
    assert json.loads(wiredesk("decide", "list", "--withdrawn", "--json").out)[0]["withdrawn_why"] == "read both"


@pytest.mark.parametrize(
    ("asked", "told_so"),
    [
        (("decide", "together", OWN, OWN, *BECAUSE), "both addresses are one article"),
        (("decide", "agency", OWN, "nobody", *BECAUSE), "agency nobody: none has this key"),
        (("decide", "withdraw", "4711", *BECAUSE), "decision 4711: there is none that holds"),
        (("decide", "apart", OWN, COPY, "--by", "ada", "--why", " "), "why: it says nothing"),
        (("decide", "apart", OWN, COPY, "--by", "", "--why", "read both"), "by: it names nobody"),
    ],
)
def test_what_cannot_be_decided_is_refused_and_leaves_nothing(wiredesk, told, asked, told_so):
    before = ask(told, "SELECT count(*) FROM core.decision")
    done = wiredesk(*asked)
    assert (done.code, done.out) == (1, "")
    assert told_so in done.err
    assert ask(told, "SELECT count(*) FROM core.decision") == before


def test_a_contradiction_is_named_with_what_to_do(wiredesk):
    first = wiredesk("decide", "apart", OWN, COPY, *BECAUSE)
    done = wiredesk("decide", "together", OWN, COPY, *BECAUSE)
    assert done.code == 1
    assert "contradicts another decision: decision" in done.err
    assert f"./wiredesk decide withdraw {first.out.split()[1]}" in done.err
    withdrawn(wiredesk, first)


@pytest.mark.parametrize("asked", [("decide", "together", OWN, *BECAUSE), ("decide", "apart", OWN, COPY, "--by", "ada"), ("why", OWN)])
def test_what_is_missing_is_asked_for(wiredesk, asked):
    assert wiredesk(*asked).code == 2


# --- recompute ---


def test_days_from_scratch_differ_in_nothing(wiredesk):
    done = wiredesk("recompute", "--from", "2026-03-01", "--to", "2026-03-03")
    assert (done.code, done.out) == (0, "Nothing differs.\n")
    assert json.loads(wiredesk("recompute", "--from", "2026-03-02", "--to", "2026-03-02", "--json").out) == []


def test_what_differs_ends_with_one_and_is_mended_when_asked(wiredesk, told):
    with told.connection.transaction():
        told.connection.execute("UPDATE core.story_article SET kept = 0.1 WHERE relation = 'trimmed'")
    day = ("--from", "2026-03-02", "--to", "2026-03-02")
    done = wiredesk("recompute", *day)
    assert done.code == 1
    assert CUT in done.out
    assert "1 differences; --apply writes them." in done.out
    assert [one["what"] for one in json.loads(wiredesk("recompute", *day, "--json").out)] == ["relation"]
    assert wiredesk("recompute", *day, "--apply").code == 0
    assert wiredesk("recompute", *day).code == 0


@pytest.mark.parametrize(
    ("since", "until", "problem"),
    [
        ("2026-03-03", "2026-03-02", "2026-03-02 is before 2026-03-03"),
        ("yesterday", "2026-03-02", "'yesterday' is no day such as 2026-03-02"),
        ("2026-03-02", "2026-02-30", "'2026-02-30' is no day"),
    ],
)
def test_days_that_cannot_be_are_named(wiredesk, since, until, problem):
    done = wiredesk("recompute", "--from", since, "--to", until)
    assert (done.code, done.out) == (2, "")
    assert problem in done.err


def test_from_a_shell_it_is_the_same(told):
    command = [sys.executable, "-m", "pipeline.cli", "why", WIRE_URL, "http://npa.example/none"]
    given = surroundings(told) | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no article has this address" in done.stderr
