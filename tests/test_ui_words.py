"""What the pages make of figures, times and texts, without a database."""

import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.steps import reviews as steps
from pipeline.ui import charts, findings, visitor, wording
from pipeline.ui.agencies import matrix
from pipeline.ui.feeds import BARS, over_time
from pipeline.ui.pages import coded
from pipeline.ui.reviews import choices
from pipeline.ui.sides import beside, paragraphs

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FEEDS = {"every": 100, "well": 98, "failing": 1, "probation": 1, "gone": 0, "paused": 0, "new": 0, "overdue": 0, "polled_at": NOW}
EDITION = {"at": NOW, "pending": 0}
ADA = visitor.Visitor(name="ada", may_act=True)


def told(feeds=None, edition=EDITION, *, now=NOW, came=0, reasons=()):
    return [finding.what for finding in findings.found(FEEDS | (feeds or {}), edition, reasons, now=now, came=came)]


def test_nothing_is_found_when_all_is_well():
    assert told() == []


@pytest.mark.parametrize(
    ("feeds", "edition", "what"),
    [
        ({"polled_at": NOW - timedelta(minutes=31)}, EDITION, "Nothing is being polled"),
        ({"polled_at": None}, None, "Nothing is being polled"),
        ({"every": 0, "polled_at": None}, None, "There are no feeds"),
        ({"overdue": 11}, EDITION, "Polls are late"),
        ({"failing": 40, "probation": 11}, EDITION, "Most feeds fail"),
        ({}, None, "No edition yet"),
        ({}, {"at": NOW - timedelta(minutes=61), "pending": 0}, "No edition for long"),
        ({}, {"at": NOW, "pending": 51}, "Articles pile up"),
    ],
)
def test_each_trouble_is_found_by_its_name(feeds, edition, what):
    assert told(feeds, edition, came=100) == [what]


def test_a_few_feeds_are_not_judged():
    assert told({"every": 19, "failing": 19, "overdue": 19}) == []


def test_of_a_fast_clock_more_patience_is_had():
    late = FEEDS | {"polled_at": NOW - timedelta(hours=20)}
    fast = findings.patient(60.0)
    assert findings.found(late, EDITION, [], now=NOW, policy=fast) == []
    assert findings.patient(0.0) == findings.DEFAULT


def test_the_gravest_comes_first():
    assert told({"overdue": 50, "failing": 60}) == ["Most feeds fail", "Polls are late"]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (wording.span(timedelta(seconds=40)), "40 s"),
        (wording.span(timedelta(minutes=-20)), "−20 min"),
        (wording.span(timedelta(hours=5)), "5 h"),
        (wording.span(timedelta(days=3)), "3 d"),
        (wording.span(None), "–"),
        (wording.ago(NOW - timedelta(minutes=5), NOW), "5 min ago"),
        (wording.ago(NOW + timedelta(hours=3), NOW), "in 3 h"),
        (wording.ago(NOW, NOW), "now"),
        (wording.ago(None, NOW), "never"),
        (wording.share(0.001), "<1 %"),
        (wording.share(0.999), ">99 %"),
        (wording.share(1.0), "100 %"),
        (wording.share(0), "0 %"),
        (wording.number(1234567), "1,234,567"),
        (wording.plural(1, "entry", "entries"), "1 entry"),
        (wording.plural(1200, "entry", "entries"), "1,200 entries"),
    ],
)
def test_figures_are_said_as_people_say_them(said, text):
    assert said == text


def test_who_was_first_is_told_to_the_second():
    first, next_one = (datetime(2026, 3, 3, 8, 35, second, tzinfo=UTC) for second in (12, 40))
    assert wording.clock(first) == wording.clock(next_one)
    assert (wording.second(first), wording.second(next_one)) == ("3 Mar 08:35:12", "3 Mar 08:35:40")


def test_what_cannot_be_seen_is_made_visible_and_what_must_stay_stays():
    assert wording.clean("a\u202eb\x1b[31mc\u200b\x00") == "a\ufffdb\ufffd[31mc\ufffd\ufffd"
    assert wording.clean("Ça va\n\tשלום नमस्ते क्‍ष 👩‍👩‍👧") == "Ça va\n\tשלום नमस्ते क्‍ष 👩‍👩‍👧"


@given(st.text(), st.integers(5, 50))
def test_a_short_text_is_short(text, most):
    assert len(wording.short(text, most)) <= most + 1


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=6).map(
    lambda pairs: sorted((start, start + length) for start, length in pairs)
)


@given(st.text(alphabet="ab .\n", max_size=60), spans)
def test_a_text_in_stretches_is_the_same_text(text, where):
    assert "".join(part for _, part in wording.marked(text, where))[: len(text)] == text
    told = "".join(part for paragraph in paragraphs(text, where) for _, part in paragraph)
    assert told.replace("\n", "") == text.replace("\n", "")
    for paragraph in paragraphs(text, where):
        assert all(one[0] != other[0] for one, other in pairwise(paragraph)), "two of one kind are one"


def test_a_lone_mark_is_not_painted():
    assert paragraphs("One. Two.", [(0, 3), (5, 8)]) == [[(0, "One. Two.")]]
    assert paragraphs("“One.”\n\n– Two", [(1, 4), (10, 13)]) == [[(0, "“One.”")], [(0, "– Two")]]


def compared(left, right, passages):
    """Two sides as `why` tells them, and where each passage stands left and right."""
    spans = tuple(tuple((text.index(words), text.index(words) + len(words)) for text in (left, right)) for words in passages)
    shown = SimpleNamespace(passages=spans)
    return beside(SimpleNamespace(sides=[{"title": "A", "text": left}, {"title": "B", "text": right}], shown=shown))


def test_differences_are_numbered_as_one_reads_and_what_stands_instead_is_the_same_one():
    sides, count = compared("Old lead. Kept one. Cut. Kept two.", "New lead. Kept one. Kept two. Tail.", ["Kept one.", "Kept two."])
    assert count == 3
    assert sides[0]["paragraphs"] == [[(1, "Old lead. "), (0, "Kept one."), (2, " Cut. "), (0, "Kept two.")]]
    assert sides[1]["paragraphs"] == [[(1, "New lead. "), (0, "Kept one. Kept two."), (3, " Tail.")]]


def test_a_passage_that_moved_is_no_difference():
    sides, count = compared("One here. Two there.", "Two there. One here.", ["One here.", "Two there."])
    assert count == 0
    assert {number for side in sides for paragraph in side["paragraphs"] for number, _ in paragraph} == {0}


def test_what_follows_a_passage_that_moved_is_a_difference_where_that_stands():
    sides, count = compared("One here. Cut. Two there.", "Two there. New. One here.", ["One here.", "Two there."])
    assert count == 2
    told = [[stretch for paragraph in side["paragraphs"] for stretch in paragraph if stretch.number] for side in sides]
    assert told == [[(1, " Cut. ")], [(2, " New. ")]]


def test_texts_that_share_nothing_are_one_difference():
    assert compared("All this.", "Nothing of it.", [])[1] == 1


@pytest.mark.parametrize(
    ("kind", "other_story", "answers"),
    [("copies", 1, ["merge", "split"]), ("copies", 2, ["merge", "split"]), ("canonical", 1, ["keep", "swap"])],
)
def test_no_two_answers_to_a_question_mean_the_same(kind, other_story, answers):
    review = {"kind": kind, "article_id": 1, "other_id": 2, "story_id": 1, "other_story": other_story}
    offered = choices(review, ["Alpha", "Beta"])
    assert [choice for choice, _, _ in offered] == answers
    assert set(answers) <= set(steps.CHOICES[kind])
    assert len({steps.meaning(review, choice) for choice in answers}) == len(answers)
    assert all(said and does for _, said, does in offered)


def test_a_difference_is_told_in_stretches():
    assert list(wording.difference("a [-b-] c {+d+}")) == [("same", "a "), ("cut", "b"), ("same", " c "), ("added", "d")]


@given(st.text(min_size=1, max_size=20), st.integers(0, 10**6).map(lambda hours: NOW + timedelta(hours=hours)))
def test_a_token_is_good_for_whom_it_was_made_and_for_half_a_day(name, at):
    who = visitor.Visitor(name=name, may_act=True)
    made = visitor.token("key", who, at)
    assert visitor.good(made, "key", who, at)
    assert visitor.good(made, "key", who, at + timedelta(hours=11))
    assert not visitor.good(made, "key", who, at + timedelta(hours=13))
    assert not visitor.good(made, "another", who, at)
    assert not visitor.good(made, "key", visitor.Visitor(name=name + "x", may_act=True), at)


HOSTILE = '<script>alert(1)</script>" onload="alert(2)'
DRAWN = {
    "spark": charts.spark([1.0, None, 3.0], HOSTILE),
    "flat": charts.spark([0.0, 0.0], HOSTILE),
    "bars": charts.bars([HOSTILE, "b"], {HOSTILE: [1.0, 200.0], "b": [0.0, 3.0]}, HOSTILE),
    "dots": charts.dots({HOSTILE: [(0.0, 0.0, HOSTILE)], "b": []}, HOSTILE, ticks=[(0.0, HOSTILE), (4.0, "+4 min")], rows=1),
}


def drawings(name):
    """The charts of that name, one or two: for a laptop and for a phone."""
    return etree.fromstring(f"<both>{DRAWN[name]}</both>")


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_is_shapes_and_text_alone(name):
    for element in (element for drawn in drawings(name) for element in drawn.iter()):
        assert etree.QName(element).localname in {"svg", "g", "path", "polyline", "rect", "circle", "text", "title"}
        assert not {"style", "onload", "onclick", "href"} & {etree.QName(key).localname for key in element.attrib}
    assert {drawn.get("aria-label") for drawn in drawings(name)} == {HOSTILE}


@pytest.mark.parametrize("name", ["bars", "dots"])
def test_a_chart_is_drawn_for_a_laptop_and_for_a_phone(name):
    wide, narrow = drawings(name)
    assert ("wide" in wide.get("class"), "narrow" in narrow.get("class")) == (True, True)
    assert float(narrow.get("viewBox").split()[2]) < 400
    marks = [len(list(drawn.iter("{http://www.w3.org/2000/svg}rect", "{http://www.w3.org/2000/svg}circle"))) for drawn in (wide, narrow)]
    assert marks[0] == marks[1] > 0


def test_the_last_bar_is_labelled_for_it_is_now():
    drawn = etree.fromstring(f"<both>{charts.bars(list('abcdefgh'), {'new': [1.0] * 8}, 'x')}</both>")
    assert [
        [text.text for text in chart.iter("{http://www.w3.org/2000/svg}text") if text.text in tuple("abcdefgh")] for chart in drawn
    ] == [["b", "h"]] * 2


def test_a_bar_tells_its_time_and_figure_when_pointed_at():
    titles = [title.text for title in drawings("bars").iter("{http://www.w3.org/2000/svg}title")]
    assert "b: 3 b" in titles


@given(
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30)), st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9))
)
def test_bars_of_polls_reach_from_the_first_to_now_in_whole_steps(back, more):
    now = NOW + more
    step, starts = over_time(now - back, now)
    assert starts[-1] <= now < starts[-1] + step
    assert starts[0] <= now - back
    assert len(starts) <= BARS
    assert all(other - one == step for one, other in pairwise(starts))


def test_of_one_value_no_line_is_drawn():
    assert charts.spark([3.0, None], "x") == ""


def test_the_most_is_the_darkest_and_what_is_not_shown_is_counted():
    totals = [{"agency": f"a{n}", "name": f"A{n}", "articles": 20 - n, "titles": 1} for n in range(14)]
    rows = [
        {
            "title": "b",
            "title_name": "B",
            "every": 40,
            "wired": 30,
            "titles": 70,
            "agency": "a0",
            "articles": 24,
            "words": 9,
            "wire_words": 4,
        },
        {
            "title": "b",
            "title_name": "B",
            "every": 40,
            "wired": 30,
            "titles": 70,
            "agency": "a1",
            "articles": 6,
            "words": 9,
            "wire_words": 4,
        },
        {"title": "c", "title_name": "C", "every": 9, "wired": 1, "titles": 70, "agency": "a1", "articles": 1, "words": 9, "wire_words": 4},
    ]
    told = matrix(totals, rows)
    assert [title["title"] for title in told["titles"]] == ["b", "c"]
    assert [told["cells"][cell]["shade"] for cell in (("b", "a0"), ("b", "a1"), ("c", "a1"))] == [6, 2, 1]
    assert (len(told["columns"]), told["left_out"], told["wired"]) == (12, (68, 2), sum(20 - n for n in range(14)))


def test_what_stands_in_backticks_is_code_and_all_is_escaped():
    assert coded("Run `./x <a>` & look.") == "Run <code>./x &lt;a&gt;</code> &amp; look."
    assert coded("a ` b <i>") == "a ` b &lt;i&gt;", "one too many is text"
    assert coded(None) == ""


def test_charts_leave_imports_as_they_were():
    before = list(sys.meta_path)
    charts.spark([1, 2, 3], "polls")
    charts._pygal()
    assert [type(finder) for finder in sys.meta_path] == [type(finder) for finder in before]
