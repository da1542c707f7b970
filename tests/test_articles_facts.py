import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders_articles import HEADLINE, SENTENCES, URL, article, markup, paragraphs, read

from pipeline.articles import images, moments, people, structured


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def said(**facts):
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', 'headline': HEADLINE, **facts})}</script>"


@pytest.mark.parametrize(
    ("text", "when", "precision"),
    [
        ("2026-03-05T17:42:10+01:00", at(2026, 3, 5, 16, 42, 10), "second"),
        ("2026-03-05T17:42Z", at(2026, 3, 5, 17, 42), "minute"),
        ("2026-03-05 17:42:10.233000+0000", at(2026, 3, 5, 17, 42, 10), "second"),
        ("Thu, 05 Mar 2026 17:42:00 GMT", at(2026, 3, 5, 17, 42), "minute"),
        ("1772732530", at(2026, 3, 5, 17, 42, 10), "second"),
        ("1772732530000", at(2026, 3, 5, 17, 42, 10), "second"),
        ("2026-03-05", at(2026, 3, 5), "day"),
        ("05.03.2026", at(2026, 3, 5), "day"),
        ("March 5, 2026", at(2026, 3, 5), "day"),
    ],
)
def test_a_time_says_how_exact_it_is(text, when, precision):
    found = moments.read(text, "meta")
    assert (found.at, found.precision, found.source) == (when, precision, "meta")


@pytest.mark.parametrize("text", ["2026-03-05T00:00:00Z", "2026-03-05T00:00:00+08:00"])
def test_midnight_sharp_is_a_day(text):
    assert moments.read(text, "meta").precision == "day"
    assert moments.read(text, "meta").at == at(2026, 3, 5)


@pytest.mark.parametrize("text", ["", "soon", "yesterday", "2026-13-45", "9" * 400, "0000-00-00T00:00:00Z", "Thursday"])
def test_no_time_is_made_of_what_is_none(text):
    assert moments.read(text, "meta") is None


def test_json_ld_is_believed_before_meta():
    meta = "<meta property='article:published_time' content='2026-03-04T10:00:00Z'>"
    found = article(head=said(datePublished="2026-03-05T06:15:00Z", dateModified="2026-03-05T08:00:00Z") + meta)
    assert (found.published.at, found.published.source) == (at(2026, 3, 5, 6, 15), "json-ld")
    assert found.modified.at == at(2026, 3, 5, 8)


def test_a_day_takes_its_hour_from_the_next_source_of_that_day():
    meta = "<meta property='article:published_time' content='2026-03-05T06:15:00Z'>"
    assert article(head=said(datePublished="2026-03-05") + meta).published.at == at(2026, 3, 5, 6, 15)


def test_a_time_without_a_zone_is_in_the_zone_that_the_page_uses():
    assert article(head=said(datePublished="2026-03-05T06:15:00", dateModified="2026-03-05T08:00:00+02:00")).published.at == at(
        2026, 3, 5, 4, 15
    )


def test_a_time_from_the_future_is_not_believed():
    assert article(head=said(datePublished="2031-01-01T06:15:00Z")).published.at == at(2026, 3, 5)


def test_the_address_tells_the_day_where_nothing_else_does():
    found = article().published
    assert (found.at, found.precision) == (at(2026, 3, 5), "day")


@pytest.mark.parametrize(
    ("bylines", "names"),
    [
        (("By Jo Marsh",), ("Jo Marsh",)),
        (("By Jo Marsh and Edda Brandt",), ("Jo Marsh", "Edda Brandt")),
        (("Von Jo Marsh und Edda Brandt",), ("Jo Marsh", "Edda Brandt")),
        (("Par Jo Marsh, Edda Brandt",), ("Jo Marsh", "Edda Brandt")),
        (("Jo Marsh, Political Correspondent",), ("Jo Marsh",)),
        (("Jo Marsh | The Courier",), ("Jo Marsh",)),
        (("JO MARSH", "Jo Marsh"), ("JO MARSH",)),
        (("https://courier.example/jo", "jo@courier.example", ""), ()),
    ],
)
def test_bylines_become_a_list_of_people(bylines, names):
    assert people.names(bylines) == names


def test_authors_are_people_before_the_site_itself():
    shown = f"<h1>{HEADLINE}</h1><div class='byline'>By Jo Marsh</div>"
    assert article(top=shown, head=said(author={"@type": "Organization", "name": "The Courier"})).authors == ("Jo Marsh",)
    assert article(head=said(author={"name": "The Courier"})).authors == ("The Courier",)
    assert article(head=said(author=[{"name": "Jo Marsh"}, {"name": "Edda Brandt"}])).authors == ("Jo Marsh", "Edda Brandt")


@pytest.mark.parametrize("title", [f"{HEADLINE} | The Courier", f"{HEADLINE} - courier.example", f"The Courier: {HEADLINE}", HEADLINE])
def test_a_headline_is_without_the_sites_name(title):
    assert article(title=title, head=f"<meta property='og:title' content='{title}'>").headline == HEADLINE


def test_a_headline_that_only_the_title_has_is_found():
    assert article(top="").headline == HEADLINE


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        (f"{URL}?utm_source=x", URL),
        ("/2026/03/05/ferries", "https://www.courier.example/2026/03/05/ferries"),
        ("https://m.courier.example/a/b", "https://m.courier.example/a/b"),
        ("https://thief.example/2026/03/05/ferries", None),
        ("https://www.courier.example/", None),
        ("http://[broken", None),
    ],
)
def test_a_canonical_address_is_never_another_hosts(link, canonical):
    assert article(head=f"<link rel='canonical' href='{link}'>").canonical_url == canonical


def test_section_and_tags():
    found = article(head=said(articleSection=["Islands", "News"], keywords="ferries, strike,ferries"))
    assert (found.section, found.tags) == ("Islands", ("ferries", "strike"))


def test_the_language_is_the_texts_not_the_pages():
    french = "Les ferries ont repris la mer jeudi entre le port et les îles, après neuf semaines de grève. " * 6
    assert read(markup(paragraphs(french))).language == "fr"
    assert article().language == "en"


@pytest.mark.parametrize(
    ("caption", "parts"),
    [
        ("Crews on the pier (Credit: AFP)", ("Crews on the pier", "AFP")),
        ("Crews on the pier. Photo: Jo Marsh/Reuters", ("Crews on the pier.", "Jo Marsh/Reuters")),
        ("Crews on the pier. © Jo Marsh", ("Crews on the pier.", "Jo Marsh")),
        ("Am Kai. Foto: dpa", ("Am Kai.", "dpa")),
        ("Crews on the pier", ("Crews on the pier", "")),
    ],
)
def test_a_caption_parts_from_its_credit(caption, parts):
    assert images.split(caption) == parts


def test_captions_and_credits_never_reach_the_text():
    figure = "<figure><img src='/q.jpg'><figcaption>Crews on the pier at dawn on Thursday <span class='credit'>Jo Marsh/AFP</span></figcaption></figure>"
    found = article(paragraphs(*SENTENCES[:3]) + figure + paragraphs(*SENTENCES[3:]))
    assert found.text == "\n\n".join(SENTENCES)
    assert [(image.caption, image.credit) for image in found.images] == [("Crews on the pier at dawn on Thursday", "Jo Marsh/AFP")]
    assert found.credits == ()


def test_json_ld_that_is_broken_or_odd_says_nothing():
    for script in (
        "{",
        "[]",
        "null",
        '"x"',
        '{"@type": 7}',
        '{"@type": ["NewsArticle"], "author": 3, "image": [null], "keywords": {"a": 1}}',
        "[" * 5000,
    ):
        assert structured.read((script,)).headline == ""


def test_json_ld_is_found_in_a_graph_and_mended():
    script = '{"@graph": [{"@type": "WebSite", "name": "x"}, {"@type": "ReportageNewsArticle", "headline": "Ferries &amp; fares",}]}'
    assert structured.read((script,)).headline == "Ferries & fares"


def test_one_fact_changes_one_field():
    plain, dated = article(), article(head="<meta property='article:modified_time' content='2026-03-05T09:00:00Z'>")
    assert replace(dated, modified=plain.modified) == plain
