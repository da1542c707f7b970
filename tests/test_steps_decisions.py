"""People's word, its way into the stories, and that it outlives them."""

import random
from datetime import timedelta

import pytest
from builders_news import NOON, OTHER_AGENCY, UNRELATED, WIRE, Clock, Web, ask, stories, world
from builders_stories import FOURTH, THIRD, cut

from pipeline.errors import DecisionError
from pipeline.steps import decisions, rounds
from pipeline.steps.cluster import cluster
from pipeline.steps.extract import extract
from pipeline.steps.fetch import fetch
from pipeline.steps.poll import poll
from pipeline.steps.recompute import recompute
from pipeline.steps.reread import reread

pytestmark = pytest.mark.database

WORD = {"who": "ada", "why": "read both"}


@pytest.fixture
def web():
    web = Web()
    web.publish("npa", "wire", WIRE)
    web.publish("alpha", "copy", WIRE, byline="NPA")
    web.publish("beta", "cut", cut(WIRE, 0, 7))
    web.publish("gamma", "own", OTHER_AGENCY)
    web.publish("gamma", "museum", UNRELATED)
    return web


@pytest.fixture
def edges(database, tmp_path, web):
    with world(database, tmp_path, web=web, now=Clock()) as edges:
        rounds.run(edges)
        yield edges


def at(edges, path):
    with edges.connection.transaction():
        rows = edges.connection.execute("SELECT url FROM core.article WHERE url LIKE %s", [f"%/{path}"]).fetchall()
        return decisions.article(edges.connection, rows[0][0])


def decide(edges, what, *paths, **more):
    return decisions.decide(edges, what, tuple(at(edges, path) for path in paths), **WORD | more)


def test_a_copy_that_is_none_any_more_and_stays_by_peoples_word_kept_nothing(edges, web):
    edges.seed = 1  # that of builders_news
    decide(edges, "must_link", "wire", "copy")
    web.publish("alpha", "copy", THIRD)
    edges.now.forward(hours=1)
    reread(edges)
    cluster(edges)
    copied = "SELECT relation, round(kept::numeric, 2) FROM core.story_article JOIN core.article USING (article_id) WHERE url = %s"
    assert ask(edges, "SELECT level FROM core.match WHERE level = 'none' LIMIT 1") == [("none",)]
    assert ask(edges, copied, "http://alpha.example/copy") == [("partial", 0)]
    assert recompute(edges, NOON.replace(hour=0), NOON + timedelta(days=1)) == []


def test_what_people_put_together_is_one_story_at_once_and_two_again_when_it_is_withdrawn(edges):
    before = stories(edges)
    number = decide(edges, "must_link", "own", "copy")
    assert sorted(map(len, stories(edges))) == [1, 4]
    decisions.withdraw(edges, number, who="bob", why="a mistake")
    assert stories(edges) == before
    assert ask(edges, "SELECT withdrawn_by, withdrawn_why FROM core.decision") == [("bob", "a mistake")]
    with pytest.raises(DecisionError, match="there is none that holds"):
        decisions.withdraw(edges, number, who="bob", why="again")


def test_what_people_keep_apart_is_two_stories(edges):
    decide(edges, "cannot_link", "copy", "cut")
    assert sorted(map(len, stories(edges))) == [1, 1, 1, 2]


def test_who_people_choose_stands_for_the_story_and_the_log_says_why(edges):
    decide(edges, "set_canonical", "cut", why="the others are scraped")
    assert ["cut", "copy", "wire"] in stories(edges)
    assert ask(edges, "SELECT why FROM core.story_event WHERE what = 'canonical'") == [("decision 1 of ada: the others are scraped",)]


def test_the_agency_that_people_set_flows_to_those_who_credit_nobody(edges):
    decide(edges, "set_agency", "own", agency="npa")
    assert ask(edges, "SELECT agency, agency_method FROM mart.article WHERE url LIKE '%%/own'") == [("npa", "story")]
    assert ask(edges, "SELECT from_agency, to_agency, why FROM core.story_event WHERE what = 'agency'") == [(None, "npa", "by decision")]
    decide_nobody = decide(edges, "set_agency", "cut")
    assert ask(edges, "SELECT agency FROM mart.story WHERE articles = 3") == [(None,)]
    decisions.withdraw(edges, decide_nobody, **WORD)
    assert ask(edges, "SELECT agency FROM mart.story WHERE articles = 3") == [("npa",)]


def test_a_contradiction_is_refused_by_name_and_leaves_nothing(edges):
    decide(edges, "cannot_link", "own", "copy")
    with pytest.raises(
        DecisionError, match=r"contradicts another decision: decision 1 \(cannot link, by ada on 2026-03-02: read both\)"
    ) as caught:
        decide(edges, "must_link", "copy", "own")
    assert caught.value.hint.endswith("./wiredesk decide withdraw 1")
    with pytest.raises(DecisionError, match="cannot be met beside what was decided before: decision 1"):
        decide(edges, "must_link", "cut", "own")
    with pytest.raises(DecisionError, match="both addresses are one article"):
        decide(edges, "must_link", "own", "own")
    decide(edges, "set_canonical", "cut")
    with pytest.raises(DecisionError, match="contradicts another decision: decision"):
        decide(edges, "set_canonical", "copy")
    assert ask(edges, "SELECT count(*) FROM core.decision") == [(2,)]


def test_an_address_that_we_do_not_have_or_have_not_read_is_named(edges, web):
    with edges.connection.transaction(), pytest.raises(DecisionError, match="no article has this address"):
        decisions.article(edges.connection, "http://alpha.example/nothing")
    url = web.publish("alpha", "late", THIRD)
    edges.now.forward(days=1)
    poll(edges)
    with edges.connection.transaction(), pytest.raises(DecisionError, match="not in a story yet"):
        decisions.article(edges.connection, url)


def test_decisions_on_two_stories_that_became_one_both_stay_and_the_rule_chooses(edges, web):
    long = THIRD + "\n\n" + FOURTH
    web.publish("alpha", "first-part", cut(long, 0, 6))
    web.publish("gamma", "last-part", cut(long, 5, 10))
    edges.now.forward(days=1)
    rounds.run(edges)
    for path in ("first-part", "last-part"):
        decide(edges, "set_canonical", path, why=f"{path} is ours")
    for host in ("npa", "beta", "alpha", "gamma"):
        edges.now.forward(days=1)
        web.publish(host, "whole", long)
        rounds.run(edges)
    (into,) = ask(edges, "SELECT merged_into FROM core.story WHERE merged_into IS NOT NULL")[0]
    whole = next(paths for paths in stories(edges) if "first-part" in paths)
    assert "last-part" in whole
    assert whole[0] in {"first-part", "last-part"}, "of what was decided"
    assert ask(edges, "SELECT count(*) FROM core.decision WHERE withdrawn_at IS NULL") == [(2,)]
    loser = "last-part" if whole[0] == "first-part" else "first-part"
    with pytest.raises(DecisionError, match="has been decided already"):
        decide(edges, "set_canonical", loser)
    decisions.withdraw(edges, 1 if whole[0] == "first-part" else 2, **WORD)
    assert ask(edges, "SELECT url FROM mart.canonical_article WHERE story_id = %s", into)[0][0].endswith(loser)


def test_twenty_decisions_outlive_a_full_recomputing(edges, web):
    chance = random.Random(20)
    for number in range(6):
        for host, text in (("alpha", THIRD), ("beta", THIRD), ("gamma", FOURTH)):
            sentences = text.split(". ")
            chance.shuffle(sentences)
            web.publish(host, f"{host}-{number}", ". ".join(sentences).replace("Monday", f"Monday the {number}th"))
    edges.now.forward(days=1)
    poll(edges), fetch(edges), extract(edges), cluster(edges)
    paths = sorted(row[0].rsplit("/", 1)[1] for row in ask(edges, "SELECT url FROM mart.article"))
    planted = refused = 0
    while planted < 20:
        what = chance.choice(("must_link", "cannot_link", "set_canonical", "set_agency"))
        chosen = chance.sample(paths, 2 if what.endswith("link") else 1)
        try:
            decide(edges, what, *chosen, agency="npa" if what == "set_agency" else None)
            planted += 1
        except DecisionError:
            refused += 1
            assert refused < 60, "hardly anything can be decided"
    before = stories(edges), ask(edges, "SELECT url, agency FROM mart.article ORDER BY url")
    with edges.connection.transaction():
        edges.connection.execute("TRUNCATE core.match, core.story, core.story_article, core.story_event CASCADE")
        edges.connection.execute("DELETE FROM core.credit WHERE method = 'story'")
        edges.connection.execute("UPDATE core.signature SET clustered_at = NULL")
    cluster(edges)
    assert (stories(edges), ask(edges, "SELECT url, agency FROM mart.article ORDER BY url")) == before
    edges.seed = 1  # that of builders_news
    assert recompute(edges, NOON - timedelta(days=9), NOON + timedelta(days=9)) == []
    holds = "SELECT count(*) FROM core.decision WHERE withdrawn_at IS NULL"
    assert ask(edges, holds) == [(20,)]
    assert all(value for (value,) in ask(edges, HOLDS))


HOLDS = """SELECT CASE what WHEN 'must_link' THEN a.story_id = b.story_id WHEN 'cannot_link' THEN a.story_id <> b.story_id
    WHEN 'set_canonical' THEN canonical_id = d.article_id ELSE s.agency IS NOT DISTINCT FROM d.agency END
    FROM core.decision d JOIN core.story_article a ON a.article_id = d.article_id JOIN core.story s ON s.story_id = a.story_id
    LEFT JOIN core.story_article b ON b.article_id = d.other_id"""
