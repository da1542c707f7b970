"""What stands around a text and is none of it: photo credits, dates, bylines, menus, walls. Each page in data/pages has one oddity."""

import pytest
from builders_articles import PAGES, RULES, SENTENCES, article, markup, paragraphs, read

from pipeline.articles import furniture, photocredits


def shown(name):
    return read((PAGES / f"{name}.html").read_bytes(), url=f"https://www.courier.example/{name}")


def lines(name):
    return shown(name).text.split("\n\n")


@pytest.mark.parametrize("name", ["photo_in_plain_markup", "photo_in_two_spans"])
def test_a_photo_credit_in_plain_markup_is_data_and_names_no_agency(name):
    found = shown(name)
    assert len(found.text.split("\n\n")) == 3
    assert "AFP" not in found.text
    assert [image.credit for image in found.images] == ["AFP"]
    assert found.credits == ()


def test_a_caption_without_a_name_for_it_is_data():
    assert shown("photo_in_two_spans").images[0].caption == "Nets dry on the empty mole of Sellis."


def test_a_line_of_date_and_byline_is_no_text_but_names_the_author():
    found = shown("photo_in_plain_markup")
    assert found.text.startswith("Crews returned to the piers")
    assert found.authors == ("Mara Quist",)


def test_cells_around_a_text_are_no_text():
    found = shown("layout_of_cells")
    assert (
        found.text.split("\n\n")[0]
        == found.standfirst
        == ("Seit Mittwoch liegt der Nebel so dicht über der Einfahrt, dass kein Schiff mehr hinein darf.")
    )
    assert [line.split()[0] for line in found.text.split("\n\n")] == ["Seit", "Vor", "Die", "Der"]
    assert [(image.caption, image.credit) for image in found.images] == [("Der Lotse geht an Bord.", "AFP")]


def test_a_byline_in_a_line_with_its_date_names_the_agency():
    credit = shown("layout_of_cells").credits[0]
    assert (credit.agency, credit.extent, credit.method) == ("afp", "mixed", "byline")


def test_a_kicker_is_no_text_and_a_bold_lead_is_the_standfirst():
    found = shown("kicker_and_bold_lead")
    assert found.standfirst == "La lámpara, de 1911, pasó dos inviernos en un taller del continente."
    assert found.text.startswith(found.standfirst)
    assert found.authors == ("Lucía Arenal",)


def test_a_heading_over_links_goes_with_its_links():
    assert len(lines("kicker_and_bold_lead")) == 4


def test_a_heading_over_a_paragraph_stays():
    body = paragraphs(*SENTENCES[:3]) + "<h2>What the union won</h2>" + paragraphs(*SENTENCES[3:])
    assert "What the union won" in article(body).text.split("\n\n")


def test_a_wall_beneath_the_text_makes_it_a_part_and_is_no_text():
    found = shown("wall_beneath_the_text")
    assert found.access == "paywall"
    assert found.text.endswith("In it was a letter.")


def test_an_offer_to_sign_up_beneath_a_text_leaves_it_whole():
    found = shown("sign_up_beneath_a_whole_text")
    assert found.access == "full"
    assert found.text.endswith("In it was a letter.")


def test_news_in_brief_tell_several_stories():
    assert shown("news_in_brief").flags == ("roundup",)


def test_a_list_under_many_headings_beside_other_headlines_is_one_article():
    assert shown("ten_things").flags == ()


def test_three_articles_on_one_page_are_several_stories():
    parts = "".join(f"<section><h1>Report number {n} of the day</h1>{paragraphs(*SENTENCES[n : n + 2])}</section>" for n in (0, 2, 4))
    assert article(f"<div>{parts}</div>", top="").flags == ("roundup",)


@pytest.mark.parametrize(
    ("headline", "flags"),
    [
        ("Strike of the crews: live updates from the piers", ("live_blog",)),
        ("Der Streik der Fähren im Liveticker", ("live_blog",)),
        ("Grève des équipages, en direct : suivez la journée", ("live_blog",)),
        ("Long live the ferries of the outer islands", ()),
        ("They live on the outer islands, and they stay", ()),
        ("Council asked to be brief in brief sitting", ()),
    ],
)
def test_a_headline_says_that_a_page_grows(headline, flags):
    assert article(title=headline, top=f"<h1>{headline}</h1>").flags == flags


def test_a_text_inside_what_is_called_a_gallery_is_kept():
    body = f"<div class='gallery-page'>{paragraphs()}<figure><img src='/q.jpg'><figcaption>Crews at dawn</figcaption></figure></div>"
    assert article(body).text.split("\n\n") == list(SENTENCES)


def test_a_paragraph_with_a_picture_in_it_is_a_paragraph():
    first = f"<p><img src='/q.jpg'>{SENTENCES[0]}</p>"
    assert article(first + paragraphs(*SENTENCES[1:])).text.split("\n\n") == list(SENTENCES)


def test_an_authors_face_beside_a_byline_makes_it_no_caption():
    box = "<div class='who'><img src='/people/face.jpg' width='60' height='60'><span class='byline'>By Jo Marsh, AFP</span></div>"
    assert article(box + paragraphs()).credits[0].agency == "afp"


def test_a_copyright_line_of_any_year_is_no_text():
    assert article(paragraphs() + "<p>© 2031 Harms &amp; Sons</p>").text.split("\n\n") == list(SENTENCES)


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("3 mars 2026 à 03:24", ""),
        ("Publié le lundi 3 mars 2026 à 3 h 24 par Le Courrier", "par Le Courrier"),
        ("2 de marzo de 2026, 09:10 - Por Lucía Arenal", "Por Lucía Arenal"),
        ("Mittwoch, 4. März 2026, 09:34 Uhr | dpa", "dpa"),
        ("Updated on Monday, 2 March 2026 at 9:10 am GMT", ""),
        ("March 2, 2026 · By Jo Marsh and Ann Lee", "By Jo Marsh and Ann Lee"),
        ("2024年3月5日", ""),
        ("Lesezeit: 3 Min. 5. März 2026", ""),
        ("Von Jette Harms", "Von Jette Harms"),
    ],
)
def test_a_line_of_date_and_byline_is_read(line, byline):
    assert furniture.read(line).byline == byline


@pytest.mark.parametrize(
    "line",
    [
        "Le 3 mars, la police est venue",
        "On 4 March 2026 Mayor Jones resigned",
        "10 May: The flood",
        "By midnight the harbour was empty",
        "Von 3. März bis 5. März",
        "Mar Menor",
        "May Smith",
        "",
    ],
)
def test_a_line_that_says_more_is_text(line):
    assert furniture.read(line) is None


@pytest.mark.parametrize(
    ("caption", "parts"),
    [
        ("Nets dry on the mole. AFP", ("Nets dry on the mole.", "AFP")),
        ("Nets dry on the mole. Jo Marsh", ("Nets dry on the mole.", "Jo Marsh")),
        ("Nets dry on the mole. (Fotoatelier Nord)", ("Nets dry on the mole.", "Fotoatelier Nord")),
        ("(AFP)", ("", "AFP")),
        ("Foto Jette Harms", ("", "Jette Harms")),
        ("The pier was built by Sen. Orla Venn", ("The pier was built by Sen. Orla Venn", "")),
        ("Orla Venn", ("Orla Venn", "")),
    ],
)
def test_a_name_behind_a_captions_last_sentence_is_its_credit(caption, parts):
    assert photocredits.split(caption, RULES.names.whole) == parts


def test_a_desk_is_one_author_and_the_place_behind_an_agency_is_none():
    for byline, authors in (
        ("Staff and agencies", ("Staff and agencies",)),
        ("AFP, Manila", ("AFP",)),
        ("Jo Marsh, Ann Lee", ("Jo Marsh", "Ann Lee")),
    ):
        assert read(markup(head=f"<meta name='author' content='{byline}'>")).authors == authors


@pytest.mark.parametrize(
    "line",
    [
        "This article is more than 5 years old",
        "harbour-at-dawn.jpg",
        "We’ll stop supporting this browser soon. Please update your browser.",
        "このニュースをシェア",
        "喜欢这篇文章？去商店下载",
        "Wypróbuj prenumeratę cyfrową Kuriera",
    ],
)
@pytest.mark.parametrize("place", ["before", "after"])
def test_a_line_of_the_site_at_an_edge_is_no_text(line, place):
    inner = [f"<p>{line}</p>", paragraphs()]
    assert line not in article("".join(inner if place == "before" else reversed(inner))).text
