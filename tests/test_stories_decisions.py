"""People's word as values: what it means for copies, and what it would contradict."""

from builders_stories import NOON, copy

from pipeline.stories.decisions import Decision, Words, contradicted


def decision(number, what, article, other=None, **more):
    values = {
        "decision_id": number,
        "what": what,
        "article_id": article,
        "other_id": other,
        "agency": None,
        "who": "ada",
        "why": "read both",
    }
    return Decision(**values | {"at": NOON} | more)


def test_the_same_word_twice_is_told_so():
    said = [decision(1, "must_link", 1, 2)]
    assert contradicted(decision(0, "must_link", 1, 2), said) is said[0]


def test_what_must_be_one_story_cannot_be_kept_apart_and_the_other_way_round():
    assert contradicted(decision(0, "cannot_link", 1, 2), [decision(1, "must_link", 1, 2)]).decision_id == 1
    assert contradicted(decision(0, "must_link", 1, 2), [decision(1, "cannot_link", 1, 2)]).decision_id == 1


def test_what_is_bound_through_others_cannot_be_kept_apart():
    said = [decision(1, "must_link", 1, 2), decision(2, "must_link", 8, 9), decision(3, "must_link", 2, 3)]
    assert contradicted(decision(0, "cannot_link", 1, 3), said).decision_id in {1, 3}
    assert contradicted(decision(0, "cannot_link", 1, 9), said) is None


def test_a_link_that_would_bind_two_that_are_kept_apart_is_refused():
    said = [decision(1, "must_link", 1, 2), decision(2, "cannot_link", 1, 3)]
    assert contradicted(decision(0, "must_link", 2, 3), said).decision_id == 2
    assert contradicted(decision(0, "must_link", 2, 4), said) is None


def test_a_story_has_one_canonical_article_and_one_agency():
    said = [decision(1, "set_canonical", 1), decision(2, "set_agency", 1, agency="npa")]
    assert contradicted(decision(0, "set_canonical", 2), said, {1, 2}).decision_id == 1
    assert contradicted(decision(0, "set_canonical", 2), said, {2, 3}) is None
    assert contradicted(decision(0, "set_agency", 2, agency="npa"), said, {1, 2}) is None
    assert contradicted(decision(0, "set_agency", 2), said, {1, 2}).decision_id == 2
    bound = [*said, decision(3, "must_link", 1, 2)]
    assert contradicted(decision(0, "set_canonical", 2), bound).decision_id == 1


def test_of_two_decisions_that_met_in_one_story_the_rule_chooses_whatever_their_order():
    words = [decision(1, "set_canonical", 2), decision(2, "set_canonical", 1)]
    copies = [copy(1), copy(2), copy(3)]
    assert {Words(said=tuple(order)).canonical_of(copies) for order in (words, words[::-1])} == {1}


def test_no_agency_is_a_decision_too():
    words = Words(said=(decision(1, "set_agency", 1),))
    assert words.agency_of([copy(1), copy(2)], "npa") is None
    assert words.agency_of([copy(2)], "npa") == "npa"
