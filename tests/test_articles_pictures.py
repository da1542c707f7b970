"""The pictures of an article: which of a page's are its own, what is said about them, whose they are."""

import json

import pytest
from builders_articles import HEADLINE, SENTENCES, article, markup, paragraphs, read

from pipeline.articles import photocredits

CAPTION = "Crews on the pier at dawn on Thursday"
OTHER = "Nets are dried on the mole beside the lighthouse"
KNOWN = {"afp", "ap", "reuters", "dpa", "anadolu", "aa", "pa", "тасс", "新华社", "연합뉴스", "時事", "ansa", "lusa", "pap", "tt"}
FIGURE = f"<figure><img src='/quay.jpg'><figcaption>{CAPTION}</figcaption></figure>"


def pictures(inside="", *, before="", after="", around="", head=""):
    body = before + paragraphs(*SENTENCES[:3]) + inside + paragraphs(*SENTENCES[3:]) + after
    return [image for image in article(body, around=around, head=head).images if image.caption or image.credit]


def said(inside="", **places):
    return [(image.caption, image.credit) for image in pictures(inside, **places)]


@pytest.mark.parametrize(
    "figure",
    [
        FIGURE,
        f"<div class='pic'><figure><amp-img src='/quay.jpg'></amp-img></figure><figcaption>{CAPTION}</figcaption></div>",
        f"<figure><noscript><img src='/quay.jpg'></noscript><figcaption>{CAPTION}</figcaption></figure>",
        f"<figure><picture><source srcset='/quay.webp 800w'></picture><figcaption><button>Enlarge</button>{CAPTION}</figcaption></figure>",
        f"<div class='photo'><p><img src='/quay.jpg'></p><span class='newsCaption'>{CAPTION}</span></div>",
        f"<div class='x'><div><img src='/quay.jpg' width='0'><button></button></div><div><p>{CAPTION}</p></div></div>",
        f"<div class='slide'><div><img data-src='/quay.jpg'></div><div><div><span class='slide-infoDescription'><p>{CAPTION}</p></span></div></div></div>",
        f"<figure><a href='/quay-large.jpg'><img src='/quay.jpg'></a><figcaption><a href='/port'>{CAPTION}</a></figcaption></figure>",
        f"<figure><figure>{FIGURE[8:]}</figure>",
    ],
)
def test_a_caption_is_found_however_the_page_is_made(figure):
    assert said(figure) == [(CAPTION, "")]


@pytest.mark.parametrize(
    "other",
    [
        f"<a href='/another-story'><figure><img src='/o.jpg'><figcaption>{OTHER}</figcaption></figure></a>",
        f"<div><a href='/another-story'><img src='/o.jpg'></a><div class='teaser-caption'><a href='/another-story'>{OTHER}</a></div></div>",
        f"<div class='related-stories'><figure><img src='/o.jpg'><figcaption>{OTHER}</figcaption></figure></div>",
        f"<aside><figure><img src='/o.jpg'><figcaption>{OTHER}</figcaption></figure></aside>",
        "<figure><img src='/marsh.jpg'><figcaption><address>Jo Marsh</address> writes about ports and the people in them</figcaption></figure>",
        "<div class='author-box'><img src='/marsh.jpg'><div class='caption'>Jo Marsh has written about ports since 2011.</div></div>",
        "<div><img src='/line.jpg'><span class='text-caption'>By Jo Marsh, 5 March 2026, 17:42</span></div>",
        "<div><img src='/letter.svg'><p>Your opinion matters to us: write to letters@courier.example</p></div>",
        f"<div class='video-player'><img src='/o.jpg'><p class='caption'>Watch in full: {OTHER}</p></div>",
        f"<div><img src='/o.jpg'><p>{OTHER}</p><p>Read more</p></div>",
        "<div itemtype='https://schema.org/Person'><img src='/venn.jpg'><p>Orla Venn has taught the law of the sea for years.</p></div>",
        "<div><img src='/venn.jpg'><button>Unfold</button><p>Orla Venn has taught the law of the sea for twenty years.</p></div>",
        "<div class='app-banner'><img src='/o.jpg'><p class='description'>Get the news before anybody else has it</p></div>",
    ],
)
def test_pictures_of_other_articles_of_authors_and_of_the_site_are_not_the_articles(other):
    assert said(FIGURE + other) == [(CAPTION, "")]


def test_what_stands_behind_the_last_paragraph_is_about_something_else():
    other = f"<figure><img src='/o.jpg'><figcaption>{OTHER}</figcaption></figure>"
    assert said(FIGURE, after=other, around=other) == [(CAPTION, "")]


def test_a_picture_before_the_headline_needs_a_caption_that_is_called_one():
    for top, expected in (
        (f"<figure><img src='/q.jpg'><figcaption>{CAPTION}</figcaption></figure>", [(CAPTION, "")]),
        ("<div><img src='/weather.jpg'><p>Port Maren 17 degrees, a breeze from the west</p></div>", []),
    ):
        page = markup(paragraphs(), top=f"<h1>{HEADLINE}</h1>").replace("<body>", f"<body><div>{top}</div>")
        assert [(image.caption, image.credit) for image in read(page).images if image.caption] == expected


def test_an_element_that_is_called_a_caption_and_holds_the_text_is_none():
    found = article(f"<div class='caption-page'><img src='/q.jpg'>{paragraphs()}</div>")
    assert found.text.split("\n\n") == list(SENTENCES)
    assert [image for image in found.images if image.caption] == []


def test_one_picture_with_two_captions_is_said_twice_and_one_caption_once():
    twice = FIGURE + f"<figure><img src='/quay.jpg'><figcaption>{OTHER}</figcaption></figure>"
    assert said(twice) == [(CAPTION, ""), (OTHER, "")]
    cropped = FIGURE + FIGURE.replace("quay", "quay-small")
    assert said(cropped) == [(CAPTION, "")]


def test_json_ld_tells_captions_only_where_the_page_shows_none():
    told = {
        "@type": "NewsArticle",
        "headline": HEADLINE,
        "image": [{"@type": "ImageObject", "url": "/o.jpg", "caption": f"{OTHER}. Foto: dpa"}],
    }
    head = f"<script type='application/ld+json'>{json.dumps(told)}</script>"
    assert said(head=head) == [(f"{OTHER}.", "dpa")]
    assert said(FIGURE, head=head) == [(CAPTION, "")]


@pytest.mark.parametrize(
    ("inside", "credit"),
    [
        (f"{CAPTION} <span class='credit'>Jo Marsh/AFP</span>", "Jo Marsh/AFP"),
        (f"<span>Foto: Jo Marsh</span><div>{CAPTION}</div>", "Jo Marsh"),
        (f"<div>{CAPTION}</div><p>© Jo Marsh/imago</p>", "Jo Marsh/imago"),
        (
            f"{CAPTION} <span class='copyright'>Copyright </span><span class='credit'>Jo Marsh/Copyright 2026 The AP. All rights reserved</span>",
            "Jo Marsh/Copyright 2026 The AP",
        ),
        (
            f"{CAPTION} <span class='credit'>Photo by Jo Marsh </span><span class='distributor'>/AFP via Getty Images</span>",
            "Jo Marsh/AFP via Getty Images",
        ),
        (f"{CAPTION} <b class='hide'>hide caption</b><span class='credit'>Jo Marsh/AP</span>", "Jo Marsh/AP"),
        (f"{CAPTION} <span class='credit'>By Jo Marsh</span>", "Jo Marsh"),
        (f"<strong>Foto:</strong> Jo Marsh/dpa <div>{CAPTION}</div>", "Jo Marsh/dpa"),
        (f"{CAPTION} <em>Jo Marsh/AP</em>", "Jo Marsh/AP"),
    ],
)
def test_credits_that_stand_apart_are_parted_from_the_caption(inside, credit):
    (image,) = pictures(f"<figure><img src='/q.jpg'><figcaption>{inside}</figcaption></figure>")
    assert (image.caption, image.credit) == (CAPTION, credit)


def test_a_caption_that_is_nothing_but_a_credit_is_one():
    for credit in ("Jo Marsh/AFP", "AFP", "Getty Images", "Foto: Jo Marsh", "APA/AFP/Jo Marsh"):
        assert said(f"<figure><img src='/q.jpg'><footer class='x'>{credit}</footer></figure>") == [("", credit.removeprefix("Foto: "))]


def test_the_words_for_those_who_cannot_see_a_picture_may_tell_whose_it_is():
    assert said("<figure><img src='/q.jpg' alt='Orla Venn on the pier | AFP/Jo Marsh'></figure>") == [("", "AFP/Jo Marsh")]
    assert said("<figure><img src='/q.jpg' alt='Orla Venn on the pier | Port Maren'></figure>") == []


@pytest.mark.parametrize(
    ("credit", "agency"),
    [
        ("Jo Marsh/AFP", "afp"),
        ("AFP via Getty Images", "afp"),
        ("AP Photo/Jo Marsh, File", "ap"),
        ("Getty Images", "getty"),
        ("Jo Marsh", ""),
        ("© 2026 AFP", "afp"),
    ],
)
def test_a_picture_has_the_agency_that_its_credit_names_and_the_text_has_not(credit, agency):
    found = article(
        paragraphs(*SENTENCES[:3])
        + f"<figure><img src='/q.jpg'><figcaption>{CAPTION}. ({credit})</figcaption></figure>"
        + paragraphs(*SENTENCES[3:])
    )
    (image,) = found.images
    assert (image.agency, found.credits) == (agency, ())


@pytest.mark.parametrize(
    ("caption", "parts"),
    [
        ("The quay. Picture: PA", ("The quay.", "PA")),
        ("The quay at dawn — Picture by Jo bin Marsh", ("The quay at dawn", "Jo bin Marsh")),
        ("The quay at dawn / Jo Marsh", ("The quay at dawn", "Jo Marsh")),
        ("The quay at dawn | Jo Marsh", ("The quay at dawn", "Jo Marsh")),
        ("The quay at dawn [Jo Marsh/Reuters]", ("The quay at dawn", "Jo Marsh/Reuters")),
        ("The quay in Sellis, Ky. (Jo Marsh for The Maren Courier)", ("The quay in Sellis, Ky.", "Jo Marsh for The Maren Courier")),
        ("The quay at dawn. REUTERS/Jo Marsh", ("The quay at dawn.", "REUTERS/Jo Marsh")),
        ("The quay at dawn. —FILE PHOTO", ("The quay at dawn.", "FILE PHOTO")),
        ("The quay at dawn. Photo courtesy of Jo Marsh", ("The quay at dawn.", "Jo Marsh")),
        ("Der Kai am Morgen. Foto: picture alliance/dpa | Jo Marsh", ("Der Kai am Morgen.", "picture alliance/dpa | Jo Marsh")),
        ("Der Kai (Archivbild: Jo Marsh)", ("Der Kai", "Jo Marsh")),
        ("Der Kai. Bildquelle: imago", ("Der Kai.", "imago")),
        ("Le quai. © Jo Marsh / Hans Lucas via AFP", ("Le quai.", "Jo Marsh / Hans Lucas via AFP")),
        ("Le quai. Crédit photo : Jo Marsh", ("Le quai.", "Jo Marsh")),
        ("El muelle. EFE/Jo Marsh", ("El muelle.", "EFE/Jo Marsh")),
        ("El muelle. Fotografía de Jo Marsh", ("El muelle.", "Jo Marsh")),
        ("O cais. Foto: Jo Marsh/Folhapress", ("O cais.", "Jo Marsh/Folhapress")),
        ("Il molo (foto ANSA)", ("Il molo", "ANSA")),
        ("De kade. Beeld: Jo Marsh", ("De kade.", "Jo Marsh")),
        ("Kajen. Foto: Jo Marsh/TT", ("Kajen.", "Jo Marsh/TT")),
        ("Kaien. Foto: Jo Marsh / NTB Scanpix", ("Kaien.", "Jo Marsh / NTB Scanpix")),
        ("Laituri. Kuva: Jo Marsh / Lehtikuva", ("Laituri.", "Jo Marsh / Lehtikuva")),
        ("Krantinė / J. Marsh / MRN nuotr.", ("Krantinė", "J. Marsh / MRN")),
        ("Nabrzeże Fot. Jo Marsh / PAP", ("Nabrzeże", "Jo Marsh / PAP")),
        ("Nábřeží. Zdroj: Profimedia", ("Nábřeží.", "Profimedia")),
        ("Rıhtım. Fotoğraf: AA", ("Rıhtım.", "AA")),
        ("Причал. Фото: Ян Марш / ТАСС", ("Причал.", "Ян Марш / ТАСС")),
        ("Η προβλήτα. Φωτογραφία: AFP", ("Η προβλήτα.", "AFP")),
        ("הרציף. צילום: AFP", ("הרציף.", "AFP")),
        ("船员回到码头。新华社", ("船员回到码头。", "新华社")),
        ("岸壁に戻る乗組員＝AFP", ("岸壁に戻る乗組員", "AFP")),
        ("선원들이 부두에 돌아왔다. 연합뉴스", ("선원들이 부두에 돌아왔다.", "연합뉴스")),
        ("선원들이 부두에 돌아왔다. 고마렌 기자", ("선원들이 부두에 돌아왔다.", "고마렌")),
    ],
)
def test_credits_of_many_newsrooms_are_parted(caption, parts):
    assert photocredits.split(caption, KNOWN) == parts


@pytest.mark.parametrize(
    "caption",
    [
        "Orla Venn – Jo Marsh",
        "The quay in Sellis, Port Maren",
        "Her brother, Jo Marsh",
        "Image: the engineers have agreed a plan to mend the damaged quay",
        "The moment the quay gave way – video",
        "Crews said: ‘Never again’ Of The Strike",
        "The quay (left) and the mole",
        "Port Maren in 2019 and 2024 (from left)",
        "The board met Gov. Orla Venn",
        "A quay was built. It is closed",
    ],
)
def test_what_is_no_credit_stays_in_the_caption(caption):
    assert photocredits.split(caption, KNOWN) == (caption, "")


def test_a_caption_of_ten_thousand_strokes_ends_in_time():
    assert len(photocredits.split("Jo Marsh / " * 10_000, KNOWN)[0]) <= photocredits.CAPTION
