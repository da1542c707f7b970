"""Groups are a function of the set of matches: no order, no chains, no bridges."""

from __future__ import annotations

import random
from itertools import combinations, permutations

import pytest
from builders_stories import FOURTH, THIRD, UNRELATED, WIRE, copy, cut, match, matched
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stories import cliques, linkage, partition
from pipeline.stories.matches import LEVELS


def together(copies, matches, **more) -> set[frozenset[int]]:
    return {frozenset(members) for members in partition.group(copies, matches, **more)}


def clique(*articles: int, **changes):
    return [match(left, right, **changes) for left, right in combinations(sorted(articles), 2)]


def test_articles_without_matches_stay_alone():
    assert together([copy(1), copy(2)], []) == {frozenset({1}), frozenset({2})}


def test_copies_of_one_text_are_one_group():
    assert together([copy(n) for n in (1, 2, 3)], clique(1, 2, 3)) == {frozenset({1, 2, 3})}


def test_a_chain_does_not_become_one_group():
    copies = [copy(n) for n in range(1, 9)]
    chain = [match(n, n + 1, level="normal") for n in range(1, 8)]
    assert max(map(len, partition.group(copies, chain))) <= 3


def test_a_bridge_joins_one_of_two_stories_and_never_both():
    copies = [copy(n) for n in range(1, 8)]
    bridge = [match(n, 7, right_in_left=0.5, level="normal") for n in (1, 2, 3)] + [
        match(n, 7, right_in_left=0.3, level="normal") for n in (4, 5, 6)
    ]
    assert together(copies, [*clique(1, 2, 3), *clique(4, 5, 6), *bridge]) == {frozenset({1, 2, 3, 7}), frozenset({4, 5, 6})}


def test_a_bridge_between_two_lone_articles_joins_one_of_them():
    bridge = [match(1, 3, right_in_left=0.6), match(2, 3, right_in_left=0.4)]
    assert together([copy(n) for n in (1, 2, 3)], bridge) == {frozenset({1, 3}), frozenset({2})}


def test_two_wires_merged_join_the_one_that_makes_up_more_of_the_page():
    texts = {1: WIRE, 2: UNRELATED, 3: f"{WIRE}\n\n{cut(UNRELATED, 0, 4)}", 4: cut(WIRE, 0, 9), 5: UNRELATED}
    assert together([copy(n) for n in texts], matched(texts)) == {frozenset({1, 3, 4}), frozenset({2, 5})}


def test_a_digest_that_holds_whole_briefs_joins_none_of_them():
    briefs = [cut(text, 0, 3) for text in (UNRELATED, THIRD, FOURTH, WIRE)]
    texts = dict(enumerate([*briefs, "\n\n".join(briefs), THIRD], start=1))
    copies, matches = [copy(n) for n in texts], matched(texts)
    assert partition.roundups(copies, matches) == {5}
    assert together(copies, matches) == {frozenset({1}), frozenset({2, 6}), frozenset({3}), frozenset({4}), frozenset({5})}
    assert {one.left for one in matches if one.right == 5} == {1, 2, 3, 4}  # what it holds stays visible


@pytest.mark.parametrize("flag", ["live_blog", "roundup"])
def test_a_page_flagged_as_holding_several_texts_stays_alone(flag):
    assert together([copy(1), copy(2, flags=(flag,)), copy(3)], clique(1, 2, 3)) == {frozenset({1, 3}), frozenset({2})}


def test_a_long_article_that_many_desks_cut_differently_is_no_roundup():
    texts = {1: WIRE, 2: cut(WIRE, 0, 4), 3: cut(WIRE, 0, 6), 4: cut(WIRE, 1, 8), 5: cut(WIRE, 1, 5), 6: cut(WIRE, 0, 3)}
    copies, matches = [copy(n) for n in texts], matched(texts)
    assert partition.roundups(copies, matches) == frozenset()
    assert together(copies, matches) == {frozenset(texts)}


def test_the_dial_counts_matches_of_its_level_and_stricter_ones():
    copies = [copy(n) for n in (1, 2, 3, 4)]
    found = [match(1, 2, level="strict"), match(3, 4, level="loose")]
    assert together(copies, found, level="strict") == together(copies, found, level="normal") != together(copies, found, level="loose")
    assert together(copies, found, level="loose") == {frozenset({1, 2}), frozenset({3, 4})}


def test_a_doubt_alone_joins_nothing_and_no_number_of_doubts_does():
    copies = [copy(n) for n in range(1, 6)]
    assert together(copies, clique(1, 2, level="loose")) != together(copies, clique(1, 2))
    doubts = [match(n, 4, level="loose") for n in (1, 2, 3)]
    assert together(copies, [*clique(1, 2, 3), *doubts]) == {frozenset({1, 2, 3}), frozenset({4}), frozenset({5})}


def test_a_text_that_matches_some_of_a_story_and_is_in_doubt_with_the_others_belongs_there():
    copies = [copy(n) for n in range(1, 5)]
    doubts = [match(n, 4, level="loose") for n in (2, 3)]
    assert together(copies, [*clique(1, 2, 3), match(1, 4, right_in_left=0.4, level="normal")]) == {frozenset({1, 2, 3}), frozenset({4})}
    assert together(copies, [*clique(1, 2, 3), match(1, 4, right_in_left=0.4, level="normal"), *doubts]) == {frozenset({1, 2, 3, 4})}


LATER = """Ferries between Ostraven and six islands stood still for a third day on Wednesday after a tribunal sent the two sides home at midnight without an agreement, and the first shops on the outer islands rationed milk and flour.

The Seafarers' League said that its strike fund would last until the summer; Norlink asked the tribunal for an order that would bring two ships back by the weekend."""


def test_the_stub_of_a_write_through_is_told_with_the_write_through_it_stands_in():
    told = f"{LATER}\n\n{cut(WIRE, 2)}"
    texts = {1: WIRE, 2: cut(WIRE, 0, 8), 3: cut(WIRE, 0, 10), 4: told, 5: cut(told, 0, 3)}
    found = matched(texts)
    assert not [
        one for one in found if one.right == 5 and one.left in {1, 2, 3} and one.level != "loose"
    ]  # nothing that they share says so
    assert together([copy(n) for n in texts], found) == {frozenset(texts)}


def test_a_page_with_two_wires_hands_no_links_from_one_to_the_other():
    """Every copy of either text stands in the page, and the page is linked with all of them."""
    both = f"{WIRE}\n\n{UNRELATED}"
    texts = {1: WIRE, 2: WIRE, 3: both, 4: UNRELATED, 5: UNRELATED, 6: cut(UNRELATED, 0, 4)}
    found = matched(texts)
    assert {(one.left, one.right) for one in found if one.level == "strict"} > {(1, 3), (3, 4), (3, 6)}
    assert together([copy(n) for n in texts], found) == {frozenset({1, 2, 3}), frozenset({4, 5, 6})}


def test_a_page_that_holds_two_stories_with_the_same_background_does_not_join_them():
    """Follow-ups repeat paragraphs of what came before; somebody prints both on one page, and no page stands in the way of that."""
    before, after = f"{UNRELATED}\n\n{cut(WIRE, 7, 11)}", f"{cut(THIRD, 0, 2)}\n\n{cut(WIRE, 7, 11)}\n\n{cut(THIRD, 2)}"
    texts = {1: before, 2: before, 3: f"{UNRELATED}\n\n{after}", 4: after, 5: after}
    found = matched(texts)
    assert {(one.left, one.right) for one in found if one.level == "strict"} >= {(1, 3), (2, 3), (3, 4), (3, 5)}
    assert {frozenset({1, 2}), frozenset({4, 5})} <= {members - {3} for members in together([copy(n) for n in texts], found)}


def test_people_put_together_what_shares_nothing():
    assert together([copy(1), copy(2), copy(3)], [], together=[(2, 1)]) == {frozenset({1, 2}), frozenset({3})}


def test_two_articles_that_people_put_together_bring_their_stories():
    copies = [copy(n) for n in range(1, 6)]
    assert together(copies, clique(1, 2, 3), together=[(3, 4), (4, 5)]) == {frozenset({1, 2, 3, 4, 5})}
    assert together(copies, [*clique(1, 2, 3), match(4, 5)], together=[(3, 4)]) == {frozenset({1, 2, 3, 4, 5})}


def test_people_keep_apart_what_is_the_same():
    groups = together([copy(n) for n in (1, 2, 3)], clique(1, 2, 3), apart=[(3, 1)])
    assert not any({1, 3} <= members for members in groups)
    assert any(2 in members and len(members) == 2 for members in groups)


def test_where_people_contradict_each_other_apart_holds():
    groups = together([copy(n) for n in (1, 2, 3)], [], together=[(1, 2), (2, 3)], apart=[(1, 3)])
    assert not any({1, 3} <= members for members in groups)


def test_decisions_and_matches_about_unknown_articles_are_ignored():
    assert together([copy(1)], [match(1, 99)], together=[(1, 98)], apart=[(97, 1)]) == {frozenset({1})}


# --- laws ---

words = [300, 200, 400, 100, 400, 350, 80, 400, 120, 400]  # of the ten articles: some are longer and may hold others
graphs = st.dictionaries(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]),
    st.tuples(st.sampled_from(LEVELS), st.floats(0.3, 1), st.floats(0.1, 1), st.integers(0, 200), st.integers(0, 200)),
    max_size=30,
)


def drawn(graph, ids=range(10)):
    found = []
    for (left, right), (level, one, two, at, there) in graph.items():
        sides = [(ids[left], one, words[left], at), (ids[right], two, words[right], there)]
        (low, some, some_words, here), (high, other, other_words, where) = sorted(sides)
        found.append(
            match(
                low, high, level=level, left_in_right=some, right_in_left=other, left_words=some_words, right_words=other_words,
                passages=((here, where, 60),),
            )
        )  # fmt: skip
    return found


@settings(max_examples=200, deadline=None)
@given(graph=graphs, data=st.data())
def test_order_does_not_matter(graph, data):
    copies, matches = [copy(n) for n in range(10)], drawn(graph)
    expected = partition.group(copies, matches)
    assert partition.group(data.draw(st.permutations(copies)), data.draw(st.permutations(matches))) == expected
    assert sorted(article for members in expected for article in members) == list(range(10))


@settings(max_examples=150, deadline=None)
@given(graph=graphs, data=st.data())
def test_ids_do_not_matter_only_addresses_do(graph, data):
    """The same articles stored in another order have other ids; their groups are the same."""
    ids = data.draw(st.permutations(range(10)))
    copies = [copy(n) for n in range(10)]
    renamed = [copy(ids[n], url_key=copies[n].url_key) for n in range(10)]
    expected = {frozenset(ids[n] for n in members) for members in partition.group(copies, drawn(graph))}
    assert {frozenset(members) for members in partition.group(renamed, drawn(graph, ids))} == expected


def test_a_tie_is_broken_by_address_whatever_the_ids():
    """Three copies of which the middle one matches both others, equally well: it stays with the smaller url_key."""
    for left, middle, right in permutations((1, 2, 3)):
        copies = [copy(left, url_key=b"a" * 32), copy(middle, url_key=b"c" * 32), copy(right, url_key=b"b" * 32)]
        found = [match(*sorted((left, middle))), match(*sorted((middle, right)))]
        assert together(copies, found) == {frozenset({left, middle}), frozenset({right})}


@settings(max_examples=100, deadline=None)
@given(graph=graphs)
def test_a_neighbourhood_is_grouped_alone_as_it_is_among_all(graph):
    copies, matches = [copy(n) for n in range(10)], drawn(graph)
    whole = partition.group(copies, matches)
    reached, before = {0}, set()
    while reached != before:
        before = set(reached)
        reached |= {end for one in matches if {one.left, one.right} & reached for end in (one.left, one.right)}
    alone = partition.group([copy(n) for n in reached], matches)
    assert set(alone) == {members for members in whole if set(members) <= reached}


@settings(max_examples=100, deadline=None)
@given(graph=graphs)
def test_more_than_half_of_the_pairs_of_every_group_of_two_parts_are_matches(graph):
    """No member hangs by a thread: in a group each half is matched with the other more often than not, or it would not be one."""
    matches = [one for one in drawn(graph) if one.level != "loose" and one.left_words == one.right_words]
    linked = {(one.left, one.right) for one in matches}
    for members in partition.group([copy(n) for n in range(10)], matches):
        pairs = list(combinations(sorted(members), 2))
        if pairs:
            assert sum(pair in linked for pair in pairs) > len(pairs) / 2


def test_every_order_of_a_small_chain_gives_one_partition():
    chain = [match(1, 2), match(2, 3), match(3, 4)]
    copies = [copy(n) for n in (1, 2, 3, 4)]
    assert len({partition.group(order, matches) for order in permutations(copies) for matches in permutations(chain)}) == 1


def test_a_text_in_three_hundred_titles_is_one_group():
    copies = [copy(n) for n in range(300)]
    found = clique(*range(300))
    random.Random(1).shuffle(found)
    assert together(copies, found[: len(found) * 9 // 10]) == {frozenset(range(300))}


# --- where very many hang together ---

strengths = st.dictionaries(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda pair: pair[0] < pair[1]), st.integers(1, 9), max_size=60
)


@settings(max_examples=200, deadline=None)
@given(votes=strengths, apart=st.sets(st.sampled_from(list(combinations(range(12), 2))), max_size=4), data=st.data())
def test_beginning_with_cliques_keeps_the_laws_of_average_link(votes, apart, data):
    """Order does not matter, everything is in one group, what is apart stays apart, and no group hangs by a thread."""
    links = {pair: strength for pair, strength in votes.items() if strength > 2}
    doubts = {pair: strength for pair, strength in votes.items() if strength <= 2}
    groups = linkage.average(12, links, doubts=doubts, apart=apart, large=0)
    turned, others = (dict(data.draw(st.permutations(list(some.items())))) for some in (links, doubts))
    assert linkage.average(12, turned, doubts=others, apart=apart, large=0) == groups
    assert sorted(place for members in groups for place in members) == list(range(12))
    for members in groups:
        pairs = set(combinations(members, 2))
        assert not pairs & apart
        assert 2 * len(pairs & links.keys()) + len(pairs & doubts.keys()) > len(pairs) or not pairs


@settings(max_examples=200, deadline=None)
@given(links=strengths)
def test_every_clique_is_one_and_they_share_nothing(links):
    near = cliques.neighbours(links)
    found = [members for part in cliques.parts(near) for members in cliques.cover(part, near, links, set())]
    assert all(pair in links for members in found for pair in combinations(members, 2))
    assert len({place for members in found for place in members}) == sum(map(len, found))


@settings(max_examples=100, deadline=None)
@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_cliques_that_share_no_link_come_out_whole_either_way(sizes):
    starts = [sum(sizes[:at]) for at in range(len(sizes))]
    groups = tuple(tuple(range(start, start + size)) for start, size in zip(starts, sizes, strict=True))
    links = {pair: 5 for members in groups for pair in combinations(members, 2)}
    assert linkage.average(sum(sizes), links, large=0) == linkage.average(sum(sizes), links, large=99) == groups


def test_a_bridge_joins_the_clique_that_it_is_linked_to_more_strongly_however_large_the_other_is():
    small, large, bridge = range(3), range(3, 13), 13
    links = {pair: 9 for members in (small, large) for pair in combinations(members, 2)}
    links |= {(place, bridge): 7 for place in small} | {(place, bridge): 5 for place in large}
    assert linkage.average(14, links, large=0) == linkage.average(14, links, large=99) == ((*small, bridge), tuple(large))


def test_two_texts_that_hundreds_of_titles_ran_are_two_stories_whatever_hangs_between_them():
    copies = [copy(n) for n in range(700)]
    found = [*clique(*range(500)), *clique(*range(500, 699)), match(3, 699, right_in_left=0.4), match(600, 699, right_in_left=0.9)]
    assert sorted(map(len, partition.group(copies, found))) == [1, 199, 500]
