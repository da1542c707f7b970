"""The registry: what stands in it, and what its loader says of a block that is wrong."""

from collections import Counter
from urllib.parse import urlsplit

import pytest

from pipeline.errors import RegistryError
from pipeline.records import Feed, Title
from pipeline.registry import load, survey
from pipeline.registry.lines import scan
from pipeline.settings import ROOT

FOLDER = ROOT / "pipeline" / "registry"
AGENCY = """\
[[agency]]
key = "afp"
name = "Agence France-Presse"
aliases = ["AFP"]
languages = ["fr", "en"]
country = "fr"
examples = [
  { text = "The bridge will open on Friday, the council said.", byline = "AFP", expect = "full" },
]
"""
TITLE = """\
[[title]]
key = "the-lantern"
name = "The Lantern"
owner = "Lantern Press"
country = "ie"
language = "en"
kind = "newspaper"
domains = ["lantern.example"]
feeds = [
  { url = "https://lantern.example/rss", section = "news" },
  { url = "https://lantern.example/news.xml", kind = "news_sitemap" },
]
"""
OTHER = TITLE.replace("the-lantern", "the-beacon").replace("The Lantern", "The Beacon").replace("lantern.example", "beacon.example")


@pytest.fixture
def folder(tmp_path):
    """A valid registry: one agency, one title."""
    (tmp_path / "titles").mkdir()
    write(tmp_path, TITLE)
    write(tmp_path, AGENCY, "agencies.toml")
    return tmp_path


def write(folder, text, name="titles/ie.toml"):
    (folder / name).write_text(text, encoding="utf-8")


def only(folder):
    """Return the one mistake of a registry, as people read it."""
    (mistake,) = survey(folder)[1]
    return str(mistake)


@pytest.fixture(scope="module")
def titles():
    """What stands in our own registry, and nothing is wrong with it."""
    registry, mistakes = survey(FOLDER)
    assert [str(mistake) for mistake in mistakes if mistake.file.startswith("titles/")] == []
    return registry.titles


# -- our own registry


def test_hundreds_of_titles_of_many_countries_and_languages(titles):
    assert len(titles) >= 150
    assert len({title.country for title in titles}) >= 25
    assert len({title.language for title in titles}) >= 12
    assert sum(len(title.feeds) for title in titles) >= 300


def test_it_loads_without_a_mistake(titles):
    registry = load(FOLDER)
    assert registry.titles == titles
    assert len(registry.agencies) >= 25


def test_titles_that_run_others_text_are_among_them(titles):
    domains = {domain for title in titles for domain in title.domains}
    assert domains >= {"ibtimes.com", "france24.com", "yahoo.com", "malaymail.com", "straitstimes.com", "barrons.com", "today.rtl.lu"}
    assert {"en", "fr", "es"} <= {title.language for title in titles if "france24.com" in title.domains}


def test_every_title_stands_in_its_country_s_file():
    for file in (FOLDER / "titles").glob("*.toml"):
        countries = {line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("country = ")}
        assert countries == {f'country = "{file.stem}"'}


def test_blocks_of_a_file_are_in_the_order_of_their_keys():
    for file in (FOLDER / "titles").glob("*.toml"):
        keys = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("key = ")]
        assert keys == sorted(keys, key=lambda line: line.split('"')[1])


def test_names_differ(titles):
    assert [name for name, count in Counter(title.name.casefold() for title in titles).items() if count > 1] == []


def test_a_domain_is_written_without_www_and_no_domain_lies_in_another_of_its_title(titles):
    for title in titles:
        for domain in title.domains:
            assert not any(other != domain and domain.endswith(f".{other}") for other in title.domains), title.key


def test_a_title_s_own_feeds_are_where_its_domains_are_or_at_a_feed_service(titles):
    """A slip of the pen in a domain would refuse every entry as off-domain; most feeds stand on a title's own host."""
    own = [any(f".{urlsplit(feed.url).hostname}".endswith(f".{d}") for d in title.domains) for title in titles for feed in title.feeds]
    assert sum(own) / len(own) > 0.9


def test_the_site_of_an_agency_is_on_a_domain_of_the_agency():
    registry = load(FOLDER)
    domains = {agency.key: agency.domains for agency in registry.agencies}
    strange = [title.key for title in registry.titles if title.agency and title.domains[0] not in domains[title.agency]]
    assert strange == []


# -- a valid registry


def test_a_block_becomes_a_record(folder):
    assert load(folder).titles == (
        Title(
            key="the-lantern",
            name="The Lantern",
            owner="Lantern Press",
            country="ie",
            language="en",
            kind="newspaper",
            domains=("lantern.example",),
            feeds=(
                Feed(url="https://lantern.example/rss", section="news"),
                Feed(url="https://lantern.example/news.xml", kind="news_sitemap"),
            ),
        ),
    )


def test_the_order_of_files_and_blocks_does_not_matter(folder):
    write(folder, f"{TITLE}\n{OTHER}")
    together = load(folder)
    write(folder, TITLE, "titles/zz.toml")
    write(folder, OTHER)
    assert load(folder) == together


def test_editions_of_one_owner_may_share_a_domain(folder):
    write(folder, TITLE + OTHER.replace('["beacon.example"]', '["lantern.example"]'))
    assert len(load(folder).titles) == 2


def test_a_title_may_be_the_site_of_an_agency(folder):
    write(folder, TITLE.replace('kind = "newspaper"', 'kind = "agency"\nagency = "afp"'))
    assert load(folder).titles[0].agency == "afp"


# -- what is wrong, and where


@pytest.mark.parametrize("line", [line for line in TITLE.splitlines() if " = " in line and not line.startswith(" ")])
def test_a_missing_field_is_named_at_its_block(folder, line):
    field = line.split(" = ")[0]
    text = TITLE.replace(f"{line}\n", "", 1) if field != "feeds" else TITLE[: TITLE.index("feeds")]
    write(folder, f"# Ireland\n\n{text}")
    assert only(folder).startswith("titles/ie.toml:3: ")
    assert only(folder).endswith(f"the field `{field}` is missing")


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ('owner = "Lantern Press"', 'ownr = "x"\nowner = "y"', 4, "unknown field `ownr`; did you mean `owner`?"),
        ('owner = "Lantern Press"', 'zzz = 1\nowner = "y"', 4, "unknown field `zzz`; known are key, name"),
        ('owner = "Lantern Press"', 'owner = ""', 4, "owner: must not be empty"),
        ('owner = "Lantern Press"', "owner = 7", 4, "owner: input should be a valid string, not 7"),
        ('key = "the-lantern"', 'key = "The Lantern"', 2, '"The Lantern" is no key'),
        ('country = "ie"', 'country = "uk"', 5, '"uk" is no country: two lower-case letters of ISO 3166-1, here "gb"'),
        ('country = "ie"', 'country = "IE"', 5, 'here "ie"'),
        ('country = "ie"', 'country = "qq"', 5, 'such as "fr"'),
        ('language = "en"', 'language = "jp"', 6, '"jp" is no language: two lower-case letters of ISO 639-1, here "ja"'),
        ('language = "en"', 'language = "en|fr"', 6, 'here "en"'),
        ('kind = "newspaper"', 'kind = "blog"', 7, '"blog" is no kind of title: one of agency, broadcaster'),
        ('kind = "newspaper"', 'kind = "agency"', 7, "says whose site it is: the field `agency` is missing"),
        ('kind = "newspaper"', 'kind = "newspaper"\nagency = "apf"', 8, '"apf" is the key of no agency; did you mean "afp"?'),
        ('kind = "newspaper"', 'kind = "newspaper"\nweight = 1000', 8, "weight: input should be less than or equal to 100"),
        ('["lantern.example"]', "[]", 8, "`domains` is empty"),
        ('["lantern.example"]', '["www.lantern.example"]', 8, 'write the domain "lantern.example"'),
        ('["lantern.example"]', '["https://lantern.example/"]', 8, "is no domain: lower case, without scheme"),
        ('"https://lantern.example/rss"', '"lantern.example/rss"', 10, '"lantern.example/rss" is no address to poll'),
        ('"https://lantern.example/rss"', '"ftp://lantern.example/rss"', 10, "is no address to poll"),
        ('"https://lantern.example/rss"', '"https://me:pw@lantern.example/rss"', 10, "is no address to poll"),
        ('"https://lantern.example/rss"', '"https://lantern.example:port/rss"', 10, "is no address to poll"),
        ('"https://lantern.example/rss"', '"https://-lantern.example/rss"', 10, "is no address to poll"),
        ('"https://lantern.example/rss"', '"https://[lantern]/rss"', 10, "is no address to poll"),
        ('"https://lantern.example/rss"', '"https://lantern.example/a b"', 10, "is no address to poll"),
        ('"https://lantern.example/rss"', f'"https://lantern.example/{"x" * 2048}"', 10, "at most 2048 bytes"),
        ('kind = "news_sitemap"', 'kind = "sitemap"', 11, "'sitemap' is none of 'feed' or 'news_sitemap'"),
        ('url = "https://lantern.example/news.xml"', 'uri = "https://lantern.example/news.xml"', 11, "did you mean `url`?"),
        ('section = "news"', 'topic = "news"', 10, "unknown field `topic`"),
    ],
)
def test_a_wrong_value_is_told_with_its_line_and_what_would_be_right(folder, right, wrong, line, said):
    assert right in TITLE
    write(folder, TITLE.replace(right, wrong, 1))
    mistakes = [str(mistake) for mistake in survey(folder)[1]]
    (told,) = [mistake for mistake in mistakes if said in mistake]
    assert told.startswith(f"titles/ie.toml:{line}: ")


def test_a_duplicate_key_names_both_places(folder):
    write(folder, OTHER.replace("the-beacon", "the-lantern"), "titles/xx.toml")
    assert only(folder) == "titles/xx.toml:2: the key `the-lantern` is already used at titles/ie.toml:1: choose another"


def test_a_domain_has_one_owner(folder):
    other = OTHER.replace('["beacon.example"]', '["beacon.example", "lantern.example"]').replace("Lantern Press", "Beacon Press")
    write(folder, f"{TITLE}\n{other}")
    assert only(folder) == (
        "titles/ie.toml:21: the domain lantern.example is already that of `the-lantern`, whose owner is Lantern Press: one domain has one owner"
    )


@pytest.mark.parametrize(
    "same",
    [
        "https://lantern.example/rss",
        "http://lantern.example/rss",
        "https://www.Lantern.example/rss/",
        "https://lantern.example//rss?utm_source=x",
    ],
)
def test_a_feed_is_polled_for_one_title_only(folder, same):
    write(folder, f"{TITLE}\n{OTHER.replace('https://beacon.example/rss', same)}")
    assert only(folder) == f"titles/ie.toml:23: the feed {same} is already polled for `the-lantern`: remove one"


def test_a_feed_that_a_title_names_twice_is_told(folder):
    write(folder, TITLE.replace("https://lantern.example/news.xml", "https://lantern.example/rss"))
    assert only(folder).startswith("titles/ie.toml:11: the feed https://lantern.example/rss is already polled")


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ('owner = "Lantern Press"', 'owner = "Lantern Press', 4),
        ('country = "ie"', 'country = "ie"\ncountry = "gb"', 6),
        ('name = "The Lantern"', "name: The Lantern", 3),
        ("]\n", "", 11),
    ],
)
def test_a_file_that_is_not_toml_is_told_with_its_line(folder, right, wrong, line):
    write(folder, "".join(TITLE.rsplit(right, 1)) if not wrong else TITLE.replace(right, wrong))
    told = only(folder)
    assert told.startswith(f"titles/ie.toml:{line}: not TOML: ")


def test_a_file_that_is_not_utf_8_is_told(folder):
    (folder / "titles" / "ie.toml").write_bytes(TITLE.encode().replace(b"Lantern Press", "Éditions".encode("latin-1")))
    assert "not UTF-8" in only(folder)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "titles/ie.toml:1: no [[title]] block"),
        ("title = []\n", "titles/ie.toml:1: no [[title]] block"),
        ("title = ['x']\n", "titles/ie.toml:1: a block begins with [[title]], in two brackets"),
        ("[title]\nkey = 'x'\n", "titles/ie.toml:1: a block begins with [[title]], in two brackets"),
        (f"{TITLE}\n[[titel]]\nkey = 'x'\n", "titles/ie.toml:14: `titel`: what is this? Here stand blocks only that begin with [[title]]"),
        (f"owner = 'x'\n{TITLE}", "titles/ie.toml:1: `owner`: what is this? Here stand blocks only that begin with [[title]]"),
    ],
)
def test_what_is_no_block_is_told(folder, text, told):
    write(folder, text)
    assert only(folder) == told


def test_every_mistake_is_told_at_once_and_the_rest_stays_usable(folder):
    write(folder, TITLE.replace('"ie"', '"uk"').replace('"en"', '"jp"') + OTHER)
    registry, mistakes = survey(folder)
    assert [(mistake.line, mistake.problem.split(":")[0]) for mistake in mistakes] == [(5, "the-lantern"), (6, "the-lantern")]
    assert [title.key for title in registry.titles] == ["the-beacon"]


def test_load_raises_the_first_and_hints_at_the_others(folder):
    write(folder, "\n".join(TITLE.replace("the-lantern", f"The {n}").replace('"ie"', '"uk"') for n in range(4)))
    with pytest.raises(RegistryError) as raised:
        load(folder)
    assert raised.value.subject == "titles/ie.toml:2"
    assert raised.value.hint.count("titles/ie.toml:") == 5
    assert raised.value.hint.endswith("; and 2 more")


def test_a_folder_without_titles_is_an_error_and_no_empty_registry(tmp_path):
    with pytest.raises(RegistryError, match="cannot be read"):
        load(tmp_path)


def test_an_agency_s_name_means_one_agency_only(folder):
    write(folder, AGENCY + AGENCY.replace('"afp"', '"ats"'), "agencies.toml")
    assert only(folder) == 'agencies.toml:13: "AFP" is already a name of `afp`: it can mean one agency only'


def test_a_mistake_in_an_agency_is_not_told_again_for_its_titles(folder):
    write(folder, AGENCY.replace('country = "fr"', 'country = "FR"'), "agencies.toml")
    write(folder, TITLE.replace('kind = "newspaper"', 'kind = "agency"\nagency = "afp"'))
    assert only(folder).startswith("agencies.toml:6: afp: country: ")


def test_a_sign_off_may_end_with_a_space_but_must_say_something(folder):
    write(folder, AGENCY.replace("examples", 'signoffs = ["(Reporting by "]\nexamples'), "agencies.toml")
    assert load(folder).agencies[0].signoffs == ("(Reporting by ",)
    write(folder, AGENCY.replace("examples", 'signoffs = ["AFP", " "]\nexamples'), "agencies.toml")
    assert only(folder) == "agencies.toml:7: afp: signoffs: must not be empty"


def test_an_example_of_an_agency_is_checked_too(folder):
    write(folder, AGENCY.replace('expect = "full"', 'expect = "all"'), "agencies.toml")
    assert only(folder).startswith("agencies.toml:8: afp: expect: 'all' is none of 'full', 'mixed' or 'none'")


def test_brackets_inside_a_text_begin_no_block():
    lines = scan('[[title]]\nname = "[[title]]"\n  [[title]]  # second\n')
    assert [lines.block("title", number) for number in (0, 1)] == [1, 3]
