import pytest
from builders_articles import HEADLINE, SENTENCES, article, markup, paragraphs, read

WHOLE = "\n\n".join(SENTENCES)
ASIDES = "".join(
    f"<div class='comment'><p>I waited for boat number {n} myself, and nobody told me that it would not come at all.</p></div>"
    for n in range(9)
)


def test_a_page_that_says_nothing_else_needs_no_extractor():
    found = article(paragraphs(*SENTENCES, *(f"{one} So it went on." for one in SENTENCES)))
    assert found.method == "dense"
    assert found.text.startswith(WHOLE)


def test_where_much_else_is_said_an_extractor_decides():
    found = article(around=ASIDES)
    assert found.method.startswith("trafilatura")
    assert found.text == WHOLE


def test_a_text_cut_in_parts_around_advertisements_is_one():
    chunks = "".join(
        f"<div class='row'><div class='chunk body'>{paragraphs(*[f'{one} ({n})' for one in SENTENCES[:3]])}</div><div class='ad'>Advertisement</div></div>"
        for n in range(5)
    )
    found = article(f"<div class='chunks'>{chunks}</div>", around=ASIDES)
    assert found.text.count("sailed again on Thursday") == 5


@pytest.mark.parametrize("names", ["privacy-modal", "cookie-list", "onetrust-banner-sdk", "gdprConsent cookieNotice"])
def test_a_cookie_list_longer_than_the_text_is_not_the_text(names):
    cookies = (
        "<p>A cookie is a small piece of data that a website asks your browser to store on your device in order to remember you.</p>" * 30
    )
    found = article(around=f"<div class='{names}'><div>{cookies}</div></div>")
    assert found.text == WHOLE


def test_a_summary_that_says_all_of_it_again_is_dropped():
    again = f"<div><p>{' '.join(SENTENCES)}</p></div>"
    found = read(markup(top=f"<h1>{HEADLINE}</h1>{again}"))
    assert found.text == WHOLE


def test_a_text_that_stands_in_an_element_with_an_odd_name_is_found():
    found = article(f"<div class='sidebar teaser'>{paragraphs(*SENTENCES, *(f'{one} So it went on.' for one in SENTENCES))}</div>")
    assert found.text.startswith(WHOLE)


def test_a_list_beneath_the_last_paragraph_belongs_to_the_text():
    body = (
        paragraphs(*SENTENCES, *(f"{one} So it went on." for one in SENTENCES)) + "<ul><li>Sellis: Thursday</li><li>Maren: Friday</li></ul>"
    )
    assert article(body).text.endswith("Sellis: Thursday\n\nMaren: Friday")


@pytest.mark.parametrize(
    "lead",
    [
        "<h2>Islanders waited through the night as crews came back to the piers</h2>",
        "<div class='x1'>Islanders waited through the night as crews came back to the piers.</div>",
        "<ul><li>Islanders waited through the night for the crews to come</li><li>Fares rise by four per cent in June, the board said</li></ul>",
    ],
)
def test_a_sentence_right_beneath_the_headline_is_the_standfirst_whatever_it_is_called(lead):
    found = read(markup(top=f"<h1>{HEADLINE}</h1>{lead}<p>5 March 2026, 09:10</p>"))
    assert found.standfirst.startswith("Islanders waited through the night")
    assert found.text.startswith("Islanders waited")
    assert found.text.endswith(WHOLE)
