"""Finding a site's feeds: what its page, its robots.txt and its sitemaps name, what is asked, and the block that comes of it."""

import gzip
import json
import tomllib

import pytest
from builders_web import drip, moved, reply, serve
from typer.testing import CliRunner

from pipeline.cli.titles import app
from pipeline.newsstand.enrolment import enrol
from pipeline.records import Agency, Feed, Title
from pipeline.registry import discovery, drafts, survey
from pipeline.registry.discovery import Candidate

AGENCY = Agency(key="ats", name="Alpine Telegraph Service", aliases=("ATS",), languages=("en",), country="ch")
SITE = "http://www.quay.example"
NOW = "2026-03-02T06:00:00Z"
PAGE = """<!DOCTYPE html><html lang="en-IE"><head><title>The Quay | News from the harbour</title><meta property="og:site_name" content="The Quay">
<link rel="alternate" type="application/rss+xml" title="The Quay &raquo; Feed" href="/main.xml">
<link rel="alternate" type="application/rss+xml" title="The Quay &raquo; Comments Feed" href="/comments/feed">
<link rel="alternate" hreflang="fr" href="/fr/"><link rel="stylesheet" href="/rss.css">
<link rel="ALTERNATE" type="application/atom+xml; charset=utf-8" title="The Quay &raquo; Sport" href="sport/atom">
</head><body><p>Read our <a href="/our-feeds/">feeds</a>, <a href="/feedback">write to us</a>, <a href="https://other.example/rss">a friend</a>,
<a href="javascript:rss()">x</a> <a href="http://[rss">y</a> <a href="/world.rss">World</a></p></body></html>"""


def rss(*links, kind="rss"):
    items = "".join(f"<item><title>{n}</title><link>{link}</link></item>" for n, link in enumerate(links))
    return reply(f"<rss version='2.0'><channel><title>The Quay</title><language>en</language>{items}</channel></rss>".encode())


def page(markup=PAGE):
    return reply(markup.encode(), "Content-Type: text/html; charset=utf-8")


def sitemap(*links):
    urls = "".join(
        f"<url><loc>{link}</loc><news:news><news:publication_date>2026-03-02T05:00:00Z</news:publication_date><news:title>A</news:title>"
        "</news:news></url>"
        for link in links
    )
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f"<urlset {space}>{urls}</urlset>".encode()


def index(*links):
    inside = "".join(f"<sitemap><loc>{link}</loc></sitemap>" for link in links)
    return reply(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}</sitemapindex>'.encode())


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A server that is www.quay.example, and a registry of one other title."""
    with serve() as server:
        (tmp_path / "hosts").write_text(f"www.quay.example:80 127.0.0.1:{server.port}\n", encoding="utf-8")
        lantern = Title(
            key="the-lantern",
            name="The Lantern",
            owner="Lantern Press",
            country="ie",
            language="en",
            kind="newspaper",
            domains=("lantern.example",),
            feeds=(Feed(url="http://lantern.example/rss"),),
        )
        enrol(tmp_path / "registry", [lantern], [AGENCY])
        monkeypatch.setenv("WIREDESK_HOSTS", str(tmp_path / "hosts"))
        monkeypatch.setenv("WIREDESK_REGISTRY", str(tmp_path / "registry"))
        monkeypatch.setenv("WIREDESK_SPACING", "0")
        server.registry = tmp_path / "registry"
        yield server


def run(*arguments):
    return CliRunner().invoke(app, ["discover", *arguments])


def looks(*arguments):
    """Return what each address that was asked turned out to be, by its path."""
    done = run(SITE, "--now", NOW, "--json", *arguments)
    assert done.exit_code == 0, done.output
    data = json.loads(done.stdout)
    return {look["url"].removeprefix(SITE): look["outcome"] for look in data["looks"]}, data["titles"]


def paths(server):
    return [request.split()[1].decode() for request in server.requests]


def test_a_page_names_its_feeds_in_links_and_in_anchors():
    front = discovery.front(PAGE.encode(), f"{SITE}/", "text/html")
    assert (front.name, front.language, front.country) == ("The Quay", "en", "ie")
    assert [(one.url.removeprefix(SITE), one.place) for one in front.candidates] == [
        ("/main.xml", "link"),
        ("/sport/atom", "link"),
        ("/our-feeds/", "anchor"),
        ("/world.rss", "anchor"),
    ]


def test_a_page_without_anything_names_nothing():
    for body in (b"", b"\0\0", b"<", b"<html></html>", b"%PDF-1.4", "<p>\ud800".encode("utf-8", "surrogatepass")):
        assert discovery.front(body, f"{SITE}/", "").candidates == ()


def test_a_page_that_names_thousands_is_not_followed_into_all():
    many = "".join(f"<link rel='alternate' type='application/rss+xml' href='/{n}.rss'><a href='/a/{n}.rss'>x</a>" for n in range(2000))
    assert len(discovery.front(f"<html><body>{many}".encode(), f"{SITE}/", "").candidates) == 2 * discovery.MOST


def test_sitemaps_of_news_come_first_and_of_an_index_alone():
    rules = "User-agent: *\nDisallow: /x\nSitemap: /pages.xml\n sitemap:http://www.quay.example/google-news.xml\nSitemap: ftp://x/\n"
    assert [one.url.removeprefix(SITE) for one in discovery.in_robots(rules, f"{SITE}/")] == ["/google-news.xml", "/pages.xml"]
    body = index(f"{SITE}/2019.xml", f"{SITE}/newsletters.xml", "/sitemaps/news/1.xml", f"{SITE}/sitemap-actualites.xml.gz").partition(
        b"\r\n\r\n"
    )[2]
    assert discovery.is_index(body)
    assert [one.url.removeprefix(SITE) for one in discovery.in_index(body, f"{SITE}/i.xml")] == [
        "/sitemaps/news/1.xml",
        "/sitemap-actualites.xml.gz",
    ]


def test_a_bomb_is_unzipped_to_the_limit_only():
    assert len(discovery.unzipped(gzip.compress(b"\0" * 50_000_000))) == discovery.LARGEST
    assert discovery.unzipped(b"\x1f\x8bno") == b"\x1f\x8bno"


@pytest.mark.parametrize(
    ("host", "said", "country"),
    [
        ("quay.example.fr", (), "fr"),
        ("quay.co.uk", ("en-US",), "gb"),
        ("quay.com", ("en-IE",), "ie"),
        ("quay.io", ("de_CH.UTF-8",), "ch"),
        ("quay.tv", ("fr",), ""),
        ("quay.com", ("",), ""),
    ],
)
def test_a_country_is_the_hosts_or_else_the_region_of_the_language(host, said, country):
    assert drafts.country(host, *said) == country


@pytest.mark.parametrize(
    ("label", "section"),
    [
        ("The Quay » Feed", None),
        ("The Quay » Sport", "Sport"),
        ("Sport - The Quay", "Sport"),
        ("RSS 2.0", None),
        ("The Quay RSS", None),
        ("", None),
        ("World", "World"),
    ],
)
def test_a_section_is_what_a_label_says_beside_the_title(label, section):
    assert drafts.section(label, "The Quay") == section


def test_a_sites_feeds_become_a_block_that_the_registry_takes_once_filled_in(site):
    site.scripts |= {
        "/": page(),
        "/robots.txt": reply(f"User-agent: *\nDisallow: /feed.xml\nSitemap: {SITE}/sitemaps.xml\n".encode()),
        "/main.xml": rss("/news/1", "/news/2"),
        "/sport/atom": rss("/sport/1"),
        "/our-feeds/": page("<html><a href='/local.rss'>Local</a><a href='/main.xml'>All</a></html>"),
        "/local.rss": rss("/local/1"),
        "/world.rss": moved(f"{SITE}/world/rss", 301),
        "/world/rss": rss("/world/1"),
        "/sitemaps.xml": index(f"{SITE}/2019.xml", f"{SITE}/news.xml.gz"),
        "/news.xml.gz": reply(gzip.compress(sitemap(f"{SITE}/news/1")), "Content-Type: application/gzip"),
        "/rss.xml": rss("/news/2", "/news/1"),
        "/feed": rss("https://podcasts.example/1"),
        "/atom.xml": rss(),
        "/feeds": page("<html><title>Nothing here</title></html>"),
    }
    found, titles = looks()
    assert {path: outcome for path, outcome in found.items() if outcome != "refused:not_found"} == {
        "/main.xml": "feed",
        "/sport/atom": "feed",
        "/our-feeds/": "list",
        "/local.rss": "feed",
        "/world.rss": "feed",
        "/sitemaps.xml": "list",
        "/news.xml.gz": "news_sitemap",
        "/rss.xml": "same",
        "/feed": "refused:off_domain",
        "/atom.xml": "empty",
        "/feeds": "refused:not_a_feed",
    }
    assert not {"/comments/feed", "/feed.xml", "/2019.xml", "/fr/"} & set(paths(site))
    assert len(paths(site)) == len(set(paths(site)))  # each address once
    assert [(feed["url"].removeprefix(SITE), feed["kind"], feed["section"]) for feed in titles[0]["feeds"]] == [
        ("/main.xml", "feed", None),
        ("/sport/atom", "feed", "Sport"),
        ("/local.rss", "feed", "Local"),
        ("/world/rss", "feed", "World"),
        ("/news.xml.gz", "news_sitemap", None),
    ]
    done = run(SITE, "--now", NOW)
    block = done.stdout
    assert [field for field in ("owner", "kind") if f'{field} = ""  # TODO: ' in block] == ["owner", "kind"]
    filled = block.replace('owner = ""', 'owner = "Quay Press"').replace('kind = ""', 'kind = "newspaper"')
    (site.registry / "titles" / "new.toml").write_text(filled, encoding="utf-8")
    registry, mistakes = survey(site.registry)
    assert mistakes == ()
    assert [(one.key, one.language, one.country, one.domains) for one in registry.titles][-1] == ("the-quay", "en", "ie", ("quay.example",))
    assert "refused:off_domain" in done.stderr


def test_what_the_registry_has_already_is_said_and_not_proposed_again(site):
    file = site.registry / "titles" / "ie.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("lantern.example", "quay.example"), encoding="utf-8")
    site.scripts |= {"/": page(), "/main.xml": rss("/news/1"), "/rss": rss("/news/1"), "/world.rss": rss("/world/1")}
    file.write_text(file.read_text(encoding="utf-8").replace("http://quay.example/rss", f"{SITE}/main.xml"), encoding="utf-8")
    done = run(SITE, "--now", NOW)
    assert "[[title]]" not in done.stdout
    assert f'#   {{ url = "{SITE}/world.rss", section = "World" }},' in done.stdout.splitlines()
    assert "known: the-lantern" in done.stderr


def test_a_site_that_does_not_let_us_is_not_asked_further(site):
    site.scripts |= {"/": page(), "/robots.txt": reply(b"User-agent: *\nDisallow: /\n")}
    found, titles = looks()
    assert (found, titles, paths(site)) == ({"": "refused:robots_denied"}, [], ["/robots.txt"])


def test_an_address_that_is_a_feed_itself_is_taken(site):
    site.scripts["/"] = rss("/news/1")
    found, titles = looks()
    assert found["/"] == "feed"
    assert [feed["url"] for feed in titles[0]["feeds"]] == [f"{SITE}/"]
    assert titles[0]["name"] == "The Quay"


def test_a_site_without_feeds_gives_no_block(site):
    site.scripts["/"] = page("<html><title>Welcome</title></html>")
    done = run("www.quay.example/", "--now", NOW)
    assert (done.exit_code, done.stdout) == (0, "")
    assert run(SITE, "--now", NOW).stdout == ""
    assert all(discovery.usual(SITE)[n].url.removeprefix(SITE) in paths(site) for n in range(len(discovery.usual(SITE))))


def test_a_name_that_is_no_toml_by_itself_is_written_as_one(site):
    site.scripts |= {"/": page(PAGE.replace('content="The Quay"', "content='Qu\"ay \\ &amp; \x7f&#10;Sons'")), "/main.xml": rss("/news/1")}
    (block,) = tomllib.loads(run(SITE, "--now", NOW).stdout)["title"]
    assert block["name"] == 'Qu"ay \\ & Sons'


def test_one_candidate_that_drips_costs_only_itself(site, monkeypatch):
    from pipeline.web import answers, door

    monkeypatch.setattr(door, "Policy", lambda: answers.Policy(total=0.4, connect=0.4))
    site.scripts |= {"/": page(), "/main.xml": drip(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000), "/world.rss": rss("/world/1")}
    found, _ = looks()
    assert (found["/main.xml"], found["/world.rss"]) == ("refused:timed_out", "feed")


def test_private_addresses_are_not_asked(monkeypatch, tmp_path):
    enrol(
        tmp_path,
        [
            Title(
                key="a",
                name="A",
                owner="A",
                country="ie",
                language="en",
                kind="portal",
                domains=("a.example",),
                feeds=(Feed(url="http://a.example/"),),
            )
        ],
        [AGENCY],
    )
    monkeypatch.setenv("WIREDESK_REGISTRY", str(tmp_path))
    with serve() as canary:
        done = run(f"http://127.0.0.1:{canary.port}/", "--json")
        assert canary.connections == []
        (look,) = json.loads(done.stdout)["looks"]
        assert look["outcome"] == "refused:address_refused"
        canary.scripts |= {"/": page(), "/main.xml": rss("/news/1")}
        allowed = run(f"http://127.0.0.1:{canary.port}/", "--json", "--now", NOW, "--allow", f"127.0.0.1:{canary.port}")
        assert [feed["url"] for feed in json.loads(allowed.stdout)["titles"][0]["feeds"]] == [f"http://127.0.0.1:{canary.port}/main.xml"]


def test_the_same_address_is_one_candidate():
    marked = (
        "<link rel=alternate type=application/rss+xml href=/rss><link rel=alternate type=application/rss+xml href='/rss/?utm_source=x'>"
    )
    assert discovery.front(marked.encode(), f"{SITE}/", "").candidates == (Candidate(url=f"{SITE}/rss", place="link"),)
