"""Lists of feeds (OPML): what is read of malformed ones, that ours come back as they were, and what the commands print."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipeline import text, urls
from pipeline.cli.titles import app
from pipeline.errors import RegistryError
from pipeline.newsstand.enrolment import enrol
from pipeline.records import Agency, Feed, Title
from pipeline.registry import drafts, load, newcomers, opml, survey, writing
from pipeline.settings import ROOT

DATA = ROOT / "tests" / "data" / "opml"
AGENCY = Agency(key="ats", name="Alpine Telegraph Service", aliases=("ATS",), languages=("en",), country="ch")


def title(key="the-quay", **more):
    given = {"name": "The Quay", "owner": "Quay Press", "country": "ie", "language": "en", "kind": "newspaper"}
    return Title(**{"key": key, "domains": (f"{key}.example",), "feeds": (Feed(url=f"https://{key}.example/rss"),)} | given | more)


def outlines(name):
    return opml.read((DATA / name).read_bytes())[0]


def addresses(name):
    return [outline.url for outline in outlines(name)]


def test_bare_ampersands_are_read_as_they_were_meant():
    ferries, quay = outlines("bare_ampersands.opml")
    assert (ferries.name, ferries.url) == ("Ferries & Ports", "https://ferries.example/rss?section=ports&lang=en&copy=1")
    assert quay.url == "https://quay.example/rss"


def test_the_names_of_html_are_characters_and_what_is_escaped_twice_is_unescaped_twice():
    assert [(one.name, one.url) for one in outlines("html_names.opml")] == [
        ("Léman — Quai Sud", "https://leman.example/rss?a=1&b=2"),
        ("Café & Port", "https://cafe.example/rss"),
    ]


def test_a_broken_mark_costs_its_own_outline_at_most():
    assert addresses("quotes_within_quotes.opml") == [f"https://{name}.example/rss" for name in ("good", "lost", "single", "bare", "after")]


def test_a_list_without_head_and_end_is_read_as_far_as_it_goes():
    assert addresses("no_head_no_end.opml")[:2] == ["https://quay.example/rss", "https://lantern.example/rss"]
    assert [one.folders for one in outlines("no_head_no_end.opml")][:2] == [("Coast",), ("Coast",)]


def test_folders_are_known_and_comments_are_not_there():
    assert [(one.name, one.folders, one.language) for one in outlines("folders.opml")] == [
        ("The Quay", ("News", "Ireland"), "en-IE"),
        ("The Lantern", ("News",), ""),
        ("The Beacon", (), ""),
    ]


@pytest.mark.parametrize("name", ["latin_called_utf8.opml", "utf_16.opml"])
def test_a_charset_is_what_it_is_and_not_what_is_declared(name):
    assert [one.name for one in outlines(name)] == ["Le Phare de Fécamp"]


def test_control_characters_are_dropped_however_they_are_written():
    assert [one.name for one in outlines("control_characters.opml")] == ["The [31mQuay"]


def test_what_is_no_feed_is_named_and_the_rest_is_kept():
    usable, unusable = opml.read((DATA / "what_is_no_feed.opml").read_bytes())
    assert [one.url for one in usable] == [
        "https://quay.example/rss",
        "http://lantern.example/rss",
        "https://beacon.example/rss",
        "https://old.example/rss",
    ]
    assert [(one.name, one.why) for one in unusable] == [
        ("A script", "not an http or https address, or one with a user name in it"),
        ("A password", "not an http or https address, or one with a user name in it"),
        ("No address", "no address"),
        ("Another list", "a page or another list, not a feed"),
        ("A page", "a page or another list, not a feed"),
        ("The same again", "listed before"),
    ]


def test_entities_are_never_resolved():
    assert next(one.name for one in outlines("what_is_no_feed.opml")) == "&secret;&a;"


@pytest.mark.parametrize(
    "body",
    [
        b"<outline " + b'text="' * 200_000,
        b"<outline " * 100_000,
        b"<outline text='a'>" * 100_000,
        b"<!--" * 300_000,
        b"<outline xmlUrl=" + b"a" * 2_000_000,
        b"<outline " + b"a " * 1_000_000 + b">",
        b"<outline " + b"a=" * 700_000,
        b"<outline text='" + b"&#" * 700_000 + b"'>",
        b"<outline text='&#" + b"0" * 100_000 + b"65;' xmlUrl='https://quay.example/rss'/>",
        b"</outline>" * 200_000,
    ],
    ids=["quotes", "outlines", "nested", "comments", "value", "words", "equals", "references", "digits", "ends"],
)
def test_a_hostile_list_takes_no_time(body):
    started = time.process_time()
    opml.read(body)
    assert time.process_time() - started < 5


@given(st.binary(max_size=300), st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_whatever_surrounds_them_whole_outlines_are_found(before, after):
    mark = b'\n<outline text="The Quay" xmlUrl="https://quay.example/rss"/>\n<outline/>'
    if before[:4] in {b"\xff\xfe", b"\xfe\xff"} or b"<!--" in before or b"\0" in before:
        return
    found = opml.read(b"<opml>" + before + mark + after)[0]
    assert "https://quay.example/rss" in [one.url for one in found]


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20).filter(
    lambda said: text.plain(said, 200) == said
)
LABEL = st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True)
QUERY = st.from_regex(r"(\?[a-z]=[a-zA-Z0-9%&=;'\"<>]{0,9})?", fullmatch=True).filter(lambda said: "&" not in said or "amp;" not in said)
FEED = st.builds(
    lambda label, query, kind, section: Feed(url=f"https://{label}.example/rss{query}", kind=kind, section=section),
    LABEL,
    QUERY,
    st.sampled_from(["feed", "news_sitemap"]),
    st.none() | WORDS,
)
TITLES = st.lists(
    st.builds(
        lambda key, name, owner, **more: title(key, name=name, owner=owner, **more),
        LABEL,
        WORDS,
        WORDS,
        country=st.sampled_from(["ie", "fr", "jp"]),
        language=st.sampled_from(["en", "fr", "ja"]),
        agency=st.none() | LABEL,
        weight=st.integers(-100, 100),
        domains=st.lists(LABEL.map(lambda label: f"{label}.example"), min_size=1, max_size=3).map(tuple),
        feeds=st.lists(FEED, min_size=1, max_size=3).map(tuple),
    ),
    max_size=5,
    unique_by=lambda one: one.key,
).filter(lambda found: len({urls.normalise(f.url) for t in found for f in t.feeds}) == sum(len(t.feeds) for t in found))


@given(TITLES)
@settings(max_examples=150, deadline=None)
def test_titles_come_back_from_a_list_as_they_went_into_it(titles):
    usable, unusable = opml.read(opml.write(titles))
    assert unusable == ()
    assert sorted(drafts.from_outlines(usable, set()), key=lambda one: one.key) == sorted(titles, key=lambda one: one.key)


@given(TITLES.filter(bool))
@settings(max_examples=50, deadline=None)
def test_what_is_known_is_not_new_a_second_time(titles):
    found = newcomers.sort(drafts.from_outlines(opml.read(opml.write(titles))[0], set()), titles)
    assert (found.titles, found.feeds, len(found.known)) == ((), (), sum(len(one.feeds) for one in titles))


def test_our_own_registry_comes_back_as_it_is():
    titles = load(ROOT / "pipeline" / "registry").titles
    usable, unusable = opml.read(opml.write(titles))
    assert sorted(drafts.from_outlines(usable, set()), key=lambda one: one.key) == list(titles)
    assert unusable == ()


def test_feeds_of_one_site_are_one_title_and_its_name_is_what_they_share():
    listed = [
        opml.Outline(url="https://feeds.quay.example/a", name="The Quay - Sport", site="https://www.quay.example/", language="en-IE"),
        opml.Outline(url="https://www.quay.example/b.xml", name="The Quay - World news"),
        opml.Outline(url="https://feedburner.com/lantern", name="The Lantern"),
    ]
    quay, lantern = drafts.from_outlines(listed, {"the-quay"})
    assert (quay.key, quay.name, quay.domains, quay.language, quay.country) == ("the-quay-2", "The Quay", ("quay.example",), "en", "ie")
    assert [feed.section for feed in quay.feeds] == ["Sport", "World news"]
    assert (lantern.name, lantern.domains) == ("The Lantern", ())


@pytest.mark.parametrize(
    ("name", "host", "key"),
    [
        ("Le Phare de l’Île", "phare.example", "le-phare-de-l-ile"),
        ("Süddeutsche Straße", "sz.example", "suddeutsche-strasse"),
        ("灯台新聞", "todai.co.example", "todai-co"),
        ("!!!", "127.0.0.1", "127-0-0"),
    ],
)
def test_a_key_is_of_the_name_or_else_of_the_host(name, host, key):
    assert drafts.key(name, host, set()) == key


def run(folder, *arguments, **more):
    return CliRunner().invoke(app, [*map(str, arguments)], env={"WIREDESK_REGISTRY": str(folder)}, **more)


@pytest.fixture
def folder(tmp_path):
    enrol(tmp_path / "registry", [title()], [AGENCY])
    return tmp_path / "registry"


def test_import_prints_blocks_that_the_registry_takes_once_they_are_filled_in(folder):
    done = run(folder, "import", DATA / "folders.opml")
    assert done.exit_code == 0
    assert done.stdout.count("[[title]]") == 3
    (folder / "titles" / "new.toml").write_text(done.stdout, encoding="utf-8")
    assert {mistake.problem.split(":")[1].strip() for mistake in survey(folder)[1]} <= {"owner", "country", "kind", "language"}
    filled = done.stdout
    for field, said in {"owner": "Press", "country": "ie", "kind": "newspaper", "language": "en"}.items():
        filled = filled.replace(f'{field} = ""', f'{field} = "{said}"')
    (folder / "titles" / "new.toml").write_text(filled, encoding="utf-8")
    assert survey(folder)[1] == ()


def test_import_says_what_is_known_what_is_new_and_what_cannot_be_used(folder):
    body = b"""<opml><body><outline text="Known" xmlUrl="http://www.the-quay.example/rss"/>
    <outline text="The Quay: sport" xmlUrl="https://the-quay.example/sport.xml"/><outline text="x" xmlUrl="gopher://x"/>
    <outline text="The Beacon" xmlUrl="https://beacon.example/rss"/></body></opml>"""
    done = run(folder, "import", "-", input=body)
    assert '#   { url = "https://the-quay.example/sport.xml", section = "sport" },' in done.stdout.splitlines()
    assert done.stderr.splitlines()[-1] == "new titles 1 with feeds 1  feeds of known titles 1  known 1  not usable 1"
    data = json.loads(run(folder, "import", "-", "--json", input=body).stdout)
    assert [(feed["title"], feed["url"]) for feed in data["known"]] == [("the-quay", "http://www.the-quay.example/rss")]
    assert [one["url"] for one in data["unusable"]] == ["gopher://x"]


def test_import_of_what_is_no_list_says_so(folder, tmp_path):
    (tmp_path / "page.html").write_text("<html><title>Welcome</title></html>", encoding="utf-8")
    done = run(folder, "import", tmp_path / "page.html")
    assert (done.exit_code, type(done.exception)) == (1, RegistryError)
    assert run(folder, "import", tmp_path / "nowhere.opml").exit_code == 2


def test_export_and_import_are_each_others_inverse(folder, tmp_path):
    listed = run(folder, "export").stdout_bytes
    assert listed.startswith(b"<?xml version='1.0' encoding='utf-8'?>\n<opml ")
    enrol(tmp_path / "other", [title("other", domains=("other.example",))], [AGENCY])
    back = run(tmp_path / "other", "import", "-", input=listed)
    assert back.stdout == writing.block(title()) == run(folder, "export", "--toml").stdout
    assert run(folder, "export", "--country", "fr").exit_code == 1


@pytest.mark.shared
def test_a_list_made_of_real_names_and_addresses_comes_back_whole():
    import csv
    from xml.sax.saxutils import quoteattr

    file = ROOT.parent / "shared" / "catalogue" / "opml.csv"
    if not file.exists():
        pytest.skip("../shared is absent")
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    body = "".join(f"<outline text={quoteattr(row['name'])} xmlUrl={quoteattr(row['url'])}/>" for row in rows)
    usable, unusable = opml.read(f"<opml><body>{body}</body></opml>".encode())
    assert len(usable) + sum(one.why == "listed before" for one in unusable) == len(rows)
    assert {" ".join(row["name"].split()) for row in rows} >= {one.name for one in usable}
