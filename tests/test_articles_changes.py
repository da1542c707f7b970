"""What an update changed: examples, and laws over edits of any text."""

from builders_articles import HEADLINE, SENTENCES
from hypothesis import given
from hypothesis import strategies as st

from pipeline.articles.changes import classify, lines

TEXT = "\n\n".join(SENTENCES * 3)
OLD = (HEADLINE, TEXT)
NEWS = "Engineers found on Friday that the second quay had sunk by a hand's breadth, and the board closed it until the spring."
WORDS = st.lists(
    st.sampled_from(["quay", "ferry", "strike", "pier", "council", "winter", "fare", "dawn", "storm", "island"]), min_size=1, max_size=30
).map(" ".join)
TEXTS = st.tuples(WORDS, st.lists(WORDS, min_size=1, max_size=8).map("\n\n".join))


def test_another_headline_over_the_same_text():
    assert classify(OLD, ("Ferries back", TEXT)) == "headline"


def test_a_mistake_put_right_is_minor_and_a_figure_is_not():
    assert classify(OLD, (HEADLINE, TEXT.replace("before dawn", "before sunrise", 1))) == "minor"
    assert classify(OLD, (HEADLINE, TEXT.replace("Thursday", "Thursday 5", 1))) == "substantive"


def test_a_new_paragraph_is_substantive_and_a_lost_one_a_trim():
    assert classify(OLD, (HEADLINE, f"{NEWS}\n\n{TEXT}")) == "substantive"
    assert classify((HEADLINE, f"{NEWS}\n\n{TEXT}"), OLD) == "trim"


def test_what_says_that_it_corrects_is_a_correction_however_small():
    for notice in (
        "Correction: an earlier version of this article named the wrong pier.",
        "Korrektur: Der Pier heißt Maren.",
        "Fe de errores: el muelle.",
    ):
        assert classify(OLD, (HEADLINE, f"{TEXT}\n\n{notice}")) == "correction"
    assert (
        classify((HEADLINE, f"{TEXT}\n\nCorrection: the pier."), (HEADLINE, f"{NEWS}\n\n{TEXT}\n\nCorrection: the pier.")) == "substantive"
    )


def test_counters_and_quotation_marks_change_nothing():
    assert classify((HEADLINE, f"{TEXT}\n\n12 comments"), (HEADLINE, f"{TEXT}\n\n340 comments")) is None
    assert classify(OLD, (HEADLINE, TEXT.replace('"', "”"))) is None


@given(TEXTS)
def test_a_text_is_no_version_of_itself(text):
    assert classify(text, text) is None
    assert list(lines(text, text)) == []


@given(TEXTS, TEXTS)
def test_there_is_a_class_wherever_there_is_a_difference(old, new):
    same = [part.split() for part in old] == [part.split() for part in new]  # another paragraphing is no difference
    assert (classify(old, new) is None) == same
    assert same or list(lines(old, new))


@given(TEXTS, WORDS)
def test_what_is_only_added_is_never_a_trim_and_what_is_only_cut_is_never_more_than_one(text, more):
    longer = (text[0], f"{text[1]}\n\n{more}")
    assert classify(text, longer) in {"minor", "substantive"}
    assert classify(longer, text) in {"minor", "trim", "substantive"}


@given(TEXTS, TEXTS)
def test_the_difference_holds_every_word_that_came(old, new):
    shown = " ".join(lines(old, new))
    assert all(word in shown or word in old[1].split() + old[0].split() for word in new[1].split())


def test_a_difference_is_read_word_by_word():
    assert list(lines(OLD, ("Ferries back", TEXT.replace("before dawn", "at noon", 1)))) == [
        "headline: Ferries [-sail again after nine weeks-] {+back+}",
        "Crews returned to the piers [-before dawn-] {+at noon+} and were met by islanders who had waited through the night with lanterns.",
    ]
