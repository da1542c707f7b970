"""`poll --url`, `fetch --url` and `feed`: one address at one moment against a hostile server, without a database."""

import json

import pytest
import typer
from builders_web import drip, moved, reply, serve
from typer.testing import CliRunner

from pipeline.cli.steps import app
from pipeline.newsstand.enrolment import enrol
from pipeline.records import Agency, Feed, Title
from pipeline.settings import ROOT

NOW = "2026-03-02T06:00:00Z"
FEEDS = ROOT / "tests" / "data" / "feeds"
AGENCY = Agency(key="ats", name="Alpine Telegraph Service", aliases=("ATS",), languages=("en",), country="ch")
ITEM = "<item><title>{0}</title><link>{1}</link><pubDate>Mon, 02 Mar 2026 05:{0}:00 GMT</pubDate></item>"
PAGE = """<!DOCTYPE html><html lang="en"><head><title>Ferry returns - The Quay</title></head><body><article><h1>Ferry returns after storms</h1>
<p class="byline">By Ada Quay and ATS</p>{}<p>{}</p></article></body></html>"""
WORDS = (
    "<p>The first crossing since Tuesday carried forty people and a horse, the harbour office said on Monday morning.</p>"
    "<p>Engineers had spent two nights mending the ramp, which the sea had bent so far that no car could pass it.</p>"
    "<p>Shops on the island were short of milk, and the school had stayed closed because its teachers live ashore.</p>"
)


def rss(*links):
    items = "".join(ITEM.format(number, link) for number, link in enumerate(links, 10))
    return f"<rss version='2.0'><channel><title>The Quay</title>{items}</channel></rss>".encode()


@pytest.fixture(autouse=True)
def registry(tmp_path, monkeypatch):
    """A registry of one title that the tests' server has nothing to do with."""
    feeds = (Feed(url="http://quay.example/rss"),)
    given = {"owner": "Quay Press", "country": "ie", "language": "en", "kind": "newspaper", "domains": ("quay.example",)}
    enrol(tmp_path / "registry", [Title(key="the-quay", name="The Quay", feeds=feeds, **given)], [AGENCY])
    monkeypatch.setenv("WIREDESK_REGISTRY", str(tmp_path / "registry"))
    monkeypatch.setenv("WIREDESK_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")  # whoever asked it would fail
    return tmp_path / "registry"


@pytest.fixture
def site():
    with serve() as server:
        yield server


def run(*arguments, **more):
    return CliRunner().invoke(app, [*map(str, arguments)], **more)


def once(command, site, path, *arguments):
    """Return what is printed of one address of the site."""
    place = f"127.0.0.1:{site.port}"
    done = run(command, "--url", f"http://{place}{path}", "--now", NOW, "--allow", place, "--json", *arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def at(site, path):
    return f"http://127.0.0.1:{site.port}{path}"


def test_a_poll_says_all_that_happened(site):
    body = rss("/news/one", "/news/two", "https://elsewhere.example/x")
    site.scripts["/rss"] = reply(body, 'ETag: W/"7"', "Last-Modified: Mon, 02 Mar 2026 05:30:00 GMT", "Cache-Control: max-age=64800")
    found = once("poll", site, "/rss")
    assert (found["outcome"], found["status"], found["form"], found["seen"]) == ("read", 200, "rss", 3)
    assert (found["etag"], found["last_modified"]) == ('W/"7"', "Mon, 02 Mar 2026 05:30:00 GMT")
    assert found["entries"][0] == {
        "rank": 1,
        "url": at(site, "/news/one"),
        "headline": "10",
        "published": {"at": "2026-03-02T05:10:00+00:00", "precision": "second", "source": "feed"},
    }
    assert [(refusal["reason"], refusal["url"]) for refusal in found["refusals"]] == [("off_domain", "https://elsewhere.example/x")]
    assert found["at"] == "2026-03-02T06:00:00+00:00"
    assert "2026-03-03T00:00:00" <= found["next_poll"]["at"] <= "2026-03-03T02:00:00"  # fresh for 18 hours, and the jitter
    assert (found["robots"]["decision"], found["robots"]["allowed"], found["title"]) == ("no_rules", True, None)


def test_the_same_moment_gives_the_same_words(site):
    site.scripts["/rss"] = reply(rss("/news/one"))
    first, second = (once("poll", site, "/rss") for _ in range(2))
    assert first | {"seconds": 0} == second | {"seconds": 0}


def test_a_poll_with_a_known_validator_is_unchanged(site):
    site.scripts["/rss"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    found = once("poll", site, "/rss", "--etag", '"7"')
    assert (found["outcome"], found["status"], found["entries"]) == ("unchanged", 304, [])
    assert site.heads("If-None-Match") == ["", '"7"']
    assert once("poll", site, "/rss")["outcome"] == "refused:unexpected_304"


def test_a_feed_that_has_moved_for_good_says_where_once_it_is_read(site):
    site.scripts |= {"/old": moved(at(site, "/rss"), 301), "/rss": reply(rss("/news/one")), "/lost": moved(at(site, "/page"), 301)}
    site.scripts["/page"] = reply(b"<html><title>Welcome</title></html>")
    assert once("poll", site, "/old")["moved_to"] == at(site, "/rss")
    found = once("poll", site, "/lost")
    assert (found["outcome"], found["moved_to"], found["final_url"]) == ("refused:not_a_feed", None, at(site, "/page"))


REFUSED = {
    "not_found": reply(status="404 Not Found"),
    "gone": reply(status="410 Gone"),
    "rate_limited": reply(b"", "Retry-After: 3600", status="429 Slow down"),
    "server_error": reply(status="500 No"),
    "forbidden": reply(status="403 No"),
    "empty_body": reply(b""),
    "not_a_feed": reply(b"<!DOCTYPE html><html><title>Are you a robot?</title></html>"),
    "broken_feed": reply(b"<!DOCTYPE rss [<!ENTITY a 'aaaa'>]><rss><channel><title>&a;</title></channel></rss>"),
    "broken_response": reply(rss("/news/one"), length=100_000),
    "bad_encoding": reply(rss("/news/one"), "Content-Encoding: br"),
    "bad_redirect": reply(b"", status="302 Moved"),
    "too_large": reply(b"<rss>" + b" " * 11_000_000),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_named_refusal_is_a_result(site, reason):
    site.scripts["/rss"] = REFUSED[reason]
    found = once("poll", site, "/rss")
    assert found["outcome"] == f"refused:{reason}"
    assert (found["etag"], found["moved_to"], found["entries"]) == (None, None, [])
    assert found["next_poll"]["failures"] == 1
    assert (found["next_poll"]["state"] == "gone") == (reason == "gone")
    assert found["next_poll"]["at"] > "2026-03-02T06:15:00"
    if reason == "rate_limited":
        assert found["retry_after_seconds"] == 3600
        assert found["next_poll"]["at"] >= "2026-03-02T07:00:00"


def test_robots_are_asked_and_obeyed(site):
    site.scripts |= {"/robots.txt": reply(b"User-agent: wiredesk\nDisallow: /rss\n"), "/rss": reply(rss("/news/one"))}
    for command in ("poll", "fetch"):
        found = once(command, site, "/rss")
        assert (found["outcome"], found["robots"]["allowed"]) == ("refused:robots_denied", False)
    assert [request.split()[1] for request in site.requests] == [b"/robots.txt"] * 2


def test_only_the_very_host_and_port_that_are_allowed_may_be_private(site):
    site.scripts["/rss"] = reply(rss("/news/one"))
    for allowed in ((), ("--allow", f"127.0.0.1:{site.port + 1}"), ("--allow", f"localhost:{site.port}")):
        done = run("poll", "--url", at(site, "/rss"), "--now", NOW, "--json", *allowed)
        found = json.loads(done.stdout)
        assert (done.exit_code, found["outcome"]) == (0, "refused:address_refused")
        assert found["robots"]["decision"] == "unreachable"
    with serve() as canary:
        site.scripts["/rss"] = moved(f"http://127.0.0.1:{canary.port}/rss")
        assert once("poll", site, "/rss")["outcome"] == "refused:address_refused"
        assert canary.connections == []


def test_entries_of_a_feed_that_lies_elsewhere_are_its_own_where_most_of_them_are(site):
    site.scripts["/rss"] = reply(
        rss("https://www.quay.example/1", "https://sport.quay.example/2", "https://quay.example/3", "https://ads.example/4")
    )
    found = once("poll", site, "/rss")
    assert [entry["url"] for entry in found["entries"]] == [
        "https://www.quay.example/1",
        "https://sport.quay.example/2",
        "https://quay.example/3",
    ]
    assert found["domains"] == ["127.0.0.1", "quay.example"]
    assert [refusal["reason"] for refusal in found["refusals"]] == ["off_domain"]
    named = once("poll", site, "/rss", "--domain", "ads.example")
    assert [entry["url"] for entry in named["entries"]] == ["https://ads.example/4"]


def test_a_feed_of_the_registry_is_read_as_its_title_says(site, registry):
    file = registry / "titles" / "ie.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("http://quay.example/rss", at(site, "/rss")), encoding="utf-8")
    site.scripts["/rss"] = reply(rss("https://quay.example/1", "https://ads.example/2", "https://ads.example/3"))
    found = once("poll", site, "/rss")
    assert (found["title"], found["domains"], len(found["entries"])) == ("the-quay", ["quay.example"], 1)


def test_a_fetch_says_all_that_happened(site):
    site.scripts |= {"/a": moved("/b"), "/b": reply(PAGE.format(WORDS, "Nobody was hurt.").encode(), "Content-Type: text/html")}
    found = once("fetch", site, "/a")
    assert (found["outcome"], found["status"], found["final_url"], found["moved_to"]) == ("read", 200, at(site, "/b"), None)
    article = found["article"]
    assert (article["headline"], article["access"], article["language"]) == ("Ferry returns after storms", "full", "en")
    assert article["text"].endswith("Nobody was hurt.")
    assert [credit["agency"] for credit in article["credits"]] == ["ats"]
    assert found["bytes"] > 500
    assert found["next_try_at"] is None


@pytest.mark.parametrize(
    ("answer", "reason", "again"),
    [
        (reply(b"%PDF-1.4", "Content-Type: application/pdf"), "not_html", None),
        (reply(PAGE.format("", "Short.").encode(), "Content-Type: text/html"), "too_short", None),
        (reply(status="404 Not Found"), "not_found", None),
        (reply(b"", "Retry-After: 7200", status="503 Wait"), "rate_limited", "2026-03-02T08:00:00+00:00"),
        (reply(status="502 No"), "server_error", "2026-03-02T06:05:00+00:00"),
    ],
)
def test_a_page_that_is_none_is_named_with_when_it_is_asked_again(site, answer, reason, again):
    site.scripts["/a"] = answer
    found = once("fetch", site, "/a")
    assert (found["outcome"], found["article"], found["next_try_at"]) == (f"refused:{reason}", None, again)


@pytest.mark.parametrize("command", ["poll", "fetch"])
@pytest.mark.parametrize("url", ["ftp://quay.example/rss", "http://desk:word@quay.example/rss", "/etc/passwd", ""])
def test_what_is_no_address_is_a_named_refusal(command, url):
    done = run(command, "--url", url, "--json", "--now", NOW)
    assert (done.exit_code, json.loads(done.stdout)["outcome"]) == (0, "refused:bad_url")


@pytest.mark.parametrize(
    "arguments",
    [
        ("poll", "--now", NOW),
        ("poll", "--allow", "127.0.0.1:80"),
        ("poll", "--url", "http://quay.example/", "--limit", "3"),
        ("fetch", "--url", "http://quay.example/", "--title", "the-quay"),
        ("poll", "--url", "http://quay.example/", "--now", "yesterday"),
        ("poll", "--url", "http://quay.example/", "--now", "9999-12-31T23:59:59-12:00"),
        ("poll", "--url", "http://quay.example/", "--allow", "127.0.0.1"),
        ("poll", "--url", "http://quay.example/", "--allow", "127.0.0.0/8:80"),
        ("poll", "--url", "http://quay.example/", "--allow", "127.0.0.1:0"),
        ("poll", "--url", "http://quay.example/", "--allow", "127.0.0.1:70000"),
        ("feed",),
        ("feed", "no_such_file.xml"),
        ("feed", "."),
    ],
)
def test_wrong_usage_ends_with_exit_code_2(arguments):
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")


def test_an_address_that_is_allowed_is_meant_as_the_door_has_it():
    from pipeline.cli.options import place

    assert [place(said) for said in ("LocalHost:0080", "[::1]:8001")] == ["localhost:80", "[::1]:8001"]
    with pytest.raises(typer.BadParameter):
        place("user@127.0.0.1:80")


def test_a_file_is_read_with_all_that_its_entries_say():
    found = json.loads(run("feed", FEEDS / "rss.xml", "--json", "--now", NOW).stdout)
    (entry,) = found["entries"]
    assert (found["outcome"], entry["guid"], entry["authors"], len(entry["url_key"])) == ("read", "post-101", ["Ada Quay"], 64)


def test_standard_input_and_an_address_are_read_as_a_file_is(site):
    body = (FEEDS / "listed_twice.xml").read_bytes()
    site.scripts["/rss"] = reply(body)
    of_file = run("feed", FEEDS / "listed_twice.xml", "--json", "--now", NOW).stdout
    assert run("feed", "-", "--json", "--now", NOW, input=body).stdout == of_file
    place = f"127.0.0.1:{site.port}"
    assert run("feed", at(site, "/rss"), "--json", "--now", NOW, "--allow", place).stdout == of_file


def test_in_a_file_every_host_is_the_feeds_own_unless_some_are_named(tmp_path):
    (tmp_path / "feed.xml").write_bytes(rss("https://one.example/a", "https://two.example/b", "/c"))
    found = json.loads(run("feed", tmp_path / "feed.xml", "--json", "--base", "https://three.example/rss").stdout)
    assert [entry["url"] for entry in found["entries"]] == ["https://one.example/a", "https://two.example/b", "https://three.example/c"]
    named = json.loads(run("feed", tmp_path / "feed.xml", "--json", "--domain", "Two.example").stdout)
    assert [entry["url"] for entry in named["entries"]] == ["https://two.example/b"]


def test_a_file_that_is_no_feed_or_too_large_is_a_named_refusal(tmp_path):
    assert json.loads(run("feed", FEEDS / "page_where_a_feed_was.html", "--json").stdout)["outcome"] == "refused:not_a_feed"
    (tmp_path / "large").write_bytes(b" " * 10_000_001)
    assert json.loads(run("feed", tmp_path / "large", "--json").stdout)["outcome"] == "refused:too_large"


def test_a_body_that_names_a_file_opens_none(tmp_path):
    (tmp_path / "inner.xml").write_bytes(rss("https://quay.example/secret"))
    done = run("feed", "-", "--json", input=str(tmp_path / "inner.xml").encode())
    assert json.loads(done.stdout)["outcome"] == "refused:not_a_feed"


def test_people_are_told_the_same_in_lines(site):
    site.scripts |= {
        "/rss": reply(rss("/news/one")),
        "/a": reply(PAGE.format(WORDS, "\x1b[31mRed\x1b[0m").encode(), "Content-Type: text/html"),
    }
    place = f"127.0.0.1:{site.port}"
    polled = run("poll", "--url", at(site, "/rss"), "--now", NOW, "--allow", place).stdout
    assert polled.splitlines()[0] == "read"
    assert at(site, "/news/one") in polled
    fetched = run("fetch", "--url", at(site, "/a"), "--now", NOW, "--allow", place).stdout
    assert "Ferry returns after storms" in fetched
    assert "\x1b" not in fetched


def test_a_clock_that_stands_does_not_stop_the_deadline(site, monkeypatch):
    from pipeline.web import answers, door

    monkeypatch.setattr(door, "Policy", lambda: answers.Policy(total=0.4, connect=0.4))
    site.scripts |= {"/rss": drip(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000)}
    assert once("poll", site, "/rss")["outcome"] == "refused:timed_out"
