"""The steps against a real Postgres: twice is once, one bad item is one row, the ledger balances."""

from dataclasses import replace

import pytest
from builders_news import NOON, OTHER_AGENCY, UNRELATED, WIRE, Clock, Web, ask, snapshot, stories, world

from pipeline.errors import LedgerError
from pipeline.reasons import Reason
from pipeline.steps import free, rounds
from pipeline.steps.cluster import cluster
from pipeline.steps.edges import Wanted
from pipeline.steps.extract import extract
from pipeline.steps.fetch import fetch
from pipeline.steps.poll import poll
from pipeline.steps.publish import publish
from pipeline.store import connect

pytestmark = pytest.mark.database

CUT = "\n\n".join(WIRE.split("\n\n")[:7])


@pytest.fixture
def web():
    web = Web()
    web.publish("npa", "1/ferry-strike", WIRE)
    web.publish("alpha", "news/strike-halts-ferries", WIRE, byline="NPA")
    web.publish("beta", "2026/ferries", CUT, byline="By NPA")
    web.publish("gamma", "own-report", OTHER_AGENCY)
    web.publish("gamma", "museum", UNRELATED, also=("alpha",))
    return web


@pytest.fixture
def edges(database, tmp_path, web):
    with world(database, tmp_path, web=web, now=Clock()) as edges:
        yield edges


def test_copies_of_a_wire_become_one_story_with_the_agency_as_its_origin(edges):
    rounds.run(edges)
    assert stories(edges) == [["1/ferry-strike", "news/strike-halts-ferries", "2026/ferries"], ["museum"], ["own-report"]]
    rows = ask(
        edges,
        "SELECT title, relation, round(kept::numeric, 1), credited FROM mart.syndication WHERE title <> 'gamma' ORDER BY title",
    )
    assert [row[:2] for row in rows] == [("alpha", "verbatim"), ("beta", "trimmed")], "the agency's own site is not one that runs its text"
    assert [row[3] for row in rows] == [True, True]
    assert 0.3 < float(rows[1][2]) < 0.8
    assert ask(edges, "SELECT DISTINCT agency FROM mart.story WHERE titles = 3") == [("npa",)]


def test_one_address_in_two_feeds_is_one_article_and_two_sightings(edges):
    tallies = poll(edges)
    assert tallies["entry"].doors == {"new": 5, "refused:off_domain": 1}
    assert ask(edges, "SELECT count(*) FROM core.article") == [(5,)]
    assert ask(edges, "SELECT reason, times FROM ops.refusal") == [("off_domain", 1)]


def test_running_twice_is_running_once(edges, web):
    rounds.run(edges)
    before = snapshot(edges)
    asked = len(web.asked)
    rounds.run(edges)
    assert snapshot(edges) == before
    assert len(web.asked) == asked, "nothing is due, so nobody is asked"


def test_an_unchanged_feed_costs_one_conditional_request(edges, web):
    rounds.run(edges)
    edges.now.forward(days=1)
    tallies = poll(edges)
    assert tallies["feed"].doors == {"unchanged": 4}
    assert tallies["entry"].seen == 0
    assert ask(edges, "SELECT DISTINCT status, seen FROM ops.poll WHERE unchanged") == [(304, 0)]


def test_a_late_copy_joins_the_story_and_ids_stay(edges, web):
    rounds.run(edges)
    first = ask(edges, "SELECT story_id FROM mart.story WHERE titles = 3")
    edges.now.forward(hours=6)
    web.publish("gamma", "strike-late", CUT, at=NOON, headline="Ferries still")
    rounds.run(edges)
    assert ask(edges, "SELECT story_id FROM mart.story WHERE titles = 4") == first
    assert ask(edges, "SELECT what FROM core.story_event WHERE story_id = %s", *first[0]) == [("created",)]


def test_two_stories_merge_when_the_whole_text_arrives_and_no_id_is_lost(edges, web):
    halves = WIRE.split("\n\n")
    web.feeds = {url: [] for url in web.feeds}
    web.publish("alpha", "first-part", "\n\n".join(halves[:8]))
    web.publish("beta", "last-part", "\n\n".join(halves[5:]))
    rounds.run(edges)
    edges.now.forward(hours=6)
    web.publish("npa", "whole", WIRE)
    rounds.run(edges)
    live = ask(edges, "SELECT story_id FROM core.story WHERE merged_into IS NULL")
    merged = ask(edges, "SELECT merged_into FROM core.story WHERE merged_into IS NOT NULL")
    assert all(into in live for into in merged)
    assert sum(len(story) for story in stories(edges)) == 3


def test_a_page_that_fails_for_a_moment_is_asked_again_and_then_refused(edges, web):
    url = web.publish("alpha", "slow", UNRELATED)
    page, web.pages[url] = web.pages[url], Reason.TIMED_OUT
    poll(edges)
    assert fetch(edges)["page"].doors["put_off:timed_out"] == 1
    edges.now.forward(minutes=6)
    web.pages[url] = page
    assert fetch(edges)["page"].doors == {"fetched": 1}
    gone = web.publish("beta", "never", UNRELATED)
    web.pages[gone] = Reason.SERVER_ERROR
    edges.now.forward(days=1)
    poll(edges)
    for _ in range(4):
        doors = fetch(edges)["page"].doors
        edges.now.forward(hours=4)
    assert doors == {"refused:server_error": 1}
    assert ask(edges, "SELECT stage, reason FROM ops.refusal WHERE article_id IS NOT NULL") == [("page", "server_error")]
    publish(edges)


def test_a_page_that_was_put_off_by_a_clock_that_was_ahead_is_due(edges, web):
    url = web.publish("alpha", "slow", UNRELATED)
    page, web.pages[url] = web.pages[url], Reason.TIMED_OUT
    edges.now.forward(days=400)
    poll(edges)
    fetch(edges)
    edges.now.forward(days=-400)
    web.pages[url] = page
    assert fetch(edges)["page"].doors["fetched"] == 1


def test_what_robots_txt_forbids_is_refused_and_never_asked(edges, web):
    url = web.publish("alpha", "private/plan", UNRELATED)
    poll(edges)
    fetch(edges)
    assert url not in web.asked
    assert ask(edges, "SELECT reason FROM ops.intake WHERE state = 'refused'") == [("robots_denied",)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty_body"),
        (b"<html><body><h1>Moved</h1><p>Our site has moved.</p></body></html>", "not_a_feed"),
        (b"<rss><chan", "broken_feed"),
    ],
)
def test_a_feed_that_is_none_is_a_row_and_stops_nobody(edges, web, body, reason, monkeypatch):
    from pipeline.records import Answer

    honest = web.fetch

    def fetch_feed(url, **more):
        if url == "http://alpha.example/feed.xml":
            return Answer(url=url, status=200, headers={"content-type": "application/rss+xml"}, body=body)
        return honest(url, **more)

    monkeypatch.setattr(web, "fetch", fetch_feed)
    tallies = poll(edges)
    assert tallies["feed"].doors == {"read": 3, f"refused:{reason}": 1}
    assert ask(edges, "SELECT reason, seen FROM ops.poll WHERE reason IS NOT NULL") == [(reason, 0)]
    assert ask(edges, "SELECT etag, failures FROM ops.schedule JOIN core.feed USING (feed_id) WHERE host = 'alpha.example'") == [("", 1)]


def test_a_page_of_no_bytes_and_a_page_without_text_are_named_refusals(edges, web):
    web.feeds = {url: [] for url in web.feeds}
    for path, body in (("empty", b""), ("bare", b"<html><head><title>x</title></head><body><p>Nothing here.</p></body></html>")):
        web.pages[web.publish("alpha", path, UNRELATED)] = body
    rounds.run(edges)
    assert len(ask(edges, "SELECT reason FROM ops.intake WHERE state = 'refused'")) == 2
    assert ask(edges, "SELECT lost FROM ops.ledger WHERE lost <> 0") == []


def test_a_page_that_the_database_refuses_holds_up_none_of_its_lot(edges, monkeypatch):
    poll(edges), fetch(edges)
    honest = edges.children.call

    def odd(function, page, *args, **more):
        found = honest(function, page, *args, **more)
        return (replace(found[0], headline=""), found[1]) if page.url.endswith("museum") else found

    monkeypatch.setattr(edges.children, "call", odd)
    assert extract(edges)["article"].doors == {"new": 4, "refused:poison": 1}
    assert ask(edges, "SELECT url FROM core.article JOIN ops.intake USING (article_id) WHERE state <> 'kept'") == [
        ("http://gamma.example/museum",)
    ]
    cluster(edges), publish(edges)


def test_two_addresses_that_call_one_of_them_canonical_are_one_article(edges, web):
    web.feeds = {url: [] for url in web.feeds}
    main = web.publish("alpha", "story", UNRELATED)
    web.publish("alpha", "story-amp", UNRELATED, canonical=main)
    rounds.run(edges)
    assert ask(edges, "SELECT url FROM mart.article") == [(main,)]
    assert ask(edges, "SELECT reason, same_as IS NOT NULL FROM ops.intake WHERE state = 'refused'") == [("same_page", True)]


def test_only_the_titles_that_are_wanted_are_polled(edges):
    tallies = poll(edges, Wanted(titles=("beta", "npa"), limit=1))
    assert tallies["feed"].seen == 1
    assert ask(edges, "SELECT count(*) FROM ops.poll JOIN core.feed USING (feed_id) WHERE host NOT IN ('beta.example', 'npa.example')") == [
        (0,)
    ]


def test_who_has_lost_the_claim_stores_nothing(edges, database, monkeypatch):
    from pipeline.steps import polled

    honest = polled.store

    def overtaken(edges, looks):
        with connect(database) as other:
            other.execute("UPDATE ops.schedule SET fence = fence + 1 WHERE feed_id = ANY (%s)", [[look.claim.feed_id for look in looks]])
        return honest(edges, looks)

    monkeypatch.setattr(polled, "store", overtaken)
    assert poll(edges)["feed"].doors == {"lost": 4}
    assert ask(edges, "SELECT count(*) FROM core.article") == [(0,)]


def test_a_second_clusterer_goes_home(edges, database):
    poll(edges), fetch(edges), extract(edges)
    with connect(database) as other, other.transaction():
        assert other.execute("SELECT pg_try_advisory_xact_lock(7001)").fetchone() == (True,)
        assert cluster(edges)["story"].seen == 0
    assert cluster(edges)["story"].seen == 5


def test_books_that_do_not_balance_are_an_error(edges):
    rounds.run(edges)
    with edges.connection.transaction():
        edges.connection.execute("UPDATE ops.intake SET state = 'refused', reason = 'no_text' WHERE article_id = 1")
    with pytest.raises(LedgerError, match="the ledger's article line: 1 of 5 are unaccounted for"):
        publish(edges)


def test_a_story_without_its_canonical_article_cannot_be_committed(edges):
    from psycopg.errors import IntegrityConstraintViolation

    rounds.run(edges)
    with (
        pytest.raises(IntegrityConstraintViolation, match="its canonical article is not one of its members"),
        edges.connection.transaction(),
    ):
        edges.connection.execute("DELETE FROM core.story_article WHERE relation = 'origin'")


def test_what_a_killed_worker_had_claimed_is_free_at_the_next_start(edges, database):
    with edges.connection.transaction():
        edges.connection.execute("UPDATE ops.schedule SET fence = fence + 1, lease_until = now() + interval '1 minute'")
    assert poll(edges)["feed"].seen == 0
    free(database)
    assert poll(edges)["feed"].seen == 4
