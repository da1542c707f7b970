"""What of two printed texts is shown as shared: each word once, whole passages, nothing that stands there by chance."""

from builders_stories import SEED, WIRE
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stories import passages, showing, signatures, tiles

CUT = "Ice had blocked the pier since the end of the week, and a third of the crew was ill."
OWN = "Bakers in the valley sold out by the end of the week of rain."


def shown(left, right, languages=("en", "en")):
    return showing.show(left, right, languages, seed=SEED)


def marked(text, spans):
    return [text[start:end] for start, end in spans]


def test_a_sentence_that_was_cut_is_cut_as_a_whole():
    """Some of its words stand in the copy elsewhere."""
    rest = "The harbour opened at the end of the week, when a third of the crew was back."
    found = shown(f"{rest} {CUT}", rest)
    assert marked(f"{rest} {CUT}", found.left) == [rest.removesuffix(".")]
    assert marked(rest, found.right) == [rest.removesuffix(".")]


def test_a_few_words_that_two_sentences_have_by_chance_are_not_shared():
    assert shown(CUT, OWN).passages == ()


def test_a_sentence_that_was_changed_is_shared_where_it_was_not():
    one, other = "Officials said on Monday that some prices rose again.", "Officials said on Friday that some prices rose again."
    found = shown(one, other)
    assert marked(one, found.left) == ["that some prices rose again"]
    assert marked(other, found.right) == ["that some prices rose again"]


def test_a_paragraph_that_moved_is_shared():
    one, two = WIRE.split("\n\n")[1:3]
    found = shown(f"{one}\n\n{two}", f"{two}\n\n{one}")
    assert [len(found.left), len(found.right), len(found.passages)] == [1, 1, 2] or len(found.passages) == 2
    assert found.differing == ()


@given(*[st.lists(st.sampled_from("abcd"), max_size=40).map(" ".join)] * 2)
def test_each_word_stands_in_one_passage_at_most_and_passages_are_the_same_words(left, right):
    one, other = (signatures.sign(text, "en", seed=SEED) for text in (left, right))
    taken = set(), set()
    for start, there, length in tiles.laid(one, other, passages.common(one, other)):
        assert one.tokens[start : start + length] == other.tokens[there : there + length]
        assert length >= one.width
        for side, at in zip(taken, (start, there), strict=True):
            assert side.isdisjoint(range(at, at + length))
            side.update(range(at, at + length))


def test_a_text_that_repeats_itself_is_laid_in_time():
    one = signatures.sign("and so on " * 3000, "en", seed=SEED)
    assert sum(length for *_, length in tiles.laid(one, one, passages.common(one, one))) > 8000
