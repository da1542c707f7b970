"""Claims of a page -> credits. Every example in agencies.toml is a test here."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.articles.credits import Policy, compile_rules, find
from pipeline.articles.names import bare, fold
from pipeline.records import Claims
from pipeline.registry.blocks import AgencyBlock
from pipeline.registry.loader import _read

AGENCIES = [placed.block.record() for placed in _read(Path("pipeline/registry"), "agencies.toml", AgencyBlock)[0]]
RULES = compile_rules(AGENCIES)
EXAMPLES = [
    pytest.param(agency, example, id=f"{agency.key}-{number}-{example['expect']}")
    for agency in AGENCIES
    for number, example in enumerate(agency.examples, start=1)
]
BODY = "The bridge over the river was opened again on Tuesday.\n\nThe mayor of the town was glad, and so were the shops beside it."


def claims(**said) -> Claims:
    return replace(Claims(text=BODY, language="en", host="courier.example"), **said)


def found(**said) -> list[tuple[str, str, str]]:
    return [(credit.agency, credit.extent, credit.method) for credit in find(claims(**said), RULES)]


def of_example(example, agency) -> Claims:
    def several(field):
        return (example[field],) if example.get(field) else ()

    return claims(
        text=example["text"],
        language=example.get("language") or agency.languages[0],
        host=example.get("host") or "courier.example",
        bylines=several("byline"),
        lines=several("line"),
        structured=several("structured"),
        meta=several("meta"),
        feed=several("feed"),
    )


@pytest.mark.parametrize(("agency", "example"), EXAMPLES)
def test_each_example_in_the_registry_comes_out_as_it_says(agency, example):
    credits_ = find(of_example(example, agency), RULES)
    mine = [credit for credit in credits_ if credit.agency == agency.key]
    expected = [] if example["expect"] == "none" else [example["expect"]]
    assert [credit.extent for credit in mine] == expected
    if example.get("method"):
        assert mine[0].method == example["method"]


def test_there_are_many_agencies_in_many_languages():
    assert len(AGENCIES) >= 32
    assert len({agency.languages[0] for agency in AGENCIES}) >= 12
    assert [agency.key for agency in AGENCIES if {example["expect"] for example in agency.examples} <= {"none"}] == []


def test_a_page_that_names_no_agency_has_no_credit():
    assert found(bylines=("By Jane Doe",), lines=("Updated 3 June", "Share", "Follow us"), meta=("The Courier",)) == []


@pytest.mark.parametrize(
    "said",
    [
        {"text": BODY + "\n\nReuters reported that the bridge had been closed for a year."},
        {"text": BODY + "\n\nDas berichtet die dpa.", "language": "de"},
        {"lines": ("Photo: AFP",)},
        {"lines": ("Jane Doe/AP",)},
        {"lines": ("AFP/Jane Doe",)},
        {"lines": ("Jane Doe / Getty Images / AFP",)},
        {"lines": ("Bild: picture alliance/dpa",)},
        {"bylines": ("Photograph: Jane Doe/Reuters",)},
        {"bylines": ("Von Anna Muster", "AP Møller"), "language": "de"},
        {"bylines": ("Courier Staff",)},
        {"structured": ("Bloomberg Philanthropies",)},
        {"meta": ("AP Biology, exams, schools",)},
        {"lines": ("AA", "Text Size", "Small"), "language": "en"},
        {"lines": ("Harrisburg, PA",)},
        {"bylines": ("AA", "Text Size", "Small")},
        {"bylines": ("AP Top Stories December 21 P",)},
        {"text": BODY + "\n\nIt will not be closed again.\n\nCP"},
        {"text": BODY + "\n\nAn Associated Press journalist in the area also reported heavy traffic."},
        {"lines": ("More about Reuters and its owners",)},
        {"host": "notreuters.com"},
        {"text": "The bridge (AP) stands beside the older one that nobody uses.\n\n" + BODY},
        {"text": BODY, "lines": ("Read more: AP journalists win a prize",)},
        {"text": BODY + "\n\nThe engineer told Reuters so. He had told The Associated Press the same."},
        {"text": BODY + "\n\nThe engineer told AFP that it was safe.", "bylines": ("By Jane Doe",)},
    ],
)
def test_what_names_an_agency_without_being_its_text_gives_no_credit(said):
    assert found(**said) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"bylines": ("By Jane Doe and Reuters",)}, [("reuters", "mixed", "byline")]),
        ({"bylines": ("Reuters",)}, [("reuters", "full", "byline")]),
        ({"bylines": ("ByThe Associated PressDecember 17, 2023, 12:34 PM",)}, [("ap", "full", "byline")]),
        ({"bylines": ("Par Le Courrier avec AFP",), "language": "fr"}, [("afp", "mixed", "byline")]),
        ({"structured": ("EFE", "Courier.example")}, [("efe", "full", "json_ld")]),
        ({"structured": ("Jane Doe", "Deutsche Presse-Agentur"), "bylines": ("Deutsche Presse-Agentur",)}, [("dpa", "mixed", "byline")]),
        ({"bylines": ("Autor: asty", "Źródło: PAP"), "language": "pl"}, [("pap", "mixed", "source_line")]),
        ({"lines": ("By JANE DOE and JOHN ROE - AP Technology Writers | AP – 1 hr 4 mins ago",)}, [("ap", "full", "byline")]),
        ({"text": BODY + "\n\nAP Technology Writer Jane Doe in Tulsa contributed to this report."}, [("ap", "full", "self_reference")]),
        ({"text": "COURIER via JTA — " + BODY}, [("jta", "full", "dateline")]),
        ({"bylines": ("Artikel von: Von Anna Muster, dpa",), "language": "de"}, [("dpa", "full", "byline")]),
        ({"lines": ("Contributing: Associated Press; Jane Doe",)}, [("ap", "mixed", "source_line")]),
        ({"lines": ("Includes information from The Associated Press",)}, [("ap", "mixed", "source_line")]),
        ({"structured": ("Jane Doe", "Deutsche Presse-Agentur")}, [("dpa", "mixed", "json_ld")]),
        ({"feed": ("PTI",)}, [("pti", "full", "feed")]),
        ({"lines": ("Quelle: kurier.example, anm/dpa",), "language": "de"}, [("dpa", "mixed", "source_line")]),
        ({"lines": ("© 2012 APA/AP",), "language": "de"}, [("ap", "full", "copyright"), ("apa", "full", "copyright")]),
        ({"lines": ("AFP, MANILA",)}, [("afp", "full", "byline")]),
        ({"lines": ("- Associated Press -",)}, [("ap", "full", "byline")]),
    ],
)
def test_what_newsrooms_write_names_the_agency(said, expected):
    assert found(**said) == expected


@pytest.mark.parametrize(
    ("place", "words", "language", "expected"),
    [
        ("head", "LONDON | Reuters — ", "en", ("reuters", "full", "dateline")),
        ("head", "Berlin. dpa. ", "de", ("dpa", "full", "dateline")),
        ("head", "EFE/Madrid. ", "es", ("efe", "full", "dateline")),
        ("head", "EFE | Ciudad de México - ", "es", ("efe", "full", "dateline")),
        ("head", "Budapest, 2024. június 3., hétfő (MTI) - ", "hu", ("mti", "full", "dateline")),
        ("head", "Berne (ats) - ", "fr", ("sda", "full", "dateline")),
        ("head", "Oslo (©NTB): ", "no", ("ntb", "full", "dateline")),
        ("head", "Praha 3. června (ČTK) - ", "cs", ("ctk", "full", "dateline")),
        ("head", "Москва. 3 июня. Интерфакс - ", "ru", ("interfax", "full", "dateline")),
        ("head", "(서울=연합뉴스) 고마렌 기자 = ", "ko", ("yonhap", "full", "dateline")),
        ("tail", " - AAP", "en", ("aap", "full", "signoff")),
        ("tail", " /ritzau/", "da", ("ritzau", "full", "signoff")),
        ("tail", " (Hina)", "hr", ("hina", "full", "signoff")),
        ("tail", " ©2024 The Associated Press", "en", ("ap", "full", "signoff")),
        ("bylines", "Jane Doe with AAP", "en", ("aap", "mixed", "byline")),
        ("bylines", "Van onze redactie en ANP", "nl", ("anp", "mixed", "byline")),
        ("bylines", "oprac. Jan Nowak, PAP", "pl", ("pap", "mixed", "byline")),
        ("bylines", "(ats/nxp)", "fr", ("sda", "mixed", "byline")),
        ("lines", "Source AFP", "fr", ("afp", "full", "source_line")),
        ("lines", "ΠΗΓΗ: ΑΠΕ-ΜΠΕ", "el", ("ana-mpa", "full", "source_line")),
        ("lines", "Mit Informationen der dpa", "de", ("dpa", "mixed", "source_line")),
        ("lines", "*Com Lusa", "pt", ("lusa", "mixed", "source_line")),
        (
            "lines",
            "Copyright 2024 The Associated Press. All rights reserved. This material may not be published, broadcast or rewritten.",
            "en",
            ("ap", "full", "copyright"),
        ),
    ],
)
def test_forms_of_many_countries_name_the_agency(place, words, language, expected):
    text = {"head": words + BODY, "tail": BODY + words}.get(place, BODY)
    beside = {place: (words,)} if place in {"bylines", "lines"} else {}
    assert found(text=text, language=language, **beside) == [expected]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Berlin. Die Brücke. Sie wurde am Dienstag geöffnet.\n\n" + BODY, "de"),
        ("Reuters/Bloomberg rivalry grew. The bridge stands.\n\n" + BODY, "en"),
        ("The mayor said so. Reuters. That was all.\n\n" + BODY, "en"),
        (BODY + "\n\nThe road leads to Harrisburg - PA", "en"),
        (BODY + "\n\nThe source AFP quoted is unknown", "en"),
    ],
)
def test_what_only_looks_like_such_a_form_names_none(text, language):
    assert found(text=text, language=language) == []


def test_the_seed_is_afp_by_what_it_says_of_itself_and_not_by_its_photo():
    text = (
        BODY
        + "\n\nThe flood killed about 1,160 people, according to an AFP tally based on official figures.\n\nThe water fell on Thursday."
    )
    (credit,) = find(claims(text=text, bylines=("International Business Times",), lines=("(Credit: AFP)",)), RULES)
    assert (credit.agency, credit.method, credit.extent) == ("afp", "self_reference", "full")
    assert "according to an AFP tally" in credit.evidence
    assert found(lines=("(Credit: AFP)",)) == []


def test_the_surest_credit_comes_first_and_agreement_makes_surer():
    byline = find(claims(bylines=("AP",)), RULES)[0]
    both = find(claims(bylines=("AP",), text="TULSA, Okla. (AP) — " + BODY, lines=("With files from Reuters",)), RULES)
    assert [credit.agency for credit in both] == ["ap", "reuters"]
    assert both[0].confidence > byline.confidence
    assert [credit.confidence for credit in both] == sorted((credit.confidence for credit in both), reverse=True)


def test_another_agencys_byline_makes_a_copyright_line_the_sites_own():
    assert found(bylines=("Jane Doe The Associated Press",), lines=("© 2024 The Canadian Press",)) == [("ap", "full", "byline")]


def test_an_agencys_own_site_that_runs_another_agency_credits_the_other():
    assert found(host="www.bloomberg.com", bylines=("The Associated Press",)) == [("ap", "full", "byline")]
    assert found(host="www.bloomberg.com", bylines=("Jane Doe",)) == [("bloomberg", "full", "domain")]


def test_a_title_whose_name_is_an_agencys_letters_is_no_agency():
    assert found(host="www.tt.com", bylines=("TT",), language="de") == []
    assert found(bylines=("TT",), language="sv") == [("tt", "full", "byline")]


def test_an_endless_text_of_names_is_answered_like_a_short_one():
    assert found(text="AP " * 100_000) == found(text="AP " * 1000)


@pytest.mark.parametrize("form", ["%s", "„%s“", "l'%s", "l’%s.", "The %s,", "- %s -"])
def test_whatever_can_be_folded_into_a_name_ends_as_a_name_does(form):
    said = [form % name.text for name in RULES.names.whole.values()]
    assert all(any(bare(word) in RULES.names.ends for word in text.split()) for text in said if fold(text) in RULES.names.whole)


def test_rules_travel_to_another_process_unchanged():
    copied = pickle.loads(pickle.dumps(RULES))
    said = claims(bylines=("AP",), text="TULSA, Okla. (AP) — " + BODY)
    assert find(said, copied) == find(said, RULES)


def test_the_policy_is_a_value():
    strict = compile_rules(AGENCIES, Policy(enough=0.99))
    assert find(claims(bylines=("AP",)), strict) == ()


WORDS = st.sampled_from(
    [
        "AP",
        "Reuters",
        "dpa",
        "mit",
        "By",
        "Jane Doe",
        "/",
        ",",
        "(",
        ")",
        "with",
        "©",
        "Photo",
        "told",
        "tally",
        "PA",
        "TT",
        ".",
        "\n\n",
        "新华社",
    ]
)
TEXTS = st.lists(WORDS | st.text(max_size=8), max_size=12).map(" ".join)
CLAIMS = st.builds(
    Claims,
    text=TEXTS,
    language=st.sampled_from(["en", "de", "sv", ""]),
    host=st.sampled_from(["", "courier.example", "apnews.com"]),
    bylines=st.lists(TEXTS, max_size=3).map(tuple),
    structured=st.lists(TEXTS, max_size=3).map(tuple),
    meta=st.lists(TEXTS, max_size=3).map(tuple),
    lines=st.lists(TEXTS, max_size=3).map(tuple),
    feed=st.lists(TEXTS, max_size=2).map(tuple),
)


@given(CLAIMS)
def test_any_claims_give_each_agency_once_sorted_and_within_bounds(said):
    credits_ = find(said, RULES)
    assert len({credit.agency for credit in credits_}) == len(credits_)
    assert all(0.5 <= credit.confidence <= 1 and credit.evidence for credit in credits_)
    assert list(credits_) == sorted(credits_, key=lambda credit: (-credit.confidence, credit.method, credit.agency))


@given(CLAIMS)
def test_the_order_of_agencies_and_of_bylines_changes_nothing(said):
    turned = compile_rules(reversed(AGENCIES))
    assert find(said, turned) == find(said, RULES)
    assert find(replace(said, bylines=said.bylines[::-1], meta=said.meta[::-1]), RULES) == find(said, RULES)


@given(st.text(max_size=300))
def test_a_text_without_any_agencys_name_is_nobodys(text):
    names = [name for agency in AGENCIES for name in (agency.name, *agency.aliases, *agency.ambiguous, *agency.signoffs)]
    if not any(name.casefold() in text.casefold() for name in names):
        assert find(claims(text=text, bylines=(text[:100],), lines=(text[:100],)), RULES) == ()
