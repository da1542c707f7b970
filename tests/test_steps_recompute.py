"""Days made from scratch: nothing differs from what is stored, what was tampered with is named, and mended with ids kept."""

from datetime import timedelta

import pytest
from builders_news import NOON, OTHER_AGENCY, UNRELATED, WIRE, Clock, Web, ask, beside, stories, world
from builders_stories import FOURTH, THIRD, cut

from pipeline.steps import decisions, rounds
from pipeline.steps import recompute as module
from pipeline.steps.cluster import cluster
from pipeline.steps.recompute import recompute
from pipeline.steps.reread import reread
from pipeline.steps.why import explain

pytestmark = pytest.mark.database

DAY = NOON.replace(hour=0)


@pytest.fixture
def edges(database, tmp_path):
    web = Web()
    web.publish("npa", "wire", WIRE)
    web.publish("alpha", "copy", WIRE, byline="NPA")
    web.publish("beta", "cut", cut(WIRE, 0, 7))
    web.publish("gamma", "own", OTHER_AGENCY)
    web.publish("gamma", "museum", UNRELATED)
    with world(database, tmp_path, web=web, now=Clock()) as edges:
        edges.seed = 1  # that of builders_news
        rounds.run(edges)
        edges.now.forward(days=2)
        web.publish("gamma", "late", WIRE)
        rounds.run(edges)
        yield edges


def again(edges, **more):
    return recompute(edges, DAY, DAY + timedelta(days=1), **more)


def test_nothing_differs_whichever_days_are_made_anew(edges):
    assert again(edges) == []
    assert recompute(edges, DAY + timedelta(days=2), DAY + timedelta(days=3)) == []
    assert recompute(edges, DAY - timedelta(days=9), DAY) == []


def test_windows_of_samples_that_were_dropped_are_not_missed(edges):
    with edges.connection.transaction():
        edges.connection.execute("TRUNCATE core.sample")
    assert again(edges) == []


def test_what_was_tampered_with_is_named_and_mended_and_ids_stay(edges):
    before, ids = stories(edges), ask(edges, "SELECT story_id FROM core.story WHERE merged_into IS NULL ORDER BY 1")
    with edges.connection.transaction():
        edges.connection.execute("DELETE FROM core.match WHERE left_id = (SELECT min(left_id) FROM core.match)")
        edges.connection.execute("UPDATE core.story_article SET kept = 0.1 WHERE relation = 'trimmed'")
        edges.connection.execute("UPDATE core.story SET agency = NULL")
    found = again(edges)
    assert {one.what for one in found} == {"match", "relation", "agency"}
    with edges.connection.transaction():
        edges.connection.execute("UPDATE core.signature SET packed = NULL WHERE article_id = (SELECT max(article_id) FROM core.signature)")
    assert {one.what for one in recompute(edges, DAY + timedelta(days=2), DAY + timedelta(days=3))} >= {"signature"}
    for day in (2, 0):
        recompute(edges, DAY + timedelta(days=day), DAY + timedelta(days=day + 1), apply=True)
    assert again(edges) == []
    assert stories(edges) == before
    assert ask(edges, "SELECT story_id FROM core.story WHERE merged_into IS NULL ORDER BY 1") == ids


def test_what_is_signed_anew_meanwhile_is_left_as_the_writer_has_it(edges, monkeypatch):
    with edges.connection.transaction():
        edges.connection.execute("DELETE FROM core.match WHERE left_id = (SELECT min(left_id) FROM core.match)")
        edges.connection.execute("UPDATE core.story_article SET kept = 0.1 WHERE relation = 'trimmed'")
    apply = module._apply

    def first(*args):
        edges.door.publish("alpha", "copy", THIRD)
        edges.now.forward(days=6)
        beside(edges, reread, cluster)
        apply(*args)

    monkeypatch.setattr(module, "_apply", first)
    assert again(edges, apply=True)
    assert ask(edges, "SELECT max(version) FROM core.article") == [(2,)]
    monkeypatch.undo()
    assert again(edges) == []
    assert ["copy"] in stories(edges)


def test_what_is_signed_anew_at_the_last_moment_is_left_too(edges, monkeypatch):
    newest = "WHERE article_id = (SELECT max(article_id) FROM core.signature) RETURNING article_id"
    ask(edges, f"UPDATE core.signature SET version = 0 {newest}")
    read = module.dicts

    def then(connection, name, **parameters):
        found = read(connection, name, **parameters)
        if name == "recompute.moved":
            beside(edges, lambda other: ask(other, f"UPDATE core.signature SET packed = NULL, clustered_at = NULL {newest}"))
        return found

    monkeypatch.setattr(module, "dicts", then)
    assert recompute(edges, DAY + timedelta(days=2), DAY + timedelta(days=3), apply=True)
    assert ask(edges, "SELECT version, packed FROM core.signature WHERE clustered_at IS NULL") == [(0, None)]


def test_a_page_that_held_several_texts_and_runs_one_of_them_now_is_a_copy(database, tmp_path):
    web = Web()
    texts = {"npa": WIRE, "alpha": UNRELATED, "beta": OTHER_AGENCY}
    for title, text in texts.items():
        web.publish(title, "text", text)
    web.publish("npa", "other", FOURTH)
    web.publish("gamma", "page", "\n\n".join(cut(text, 0, 6) for text in texts.values()))
    with world(database, tmp_path, web=web, now=Clock()) as edges:
        edges.seed = 1
        rounds.run(edges)
        assert ["page"] in stories(edges), "a round-up stays alone"
        web.publish("gamma", "page", FOURTH)
        edges.now.forward(hours=1)
        reread(edges)
        cluster(edges)
        assert ["other", "page"] in stories(edges)
        assert again(edges) == []


def ids(edges, *paths):
    return [ask(edges, "SELECT article_id FROM core.article WHERE url LIKE %s", f"%/{path}")[0][0] for path in paths]


def test_why_says_the_same_in_sql_and_by_hand(edges):
    cut_one, whole = ids(edges, "cut", "wire")
    found = explain(edges, cut_one, whole)
    assert found.summary["one_story"]
    assert found.summary["says"] == "one story: they match directly"
    assert found.summary["a_in_b"] == pytest.approx(found.match.left_in_right)
    assert found.match.left_in_right > 0.95 > found.match.right_in_left
    assert [verdict.copies for verdict in found.verdicts] == [True, True, True]
    text = found.sides[0]["text"]
    assert "stranding some 4,200 passengers" in text[slice(*found.shown.left[0])]
    assert found.summary["passages"][0].startswith("OSTRAVEN NPA Ferry workers")
    assert len(found.summary["path"]) == 2
    turned = explain(edges, whole, cut_one)
    assert turned.summary["a_in_b"] == found.summary["b_in_a"]
    row = ask(edges, "SELECT says FROM mart.why('http://beta.example/cut', 'http://npa.example/wire')")
    assert row == [("one story: they match directly",)]


def test_why_not_says_what_is_lacking_and_what_people_decided(edges):
    own, whole, museum = ids(edges, "own", "wire", "museum")
    assert "two stories" in explain(edges, own, whole).summary["says"]
    assert [verdict.why for verdict in explain(edges, museum, whole).verdicts] == ["next to nothing is shared"] * 3
    decisions.decide(edges, "must_link", (own, whole), who="ada", why="the same walkout")
    found = explain(edges, own, whole)
    assert found.summary["one_story"]
    assert found.summary["decisions"] == ("must_link (ada, 2026-03-04): the same walkout",)
    assert found.summary["path"] == ("http://gamma.example/own", "http://npa.example/wire")
