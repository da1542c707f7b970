"""The bundled news: enough of it in every language, each text of the form that desks can edit, and no two of them copies by accident."""

import re
from collections import Counter
from datetime import UTC, datetime
from itertools import combinations

import pytest

from pipeline.newsstand import edits, newsroom, texts, truth, world
from pipeline.newsstand.habits import form_habits
from pipeline.newsstand.texts import Wire

LEAST = {"en": (16, 6), "fr": (12, 6), "de": (10, 6), "es": (10, 6)}  # wires, own reports
SECTIONS = {"world", "business", "sport", "culture", "science", "politics", "health", "technology"}
SHARED = 0.12  # of a text's five-word runs that another may have: a quotation and set phrases
SLOTS = re.compile(r"\{[^}]*\}")


@pytest.fixture(scope="module")
def news():
    return texts.read()


def words(paragraphs):
    return re.findall(r"\w+", " ".join(paragraphs).lower())


def told(news):
    return (*news.wires, *news.owns, *news.templates)


def passages(text):
    yield from (text.headline, *text.paragraphs)
    if not isinstance(text, texts.Template):
        yield text.standfirst
    if isinstance(text, Wire):
        yield from (*text.headlines, *(text.update.lead if text.update else ()))


@pytest.mark.parametrize("language", LEAST)
def test_every_language_has_its_wires_and_reports(news, language):
    wires, owns = LEAST[language]
    assert sum(wire.language == language for wire in news.wires) >= wires
    assert sum(own.language == language for own in news.owns) >= owns
    assert sum(template.language == language for template in news.templates) >= 3
    assert sum(local.language == language for local in news.locals) >= 9
    assert sum(bool(wire.update) for wire in news.wires if wire.language == language) >= 3
    assert sum(bool(wire.correction) for wire in news.wires if wire.language == language) >= 3


def test_there_are_forty_wires_of_150_to_500_words(news):
    assert len(news.wires) >= 40
    lengths = {wire.slug: len(words(wire.paragraphs)) for wire in news.wires}
    assert {slug: length for slug, length in lengths.items() if not 150 <= length <= 500} == {}


def test_every_wire_is_of_an_agency_that_writes_its_language(news):
    agencies = world.build(seed=1, titles=1, start=datetime(2026, 3, 2, tzinfo=UTC)).cast.agencies
    assert [wire.slug for wire in news.wires if wire.language not in agencies[wire.agency].languages] == []
    assert {wire.agency for wire in news.wires} == set(agencies)


def test_every_language_s_wires_cover_most_sections(news):
    for language in LEAST:
        assert len(SECTIONS & {wire.section for wire in news.wires if wire.language == language}) >= 6


def test_quotation_marks_are_balanced(news):
    wrong = [(text.slug, part) for text in told(news) for part in passages(text) if sum(part.count(mark) for mark in edits.QUOTES) % 2]
    assert wrong == []


def test_slots_are_those_that_desks_fill(news):
    for text in told(news):
        slots = {slot for part in passages(text) for slot in SLOTS.findall(part)}
        if isinstance(text, texts.Template):
            assert slots
            assert all(re.fullmatch(r"\{(n|name|place)\d\}", slot) for slot in slots), text.slug
        else:
            assert slots <= ({"{agency}"} if isinstance(text, Wire) else set()), text.slug


def test_every_correction_finds_what_it_corrects(news):
    for wire in news.wires:
        if wire.correction:
            draft = edits.Draft(headline="", standfirst="", paragraphs=wire.paragraphs, caption="")
            assert edits.correct(draft, wire.correction["from"], wire.correction["to"]).edits == ("correction",), wire.slug


def test_house_style_leaves_the_words_alone(news):
    import random

    for wire in news.wires:
        for seed in range(3):
            draft = edits.Draft(headline="", standfirst="", paragraphs=wire.paragraphs, caption="")
            styled = edits.style(draft, wire.language, form_habits(random.Random(seed), wire.language, "plain", "none"))
            assert len(words(styled.paragraphs)) == pytest.approx(len(words(wire.paragraphs)), abs=12), wire.slug


def test_no_two_texts_are_copies(news):
    runs = {text.slug: (text.language, set(_runs(words(text.paragraphs)))) for text in (*news.wires, *news.owns)}
    close = {
        (one, other): round(len(left & right) / min(len(left), len(right)), 2)
        for (one, (language, left)), (other, (tongue, right)) in combinations(runs.items(), 2)
        if language == tongue and len(left & right) > SHARED * min(len(left), len(right))
    }
    assert close == {}


def _runs(some):
    return zip(*(some[at:] for at in range(5)), strict=False)


def test_own_reports_repeat_a_quotation_of_the_event_s_wire(news):
    for language in LEAST:
        spoken = {wire.event: _spoken(wire) for wire in news.wires if wire.language == language}
        repeated = [own for own in news.owns if own.language == language and spoken.get(own.event, set()) & _spoken(own)]
        assert len(repeated) >= 2, language


def _spoken(text):
    marked = re.sub(rf"[{edits.QUOTES}]", '"', " ".join(text.paragraphs))
    return {" ".join(words([part]))[:40] for part in re.findall(r'"([^"]{30,})"', marked)}


# -- the default world, made of them


@pytest.fixture(scope="module")
def default():
    return world.build(seed=1, start=datetime(2026, 3, 2, 6, tzinfo=UTC))


@pytest.fixture(scope="module")
def rows(default):
    return list(truth.tell(default))


def test_every_written_wire_is_run_and_most_by_several_titles(news, rows):
    runs = Counter(row.story for row in rows if row.kind in {"wire", "stub"})
    assert set(runs) == {wire.slug for wire in news.wires}
    assert sum(number > 2 for number in runs.values()) >= 40


def test_every_way_of_editing_and_of_signing_is_there(rows):
    edited = Counter(edit for row in rows for edit in row.edit)
    for name in ("headline", "trim", "drop", "swap", "local", "style", "merged", "stub", "update", "correction"):
        assert edited[name] >= 5, name
    assert min(edited["quoting"], edited["shared"], edited["republished"], edited["roundup"]) >= 2
    assert {row.credit for row in rows} == {"byline", "dateline", "signoff", "structured", "with", "self", "none"}


def test_titles_are_shared_out_over_languages_in_proportion(default):
    shared = Counter(house.title.language for house in default.cast.houses)
    assert shared == {"en": 16, "fr": 10, "de": 7, "es": 7}


def test_a_copy_has_a_sentence_of_its_wire(default):
    for shelf in default.shelves:
        for piece in shelf:
            if piece.kind in {"wire", "stub"}:
                draft, wire = newsroom.compose(default, piece, default.end), default.desk.wire(piece.source)
                written = {*_runs(words(wire.paragraphs)), *(_runs(words(wire.update.lead)) if wire.update else ())}
                assert len(written & set(_runs(words(draft.paragraphs)))) > 40, piece.url
