"""Which copy stands for a story: the written rule, point by point."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from builders_stories import NOON, copy
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stories import canonical

LATE = NOON + timedelta(days=2)
AS = {"first_seen_at": NOON, "happened_at": NOON}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"access": "full", "first_seen_at": LATE}, {"access": "stub", "by_agency": True}),
        ({"access": "full", "first_seen_at": LATE}, {"access": "paywall"}),
        ({"by_agency": True, "first_seen_at": LATE, "words": 50}, {"weight": 100}),
        ({"by_agency": True, "access": "stub"}, {"access": "stub"}),
        ({"first_seen_at": LATE}, {"flags": ("live_blog",)}),
        ({"words": 100}, {"first_seen_at": LATE, "words": 900, "weight": 9}),
        ({"words": 900}, {"words": 899, "weight": 9}),
        ({"weight": 2}, {"weight": 1}),
        ({"url_key": b"a" * 32}, {"url_key": b"b" * 32}),
    ],
)
def test_the_first_point_on_which_two_copies_differ_decides(better, worse):
    pair = copy(1, **{**AS, **better}), copy(2, **{**AS, **worse})
    assert canonical.choose(pair) == canonical.choose(pair[::-1]) == 1


def test_a_copycat_that_dates_itself_back_does_not_win():
    assert canonical.choose([copy(1), copy(2, happened_at=NOON - timedelta(days=9))]) == 1


def test_no_copies_have_no_canonical_article():
    with pytest.raises(ValueError, match="empty"):
        canonical.choose([])


def test_every_order_gives_the_same_article():
    copies = [copy(n, **AS, words=100 * (n % 2)) for n in range(5)]
    assert len({canonical.choose(order) for order in permutations(copies)}) == 1


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "access": st.sampled_from(["full", "stub", "paywall"]),
                "by_agency": st.booleans(),
                "words": st.integers(0, 3),
                "weight": st.integers(0, 2),
                "first_seen_at": st.sampled_from([NOON, LATE]),
            }
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_stub_is_never_canonical_while_there_is_a_full_text(drawn):
    copies = {n: copy(n, **changes) for n, changes in enumerate(drawn)}
    chosen = copies[canonical.choose(copies.values())]
    assert chosen.access == "full" or all(one.access != "full" for one in copies.values())
    assert canonical.rank(chosen) == min(map(canonical.rank, copies.values()))


def test_one_more_copy_changes_the_canonical_article_only_if_it_is_itself_the_new_one():
    copies = [copy(n, words=n * 7 % 5, by_agency=n == 3) for n in range(6)]
    for more in copies:
        rest = [one for one in copies if one is not more]
        assert canonical.choose(copies) in {canonical.choose(rest), more.article}
