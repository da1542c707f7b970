"""What a story says of its copies: relation, kept, own, lag, and whose text it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders_stories import NOON, UNRELATED, WIRE, copy, cut, match, matched, measured, signature

from pipeline.stories import matches, telling


def told(texts: dict[int, str], **changes):
    story = telling.tell([copy(n, **changes.get(f"_{n}", {})) for n in texts], matched(texts))
    return story, {member.article: member for member in story.members}


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        (WIRE, "verbatim"),
        (WIRE.replace("OSTRAVEN (NPA) - ", ""), "verbatim"),
        (cut(WIRE, 0, 4), "trimmed"),
        (cut(WIRE, 0, 9), "trimmed"),
        (f"{WIRE}\n\n{cut(UNRELATED, 0, 2)}", "expanded"),
        (f"{cut(UNRELATED, 4)}\n\n{cut(WIRE, 1, 9)}", "edited"),
        (f"{cut(UNRELATED, 0, 3)}\n\n{cut(WIRE, 0, 5)}", "partial"),
    ],
)
def test_relations_are_measured_from_the_origin(text, relation):
    story, members = told({1: WIRE, 2: text})
    assert (story.canonical, members[1].relation, members[2].relation) == (1, "origin", relation)
    assert (members[1].kept, members[1].own) == (1, 0)


def test_kept_and_own_are_shares_of_the_origin_and_of_the_copy():
    text = f"{cut(WIRE, 0, 5)}\n\n{cut(UNRELATED, 0, 2)}"
    _, members = told({1: WIRE, 2: text})
    wire, own = (len(part.split()) for part in (cut(WIRE, 0, 5), cut(UNRELATED, 0, 2)))
    assert members[2].kept == pytest.approx(wire / len(WIRE.split()), abs=0.03)
    assert members[2].own == pytest.approx(own / (wire + own), abs=0.03)


def test_shares_are_the_right_way_round_whichever_article_has_the_lower_id():
    text = cut(WIRE, 0, 4)
    early = {"first_seen_at": NOON - timedelta(hours=1)}
    _, upwards = told({1: WIRE, 2: text})
    _, downwards = told({1: text, 2: WIRE}, _2=early)
    assert downwards[1].kept == upwards[2].kept < 0.5
    assert downwards[1].own == upwards[2].own == 0


def test_lag_is_known_only_where_both_times_are_exact():
    copies = [copy(1), copy(2), copy(3, precise=False)]
    members = {member.article: member for member in telling.tell(copies, []).members}
    assert (members[1].lag, members[2].lag, members[3].lag) == (timedelta(0), timedelta(minutes=1), None)
    assert all(member.lag is None for member in telling.tell([copy(1, precise=False), copy(2)], []).members)


def test_a_client_that_was_faster_than_the_agencys_own_site_has_a_negative_lag():
    members = telling.tell([copy(1), copy(9, by_agency=True)], [match(1, 9)]).members
    assert [(member.article, member.lag) for member in members] == [(9, timedelta(0)), (1, timedelta(minutes=-8))]


def test_a_copy_without_a_match_with_the_origin_is_compared_with_it():
    signed = {1: signature(WIRE), 2: signature(cut(WIRE, 0, 5))}
    asked = []

    def compare(left, right):
        asked.append((left, right))
        return matches.measure(signed[left], signed[right], pair=(left, right))

    member = telling.tell([copy(1), copy(2)], [], compare=compare).members[1]
    assert asked == [(1, 2)]
    assert (member.relation, member.kept) == ("trimmed", measured(WIRE, cut(WIRE, 0, 5)).left_in_right)


def test_a_copy_that_cannot_be_compared_shares_nothing_we_know_of():
    member = telling.tell([copy(1), copy(2)], []).members[1]
    assert (member.relation, member.kept, member.own) == ("partial", 0, 1)


def test_people_choose_the_canonical_article_and_the_agency():
    story = telling.tell([copy(1, agency="npa"), copy(2)], [match(1, 2)], canonical=2, agency="kna")
    assert (story.canonical, story.agency) == (2, "kna")
    assert telling.tell([copy(1), copy(2)], [match(1, 2)], canonical=77).canonical == 1


# --- whose text it is ---


def agency(*copies):
    first = copies[0].article
    return telling.tell(copies, [match(first, other.article) for other in copies[1:]]).agency


def test_a_copy_that_credits_the_agency_speaks_for_those_that_do_not():
    assert agency(copy(1), copy(2), copy(3, agency="npa", extent="full")) == "npa"


def test_without_any_credit_nobody_knows():
    assert agency(copy(1), copy(2)) is None


def test_most_voices_decide():
    assert agency(copy(1, agency="kna"), copy(2, agency="npa"), copy(3, agency="npa")) == "npa"


def test_the_agencys_own_article_outweighs_any_number_of_voices():
    assert agency(copy(1, agency="npa", by_agency=True), *(copy(n, agency="kna") for n in range(2, 9))) == "npa"


def test_a_credit_for_a_part_is_half_a_voice():
    assert agency(copy(1), copy(2, agency="kna", extent="mixed"), copy(3, agency="npa", extent="full")) == "npa"


def test_a_copy_that_kept_little_has_a_small_voice():
    copies = [copy(1), copy(2, agency="kna"), copy(3, agency="npa")]
    assert telling.tell(copies, [match(1, 2, left_in_right=0.3), match(1, 3)]).agency == "npa"


def test_between_equal_voices_the_canonical_rule_decides():
    assert agency(copy(1), copy(3, agency="npa"), copy(2, agency="kna")) == "kna"


def test_the_order_of_copies_and_matches_does_not_matter():
    copies = [copy(n, agency=("npa", "kna", None)[n % 3]) for n in range(1, 7)]
    found = [match(1, n, left_in_right=n / 10) for n in range(2, 7)]
    assert telling.tell(copies, found) == telling.tell(copies[::-1], found[::-1])
