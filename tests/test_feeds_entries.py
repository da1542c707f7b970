"""A feed's bytes -> entries and refusals: one oddity a file in tests/data/feeds, and laws over broken bytes."""

from __future__ import annotations

import codecs
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import urls
from pipeline.feeds import cleaning, entries, judging
from pipeline.feeds.dates import moment
from pipeline.feeds.listing import MAX_ITEMS
from pipeline.reasons import Reason
from pipeline.records import Feed, Reading, Refusal, Title

DATA = Path(__file__).parent / "data" / "feeds"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "feeds"
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
FEED = Feed(url="https://www.title.example/feed.xml")
TITLE = Title(
    key="harbour-post",
    name="The Harbour Post",
    owner="Quay",
    country="gb",
    language="en",
    kind="newspaper",
    domains=("title.example",),
    feeds=(FEED,),
)
LINK = "https://www.title.example/news/ferry"


def parse(body: bytes, *, url: str = FEED.url, content_type: str = "application/xml", title: Title = TITLE) -> Reading | Refusal:
    return entries.parse(body, url=url, content_type=content_type, title=title, feed=FEED, now=NOW)


def read(name: str, **changes) -> Reading:
    reading = parse((DATA / name).read_bytes(), **changes)
    assert isinstance(reading, Reading), reading
    return reading


def rss(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>Post</title>{"".join(items)}</channel></rss>'.encode()


def item(title: str = "One", link: str = "https://www.title.example/news/one", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def headlines(reading: Reading) -> list[str]:
    return [entry.headline for entry in reading.entries]


# -- the forms


@pytest.mark.parametrize(
    ("name", "form"),
    [("rss.xml", "rss"), ("atom.xml", "atom"), ("rdf.xml", "rdf"), ("json_feed.json", "json"), ("news_sitemap.xml", "news_sitemap")],
)
def test_every_form_says_the_same(name, form):
    reading = read(name)
    (entry,) = reading.entries
    assert reading.form == form
    assert reading.complete
    assert not reading.refusals
    assert (entry.url, entry.url_key, entry.rank) == (LINK, urls.key(LINK), 1)
    assert entry.headline == "Ferry returns after a week of storms"
    assert entry.published.at == datetime(2026, 11, 24, 9, 11, 12, tzinfo=UTC)
    assert (entry.published.precision, entry.published.source) == ("second", "feed")
    assert entry.language == "en"
    assert entry.section == "Region"
    if form != "news_sitemap":
        assert entry.authors == ("Ada Quay",)
        assert entry.summary == "The first crossing carried 40 people."


@pytest.mark.parametrize("content_type", ["", "text/html", "text/plain; charset=latin1", "application/json", "nonsense"])
@pytest.mark.parametrize("name", ["rss.xml", "json_feed.json"])
def test_what_the_server_calls_it_does_not_matter(name, content_type):
    assert read(name, content_type=content_type) == read(name)


def test_full_text_is_kept_as_html_and_the_summary_as_words():
    (entry,) = read("rss.xml").entries
    assert entry.text == "<p>The first crossing carried 40 people.</p><p>More will follow.</p>"
    assert "<b>40 people</b>" in read("atom.xml").entries[0].text
    assert read("rdf.xml").entries[0].text is None


def test_a_feed_says_how_often_it_wants_to_be_asked():
    assert read("rss.xml").wishes.pace == timedelta(minutes=20)
    assert read("rdf.xml").wishes.pace == timedelta(minutes=20)
    assert read("atom.xml").wishes.pace is None


# -- what is no feed


@pytest.mark.parametrize(
    ("name", "reason", "detail"),
    [
        ("page_where_a_feed_was.html", Reason.NOT_A_FEED, "HTML: One moment & we check your browser"),
        ("sitemap_index.xml", Reason.NOT_A_FEED, "a list of sitemaps"),
        ("sitemap_without_news.xml", Reason.NOT_A_FEED, "a sitemap without news"),
        ("cut_in_the_first_item.xml", Reason.BROKEN_FEED, "ends before the first item does"),
        ("entity_declarations.xml", Reason.BROKEN_FEED, "declares entities"),
    ],
)
def test_what_is_no_feed_is_refused_by_name(name, reason, detail):
    refusal = parse((DATA / name).read_bytes())
    assert isinstance(refusal, Refusal)
    assert (refusal.stage, refusal.reason, refusal.url) == ("feed", reason, FEED.url)
    assert refusal.detail.startswith(detail)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Reason.EMPTY_BODY),
        (b" \r\n\t", Reason.EMPTY_BODY),
        (b"\xef\xbb\xbf", Reason.EMPTY_BODY),
        (b"\0\0\0", Reason.EMPTY_BODY),
        (b"Service unavailable", Reason.NOT_A_FEED),
        (b"/etc/hostname", Reason.NOT_A_FEED),
        (b"http://www.title.example/feed.xml", Reason.NOT_A_FEED),
        (b"<error>no</error>", Reason.NOT_A_FEED),
        (b"<html><body>&lt;rss&gt;</body></html>", Reason.NOT_A_FEED),
        (b'{"error": "no"}', Reason.NOT_A_FEED),
        (b'{"items": [1, 2]}', Reason.NOT_A_FEED),
        (b"[]", Reason.NOT_A_FEED),
        (b'{"items": [', Reason.BROKEN_FEED),
        (b"[" * 100_000, Reason.BROKEN_FEED),
        (b'{"version": ' + b"9" * 10_000 + b"}", Reason.BROKEN_FEED),
        (b"%PDF-1.7", Reason.NOT_A_FEED),
        (b"\x1f\x8b\x08\x00", Reason.NOT_A_FEED),
        (b"<rss", Reason.BROKEN_FEED),
        (b"<?xml version='1.0'?>", Reason.NOT_A_FEED),
    ],
)
def test_a_body_that_lists_nothing_is_never_silence(body, reason):
    refusal = parse(body)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is reason


@pytest.mark.parametrize(
    "body",
    [
        (DATA / "no_entries.xml").read_bytes(),
        b"<feed xmlns='http://www.w3.org/2005/Atom'/>",
        b"<urlset/>",
        b'{"version": "https://jsonfeed.org/version/1", "items": []}',
    ],
)
def test_a_feed_without_entries_is_a_success(body):
    reading = parse(body)
    assert isinstance(reading, Reading)
    assert (reading.entries, reading.refusals, reading.complete) == ((), (), True)


def test_a_path_in_the_body_is_not_opened(tmp_path):
    feed = tmp_path / "feed.xml"
    feed.write_bytes(rss(item()))
    assert isinstance(parse(str(feed).encode()), Refusal)


# -- broken feeds, and none of them loses what is whole


def test_a_feed_that_ends_in_the_middle_gives_its_whole_items_and_says_so():
    reading = read("cut_in_the_middle.xml")
    assert headlines(reading) == ["One", "Two"]
    assert not reading.complete
    assert [refusal.reason for refusal in reading.refusals] == [Reason.BROKEN_ENTRY]


@given(st.integers(min_value=0))
def test_wherever_a_feed_is_cut_no_half_address_is_believed(place):
    body = rss(*(item(str(n), f"https://www.title.example/news/{n}-ferry") for n in range(5)))
    reading = parse(body[: place % len(body)])
    if isinstance(reading, Reading):
        assert {entry.url for entry in reading.entries} <= {f"https://www.title.example/news/{n}-ferry" for n in range(5)}
        assert reading.complete == (len(reading.entries) == 5 and not reading.refusals)


@pytest.mark.parametrize("name", ["undeclared_prefix.xml", "crossed_tags.xml"])
def test_what_is_not_well_formed_is_read_all_the_same(name):
    reading = read(name)
    assert [(entry.headline, entry.url) for entry in reading.entries] == [
        ("One", "https://www.title.example/news/one"),
        ("Two", "https://www.title.example/news/two"),
    ]
    assert reading.complete


def test_html_names_and_bare_ampersands_are_what_was_meant():
    (entry,) = read("html_names_and_bare_ampersands.xml").entries
    assert entry.headline == "Café & bar — open"
    assert entry.url == "https://www.title.example/news?id=1&page=2"


def test_a_servers_warnings_around_the_feed_do_not_hide_it():
    assert headlines(read("warning_before_the_feed.xml")) == ["One"]


def test_the_doctype_of_old_rss_is_no_entity_declaration():
    assert headlines(read("doctype_of_old_rss.xml")) == ["One"]


def test_forbidden_characters_vanish_and_the_rest_stays():
    assert headlines(read("bad_characters.xml")) == ["Before after, it's"]


def test_json_escapes_cannot_smuggle_what_a_database_refuses():
    body = b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "a\\u0000b", "url": "https://www.title.example/1", "title": "x\\u0000\\ud800y", "content_html": "<p>\\u0000\\udfff</p>"}, 7, null]}'
    reading = parse(body)
    (entry,) = reading.entries
    assert (entry.headline, entry.guid, entry.text) == ("xy", "ab", "<p></p>")
    assert [refusal.reason for refusal in reading.refusals] == [Reason.BROKEN_ENTRY] * 2


def test_a_json_address_that_is_a_number_loses_nothing_else():
    reading = parse(
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"url": 5, "id": 7}, {"url": "https://www.title.example/1", "title": ["x"]}]}'
    )
    assert [entry.url for entry in reading.entries] == ["https://www.title.example/1"]
    assert [refusal.reason for refusal in reading.refusals] == [Reason.NO_LINK]


def test_what_is_escaped_twice_is_read_as_words():
    (entry,) = read("escaped_twice.xml").entries
    assert (entry.headline, entry.summary) == ("Q&A: “we stay”", "It is settled.")


ACCENTS = '<?xml version="1.0" encoding="{}"?><rss version="2.0"><channel>{}</channel></rss>'


@pytest.mark.parametrize(
    ("declared", "used", "content_type", "word"),
    [
        ("utf-8", "utf-8", "", "Café"),
        ("iso-8859-1", "utf-8", "text/xml; charset=iso-8859-1", "Café"),  # both say it wrongly
        ("iso-8859-1", "latin-1", "", "Café"),
        ("utf-8", "cp1252", "", "Café “now”"),  # says so wrongly
        ("windows-1251", "cp1251", "", "Кафе"),
        ("", "cp1251", "text/xml; charset=windows-1251", "Кафе"),
        ("gb2312", "gb18030", "", "咖啡"),
        ("shift_jis", "cp932", "", "喫茶店"),
        ("iso-2022-jp", "iso-2022-jp", "", "喫茶店"),
        ("euc-kr", "euc-kr", "", "카페"),
        ("big5", "big5", "", "咖啡"),
        ("utf-16", "utf-16", "", "Café"),
        ("utf-16", "utf-16-le", "", "Café"),
        ("utf-16", "utf-16-be", "", "Café"),
        ("utf-32", "utf-32", "", "Café"),
        ("x-unknown", "utf-8", "", "Café"),
        ("hex", "utf-8", "", "Café"),  # a codec of Python that is no charset
    ],
)
def test_every_charset_is_read_also_where_it_is_named_wrongly(declared, used, content_type, word):
    body = ACCENTS.format(declared, item(word)).encode(used)
    assert headlines(parse(body, content_type=content_type)) == [word]


def test_one_broken_byte_does_not_change_the_charset():
    body = rss(item("Café und Straße und Übermut"), item("Zwei", "https://www.title.example/2")).replace("Übermut".encode(), b"\xc3bermut")
    assert headlines(parse(body))[0].startswith("Café und Straße und ")


def test_a_byte_order_mark_is_no_character():
    assert headlines(parse(codecs.BOM_UTF8 + b"\n" + rss(item()))) == ["One"]


@given(st.binary(max_size=60), st.integers(0, 10_000), st.sampled_from(sorted(path.name for path in DATA.iterdir())))
def test_no_bytes_break_it(junk, place, name):
    body = (DATA / name).read_bytes()
    place %= len(body)
    reading = parse(body[:place] + junk + body[place + len(junk) :])
    assert isinstance(reading, Reading | Refusal)


# -- entries and refusals


def test_every_item_leaves_by_a_named_door():
    reading = read("one_of_each_refusal.xml")
    assert [(entry.rank, entry.headline) for entry in reading.entries] == [(1, "An article"), (8, "Another article")]
    assert [refusal.reason for refusal in reading.refusals] == [
        Reason.NO_LINK,
        Reason.OFF_DOMAIN,
        Reason.ADVERTISEMENT,
        Reason.HOME_PAGE,
        Reason.BAD_URL,
        Reason.BAD_URL,
    ]
    assert {refusal.stage for refusal in reading.refusals} == {"entry"}


def test_an_address_that_is_too_long_is_refused_and_one_at_the_limit_is_kept():
    base = "https://www.title.example/"
    fits = base + "a" * (urls.MAX_BYTES - len(base))
    reading = parse(rss(item(link=fits), item(link=fits + "b"), item(link=base + "é" * 400)))
    assert [entry.url for entry in reading.entries] == [fits]
    assert [refusal.reason for refusal in reading.refusals] == [Reason.URL_TOO_LONG] * 2


def test_an_address_listed_twice_is_one_entry_at_its_best_rank():
    reading = read("listed_twice.xml")
    assert [(entry.rank, entry.headline) for entry in reading.entries] == [(1, "Other"), (2, "Top again")]
    assert not reading.refusals


def test_relative_links_are_below_their_base():
    assert [entry.url for entry in read("relative_links.xml").entries] == [
        "https://www.title.example/base/one",
        "https://www.title.example/base/deeper/two",
        "https://www.title.example/three",
        "https://www.title.example/four",
    ]


def test_the_titles_own_address_is_found_behind_a_middleman():
    reading = read("middleman_links.xml", url="https://feeds.other.example/post")
    assert [entry.url for entry in reading.entries] == [f"https://www.title.example/news/{name}" for name in ("one", "two", "four", "five")]
    assert [refusal.reason for refusal in reading.refusals] == [Reason.OFF_DOMAIN], "a guid that says it is no link is none"


def test_a_test_worlds_ports_belong_to_its_titles():
    here = Title(key="t", name="T", owner="T", country="gb", language="en", kind="portal", domains=("127.0.0.1:8001",), feeds=())
    reading = parse(rss(item(link="http://127.0.0.1:8001/a"), item(link="http://127.0.0.1:8002/a")), title=here)
    assert [entry.url for entry in reading.entries] == ["http://127.0.0.1:8001/a"]


@pytest.mark.parametrize("example", judging._ADVERTISING["advertisement"], ids=str)
def test_an_advertisement_is_known_by_its_marks(example):
    reading = parse(rss(advertising(example)))
    assert [refusal.reason for refusal in reading.refusals] == [Reason.ADVERTISEMENT]


@pytest.mark.parametrize("example", judging._ADVERTISING["news"], ids=str)
def test_news_about_advertising_is_news(example):
    assert len(parse(rss(advertising(example))).entries) == 1


def advertising(example: dict[str, str]) -> str:
    section = f"<category>{example['section']}</category>" if "section" in example else ""
    return item(example.get("headline", "One"), example.get("url", "https://www.title.example/news/one"), section)


LONG = (
    f"<description>{'word ' * 9000}</description><guid>https://www.title.example/?p={'7' * 9000}</guid><author>{'Ada ' * 999}</author>"
    f"<category>{'Region ' * 999}</category><content>{'word ' * 120_000}</content>"
)


def test_long_texts_are_cut_and_marked():
    (entry,) = parse(rss(item("word " * 1000, more=LONG))).entries
    assert len(entry.headline) == judging.HEADLINE
    assert len(entry.summary) == judging.SUMMARY
    assert len(entry.guid) <= judging.GUID
    assert entry.headline.endswith("…")
    assert entry.summary.endswith("…")
    assert entry.guid.endswith("…")
    assert all(len(name) == judging.NAME and name.endswith("…") for name in (*entry.authors, entry.section))
    assert len(entry.text) == judging.TEXT
    assert entry.text.endswith("…")


def test_an_author_is_a_name_and_not_an_address():
    more = "<author>desk@title.example (Ada Quay)</author>"
    assert parse(rss(item(more=more))).entries[0].authors == ("Ada Quay",)


# -- what would take minutes


@pytest.mark.parametrize("well_formed", [True, False])
@pytest.mark.parametrize(
    "more",
    [
        f"<author>{'a' * 64_000}</author>",
        "".join(f"<category>{n}</category>" for n in range(20_000)),
        "<enclosure " + " ".join(f"a{n}='1'" for n in range(50_000)) + "/>",
        "<b>" * 5_000 + "</b>" * 5_000,
        f"<description>{'&#65;' * 100_000}</description>",
        f"<description>{'<![CDATA[' * 20_000}]]></description>",
        f"<description>{'&lt;script&gt;' * 100_000}</description>",
        f"<description>{'&lt;!--' * 100_000}</description>",
        f"<description>&amp;#{'0' * 100_000};</description>",
        f"<pubDate>{'Mon, 02 Mar 2026 ' * 30_000}</pubDate>",
        f"<description>{'&lt;a href=/b&gt;word&lt;/a&gt; ' * 8_000}</description>",
        f"<description>&#xD800;{'&#xDFFF;' * 100_000}</description>",
    ],
    ids=[
        *("author", "categories", "attributes", "depth", "references", "cdata", "scripts", "comments", "digits"),
        *("dates", "links", "surrogates"),
    ],
)
def test_what_takes_quadratic_time_is_cut_first(more, well_formed):
    body = rss(item(more=more), item("Two", "https://www.title.example/2"))
    began = time.process_time()
    reading = parse(body if well_formed else body.replace(b"<title>Two", b"<media:x/><title>Two"))
    assert time.process_time() - began < 4.0, "feedparser alone takes 5 to 20 s"
    assert isinstance(reading, Reading)
    assert "Two" in headlines(reading)


@pytest.mark.parametrize("count", [MAX_ITEMS + 10, 80_000])
def test_a_feed_of_very_many_items_is_read_up_to_a_limit_and_says_so(count):
    reading = parse(rss(*(item(str(n), f"https://www.title.example/{n}-a") for n in range(count))))
    assert len(reading.entries) == MAX_ITEMS
    assert [(refusal.reason, refusal.detail) for refusal in reading.refusals] == [
        (Reason.TOO_LARGE, f"{count - MAX_ITEMS} items after the first {MAX_ITEMS}")
    ]


@pytest.mark.parametrize("depth", [1_000, 20_000])
def test_a_feed_nested_very_deep_ends_by_name(depth):
    reading = parse(rss(item(), f"{'<b>' * depth}{'</b>' * depth}", item("Two", "https://www.title.example/2")))
    assert isinstance(reading, Reading) or reading.reason is Reason.BROKEN_FEED


@pytest.mark.parametrize("reference", ["&#xD800;", "&#55296;", "&#0;", "&#xFFFE;", "&#x110000;", "&#99999999999999999999;"])
def test_a_reference_to_no_character_loses_nothing_else(reference):
    reading = parse(rss(item(f"One{reference}"), item("Two", "https://www.title.example/2")))
    assert headlines(reading) == ["One", "Two"]


# -- dates


def test_dates_say_how_exact_they_are():
    said = {entry.headline: entry.published for entry in read("no_zones_and_odd_dates.xml").entries}
    day = datetime(2026, 11, 24, tzinfo=UTC)
    assert {name: (found.at, found.precision) for name, found in said.items() if found} == {
        "zone": (day.replace(hour=15, minute=11, second=12), "second"),
        "no zone": (day, "day"),
        "minute": (day.replace(hour=10, minute=11), "minute"),
        "day": (day, "day"),
        "midnight": (day, "day"),
    }
    assert len(said) == 9


@pytest.mark.parametrize(
    ("said", "at", "precision"),
    [
        ("Tue, 24 Nov 2026 10:11:12 +0100", "2026-11-24T09:11:12", "second"),
        ("Tue,24 Nov 2026 10:11:12 GMT", "2026-11-24T10:11:12", "second"),
        ("24 Nov 26 10:11 EST", "2026-11-24T15:11", "minute"),
        ("Tue, 24 Nov 2026 10:11:12 -0000", "2026-11-24T10:11:12", "second"),
        ("Tue, 24 Nov 2026 10:11:12 GMT+0100 (CET)", "2026-11-24T09:11:12", "second"),
        ("2026-11-24T10:11:12.345+05:30", "2026-11-24T04:41:12", "second"),
        ("2026-11-24T10:11+01", "2026-11-24T09:11", "minute"),
        ("20261124T101112Z", "2026-11-24T10:11:12", "second"),
        ("2026-11-24T10:11:60Z", "2026-11-24T10:11:59", "second"),
        ("Tue Nov 24 10:11:12 UTC 2026", "2026-11-24T10:11:12", "second"),
        ("Nov 24, 2026 10:11 PM UTC", "2026-11-24T22:11", "minute"),
        ("November 24th, 2026", "2026-11-24", "day"),
        ("1795515072", "2026-11-24T10:11:12", "second"),
        ("1795515072000", "2026-11-24T10:11:12", "second"),
        ("Di, 24 Nov 2026 10:11:12 +0100", "2026-11-24T09:11:12", "second"),
        ("mar., 24 nov. 2026 10:11:12 +0100", "2026-11-24T09:11:12", "second"),
        ("24 de março de 2026 10:11 -0300", "2026-03-24T13:11", "minute"),
        ("24 июня 2026 10:11:12 +0300", "2026-06-24T07:11:12", "second"),
        ("24.11.2026 10:11", "2026-11-24", "day"),
        ("24/11/2026", "2026-11-24", "day"),
        ("11/24/2026", "2026-11-24", "day"),
        ("2026-11-24T10:11:12 America/New_York", "2026-11-24", "day"),
        ("Tue, 24 Nov 2026 10:11:12 IST", "2026-11-24", "day"),
    ],
)
def test_a_date_is_read_as_it_was_meant(said, at, precision):
    found = moment(said, NOW)
    assert found.at == datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert found.precision == precision


@pytest.mark.parametrize(
    "said",
    [
        "",
        "yesterday",
        "0000-00-00",
        "2026-13-45",
        "31 Feb 2026",
        "03/04/2026",
        "1989-12-31T23:59:59Z",
        "2026-11-26T12:00:01Z",
        "9999-12-31T23:59:00-12:00",
        "-1",
        "1e99",
        "9" * 13,
        "9" * 400,
        "Nov",
    ],
)
def test_an_impossible_date_is_none(said):
    assert moment(said, NOW) is None


@given(st.text(alphabet="0123456789-+:./TZ ,GMTnov", max_size=40) | st.text(max_size=120))
def test_no_text_breaks_a_date(said):
    found = moment(said, NOW)
    assert found is None or datetime(1990, 1, 1, tzinfo=UTC) <= found.at <= NOW + timedelta(days=1)


# -- cleaning


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    once = cleaning.clean(text)
    assert cleaning.clean(once) == once


# -- real feeds


@pytest.mark.shared
def test_every_recorded_feed_is_read_or_refused_by_name():
    if not SHARED.is_dir():
        pytest.skip("../shared is absent")
    from benchmarks.feeds import load

    outcomes = [parse(body) for body in load().values()]
    assert sum(isinstance(outcome, Reading) for outcome in outcomes) >= 0.99 * len(outcomes)
