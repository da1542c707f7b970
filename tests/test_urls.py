"""Which addresses are the same page: a table, and laws over generated addresses."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import urls

TRACKING = tomllib.loads(Path(urls.__file__).with_name("tracking.toml").read_text(encoding="utf-8"))

TABLE = tomllib.loads((Path(__file__).parent / "data" / "urls.toml").read_text(encoding="utf-8"))
APART = [
    *TABLE.pop("apart"),
    *({"one": kept["url"], "other": kept["url"].split("?")[0], "why": "an article's only name"} for kept in TRACKING["kept"]),
]
REFUSED = [
    *TABLE.pop("refused"),
    {"given": "http://title.example/\ud800", "why": "half a character"},
    {"given": "http://\ud800.example/", "why": "half a character in the host"},
    {"given": f"http://{'a' * 64}.example/a", "why": "a label of more than 63 letters"},
    {"given": f"http://{'a.' * 130}example/a", "why": "a host of more than 253 letters"},
    {"given": f"http://title.example/{'a' * 40_000}", "why": "longer than any server takes"},
]
SAME = [case | {"group": group} for group, cases in TABLE.items() for case in cases]

PIECES = """http:// https:// HTTP:// www. example.com EXAMPLE.com. bücher.example \uff0e :80 :443 :8080 / // .. . /./ /../ a %41 %2e %2F % %4 é
& &amp; amp; ? = utm_source=x ref=rss b=2 a=1 ;jsessionid=1 ; #x + %20 e\u0301 %CC%81 \u212a %E2%84%AA \u037e /(S(lit3py55t21z5v55vlm25s55))/ &#038; &# [::1] @ \\ \ud800 x.example"""
pieces = st.sampled_from([*PIECES.split(), " ", "\t", "\n", "\0"])
addresses = st.one_of(
    st.text(),
    st.lists(pieces, max_size=14).map("".join),
    st.lists(pieces, max_size=12).map(lambda parts: "http://title.example/" + "".join(parts)),
    st.lists(pieces, max_size=12).map(lambda parts: "http://title.example?" + "".join(parts)),
)


def test_the_table_is_as_long_as_it_is_meant_to_be():
    assert len(SAME) + len(APART) + len(REFUSED) >= 270


@pytest.mark.parametrize("case", SAME, ids=lambda case: f"{case['group']}: {case['why']}")
def test_an_address_comes_to_what_the_table_says(case):
    assert urls.normalise(case["given"]) == case["normalised"]
    assert urls.normalise(case["normalised"]) == case["normalised"]
    assert urls.key(case["given"]) == urls.key(case["normalised"])
    assert len(urls.key(case["given"])) == 32


@pytest.mark.parametrize("case", APART, ids=lambda case: case["why"])
def test_addresses_that_may_be_two_pages_have_two_keys(case):
    assert urls.key(case["one"]) != urls.key(case["other"])


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


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["why"])
def test_junk_is_no_address(case):
    for function in (urls.plain, urls.normalise, urls.key, urls.host):
        with pytest.raises(ValueError):  # noqa: PT011 - the text is for people
            function(case["given"])
    assert not urls.is_home(case["given"])
    assert not urls.belongs(case["given"], ["title.example", "example"])


@given(addresses)
def test_normalising_twice_is_normalising_once(url):
    try:
        plain, normal = urls.plain(url), urls.normalise(url)
    except ValueError:
        return
    assert urls.plain(plain) == plain
    assert urls.normalise(normal) == normal
    assert urls.normalise(plain) == normal
    assert urls.key(url) == urls.key(plain) == urls.key(normal)
    assert plain.isascii()
    assert not set(plain) & set(' \t\n\0<>"')


@given(addresses, addresses)
def test_keys_are_equal_where_normal_forms_are(one, other):
    try:
        forms = urls.normalise(one), urls.normalise(other)
    except ValueError:
        return
    assert (urls.key(one) == urls.key(other)) == (forms[0] == forms[1])


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
