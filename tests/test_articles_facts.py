import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders_articles import HEADLINE, RULES, SENTENCES, URL, article, markup, paragraphs, read
from py3langid.langid import LanguageIdentifier

from pipeline.articles import bylines as bylines_
from pipeline.articles import languages, moments, photocredits, structured
from pipeline.cli import singly


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


def test_a_day_that_was_written_in_utc_is_still_a_day():
    found = article(head=said(datePublished="2026-03-04T23:00:00.000Z", dateModified="2026-03-05T10:12:00+01:00"))
    assert (found.published.at, found.published.precision) == (at(2026, 3, 5), "day")
    assert (found.modified.at, found.modified.precision) == (at(2026, 3, 5, 9, 12), "minute")
    assert article(head=said(datePublished="2026-03-04T23:00:00Z")).published.precision == "minute"


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
        (("By Jo Marsh and Edda Brandt, Harbour Times",), ("Jo Marsh", "Edda Brandt")),
        (("Jo Marsh und Edda Brandt, dpa",), ("Jo Marsh", "Edda Brandt", "dpa")),
        (("한지우 기자",), ("한지우",)),
        (("By Jo M.J. and Edda Brandt Jr.",), ("Jo M.J.", "Edda Brandt Jr.")),
        (("By Jo Marsh.",), ("Jo Marsh",)),
        (("Por Jo Marsh y Edda Brandt",), ("Jo Marsh", "Edda Brandt")),
        (("Por Jo Marsh y Brandt",), ("Jo Marsh y Brandt",)),
        (("By Jo Marsh and Edda Brandt Monday, March 5, 2026, 07:17 am",), ("Jo Marsh", "Edda Brandt")),
        (("Von Jo Marsh, Edda Brandt - 5. März 2026",), ("Jo Marsh", "Edda Brandt")),
        (("https://courier.example/jo", "jo@courier.example", ""), ()),
    ],
)
def test_bylines_become_a_list_of_people(bylines, names):
    assert bylines_.names(bylines) == names


@pytest.mark.parametrize("text", ["Jo Marsh, " * 200_000, "Jo Marsh; " + "x " * 500_000, "Jo Marsh; " + "y" * 2_000_000 + " Monday"])
def test_a_byline_without_end_ends_in_time(text):
    assert bylines_.names([text])[0] == "Jo Marsh"


def test_authors_are_people_before_the_site_itself():
    shown = f"<h1>{HEADLINE}</h1><div class='byline'>By Jo Marsh</div>"
    assert article(top=shown, head=said(author={"@type": "Organization", "name": "The Courier"})).authors == ("Jo Marsh",)
    assert article(head=said(author={"name": "The Courier"})).authors == ("The Courier",)
    assert article(head=said(author=[{"name": "Jo Marsh"}, {"name": "Edda Brandt"}])).authors == ("Jo Marsh", "Edda Brandt")


def test_a_desk_is_an_author_where_no_person_is_named():
    desk = said(author={"name": "Sport-Redaktion"})
    assert article(head=desk).authors == ("Sport-Redaktion",)
    assert article(head=said(author={"name": "Courier staff reporters"})).authors == ("Courier staff reporters",)
    assert article(head=desk + "<meta name='author' content='Jo Marsh'>").authors == ("Jo Marsh",)
    assert article(head=said(author={"name": "admin"})).authors == ()


def test_every_meta_that_names_an_author_is_read():
    metas = "".join(f"<meta name='author' content='{name}'>" for name in ("The Courier", "Jo Marsh", "Edda Brandt"))
    assert article(head=metas).authors == ("Jo Marsh", "Edda Brandt")


@pytest.mark.parametrize(
    "shown",
    [
        "<p>By <a href='/jo'>Jo Marsh</a></p>",
        "<p>5 March 2026, 17:42 - By Jo Marsh</p>",
        "<div class='byline'>Jo Marsh The Courier</div>",
        "<div class='byline'>Jo Marsh COURIER NEWS NETWORK</div>",
        "<aside><div class='byline'>By Jo Marsh</div><div>Link copied</div></aside>",
    ],
)
def test_a_byline_is_found_however_the_page_shows_it(shown):
    assert article(top=f"<h1>{HEADLINE}</h1>{shown}").authors == ("Jo Marsh",)


@pytest.mark.parametrize("shown", ["5 März 2026, 14:59 Uhr Lesedauer: 4 Minuten", "Son Güncelleme : 30.04.2026 - 16:49", "Paylaş"])
def test_what_stands_beside_a_date_is_no_author(shown):
    assert article(top=f"<h1>{HEADLINE}</h1><p>{shown}</p>").authors == ()


def test_a_byline_that_names_more_people_than_json_ld_is_believed():
    jo = said(author={"name": "Jo Marsh"})

    def shown(byline):
        return article(top=f"<h1>{HEADLINE}</h1><div class='byline'>{byline}</div>", head=jo).authors

    assert shown("By Jo Marsh and Edda Brandt on March 5, 2026 at 3:53PM") == ("Jo Marsh", "Edda Brandt")
    assert shown("By Jo Marsh with AP") == ("Jo Marsh",)
    assert shown("By Jo Marsh, Harbour Desk") == ("Jo Marsh",)
    assert shown("By Jo Marsh, National Institute of Ferries and Piers") == ("Jo Marsh",)
    assert shown("By Edda Brandt") == ("Jo Marsh",)


@pytest.mark.parametrize("trade", ["Photography by", "Reviewed by", "Edited by", "Fotos von"])
def test_photographers_and_editors_are_no_authors(trade):
    both = said(author=[{"name": "Jo Marsh"}, {"name": "Edda Brandt"}])
    assert article(top=f"<h1>{HEADLINE}</h1><p>By Jo Marsh</p><p>{trade} Edda Brandt</p>", head=both).authors == ("Jo Marsh",)
    alone = said(author={"name": "Edda Brandt"})
    assert article(top=f"<h1>{HEADLINE}</h1><p>{trade} Edda Brandt</p>", head=alone).authors == ("Edda Brandt",)


LONGER = "Ferries sail again after nine weeks - and fares will rise"
OTHER = "Island crews end their strike"


def offers(*, h1="", ld="", og="", twitter="", title=""):
    """Return the headline of a page with these, each as a publishing system gives it."""
    head = f"<meta property='og:title' content='{og}'><meta name='twitter:title' content='{twitter}'>"
    told = f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', 'headline': ld})}</script>"
    return article(top=f"<h1>{h1}</h1>" if h1 else "", title=title, head=head + told).headline


def test_a_headline_is_not_cut_to_what_its_copies_kept_of_it():
    assert offers(h1=LONGER, ld=LONGER, og=HEADLINE, title=f"{HEADLINE} | The Courier") == LONGER
    assert offers(h1=LONGER, ld=HEADLINE, og=OTHER, title=f"{LONGER} | The Courier") == LONGER
    assert offers(h1=LONGER, og=HEADLINE, twitter=HEADLINE, title=f"{LONGER} | The Courier") == LONGER


def test_a_kicker_that_the_page_calls_part_of_its_headline_stays():
    kicked = f"Islands: {HEADLINE}"
    assert offers(h1=HEADLINE, ld=kicked, og=kicked, title=f"{kicked} - The Courier") == kicked
    assert offers(h1=HEADLINE, ld=HEADLINE, og=kicked, title=f"{kicked} - The Courier") == HEADLINE


def test_the_copies_for_sharing_and_searching_never_outvote_the_reader_and_the_archive():
    assert offers(h1=HEADLINE, ld=HEADLINE, og=OTHER, twitter=OTHER, title=OTHER) == HEADLINE
    assert offers(h1=HEADLINE, ld=OTHER, og=HEADLINE, title=OTHER) == HEADLINE


@pytest.mark.parametrize(
    "surplus", [" | Islands | News", " - Port Maren News", "-섬ㅣThe Courier", " « Islands", ", The Courier, 5 March 2026"]
)
def test_a_copy_is_without_the_section_and_the_site(surplus):
    assert offers(ld=HEADLINE, og=HEADLINE + surplus, twitter=HEADLINE + surplus, title=HEADLINE + surplus) == HEADLINE


def test_a_headline_about_a_site_is_not_taken_for_its_name():
    assert (
        offers(h1="Ferries sail - Courier readers cheer", title="Ferries sail - Courier readers cheer")
        == "Ferries sail - Courier readers cheer"
    )


def test_parts_of_a_headline_are_not_run_together():
    assert (
        offers(h1="<span>Strike</span><span>Ferries sail again</span>", og="Strike / Ferries sail again") == "Strike / Ferries sail again"
    )


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


def test_a_copyright_holder_is_named_without_signs_and_years():
    assert article().copyright_holder is None
    assert article(head=said(copyrightHolder={"@type": "Organization", "name": "Courier Ltd"})).copyright_holder == "Courier Ltd"
    for notice in ("© 2026 Courier Ltd", "Copyright (c) 2019-2026 Courier Ltd. All rights reserved.", "Courier Ltd"):
        assert article(head=f"<meta name='copyright' content='{notice}'>").copyright_holder == "Courier Ltd"
    for nothing in ("© 2026", "https://courier.example/imprint"):
        assert article(head=f"<meta name='copyright' content='{nothing}'>").copyright_holder is None


def test_a_holder_is_found_where_json_ld_points_to_it():
    graph = [
        {"@type": "NewsArticle", "headline": HEADLINE, "copyrightHolder": {"@id": "#us"}},
        {"@type": "Organization", "@id": "#us", "name": "Courier Ltd"},
    ]
    graph += [{"@type": "Organization", "@id": "#us"}]
    assert article(head=f"<script type='application/ld+json'>{json.dumps({'@graph': graph})}</script>").copyright_holder == "Courier Ltd"


def test_holder_and_licence_are_shown_to_people():
    shown = [*singly.article(json.loads(singly.dumped(article(head=said(copyrightHolder="Courier Ltd", license=LICENCE)))))]
    assert "  copyright     Courier Ltd" in shown
    assert f"  licence       {LICENCE}" in shown
    assert not any("copyright" in line or "licence" in line for line in singly.article(json.loads(singly.dumped(article()))))


LICENCE = "https://licences.example/by/4.0/"


@pytest.mark.parametrize(
    ("head", "body", "licence"),
    [
        (said(license=LICENCE), "", LICENCE),
        (said(license=[{"@type": "CreativeWork", "name": "Free", "url": LICENCE}]), "", LICENCE),
        (said(license="/terms"), "", "https://www.courier.example/terms"),
        ("<meta name='dcterms.license' content='CC BY 4.0'>", "", "CC BY 4.0"),
        (f"<link rel='license' href='{LICENCE}'>", "", LICENCE),
        ("", f"<p>This text is free to use under <a rel='nofollow license' href='{LICENCE}'>these terms</a>.</p>", LICENCE),
        ("", f"<figure><img src='/q.jpg'><figcaption>Dawn (<a rel='license' href='{LICENCE}'>free</a>)</figcaption></figure>", None),
        (said(license="http://[broken"), "", None),
        ("", "", None),
    ],
)
def test_a_licence_is_the_texts_own(head, body, licence):
    assert article(paragraphs() + body, head=head).licence == licence


def test_section_and_tags():
    found = article(head=said(articleSection=["Islands", "News"], keywords="ferries, strike,ferries"))
    assert (found.section, found.tags) == ("Islands", ("ferries", "strike"))
    metas = "<meta property='article:section' content='Islands'><meta property='article:tag' content='ferries'><meta property='article:tag' content='strike'>"
    found = article(head=metas + "<meta name='keywords' content='news, courier'>")
    assert (found.section, found.tags) == ("Islands", ("ferries", "strike"))
    assert article(head="<meta name='news_keywords' content='ferries; strike'>").tags == ("ferries", "strike")
    assert article(head="<meta property='article:tag' content='ferries,strike, channel:sport,@all'>").tags == ("ferries", "strike")
    assert (article().section, article().tags) == (None, ())


def crumb(name, address=""):
    return {"@type": "ListItem", "name": name} | ({"item": address} if address else {})


@pytest.mark.parametrize(
    ("crumbs", "section"),
    [
        (
            [
                crumb("Home", "https://www.courier.example/"),
                crumb("Islands", "/islands"),
                crumb("Ports", "/islands/ports"),
                crumb(HEADLINE),
            ],
            "Islands",
        ),
        ([crumb("Startseite", "/de"), crumb("Inseln &amp; Meer", "/inseln"), crumb(HEADLINE)], "Inseln & Meer"),
        ([crumb("The Courier", "https://www.courier.example"), crumb("", "/x"), crumb(HEADLINE, URL)], None),
        ([{"@type": "ListItem", "item": {"@id": "/islands", "name": "Islands"}}], "Islands"),
        ([crumb("Home", "http://[broken"), None, 7, crumb(3, {"@id": 4})], None),
        ("Islands", None),
    ],
)
def test_breadcrumbs_tell_the_section_where_nothing_else_does(crumbs, section):
    trail = f"<script type='application/ld+json'>{json.dumps({'@type': 'BreadcrumbList', 'itemListElement': crumbs})}</script>"
    assert article(head=trail).section == section
    assert article(head=trail + said()).section == section
    assert article(head=trail + said(articleSection="Harbour")).section == "Harbour"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "The harbour stayed shut on Monday.",
        "Le port est resté fermé lundi.",
        "ГАВАНЬ ЗАКРЫТА",
        "港は月曜日に閉鎖された。",
        "\udc80 a",
        SENTENCES[0] * 9,
    ],
)
def test_a_language_scores_as_the_library_that_reads_byte_by_byte_has_it(text):
    ours = languages._identifier()
    said = text.encode(errors="surrogatepass")
    assert (ours._raw_score(said) == LanguageIdentifier._raw_score(ours, said)).all()


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
    assert photocredits.split(caption, RULES.names.whole) == parts


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


def test_a_live_blog_is_described_by_itself_and_not_by_its_newest_post():
    post = {"@type": "BlogPosting", "headline": OTHER, "datePublished": "2026-03-05T17:42:00Z", "author": {"name": "Edda Brandt"}}
    post |= {"articleBody": "Aye.", "image": "/a.jpg", "mainEntityOfPage": URL, "dateModified": "2026-03-05T17:43:00Z"}
    blog = {"@type": "LiveBlogPosting", "headline": HEADLINE, "datePublished": "2026-03-04T06:15:00Z", "liveBlogUpdate": [post]}
    told = structured.read((json.dumps(blog),))
    assert (told.headline, told.published, told.kind) == (HEADLINE, "2026-03-04T06:15:00Z", "liveblogposting")
    assert structured.read((json.dumps({"@type": "WebPage", "mentions": [post]}),)).headline == OTHER


def test_one_fact_changes_one_field():
    plain, dated = article(), article(head="<meta property='article:modified_time' content='2026-03-05T09:00:00Z'>")
    assert replace(dated, modified=plain.modified) == plain
