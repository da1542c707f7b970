"""Any text from the web -> text that can be stored and read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import text

PIECES = [
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "word ",
    "Œuvre ",
    "&amp;",
    "&lt;i&gt;",
    "<br/>",
    "a < b ",
    "<!-- no -->",
    "<script>no</script>",
    "\n",
    "\0",
]
markup = st.lists(st.sampled_from(PIECES), max_size=120).map("".join)


@given(markup, st.integers(2, 60))
def test_what_is_cut_early_reads_as_what_is_cut_late(said, limit):
    assert text.plain(said, limit) == text.cut(text.plain(said), limit)


@pytest.mark.parametrize("begins", ["<script>", "&lt;script&gt;", "<!--", "<STYLE>"])
def test_a_script_that_ends_beyond_the_first_part_is_silent_all_the_same(begins):
    ends = {"<!--": "-->", "<STYLE>": "</style>", "<script>": "</script>", "&lt;script&gt;": "&lt;/script&gt;"}[begins]
    assert text.plain(f"Before. {begins}{'no ' * 500}{ends} After.", 100) == "Before. After."


@given(st.text())
def test_ascii_is_read_as_any_other_text(said):
    assert text.printable(said) + "é" == text.printable(said + "é")
    assert text.printable(said.encode("ascii", "ignore").decode()) + "é" == text.printable(said.encode("ascii", "ignore").decode() + "é")


def test_a_long_text_is_cut_and_marked():
    assert text.plain("<p>word</p>" * 1000, 9) == "word wor…"
