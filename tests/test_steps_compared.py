"""What the writer remembers of texts: equal ones are measured once, and no text is taken for another that is gone."""

import pytest
from builders_news import UNRELATED, WIRE

from pipeline.steps import compared
from pipeline.stories import signatures


def packed(text):
    return signatures.pack(signatures.sign(text, "en", seed=1))


def test_texts_that_are_equal_to_the_letter_are_measured_once():
    memory = compared.Memory()
    one, two = memory.unpacked(packed(WIRE)), memory.unpacked(packed(WIRE))
    assert one is two
    assert memory.measure(one, two) is memory.measure(two, one)


@pytest.mark.usefixtures("forgetful")
def test_a_text_is_never_taken_for_one_that_is_forgotten():
    memory = compared.Memory()
    gone = memory.unpacked(packed(WIRE))
    other = memory.unpacked(packed(WIRE + " More of it tomorrow."))
    assert memory.measure(gone, other)
    number = id(gone)
    del gone
    later = [signatures.unpack(packed(UNRELATED)) for _ in range(50)]  # one of them would get the place in memory that had become free
    assert number not in map(id, later)


@pytest.fixture
def forgetful(monkeypatch):
    monkeypatch.setattr(compared, "REMEMBERED", 1)
