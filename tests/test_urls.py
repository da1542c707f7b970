"""Which addresses are the same page: a table, and laws over generated addresses."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import urls

TRACKING = tomllib.loads(Path(urls.__file__).with_name("tracking.toml").read_text(encoding="utf-8"))

SAME = [
    # scheme, host, port
    ("http://title.example/a", "https://title.example/a"),
    ("HTTP://Title.EXAMPLE/a", "https://title.example/a"),
    ("https://www.title.example/a", "https://title.example/a"),
    ("http://title.example:80/a", "https://title.example/a"),
    ("https://title.example:443/a", "https://title.example/a"),
    ("http://title.example:443/a", "https://title.example/a"),
    ("https://title.example./a", "https://title.example/a"),
    ("https://title.example.:443/a", "https://title.example/a"),
    ("http://title.example:8080/a", "https://title.example:8080/a"),
    ("http://127.0.0.1:8001/a", "https://127.0.0.1:8001/a"),
    ("http://[0:0::1]:80/a", "https://[::1]/a"),
    # names in other scripts
    ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
    ("https://BÜCHER.example/a", "https://xn--bcher-kva.example/a"),
    ("https://b%C3%BCcher.example/a", "https://xn--bcher-kva.example/a"),
    ("https://bu\u0308cher.example/a", "https://xn--bcher-kva.example/a"),
    ("https://title\u3002example/a", "https://title.example/a"),
    ("https://faß.example/a", "https://xn--fa-hia.example/a"),
    # paths
    ("https://title.example", "https://title.example/"),
    ("https://title.example/a/", "https://title.example/a"),
    ("https://title.example//a///b", "https://title.example/a/b"),
    ("https://title.example/x/../a", "https://title.example/a"),
    ("https://title.example/./a/.", "https://title.example/a"),
    ("https://title.example/../../a", "https://title.example/a"),
    ("https://title.example/%61", "https://title.example/a"),
    ("https://title.example/%c3%a9t%C3%A9", "https://title.example/été"),
    ("https://title.example/a b", "https://title.example/a%20b"),
    ("https://title.example/100%", "https://title.example/100%25"),
    ("https://title.example/%7Ename", "https://title.example/~name"),
    ("https://title.example/a;jsessionid=0A1B2C?id=7", "https://title.example/a?id=7"),
    # parameters and fragments
    ("https://title.example/a?", "https://title.example/a"),
    ("https://title.example/a#comments", "https://title.example/a"),
    ("https://title.example/a?b=2&a=1", "https://title.example/a?a=1&b=2"),
    ("https://title.example/a?&&id=7&", "https://title.example/a?id=7"),
    ("https://title.example/a?id=7&amp;page=2", "https://title.example/a?id=7&page=2"),
    ("https://title.example/a?utm_source=rss", "https://title.example/a"),
    ("https://title.example/a?UTM_Source=rss&id=7", "https://title.example/a?id=7"),
    ("https://title.example/a?%75tm_source=rss", "https://title.example/a"),
    ("https://title.example/a/?utm_source=rss#top", "https://title.example/a"),
    # white space and marks around
    ("  https://title.example/a\n", "https://title.example/a"),
    ("https://title.example/a\n/b", "https://title.example/a/b"),
    ("\ufeffhttps://title.example/a\u200b", "https://title.example/a"),
]
OTHER = [
    ("https://title.example/a", "https://title.example/A"),  # a path's case may count
    ("https://title.example/a", "https://news.title.example/a"),
    ("https://title.example/a", "https://m.title.example/a"),
    ("https://title.example/a", "https://title.example/amp/a"),
    ("https://title.example/a", "https://title.example:8080/a"),
    ("https://title.example/a", "https://tit\u04cfe.example/a"),  # a Cyrillic letter that looks like l
    ("https://title.example/a", "https://title.example/a?id=7"),
    ("https://title.example/?p=1", "https://title.example/?p=2"),
    ("https://title.example/a?id=", "https://title.example/a?id=7"),
    ("https://title.example/a%2Fb", "https://title.example/a/b"),
    ("https://title.example/a%3Fb", "https://title.example/a?b"),
    ("https://title.example/a?x=1%262", "https://title.example/a?x=1&2"),
    ("https://title.example/a?tag=a&tag=b", "https://title.example/a?tag=a"),
    ("https://www.example/a", "https://example/a"),  # the domain itself is called www
    *((kept["url"], kept["url"].split("?")[0]) for kept in TRACKING["kept"]),
]
JUNK = [
    "",
    " ",
    "title.example/a",
    "/a",
    "//title.example/a",
    "ftp://title.example/a",
    "javascript:alert(1)",
    "data:text/html,a",
    "mailto:desk@title.example",
    "file:///a",
    "tag:title.example,2026:7",
    "urn:uuid:7",
    "http:///a",
    "http:/title.example/a",
    "https:title.example",
    "http://user@title.example/a",
    "http://user:word@title.example/a",
    "http://title.example\\@other.example/a",
    "http://title.example:0/a",
    "http://title.example:99999/a",
    "http://title.example:port/a",
    "http://[::1/a",
    "http://[title]/a",
    "http://tit le.example/a",
    "http://title..example/a",
    "http://.title.example/a",
    "http://-.example:/a\0",
    f"http://{'a' * 64}.example/a",
    "http://title.example/\ud800",
    "http://\ud800.example/",
    f"http://title.example/{'a' * 40_000}",
    "http://title.example/a\x00b",
]

PIECES = """http:// https:// HTTP:// www. example.com EXAMPLE.com. bücher.example \uff0e :80 :443 :8080 / // .. . /./ /../ a %41 %2e %2F % %4 é
& &amp; amp; ? = utm_source=x ref=rss b=2 a=1 ;jsessionid=1 ; #x + %20 [::1] @ \\ \ud800 x.example"""
pieces = st.sampled_from([*PIECES.split(), " ", "\t", "\n", "\0"])
addresses = st.one_of(
    st.text(),
    st.lists(pieces, max_size=14).map("".join),
    st.lists(pieces, max_size=12).map(lambda parts: "http://title.example/" + "".join(parts)),
    st.lists(pieces, max_size=12).map(lambda parts: "http://title.example?" + "".join(parts)),
)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_addresses_of_one_page_have_one_key(one, other):
    assert urls.normalise(one) == urls.normalise(other)
    assert urls.key(one) == urls.key(other)
    assert len(urls.key(one)) == 32


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_addresses_that_may_be_two_pages_have_two_keys(one, other):
    assert urls.key(one) != urls.key(other)


@pytest.mark.parametrize("name", TRACKING["names"] + [prefix + "x" for prefix in TRACKING["prefixes"]])
def test_what_only_counts_readers_is_dropped(name):
    assert urls.plain(f"https://title.example/a?{name}=7&id=1") == "https://title.example/a?id=1"
    assert urls.plain(f"https://title.example/a?{name.upper()}=7") == "https://title.example/a"


@pytest.mark.parametrize("name", TRACKING["doubtful"])
def test_a_doubtful_name_is_dropped_only_where_its_value_names_a_source(name):
    assert urls.plain(f"https://title.example/a?{name}=RSS") == "https://title.example/a"
    assert urls.plain(f"https://title.example/a?{name}=twitter") == "https://title.example/a"
    assert urls.plain(f"https://title.example/a?{name}=4711") == f"https://title.example/a?{name}=4711"


@pytest.mark.parametrize("example", TRACKING["dropped"], ids=lambda example: example["url"])
def test_the_examples_of_the_table_are_right(example):
    assert urls.plain(example["url"]) == example["plain"]


def test_the_plain_address_keeps_what_a_server_may_insist_on():
    assert urls.plain("http://www.Title.example:80/A//b/?b=2&a=1&a=0&utm_source=x#f") == "http://www.title.example/A//b/?b=2&a=1&a=0"


@pytest.mark.parametrize("url", JUNK)
def test_junk_is_no_address(url):
    for function in (urls.plain, urls.normalise, urls.key):
        with pytest.raises(ValueError):  # noqa: PT011 - the text is for people
            function(url)
    assert not urls.is_home(url)


@given(addresses)
def test_normalising_twice_is_normalising_once(url):
    try:
        plain, normal = urls.plain(url), urls.normalise(url)
    except ValueError:
        return
    assert urls.plain(plain) == plain
    assert urls.normalise(normal) == normal
    assert urls.normalise(plain) == normal
    assert plain.isascii()
    assert not set(plain) & set(' \t\n\0<>"')


@given(addresses)
def test_no_address_breaks_a_question(url):
    urls.is_home(url)
    urls.belongs(url, ["title.example"])


@pytest.mark.parametrize(
    ("url", "domains", "answer"),
    [
        ("https://title.example/a", ["title.example"], True),
        ("https://WWW.Title.example./a", ["title.example"], True),
        ("https://news.title.example/a", ["other.example", "title.example"], True),
        ("https://title.example:8080/a", ["title.example"], True),
        ("https://nottitle.example/a", ["title.example"], False),
        ("https://title.example.evil.example/a", ["title.example"], False),
        ("https://example/a", ["title.example"], False),
        ("http://127.0.0.1:8001/a", ["127.0.0.1:8001"], True),
        ("http://127.0.0.1:8002/a", ["127.0.0.1:8001"], False),
        ("https://bücher.example/a", ["xn--bcher-kva.example"], True),
        ("https://title.example@evil.example/a", ["title.example"], False),
        ("junk", ["title.example"], False),
        ("https://title.example/a", [], False),
    ],
)
def test_an_address_belongs_to_its_domain_and_to_those_above(url, domains, answer):
    assert urls.belongs(url, domains) is answer


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("", True),
        ("/", True),
        ("/?utm_source=rss", True),
        ("/#top", True),
        ("/index.html", True),
        ("/home", True),
        ("/en/", True),
        ("/fr", True),
        ("/pt-br/index.php", True),
        ("/?p=17", False),
        ("/news", False),
        ("/a", False),
        ("/index/a", False),
        ("/2026/11/24/a", False),
    ],
)
def test_a_front_page_is_told_from_an_article(path, answer):
    assert urls.is_home(f"https://www.title.example{path}") is answer
