"""The step that makes stories, at its edges: windows of candidates, killed workers, replays, copycats, and agencies that flow back."""

import random
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from builders_news import NOON, OTHER_AGENCY, UNRELATED, WIRE, Clock, Web, ask, stories, world
from builders_stories import FOURTH, THIRD, copy, cut, match

from benchmarks import candidates_history as history
from benchmarks import concurrency, orders
from pipeline.steps import compared, neighbours, rounds, tasks
from pipeline.steps.cluster import cluster
from pipeline.steps.edges import Wanted
from pipeline.steps.upkeep import upkeep
from pipeline.stories import candidates, canonical, partition, signatures, telling

pytestmark = pytest.mark.database


@pytest.fixture
def edges(database, tmp_path):
    with world(database, tmp_path, web=Web(), now=Clock(history.NOW)) as edges:
        yield edges


def windows(edges):
    query = "SELECT relname::text FROM pg_inherits JOIN pg_class ON inhrelid = pg_class.oid WHERE inhparent = 'core.sample'::regclass ORDER BY 1"
    return [name for (name,) in ask(edges, query)]


def test_what_the_query_finds_is_what_the_pure_function_finds(edges):
    with edges.connection.transaction():
        edges.connection.execute(history.SCHEMA.encode(), [history.TITLES])
    some = [*history.fresh(300, 2000, 7), *crowd(120)]
    history.arrive(edges.connection, some)
    rows = [{"article_id": one.article, "packed": one.packed, "happened_at": one.at} for one in some]
    with edges.connection.transaction():
        found = compared.found(edges.connection, [one.article for one in some], compared.unpacked(rows))
    assert set(found) == candidates.pairs({one.article: one.sample for one in some}, {one.article: one.at for one in some})
    assert len(found) >= 150 + 120 * 119 // 2, "those that more have than a shingle may be in, too"


def test_candidates_outside_the_window_and_hot_shingles_are_passed_over(edges):
    with edges.connection.transaction():
        edges.connection.execute(history.SCHEMA.encode(), [history.TITLES])
        old = history.NOW - candidates.Policy().window - timedelta(days=3)
        for shingle, article in product((1, 2), (5001, 5002)):
            at = history.NOW - timedelta(days=1) if article == 5001 else old
            edges.connection.execute("INSERT INTO core.sample VALUES (%s, %s, %s)", [shingle, at, article])
        for shingle, article in product((3, 4), range(6000, 6000 + candidates.Policy().hot)):
            edges.connection.execute("INSERT INTO core.sample VALUES (%s, %s, %s)", [shingle, history.NOW, article])
    one, _ = history.fresh(2, 1000, 7)
    history.arrive(edges.connection, [one])
    text = compared.unpacked([{"article_id": 1000, "packed": one.packed, "happened_at": one.at}])
    with edges.connection.transaction():
        for shingle in (1, 2, 3, 4):
            edges.connection.execute("INSERT INTO core.sample VALUES (%s, %s, 1000)", [shingle, one.at])
        doctored = {1000: text[1000]._replace(signature=replace(text[1000].signature, sample=(1, 2, 3, 4)))}
        assert compared.found(edges.connection, [1000], doctored) == [(1000, 5001)]


def crowd(size):
    """So many versions of one text: cut, with an opening of their own."""
    whole, _ = concurrency.pairs_of(1)
    tokens = list(signatures.unpack(whole[0].packed).tokens)
    for place in range(size):
        own = [random.Random(place).getrandbits(32) for _ in range(place % 30)]
        packed = history.pack(own + tokens[: 200 - place % 40])
        yield replace(whole[0], article=1000 + place, packed=packed, sample=signatures.unpack(packed).sample)


def test_a_text_that_more_run_than_a_shingle_may_be_in_is_one_story(edges):
    with edges.connection.transaction():
        edges.connection.execute(history.SCHEMA.encode(), [history.TITLES])
    some = list(crowd(120))
    for start in (0, 60):
        history.arrive(edges.connection, some[start : start + 60])
        cluster(edges, Wanted())
    assert ask(edges, "SELECT count(*) FROM core.story WHERE merged_into IS NULL") == [(1,)]


def test_a_task_ends_with_its_share_so_that_an_edition_comes_and_the_next_goes_on(edges, monkeypatch):
    monkeypatch.setattr("pipeline.steps.here.edges", lambda: nullcontext(edges))
    monkeypatch.setattr("pipeline.steps.tasks.CLUSTERED", 25)
    with edges.connection.transaction():
        edges.connection.execute(history.SCHEMA.encode(), [history.TITLES])
    history.arrive(edges.connection, list(crowd(40)))
    assert [tasks.cluster()["story"] for _ in range(3)] == [25, 15, 0]


def test_upkeep_makes_windows_ahead_moves_in_what_had_none_and_drops_the_old(edges):
    with edges.connection.transaction():
        for days in (0, 20, 400):
            edges.connection.execute("INSERT INTO core.sample VALUES (1, %s, %s)", [edges.now() - timedelta(days=days), days])
    upkeep(edges)
    assert len(windows(edges)) >= 3
    assert ask(edges, "SELECT article_id FROM parts.sample_rest") in ([], [(20,)]), "what is too old has gone; what has a window is in it"
    before = windows(edges)
    assert upkeep(edges)["pruned"].doors["windows"] == 0
    assert windows(edges) == before
    edges.now.forward(days=140)
    assert upkeep(edges)["pruned"].doors["windows"] >= 1
    assert before[0] not in windows(edges), "it was dropped whole, not emptied"
    assert ask(edges, "SELECT count(*) FROM core.sample") == [(0,)]
    assert "sample_rest" in windows(edges)


def test_pairs_that_arrive_together_are_one_story_each_whoever_is_killed():
    found = concurrency.run(60, workers=4, kills=6, falls=1)
    assert {flaw: found[flaw] for flaw in ("split", "lumped", "lost")} == {"split": 0, "lumped": 0, "lost": 0}
    assert found["killed"] > 3


def test_order_lots_batches_and_workers_do_not_matter(database, tmp_path):
    (found,) = orders.outcomes(database, tmp_path, orders.corpus(60), 5)
    assert any(len(pages) > 3 for pages, _ in found)


@pytest.fixture
def told(database, tmp_path):
    """A small corpus in its stories: a wire, its copies, a twin that credits nobody, others."""
    web = Web()
    web.publish("npa", "wire", WIRE)
    web.publish("alpha", "copy", WIRE, byline="NPA")
    web.publish("beta", "cut", cut(WIRE, 1, 9))
    web.publish("gamma", "own", OTHER_AGENCY)
    web.publish("gamma", "museum", UNRELATED)
    web.publish("alpha", "own-too", OTHER_AGENCY, byline="NPA")
    web.publish("beta", "saffron", THIRD)
    web.publish("gamma", "saffron-too", cut(THIRD, 0, 4))
    web.publish("alpha", "drone", FOURTH)
    with world(database, tmp_path, web=web, now=Clock()) as edges:
        rounds.run(edges)
        yield edges


STATE = "SELECT url, story_id, relation, kept, own, lag, agency, agency_method FROM mart.article ORDER BY url"


def test_fifty_replays_flip_nothing(told):
    before, log = ask(told, STATE), ask(told, "SELECT count(*) FROM core.story_event")
    chance = random.Random(50)
    articles = [article for (article,) in ask(told, "SELECT article_id FROM core.article")]
    for _ in range(50):
        with told.connection.transaction():
            some = chance.sample(articles, chance.randint(1, len(articles)))
            told.connection.execute("UPDATE core.signature SET clustered_at = NULL WHERE article_id = ANY (%s)", [some])
        while cluster(told, Wanted(limit=chance.randint(1, 4)))["story"].seen:
            pass
        assert ask(told, STATE) == before
    assert ask(told, "SELECT count(*) FROM core.story_event") == log


def test_the_agency_flows_back_to_those_who_credit_nobody_and_goes_when_it_no_longer_follows(told):
    credit = "SELECT agency, agency_method, agency_confidence FROM mart.article WHERE url LIKE %s"
    assert ask(told, credit, "%/own")[0][:2] == ("npa", "story")
    assert ask(told, credit, "%/cut")[0][:2] == ("npa", "story")
    assert ask(told, credit, "%/copy")[0][1] != "story"
    assert ask(told, "SELECT credited FROM mart.syndication WHERE url LIKE '%%/cut'") == [(False,)], "the page itself names nobody"
    with told.connection.transaction():
        told.connection.execute(
            "DELETE FROM core.credit WHERE article_id = (SELECT article_id FROM core.article WHERE url LIKE '%/own-too')"
        )
        told.connection.execute("UPDATE core.signature SET clustered_at = NULL")
    cluster(told)
    assert ask(told, credit, "%/own") == [(None, None, None)], "what a story gave is no voice on what the story is"


def test_a_canonical_article_that_changes_without_an_event_is_refused(told):
    from psycopg.errors import IntegrityConstraintViolation

    with pytest.raises(IntegrityConstraintViolation, match="changes without an event"), told.connection.transaction():
        told.connection.execute(
            "UPDATE core.story SET canonical_id = (SELECT min(article_id) FROM core.story_article m WHERE m.story_id = story.story_id AND relation <> 'origin')"
            " WHERE story_id = (SELECT story_id FROM core.story_article WHERE relation <> 'origin' LIMIT 1)"
        )


def attacks():
    """A hundred ways in which a copycat that came later claims to have been first."""
    for number, (back, words, weight, access, flags) in enumerate(
        product((0, 1, 60, 100_000, -5), (390, 400, 5_000, 410, 401), (0, 99), ("full", "stub"), ((), ("live_blog",)))
    ):
        if number % 2 == 0:
            yield {"back": back, "words": words, "weight": weight, "access": access, "flags": flags}


@pytest.mark.parametrize("by_agency", [False, True])
def test_a_copycat_that_backdates_or_posts_again_never_stands_for_the_story(by_agency):
    variants = list(attacks())
    assert len(variants) == 100
    for attack in variants:
        first = copy(1, by_agency=by_agency)
        back = attack.pop("back")
        cats = [copy(n, happened_at=NOON - timedelta(minutes=back), **attack) for n in (2, 3, 4)]
        copies = [first, *cats]
        matches = [match(a.article, b.article) for a in copies for b in copies if a.article < b.article]
        groups = partition.group(copies, matches)
        whole = next(group for group in groups if 1 in group)
        assert telling.tell([one for one in copies if one.article in whole], matches).canonical == 1, attack
        assert canonical.choose(copies) == 1, attack


def test_late_arrivals_join_two_stories_and_what_led_to_the_one_leads_on(database, tmp_path):
    web, halves = Web(), WIRE.split("\n\n")
    web.publish("alpha", "first-part", "\n\n".join(halves[:7]))
    web.publish("beta", "last-part", "\n\n".join(halves[6:]))
    with world(database, tmp_path, web=web, now=Clock()) as edges:
        rounds.run(edges)
        two = ask(edges, "SELECT story_id FROM core.story")
        for host in ("npa", "gamma", "alpha", "beta"):
            edges.now.forward(days=1)
            web.publish(host, "whole", WIRE)
            rounds.run(edges)
        live = [story for (story,) in ask(edges, "SELECT story_id FROM core.story WHERE merged_into IS NULL")]
        assert all(into in live for (into,) in ask(edges, "SELECT merged_into FROM core.story WHERE merged_into IS NOT NULL"))
        assert {story for (story,) in two} <= {story for (story,) in ask(edges, "SELECT story_id FROM core.story")}
        assert sum(map(len, stories(edges))) == 6
        assert ask(edges, "SELECT count(*) FROM core.story_event WHERE what = 'canonical' AND why = ''") == [(0,)]
        dial = dict(ask(edges, "SELECT level, count(*) FROM mart.match GROUP BY level"))
        assert dial["strict"] >= 6


def test_a_text_that_is_signed_anew_while_it_is_compared_waits_on(edges, database, tmp_path, monkeypatch):
    for title in ("alpha", "beta"):
        edges.door.publish(title, "strike", WIRE)
    regroup, times = neighbours.regroup, []

    def meanwhile(*args):
        if not times:
            with world(database, tmp_path) as other:
                ask(other, "UPDATE core.signature SET clustered_at = NULL WHERE article_id = 1 RETURNING 1")
        times.append(1)
        return regroup(*args)

    monkeypatch.setattr(neighbours, "regroup", meanwhile)
    rounds.run(edges)
    assert len(times) == 2
