import gzip
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders_articles import HEADLINE, PAGES, SENTENCES, TITLE, URL, article, entry, markup, page, paragraphs, read
from lxml import html

from pipeline.articles import trees
from pipeline.reasons import Reason
from pipeline.records import Article, Moment, Refusal

WHOLE = "\n\n".join(SENTENCES)


def refused(found):
    assert isinstance(found, Refusal), found
    return found.reason


def test_the_page_that_began_it_gives_its_paragraphs_and_nothing_of_the_readers_app():
    body = (PAGES / "reader_app.html").read_bytes()
    found = read(body, url="https://shelf.example/the-tidewater-courier/minister-courts-harbour-rivals")
    told = [" ".join(node.text_content().split()) for node in html.fromstring(body).xpath("//div[@class='article']/p")]
    assert found.text.split("\n\n") == told
    assert (found.headline, found.access) == ("Minister Courts Harbour Rivals As Ferry Accord Slips", "full")


def test_it_is_the_agencys_by_its_tally_not_by_its_photo():
    body = (PAGES / "reader_app.html").read_text(encoding="utf-8")
    title = replace(TITLE, name="The Tidewater Courier", domains=("shelf.example",))
    credit = read(body, title=title).credits[0]
    assert (credit.agency, credit.method) == ("afp", "self_reference")
    assert read(body.replace("an AFP tally based on", ""), title=title).credits == ()


def test_its_caption_and_photo_credit_are_data():
    image = read((PAGES / "reader_app.html").read_bytes()).images[0]
    assert image.url.endswith("/images/quay.jpg")
    assert image.caption.startswith("Transport Minister Orla Venn met in Port Maren")
    assert image.caption.endswith("crisis panel")
    assert image.credit == "AFP"


def test_a_plain_page_gives_its_text_headline_words_and_language():
    found = article()
    assert (found.text, found.headline, found.language, found.access) == (WHOLE, HEADLINE, "en", "full")
    assert found.words == len(re.findall(r"\w+", WHOLE))


@pytest.mark.parametrize(
    ("body", "changes", "reason"),
    [
        (b"", {}, Reason.EMPTY_BODY),
        (b" \n", {}, Reason.EMPTY_BODY),
        (b"%PDF-1.7", {"content_type": "application/pdf"}, Reason.NOT_HTML),
        (b'{"a": 1}', {"content_type": "application/json"}, Reason.NOT_HTML),
        (b"\x89PNG\r\n", {"content_type": "text/html"}, Reason.NOT_HTML),
        (b"<html><body></body></html>", {}, Reason.NO_TEXT),
    ],
)
def test_what_is_no_page_is_refused_by_name(body, changes, reason):
    assert refused(read(body, **changes)) == reason


def test_a_few_words_are_too_short():
    assert refused(article(paragraphs(SENTENCES[0]))) == Reason.TOO_SHORT


def test_a_text_without_a_headline_is_refused_unless_the_feed_has_one():
    bare = markup(title="The Courier", top="")
    assert refused(read(bare)) == Reason.NO_HEADLINE
    assert read(bare, entry=entry(headline="Ferries sail")).headline == "Ferries sail"


CONSENT = "We value your privacy. We and our partners store and use information on a device, such as unique IDs in cookies. You may accept or manage your choices at any time. These choices will be signalled to our partners and will not affect browsing data."


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        ("The Courier", CONSENT, Reason.CONSENT_WALL),
        ("Before you continue", CONSENT, Reason.CONSENT_WALL),
        ("Datenschutzeinstellungen", "Mit Ihrer Zustimmung verwenden wir und unsere Partner Cookies. " * 4, Reason.CONSENT_WALL),
        ("Sign in | The Courier", "Enter the name and the word that you chose when you joined us. " * 4, Reason.LOGIN_WALL),
        ("Connexion", "Entrez votre adresse et votre mot de passe pour lire le journal en ligne. " * 4, Reason.LOGIN_WALL),
        (
            "Page not found | The Courier",
            "The page that you asked for is not here. Perhaps it moved, or it never was. " * 3,
            Reason.SOFT_404,
        ),
        ("404", "Nothing to see. " * 12, Reason.SOFT_404),
        ("Seite nicht gefunden", "Diese Seite gibt es nicht mehr oder es hat sie nie gegeben. " * 4, Reason.SOFT_404),
    ],
)
def test_walls_and_error_pages_are_refused_by_name(title, text, reason):
    assert refused(read(markup(paragraphs(text), title=title, top=f"<h1>{title}</h1>"))) == reason


def test_a_long_article_about_a_wall_is_an_article():
    assert isinstance(read(markup(paragraphs(*SENTENCES, *(f"{one} Page not found, it said." for one in SENTENCES)))), Article)


def test_a_video_page_is_a_video():
    body = paragraphs(f"{SENTENCES[0]} {SENTENCES[1]}")
    assert (
        refused(read(markup(body, head="<meta property='og:type' content='video.other'>", around="<video src='/v.mp4'></video>")))
        == Reason.VIDEO
    )


def test_pictures_with_hardly_a_text_are_a_gallery():
    pictures = "".join(f"<figure><img src='/{n}.jpg'><figcaption>Boat number {n} at the quay</figcaption></figure>" for n in range(8))
    assert refused(read(markup(paragraphs(f"{SENTENCES[0]} {SENTENCES[1]}") + pictures))) == Reason.GALLERY


def test_a_front_page_is_no_article():
    teasers = "".join(f"<div><h3><a href='/a/{n}'>Islanders wait for boat number {n} in vain</a></h3></div>" for n in range(12))
    assert refused(read(markup(paragraphs(f"{SENTENCES[0]} {SENTENCES[1]}"), around=teasers))) == Reason.NOT_AN_ARTICLE


@pytest.mark.parametrize(
    "line",
    ["Sign up to read this article", "Read more: Island council votes", "Lesen Sie auch: Fähren fahren", "À lire aussi", "Leggi anche", "関連記事", "Lue myös",
     "Share this article", "© 2026 The Courier. All rights reserved", "Subscribe to our newsletter", "Our Picks", "Already a member? Sign in here",
     "Top stories on Shelf right now", "Related Stories", "Advertisement", "Fourteen days free", "Crews on the pier. Photo: Jo Marsh/AFP"],
)  # fmt: skip
def test_lines_of_the_site_are_no_text(line):
    assert article(paragraphs(*SENTENCES[:3], line, *SENTENCES[3:])).text == WHOLE


@pytest.mark.parametrize(
    "line",
    ["Shares fell by four per cent.", "Read the letter aloud, she told the court.", '"Sign it," he said.', "Related costs rose, too."],
)
def test_sentences_that_begin_like_a_line_of_the_site_are_text(line):
    assert line in article(paragraphs(*SENTENCES[:3], line, *SENTENCES[3:])).text


def test_a_standfirst_is_kept_and_known():
    told = "Islanders cheer the first boats since the storms of October"
    found = article(top=f"<h1>{HEADLINE}</h1><p class='standfirst'>{told}</p><div class='byline'>By Jo Marsh</div>")
    assert found.standfirst == told
    assert found.text == f"{told}\n\n{WHOLE}"


def test_a_description_that_the_page_shows_is_its_standfirst():
    told = "Islanders cheer the first boats since the storms of October"
    found = article(top=f"<h1>{HEADLINE}</h1><h2>{told}</h2>", head=f"<meta name='description' content='{told}'>")
    assert found.standfirst == told


def test_what_json_ld_has_of_a_page_with_several_articles_is_the_article():
    other = [
        f"On the mainland, item {n} of the day was that nobody saw a ferry, and {sentence.lower()}"
        for n in range(6)
        for sentence in SENTENCES
    ]
    own = [*SENTENCES, *(f"Another islander agreed: {sentence}" for sentence in SENTENCES)]
    script = json.dumps({"@type": "NewsArticle", "headline": HEADLINE, "articleBody": " ".join(own)})
    found = read(markup(paragraphs(*own) + f"<hr>{paragraphs(*other)}", head=f"<script type='application/ld+json'>{script}</script>"))
    assert (found.text, found.method) == ("\n\n".join(own), "json-ld")


def test_a_stub_gives_way_to_the_feeds_full_text():
    cut = markup(paragraphs(f"{SENTENCES[0]} {SENTENCES[1]} ..."))
    assert read(cut).access == "stub"
    found = read(cut, entry=entry(text=paragraphs()))
    assert (found.text, found.access, found.method) == (WHOLE, "full", "feed")


def test_a_text_that_a_wall_cuts_short_is_behind_a_paywall():
    found = article(paragraphs(*SENTENCES[:2]) + "<p>Subscribe to read the rest. Already a subscriber? Log in</p>")
    assert (found.access, found.text) == ("paywall", "\n\n".join(SENTENCES[:2]))


def test_what_the_feed_knows_fills_what_the_page_leaves_open():
    when = Moment(at=datetime(2026, 3, 5, 6, 30, tzinfo=UTC), precision="minute", source="feed")
    found = read(markup(), entry=entry(published=when, authors=("Jo Marsh",), section="Islands"))
    assert (found.published, found.authors, found.section) == (when, ("Jo Marsh",), "Islands")


@pytest.mark.parametrize("headline", ["Ferries: live updates", "Live blog: ferries sail"])
def test_live_blogs_are_flagged(headline):
    assert "live_blog" in article(title=headline, top=f"<h1>{headline}</h1>").flags
    assert article().flags == ()


@pytest.mark.parametrize(
    ("charset", "header"),
    [("utf-8", "text/html"), ("windows-1252", "text/html; charset=windows-1252"), ("iso-8859-1", "text/html; charset=ISO-8859-1")],
)
def test_letters_survive_any_charset(charset, header):
    text = markup(paragraphs(*(sentence.replace("Port Maren", "Port Marén") for sentence in SENTENCES)))
    assert "Port Marén" in read(text.encode(charset), content_type=header).text


def test_a_charset_that_only_the_page_names_is_believed():
    text = markup(head="<meta charset='shift_jis'>").replace(HEADLINE, "連絡船が九週間ぶりに運航")
    assert trees.decode(text.encode("shift_jis"), "text/html") == text


@pytest.mark.parametrize("tag", ["div", "b", "section"])
@pytest.mark.parametrize("depth", [1000, 2044, 2046, 2048, 5000, 50_000])
def test_a_page_is_read_however_deep_it_is_nested(tag, depth):
    assert read(markup(f"<{tag}>" * depth + paragraphs() + f"</{tag}>" * depth)).text == WHOLE


def test_a_paragraph_of_twenty_thousand_links_ends_in_time():
    many = "<p>" + "".join(f"<a href='/{n}'>w{n}</a> " for n in range(20_000)) + "</p>"
    assert WHOLE in read(markup(paragraphs() + many)).text


def test_ten_thousand_times_and_figures_end_in_time():
    times = "".join(f"<time>2026-03-0{n % 9 + 1}</time> 12 March 2026 " for n in range(10_000))
    figures = f"<figure><img src='q.jpg'><figcaption>A quay {'x' * 9}</figcaption></figure>" * 10_000
    assert read(markup(paragraphs() + times + figures)).text.startswith(WHOLE)


def test_controls_and_surrogates_never_reach_the_text():
    found = read(markup(paragraphs(*SENTENCES, "A line with\x00 a NUL, a\x07 bell and &#xD800; half a sign, long enough to be one.")))
    assert not re.search("[\x00-\x08\x0b-\x1f\ud800-\udfff]", found.text)


def test_same_page_same_article():
    body = (PAGES / "reader_app.html").read_bytes()
    assert read(body) == read(body)


def test_gzip_that_was_not_undone_is_no_html():
    assert refused(read(gzip.compress(markup().encode()))) == Reason.NOT_HTML


def test_a_refusal_names_its_page():
    found = read(b"")
    assert (found.stage, found.url) == ("article", URL)
    assert page(b"").url == URL
