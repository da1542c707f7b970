"""What a title's pages repeat, learnt from them; and a layout that changes."""

import random
from datetime import timedelta
from itertools import permutations

import pytest
from builders_news import NOON, NPA, Clock, Web, ask, page, world

from pipeline import inside
from pipeline.articles import layout, repeats
from pipeline.steps import rounds
from pipeline.steps.recompute import recompute
from pipeline.steps.reread import reread
from pipeline.stories import signatures

pytestmark = pytest.mark.database
PITCH = "Readers keep this paper afloat: give what you can, as often as you like, and thank you kindly."
FOOT = "Ada Quay writes on islands for this paper and keeps three goats."
NAMES = ("quay", "ferry", "pier", "school", "market", "bridge", "mill", "castle", "garden", "station")


def story(name, number):
    """Return a text that shares no passage with that of another number."""
    words = random.Random(number).choices(["".join(pair) for pair in permutations(("an", "or", "el", "is", "um", "ta"), 3)], k=160)
    said = [" ".join(words[start : start + 32]) for start in range(0, 160, 32)]
    return "\n\n".join(f"The {name} {one} of Sellis {number}." for one in said)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def web():
    return Web()


@pytest.fixture
def edges(database, tmp_path, web, clock):
    with world(database, tmp_path, web=web, now=clock) as edges:
        yield edges


def publish(web, number, *, host="alpha"):
    name = NAMES[number]
    return web.publish(host, f"{name}-{number}", f"{PITCH}\n\n{story(name, number)}\n\n{FOOT}", headline=f"The {name} of Sellis")


def read(edges, clock):
    clock.forward(hours=2)
    return rounds.run(edges)["title"].doors


def text(edges, url):
    return ask(
        edges, "SELECT text FROM core.article_version JOIN core.article USING (article_id) WHERE url = %s ORDER BY number DESC", url
    )[0][0]


def test_the_third_page_of_a_title_is_clean_without_a_rule(edges, clock, web):
    first = [publish(web, number) for number in range(2)]
    assert read(edges, clock) == {"learnt": 1}
    assert PITCH in text(edges, first[0])
    third = publish(web, 2)
    assert read(edges, clock) == {"unchanged": 1}
    assert text(edges, third) == story(NAMES[2], 2)
    assert ask(edges, "SELECT boilerplate FROM core.article_version JOIN core.article USING (article_id) WHERE url = %s", third) == [(1,)]
    assert {row[0] for row in ask(edges, "SELECT block FROM core.boilerplate")} == {PITCH, FOOT}


def test_what_was_learnt_since_makes_no_version_of_what_was_read_before(edges, clock, web):
    first = [publish(web, number) for number in range(2)]
    read(edges, clock)
    clock.at = NOON + timedelta(hours=30)
    assert reread(edges)["reread"].doors == {"unchanged": 2}
    assert ask(edges, "SELECT max(number) FROM core.article_version") == [(1,)]
    assert PITCH in text(edges, first[0])


def test_what_another_owner_runs_in_the_same_story_is_wire_and_no_boilerplate(edges, clock, web):
    for number in range(3):
        for host in ("alpha", "beta"):
            publish(web, number, host=host)
    read(edges, clock)
    assert ask(edges, "SELECT count(*) FROM core.story WHERE merged_into IS NULL") == [(3,)]
    assert ask(edges, "SELECT count(*) FROM core.boilerplate") == [(0,)]


def test_a_block_counts_once_a_story():
    assert repeats.learn([(1, f"{PITCH}\n\nOne."), (1, f"{PITCH}\n\nTwo.")]) == ()
    assert [one.block for one in repeats.learn([(1, PITCH), (2, PITCH)])] == [PITCH]


def test_a_paragraph_of_background_in_the_middle_stays_until_it_comes_often():
    paragraphs = [f"Paragraph {number} says what no other one says." for number in range(20)]
    known = {repeats.digest(paragraphs[10]): 2, repeats.digest(paragraphs[0]): 2}
    assert repeats.without(paragraphs, repeats.Known(edition=1, blocks=known)) == tuple(paragraphs[1:])
    known[repeats.digest(paragraphs[10])] = repeats.DEFAULT.anywhere
    assert paragraphs[10] not in repeats.without(paragraphs, repeats.Known(edition=1, blocks=known))


def test_a_text_of_nothing_else_is_left_as_it_is():
    assert repeats.without([PITCH], repeats.Known(edition=1, blocks={repeats.digest(PITCH): 9})) == (PITCH,)


def test_a_layout_that_changed_is_an_event_once_and_settles(edges, clock, web):
    for number in range(70):
        web.publish("alpha", f"a{number}", story(NAMES[number % 10], number), headline=f"Report {number} of Sellis", byline="By Ada Quay")
    read(edges, clock)
    for number in range(70, 90):
        url = web.publish("alpha", f"a{number}", story(NAMES[number % 10], number), headline=f"Report {number} of Sellis")
        web.pages[url] = page(f"Report {number} of Sellis", story(NAMES[number % 10], number), NOON, "", None).replace(
            b"article:published_time", b"x"
        )
    read(edges, clock)
    read(edges, clock)
    assert ask(edges, "SELECT what FROM ops.title_event") == [("layout_changed",)]
    assert ask(edges, "SELECT title, detail FROM ops.layout") == [("alpha", "with byline 100% -> 0%, with date 100% -> 0%")]


def test_few_texts_say_nothing_of_a_layout():
    rates = {"words": 400.0, "signed": 1.0, "dated": 1.0}
    poor = layout.Rates(articles=20, words=20.0, signed=0.0, dated=0.0)
    assert layout.judge(poor, layout.Rates(articles=39, **rates)) == ""
    assert layout.judge(poor, layout.Rates(articles=40, **rates)).startswith("median words 400 -> 20, with byline 100% -> 0%")
    assert layout.judge(layout.Rates(articles=20, **rates), layout.Rates(articles=200, **rates)) == ""


SENTENCE = (
    "This report was made possible by the readers' trust of the island, an association of those who want to know what happens between the "
    "two harbours, in the council and on the ferries, and who pay for it with small sums every month."
)


def within(web, number, host="alpha"):
    """Publish a page that repeats a sentence inside its last paragraph."""
    name = NAMES[number]
    return web.publish(host, f"{name}-{number}", f"{story(name, number)} {SENTENCE}", headline=f"The {name} of Sellis")


def signed(edges, url):
    return ask(edges, "SELECT boilerplate, packed FROM core.signature JOIN core.article USING (article_id) WHERE url = %s", url)[0]


def test_a_sentence_that_a_title_repeats_weighs_nothing_in_what_it_signs_next(edges, clock, web):
    first = [within(web, number) for number in range(3)]
    read(edges, clock)
    fourth = within(web, 3)
    read(edges, clock)
    assert [signed(edges, url)[0] for url in first] == [0, 0, 0]
    version, packed = signed(edges, fourth)
    assert ask(edges, "SELECT version FROM core.repetition") == [(version,)]
    assert SENTENCE in text(edges, fourth), "it is no block of its own"
    flagged = signatures.unpack(packed)
    assert sum(bool(flag & signatures.BOILERPLATE) for flag in flagged.flags) == len(SENTENCE.split())


def test_a_day_is_made_anew_with_what_was_known_when_it_was_signed(edges, clock, web):
    inside.prepare((NPA,), edges.seed)
    for number in range(5):
        within(web, number)
        read(edges, clock)
    assert len({row[0] for row in ask(edges, "SELECT DISTINCT boilerplate FROM core.signature")}) >= 2
    assert list(recompute(edges, NOON - timedelta(days=1), NOON + timedelta(days=2))) == []


def test_a_sentence_of_another_owners_copy_is_the_wires_and_weighs(edges, clock, web):
    for number in range(3):
        for host in ("alpha", "beta"):
            within(web, number, host)
    read(edges, clock)
    assert ask(edges, "SELECT count(*) FROM core.repetition") == [(0,)]


def test_what_was_learnt_by_a_clock_that_was_ahead_gives_way(edges, clock, web):
    for number in range(3):
        within(web, number)
    read(edges, clock)
    ask(edges, "UPDATE core.repetition SET learnt_at = learnt_at + interval '1 year' RETURNING 1")
    read(edges, clock)
    assert ask(edges, "SELECT learnt_at FROM core.repetition") == [(clock() - timedelta(seconds=1),)], "the next that is learnt is newer"
