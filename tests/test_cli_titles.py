"""`titles list` and `titles check`: what they print, what they refuse, and a look at every feed of the newsstand."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from pipeline.cli.looks import age
from pipeline.cli.titles import app
from pipeline.errors import RegistryError, SettingsError
from pipeline.newsstand import server, world
from pipeline.newsstand.enrolment import enrol
from pipeline.records import Agency, Feed, Title

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
AGENCY = Agency(key="ats", name="Alpine Telegraph Service", aliases=("ATS",), languages=("en",), country="ch")


def title(key="the-lantern", **more):
    domain = f"{key}.example"
    given = {"name": key.title(), "owner": "Lantern Press", "country": "ie", "language": "en", "kind": "newspaper"}
    return Title(**{"key": key, "domains": (domain,), "feeds": (Feed(url=f"http://{domain}/rss"),)} | given | more)


@pytest.fixture
def folder(tmp_path):
    """A registry of three titles in two countries."""
    titles = [title(), title("le-phare", country="fr", language="fr"), title("fr-wire", country="fr", kind="portal")]
    enrol(tmp_path, titles, [AGENCY])
    return tmp_path


def run(folder, *arguments, **environment):
    environment = {"WIREDESK_REGISTRY": str(folder), "WIREDESK_SPACING": "0"} | environment
    return CliRunner().invoke(app, arguments, env=environment)


def test_list_shows_every_title_and_their_sum(folder):
    done = run(folder, "list")
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["key", "fr-wire", "le-phare", "the-lantern", "titles"]
    assert done.stdout.splitlines()[-1] == "titles 3  countries 2  languages 2  feeds 3"


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        (["--country", "fr"], ["fr-wire", "le-phare"]),
        (["--country", "fr", "--country", "ie"], ["fr-wire", "le-phare", "the-lantern"]),
        (["--country", "fr", "--language", "fr"], ["le-phare"]),
        (["--kind", "portal"], ["fr-wire"]),
        (["--kind", "portal", "--language", "fr"], []),
    ],
)
def test_list_shows_what_was_asked_for(folder, options, keys):
    assert [title["key"] for title in json.loads(run(folder, "list", "--json", *options).stdout)] == keys


def test_list_as_data_says_all(folder):
    (shown,) = json.loads(run(folder, "list", "--json", "--country", "ie").stdout)
    assert shown["feeds"] == [{"url": "http://the-lantern.example/rss", "kind": "feed", "section": None}]
    assert (shown["owner"], shown["domains"]) == ("Lantern Press", ["the-lantern.example"])


def test_a_filter_that_no_title_has_is_an_error(folder):
    done = run(folder, "list", "--country", "uk")
    assert isinstance(done.exception, SettingsError)
    assert str(done.exception) == "--country uk: no title of the registry is such"


def test_list_of_a_registry_with_a_mistake_says_where_it_is(folder):
    spoil(folder, "ie", 'country = "ie"', 'country = "uk"')
    done = run(folder, "list")
    assert isinstance(done.exception, RegistryError)
    assert done.exception.subject == "titles/ie.toml:5"


def test_check_of_a_right_registry_says_what_is_in_it(folder):
    done = run(folder, "check")
    assert (done.exit_code, done.stdout) == (0, "✓ titles 3  countries 2  languages 2  feeds 3  agencies 1\n")


def test_check_names_every_mistake_with_file_and_line(folder):
    spoil(folder, "ie", 'country = "ie"', 'country = "uk"')
    spoil(folder, "fr", 'owner = "Lantern Press"\n', "")
    done = run(folder, "check")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        f"{folder}/titles/fr.toml:1: le-phare: the field `owner` is missing",
        f'{folder}/titles/ie.toml:5: the-lantern: country: "uk" is no country: two lower-case letters of ISO 3166-1, here "gb"',
        "2 mistakes",
    ]


def test_check_of_a_file_that_is_no_toml(folder):
    spoil(folder, "ie", 'country = "ie"', 'country = "ie')
    done = run(folder, "check", "--json")
    (mistake,) = json.loads(done.stdout)["mistakes"]
    assert (mistake["file"], mistake["line"], done.exit_code) == ("titles/ie.toml", 5, 1)


def test_check_polls_nothing_where_the_registry_is_wrong(folder, tmp_path):
    spoil(folder, "ie", 'country = "ie"', 'country = "uk"')
    (tmp_path / "hosts").touch()
    done = run(folder, "check", "--live", "--json", WIREDESK_HOSTS=str(tmp_path / "hosts"))
    assert (json.loads(done.stdout)["feeds"], done.exit_code) == ([], 1)


def test_check_live_without_any_answer_fails_and_says_why(folder, tmp_path):
    (tmp_path / "hosts").touch()
    done = run(folder, "check", "--live", WIREDESK_HOSTS=str(tmp_path / "hosts"))
    assert done.exit_code == 1
    assert done.stdout.count("dns_failed") >= 3
    assert done.stdout.splitlines()[-1] == "feeds 3  read 0  refused 3  entries 0"


@pytest.fixture(scope="module")
def stand():
    """The newsstand, at its last moment."""
    small = world.build(seed=3, titles=40, days=0.5, start=NOW)
    with server.open(small, clock=lambda: small.end) as opened:
        yield opened, {"WIREDESK_HOSTS": str(opened.hosts), "WIREDESK_CLOCK": f"{small.end.isoformat()} {NOW.isoformat()} 0"}


def test_check_live_reads_every_feed_of_the_newsstand(stand):
    opened, environment = stand
    done = run(opened.registry, "check", "--live", "--json", **environment)
    assert done.exit_code == 0
    looks = json.loads(done.stdout)["feeds"]
    assert {look["refusal"] for look in looks} == {None, "not_a_feed", "empty_body"}  # two of its titles are meant to be broken
    assert {look["form"] for look in looks if not look["refusal"]} == {"rss", "rdf", "atom", "json", "news_sitemap"}
    assert sum(look["entries"] for look in looks) > 100
    assert [look["place"] for look in looks] == list(range(len(looks)))


def test_check_live_shows_a_feed_that_is_not_there_among_those_that_are(stand, tmp_path):
    opened, environment = stand
    (tmp_path / "titles").mkdir()
    (tmp_path / "agencies.toml").write_bytes((opened.registry / "agencies.toml").read_bytes())
    for file in (opened.registry / "titles").iterdir():
        text = file.read_text(encoding="utf-8")
        (tmp_path / "titles" / file.name).write_text(text.replace('url = "http://', 'url = "http://nowhere.', 1), encoding="utf-8")
    done = run(tmp_path, "check", "--live", **environment)
    assert done.exit_code == 0
    *rows, total = done.stdout.splitlines()
    gone = [row for row in rows if "http://nowhere." in row]
    assert len(gone) == len(list((tmp_path / "titles").iterdir()))
    assert all("dns_failed" in row and "nowhere." in row for row in gone)
    refused = len(gone) + sum("not_a_feed" in row or "empty_body" in row for row in rows)
    assert f"  refused {refused}  " in total


def test_check_live_of_one_title(stand):
    opened, environment = stand
    known = json.loads(run(opened.registry, "list", "--json").stdout)[7]
    done = run(opened.registry, "check", "--live", "--json", "--title", known["key"], **environment)
    assert {look["title"] for look in json.loads(done.stdout)["feeds"]} == {known["key"]}


@pytest.mark.parametrize(
    ("ago", "said"),
    [(timedelta(minutes=-5), "0 min"), (timedelta(minutes=119), "119 min"), (timedelta(hours=47), "47 h"), (timedelta(days=9), "9 d")],
)
def test_ages_are_told_in_their_largest_unit(ago, said):
    assert age(NOW - ago, NOW) == said


def spoil(folder, country, right, wrong):
    file = folder / "titles" / f"{country}.toml"
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
