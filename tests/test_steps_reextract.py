"""A day's pages read anew: the same code, the same rows; other code, a report."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders_news import NOON, OTHER_AGENCY, UNRELATED, WIRE, Clock, Web, ask, beside, snapshot, world

from pipeline.articles import extract as extractor
from pipeline.records import Credit
from pipeline.steps import reextract as module
from pipeline.steps import rounds
from pipeline.steps.learn import learn
from pipeline.steps.poll import poll
from pipeline.steps.reextract import reextract
from pipeline.steps.reread import reread
from pipeline.steps.upkeep import upkeep

pytestmark = pytest.mark.database
DAY = NOON.date()


@pytest.fixture
def edges(database, tmp_path):
    web, clock = Web(), Clock()
    web.publish("npa", "ferries", WIRE)
    web.publish("alpha", "ferries", WIRE, byline="NPA")
    web.publish("gamma", "museum", UNRELATED)
    with world(database, tmp_path, web=web, now=clock) as edges:
        rounds.run(edges)
        web.publish(
            "gamma", "museum", f"{UNRELATED}\n\nThe museum said on Monday that the roof would be mended before the winter came back."
        )
        clock.forward(hours=1)
        reread(edges)
        learn(edges)
        yield edges


def other_code(monkeypatch):
    """Read every headline in capitals."""
    told = extractor.extract

    def read(*args):
        found = told(*args)
        return replace(found, headline=found.headline.upper()) if hasattr(found, "headline") else found

    monkeypatch.setattr(extractor, "extract", read)


def test_the_same_code_gives_the_same_rows(edges):
    before = snapshot(edges)
    assert reextract(edges, DAY) == (4, [])
    assert snapshot(edges) == before


def test_other_code_is_reported_and_nothing_is_written(edges, monkeypatch):
    before = snapshot(edges)
    other_code(monkeypatch)
    count, others = reextract(edges, DAY)
    assert (count, sorted((one.number, list(one.columns)) for one in others)) == (4, [(1, ["headline"])] * 3 + [(2, ["headline"])])
    assert snapshot(edges) == before


def test_what_is_applied_is_mended_in_place_and_then_the_same(edges, monkeypatch):
    other_code(monkeypatch)
    assert len(reextract(edges, DAY, apply=True)[1]) == 4
    assert reextract(edges, DAY) == (4, [])
    assert {row[0].isupper() for row in ask(edges, "SELECT headline FROM core.article_version")} == {True}
    assert ask(edges, "SELECT count(*) FROM core.article_version") == [(4,)]
    assert ask(edges, "SELECT count(*) FROM core.credit WHERE agency = 'npa'")[0][0] >= 2
    assert rounds.run(edges)["article"].doors == {}


def test_another_day_has_nothing_to_read(edges):
    assert reextract(edges, DAY.replace(year=2025)) == (0, [])


def test_whose_a_text_is_and_on_what_terms_is_kept_and_read_anew_the_same(database, tmp_path):
    web, licence = Web(), "https://licences.example/by/4.0/"
    url = web.publish("gamma", "museum", UNRELATED)
    said = f'<meta name="copyright" content="© 2026 Gamma Press Ltd"><link rel="license" href="{licence}"></head>'
    web.pages[url] = web.pages[url].replace(b"</head>", said.encode())
    with world(database, tmp_path, web=web) as edges:
        rounds.run(edges)
        assert ask(edges, "SELECT copyright_holder, licence FROM mart.article") == [("Gamma Press Ltd", licence)]
        assert reextract(edges, DAY) == (1, [])
        ask(edges, "UPDATE core.article_version SET licence = NULL RETURNING 1")
        assert [dict(other.columns) for other in reextract(edges, DAY, apply=True)[1]] == [{"licence": (None, licence)}]
        assert reextract(edges, DAY) == (1, [])


def test_what_a_story_gave_is_nothing_that_a_page_says(database, tmp_path, monkeypatch):
    web = Web()
    for host in ("npa", "alpha"):
        web.publish(host, "museum", UNRELATED.removeprefix("LIMAR (NPA) - "))
    given = "SELECT agency, method FROM core.credit JOIN core.article USING (article_id) WHERE url = 'http://alpha.example/museum'"
    with world(database, tmp_path, web=web) as edges:
        rounds.run(edges)
        before = snapshot(edges)
        assert ask(edges, given) == [("npa", "story")]
        assert reextract(edges, DAY, apply=True) == (2, [])
        assert snapshot(edges) == before
        other_code(monkeypatch)
        assert {tuple(other.columns) for other in reextract(edges, DAY, apply=True)[1]} == {("headline",)}
        assert ask(edges, given) == [("npa", "story")], "a page that credits nobody leaves what its story gave"
        credit = Credit(agency="npa", extent="full", method="byline", evidence="By NPA", confidence=0.9)
        told = extractor.extract
        monkeypatch.setattr(extractor, "extract", lambda *args: replace(told(*args), credits=(credit,)))
        reextract(edges, DAY, apply=True)
        assert ask(edges, given) == [("npa", "byline")]


def test_a_version_is_read_beside_what_its_feed_said_then_and_that_is_kept_for_as_long_as_its_page(database, tmp_path):
    web, clock = Web(), Clock()
    url = web.publish("gamma", "museum", UNRELATED)
    web.pages[url] = web.pages[url].replace(b"article:published_time", b"no:time")
    with world(database, tmp_path, web=web, now=clock) as edges:
        rounds.run(edges)
        before = ask(edges, "SELECT published_at, published_from FROM core.article_version")
        for hour in (1, 2, 3):
            clock.forward(hours=1)
            web.feeds["http://gamma.example/feed.xml"][0] = (url, f"Museum, {hour}", NOON + timedelta(hours=hour))
            ask(edges, "UPDATE ops.schedule SET next_poll_at = %s RETURNING 1", NOON)
            poll(edges)
        assert (before, ask(edges, "SELECT headline FROM raw.entry")) == ([(NOON, "feed")], [("Museum, 3",)])
        assert reextract(edges, DAY) == (1, [])
        kept = "SELECT headline, seen_at, until FROM raw.past_entry"
        assert ask(edges, kept) == [("Gamma on museum", NOON, NOON + timedelta(hours=1))], "no version was read beside the others"
        ask(edges, "UPDATE raw.past_entry SET until = seen_at RETURNING 1")
        (other,) = reextract(edges, DAY)[1]
        assert dict(other.columns) == {"published_at": (NOON, NOON + timedelta(hours=3))}, "where that is lost, by what it says now"
        ask(edges, "UPDATE raw.past_entry SET until = %s RETURNING 1", NOON + timedelta(hours=1))
        clock.forward(days=29)
        upkeep(edges)
        assert len(ask(edges, kept)) == 1
        clock.forward(days=2)
        upkeep(edges)
        assert (ask(edges, kept), ask(edges, "SELECT count(*) FROM raw.page")) == ([], [(0,)])


def test_a_version_that_comes_while_its_day_is_read_anew_is_what_copies_are_found_by(edges, monkeypatch):
    other_code(monkeypatch)
    spread = module.spread

    def first(*args):
        edges.door.publish("gamma", "museum", OTHER_AGENCY)
        edges.now.forward(days=1)
        beside(edges, reread)
        return spread(*args)

    monkeypatch.setattr(module, "spread", first)
    reextract(edges, DAY, apply=True)
    newest = (
        "SELECT article.version, number FROM core.article JOIN core.signature USING (article_id) WHERE url = 'http://gamma.example/museum'"
    )
    assert ask(edges, newest) == [(3, 3)]
