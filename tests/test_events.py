"""Events: which stories are about one happening, why, and what is on top and picked of them."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, permutations

import pytest
from builders_events import BRIDGE, MATCHES, happening, sketched, told
from builders_stories import FOURTH, NOON, OTHER_AGENCY, THIRD, UNRELATED, WIRE
from hypothesis import given
from hypothesis import strategies as st

from pipeline.events import grouping, identity, likeness, picks, ranking, screen, sections, sketches

POLICY = likeness.Policy()
FERRY = (("en", "Ferry workers walk off the job in Ostraven", WIRE), ("en", "Strike stops the Ostraven ferries", OTHER_AGENCY))
OTHERS = tuple(("en", text.split(" (NPA)")[0].title(), text) for text in (UNRELATED, THIRD, FOURTH))


def alike(one, other, **changes):
    left, right = likeness.weigh([one, other])
    return likeness.likeness(left, right, replace(POLICY, **changes))


def test_six_headlines_of_one_happening_are_one_event_in_three_languages():
    known = sketched(BRIDGE) + sketched(OTHERS, first=11)
    assert told(known) == {frozenset(range(1, 7))}


def test_two_matches_on_one_day_of_one_league_are_two_events():
    assert told(sketched(MATCHES)) == {frozenset({1, 2}), frozenset({3, 4})}


def test_two_accounts_of_a_strike_are_one_event_and_other_news_is_in_none():
    assert told(sketched(FERRY) + sketched(OTHERS, first=11)) == {frozenset({1, 2})}


def test_texts_of_one_form_with_other_names_or_numbers_are_not_of_one_happening():
    form = "The index of the {} exchange rose {} percent on Monday as banks gained and trade was thin, dealers in {} said before the bell."
    markets = [
        ("en", f"{town} index rises {rise}", form.format(town, rise, town)) for town, rise in (("Ostraven", "0.4"), ("Limar", "0.7"))
    ]
    assert told(sketched(markets)) == set()
    same = [("en", f"Ostraven index rises {rise}", form.format("Ostraven", rise, "Ostraven")) for rise in ("0.4", "1.9")]
    assert told(sketched(same)) == set()


def test_people_put_two_events_together_and_bring_all_of_both():
    known = sketched(MATCHES)
    assert told(known, together=[(1, 4)]) == {frozenset({1, 2, 3, 4})}
    assert told(known, together=[(4, 1), (1, 4), (2, 99), (3, 3)]) == {frozenset({1, 2, 3, 4})}
    assert told(sketched(OTHERS), together=[(1, 3)]) == {frozenset({1, 3})}, "two stories that stood alone"


def test_people_keep_two_stories_of_one_event_apart_whatever_is_alike():
    known = sketched(BRIDGE)
    for one, other in combinations(range(1, 7), 2):
        assert all(not {one, other} <= event for event in told(known, apart=[(one, other)]))
    assert told(known, apart=[(other, 3) for other in (1, 2, 4, 5, 6)]) == {frozenset({1, 2, 4, 5, 6})}
    assert told(sketched(MATCHES), together=[(1, 3)], apart=[(2, 4)]) == {frozenset({1, 2}), frozenset({3, 4})}, "apart holds"


def test_peoples_word_in_any_order_says_the_same():
    known, together, apart = sketched(BRIDGE) + sketched(MATCHES, first=11), [(1, 11), (12, 13)], [(2, 5), (6, 14)]
    found = {(frozenset(told(known, together=one, apart=two))) for one in permutations(together) for two in permutations(apart)}
    assert len(found) == 1


def test_likeness_is_symmetric_fades_with_time_and_ends_with_the_window():
    one, other = sketched(FERRY)
    assert alike(one, other) == alike(other, one) > grouping.Policy().alike
    later = [alike(one, replace(other, at=one.at + timedelta(hours=hours))) for hours in (0, 24, 48)]
    assert later == sorted(later, reverse=True)
    assert later[0] > later[-1]
    assert alike(one, replace(other, at=one.at + POLICY.window + timedelta(seconds=1))) == 0


def test_two_languages_are_compared_by_names_and_numbers_alone():
    one, other = sketched((BRIDGE[0], BRIDGE[4]))
    assert alike(one, other) > grouping.Policy().alike
    nameless = replace(other, about=(), terms=("brucke", "fluss"), counts=(1.0, 1.0), shown=("Brücke", "Fluss"))
    assert alike(one, nameless) == 0


def test_a_story_that_is_a_little_like_two_events_does_not_join_them():
    """An event is not "the war"."""
    both = ("en", "A week of mishaps", " ".join((BRIDGE[1][2], FERRY[1][2][:400])))
    found = told(sketched(BRIDGE[:4]) + sketched(FERRY, first=11) + sketched([both], first=21))
    assert all(not {1, 11} <= event for event in found)
    assert any({1, 2, 3, 4} <= event for event in found)


@pytest.mark.parametrize("seed", range(3))
def test_order_does_not_matter(seed):
    known = sketched(BRIDGE) + sketched(MATCHES, first=11) + sketched(FERRY, first=21) + sketched(OTHERS, first=31)
    shuffled = random.Random(seed).sample(known, len(known))
    assert grouping.group(shuffled) == grouping.group(known)


def test_a_capital_at_the_beginning_of_a_sentence_or_in_a_headline_proves_no_name():
    terms = sketches.sketch("Rust Closes Bridge", "Rust did it. The bridge of Anselm fell. Bridges do.", "en", story=1, at=NOON).terms
    assert "@anselm" in terms
    assert {"rust", "bridge"} <= set(terms)


def test_a_text_without_words_has_an_empty_sketch_that_is_like_nothing():
    empty = sketches.sketch("", "", "en", story=1, at=NOON)
    assert empty.terms == empty.phrases == ()
    assert alike(empty, empty) == 0


def test_the_reason_names_what_is_shared_names_first():
    (event,) = grouping.group(sketched(BRIDGE[:3]))
    for teller in event.tellers:
        assert {"Anselm", "Tallow"} & set(teller.because)
        assert 0 < teller.likeness <= 1


@given(st.lists(st.tuples(st.integers(0, 8), st.sampled_from([None, 1, 2, 3])), unique_by=lambda pair: pair[0], max_size=9), st.randoms())
def test_every_event_that_stood_is_kept_or_merged_and_none_twice(members, rng):
    stories = [story for story, _ in members]
    before = {story: event for story, event in members if event}
    rng.shuffle(stories)
    groups = [group for group in (stories[:3], stories[3:7], stories[7:]) if group]
    settled = identity.settle(groups, before, {})
    kept = [event for event in settled.kept if event]
    assert len(kept) == len(set(kept))
    assert set(kept) | set(settled.merged) == set(before.values())
    assert set(kept).isdisjoint(settled.merged)


def test_an_event_keeps_its_id_when_stories_join_and_the_larger_one_when_two_become_one():
    assert identity.settle([[1, 2, 3]], {1: 7, 2: 7}, {}).kept == (7,)
    joined = identity.settle([[1, 2, 3, 4, 5]], {1: 9, 2: 9, 3: 9, 4: 7, 5: 7}, {})
    assert joined.kept == (9,)
    assert joined.merged == {7: 0}


def test_stories_out_of_the_window_and_stories_that_became_part_of_another_follow_their_event():
    assert identity.settle([[5, 6]], {1: 9, 2: 9, 5: 9, 6: 7}, {}).kept == (9,), "1 and 2 are old, and weigh"
    gone = identity.settle([[5]], {4: 7, 5: 8}, {4: 5})
    assert gone.kept == (7,)
    assert gone.merged == {8: 0}


def test_one_agency_text_in_sixty_titles_of_one_owner_ranks_below_six_own_reports_of_six_owners():
    copied = happening(1, articles=60, titles=60, sources=1, owners=1, countries=3, owners_lately=1)
    reported = happening(2, event_id=1, stories=6, articles=6, titles=6, sources=6, owners=6, prominence=6 / 20, best_rank=20, hours=2.0)
    assert [one.of.story_id for one in ranking.rank([copied, reported])] == [2, 1]


def test_what_grows_what_is_newer_and_what_editors_put_first_is_higher():
    base = happening(5, sources=2, owners=3)
    for better in ({"owners_lately": 3}, {"hours": 0.5}, {"prominence": 3.0}, {"countries": 4}, {"sources": 3}, {"owners": 4}):
        assert ranking.rank([base, replace(base, story_id=6, **better)])[0].of.story_id == 6, better
    assert ranking.rank([base, replace(base, story_id=6, titles=50, articles=90)])[0].of.story_id == 5, "copies do not count"


def test_the_parts_make_the_score_and_ties_go_to_the_older_story():
    for order in permutations([happening(3), happening(1), happening(2, owners=2)]):
        top = ranking.rank(order)
        assert [(one.place, one.of.story_id) for one in top] == [(1, 2), (2, 1), (3, 3)]
    for one in top:
        parts = one.sources_part + one.owners_part + one.countries_part + one.rank_part + one.growth_part
        assert one.score == pytest.approx(parts * one.age_part)


SECTIONS = ("world", "world", "world", "world", "world", "world", "world", "world", "world", "world", "sport", "culture", "health")


def top(count=30, **changes):
    return ranking.rank(
        happening(story, sources=count - story, section=SECTIONS[story % len(SECTIONS)], owner=f"Owner {story % 9}", **changes)
        for story in range(count)
    )


def wish(number, story, **changes):
    base = picks.Wish(decision_id=number, story_id=story, event_id=None, section="opinion", owner="Owner 1", who="ada", why="a fine read")
    return replace(base, **changes)


def test_picks_are_mixed_one_of_an_event_two_of_an_owner_four_sections_of_ten():
    ranked = [replace(one, of=replace(one.of, event_id=1 if one.place in {1, 2} else None)) for one in top()]
    made = picks.choose(ranked)
    assert [pick.place for pick in made] == list(range(1, 11))
    assert len({pick.event_id for pick in made if pick.event_id}) == sum(pick.event_id is not None for pick in made) == 1
    assert max(sum(other.owner == pick.owner for other in made) for pick in made) <= 2
    assert len({pick.section for pick in made}) >= 4
    assert all("place" in pick.why and "independent" in pick.why for pick in made)


def test_of_one_section_alone_the_list_is_full_all_the_same_and_of_one_owner_it_stays_short():
    assert len(picks.choose(replace(one, of=replace(one.of, section="")) for one in top())) == 10
    assert len(picks.choose(replace(one, of=replace(one.of, owner="One")) for one in top())) == 2


def test_peoples_picks_are_kept_come_first_and_count_towards_the_limits():
    wishes = [wish(1, 90), wish(2, 91, event_id=1), wish(3, 92, event_id=1), wish(4, 92, event_id=1)]
    made = picks.choose(top(event_id=1), wishes)
    assert [(pick.story_id, pick.decision_id) for pick in made] == [(90, 1), (91, 2), (92, 3)], "kept, though two are of one event"
    assert made[0].why == "picked by ada: a fine read"
    mixed = picks.choose(top(), wishes[:1] * 1)
    assert mixed[0].story_id == 90
    assert sum(pick.owner == "Owner 1" for pick in mixed) <= 2
    assert len(mixed) == 10


def test_more_wishes_than_places_are_all_kept():
    assert len(picks.choose(top(), [wish(number, 100 + number) for number in range(12)])) == 12


def test_a_section_is_known_by_what_titles_call_it():
    assert sections.section(" Wirtschaft ") == sections.section("économie") == sections.section("Business") == "business"
    assert sections.section("bespoke") == "bespoke"
    assert sections.section(None) == ""


def test_every_section_goes_by_its_own_name_too():
    known = sections.known()
    assert all(sections.section(section) == section for section in set(known.values()))
    assert all(one == one.lower() for one in known)


@pytest.mark.parametrize("floor", [0.05, 0.15, 0.4])
def test_the_screen_lets_through_whatever_is_as_alike_as_the_floor_and_little_else(floor):
    known = sketched(BRIDGE) + sketched(MATCHES, first=11) + sketched(FERRY, first=21) + sketched(OTHERS, first=31)
    weighed, policy = likeness.weigh(known), replace(POLICY, floor=floor)
    screened = screen.Screen(weighed, policy)
    for right in range(1, len(weighed)):
        passed = screened.near(right, range(right))
        alike = [left for left in range(right) if likeness.likeness(weighed[left], weighed[right], policy)]
        assert set(alike) <= set(passed)
        cosine = [left for left in range(right) if likeness.likeness(weighed[left], weighed[right], replace(policy, unled=1.0, form=2.0))]
        same = [left for left in passed if weighed[left].sketch.language == weighed[right].sketch.language]
        assert set(same) <= set(cosine)


def test_pairs_finds_whatever_is_linked():
    known = sketched(BRIDGE) + sketched(MATCHES, first=11) + sketched(FERRY, first=21) + sketched(OTHERS, first=31)
    weighed = likeness.weigh(known)
    found = set(grouping.pairs(weighed))
    for left, right in combinations(range(len(weighed)), 2):
        if likeness.likeness(weighed[left], weighed[right]) >= grouping.Policy().alike:
            assert (left, right) in found
