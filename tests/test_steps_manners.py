"""What a poll keeps so that the next one asks no more than it must, and what makes it forget that; and what is kept for a while only."""

from datetime import timedelta

import pytest
from builders_news import NOON, NPA, UNRELATED, Clock, Web, ask, title, world

from pipeline.newsstand.enrolment import enrol
from pipeline.reasons import Reason
from pipeline.records import Answer, Feed, Refusal
from pipeline.steps import rounds, sync
from pipeline.steps.poll import poll
from pipeline.steps.upkeep import upkeep

pytestmark = pytest.mark.database

FEED = "http://alpha.example/feed.xml"
LEDGER = "SELECT sum(lost) FROM ops.ledger"


@pytest.fixture
def web():
    web = Web()
    for number in range(3):
        web.publish("alpha", f"story-{number}", UNRELATED)
    return web


@pytest.fixture
def edges(database, tmp_path, web):
    with world(database, tmp_path, web=web, now=Clock(), titles=(title("alpha"),)) as edges:
        edges.now.forward(minutes=30)
        yield edges


def answering(web, answer):
    honest = web.fetch
    web.fetch = lambda url, **asked: answer() if url == FEED else honest(url, **asked)


def due(edges):
    ((edges.now.at,),) = ask(edges, "SELECT max(next_poll_at) FROM ops.schedule")


def registered(edges, database, *titles):
    """Let the registry say so, and bring it into the tables."""
    for path in edges.settings.registry.rglob("*.toml"):
        path.unlink()
    enrol(edges.settings.registry, titles, [NPA])
    sync(edges.settings.model_copy(update={"clock": f"{NOON.isoformat()} {NOON.isoformat()} 0"}), database)


def validators(edges):
    return ask(edges, "SELECT etag <> '', cardinality(bodies), state FROM ops.schedule JOIN core.feed USING (feed_id) WHERE url = %s", FEED)


# editions


def rss(*items, built):
    entries = "".join(
        f"<item><title>{headline}</title><link>http://alpha.example/{path}</link><atom:updated>{updated}</atom:updated></item>"
        for path, headline, updated in items
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>News</title>'
        f"<lastBuildDate>{built}</lastBuildDate>{entries}</channel></rss>"
    ).encode()


ONE = ("one", "Ferry strike enters its second day", "2026-03-02T09:00:00Z")
TWO = ("two", "Harbour board calls a vote", "2026-03-02T09:10:00Z")
LATER = ("one", "Ferry strike ends after two days", "2026-03-02T11:00:00Z")


def test_two_cached_editions_in_turn_are_read_once_each_and_rewrite_nothing(edges, web):
    editions = [rss(ONE, TWO, built="Mon, 02 Mar 2026 09:00:00 GMT"), rss(TWO, LATER, built="Mon, 02 Mar 2026 11:00:00 GMT")]
    turns = iter(range(99))
    answering(web, lambda: Answer(url=FEED, status=200, headers={}, body=editions[next(turns) % 2]))
    versions = []
    for _ in range(6):
        poll(edges)
        versions.append(ask(edges, "SELECT headline, seen_at, xmin::text FROM raw.entry ORDER BY headline"))
        due(edges)
    assert ask(edges, "SELECT unchanged FROM ops.poll ORDER BY at") == [(False,)] * 2 + [(True,)] * 4
    assert [row[0] for row in versions[-1]] == [LATER[1], TWO[1]]
    assert all(found == versions[1] for found in versions[1:])


def test_an_old_edition_with_a_new_build_date_does_not_undo_a_newer_one(edges, web):
    built = iter(range(99))
    old = lambda: rss(ONE, TWO, built=f"edition {next(built)}")  # noqa: E731  two editions, each with bytes of its own every time
    new = lambda: rss(TWO, LATER, built=f"edition {next(built)}")  # noqa: E731  the same
    queue = iter([old, new, old, new, old])
    answering(web, lambda: Answer(url=FEED, status=200, headers={}, body=next(queue)()))
    for _ in range(5):
        poll(edges)
        due(edges)
    assert ask(edges, "SELECT headline FROM raw.entry ORDER BY 1") == [(LATER[1],), (TWO[1],)]
    assert ask(edges, "SELECT count(*) FROM ops.poll WHERE NOT unchanged") == [(5,)]


def test_no_more_than_four_editions_are_remembered(edges, web):
    built = iter(range(99))
    answering(web, lambda: Answer(url=FEED, status=200, headers={}, body=rss(ONE, built=f"edition {next(built)}")))
    for _ in range(7):
        poll(edges)
        due(edges)
    assert ask(edges, "SELECT cardinality(bodies) FROM ops.schedule") == [(4,)]


# what makes a feed be read anew


def test_a_sync_that_changes_nothing_keeps_the_validators(edges, database):
    poll(edges)
    registered(edges, database, title("alpha"))
    assert validators(edges) == [(True, 1, "active")]


@pytest.mark.parametrize(
    "changed",
    [
        (title("alpha", feeds=(Feed(url=FEED, kind="news_sitemap"),)),),
        (title("alpha", domains=("alpha.example", "alpha-live.example")),),
        (
            title("alpha", feeds=(Feed(url="http://alpha.example/other.xml"),)),
            title("beta", owner="Alpha Ltd", domains=("beta.example", "alpha.example"), feeds=(Feed(url=FEED),)),
        ),
    ],
    ids=["kind", "domains", "title"],
)
def test_a_feed_that_is_judged_otherwise_from_now_on_is_read_anew(edges, database, changed):
    poll(edges)
    assert validators(edges) == [(True, 1, "active")]
    registered(edges, database, *changed)
    assert validators(edges) == [(False, 0, "active")]


def test_a_poll_that_was_under_way_when_the_registry_changed_stores_nothing(edges, database, web):
    honest = web.fetch

    def meanwhile(url, **asked):
        if url == FEED:
            registered(edges, database, title("alpha", domains=("alpha.example", "alpha-live.example")))
        return honest(url, **asked)

    web.fetch = meanwhile
    assert poll(edges)["feed"].doors == {"lost": 1, "read": 1}, "and it is due again"
    assert ask(edges, "SELECT count(*) FROM ops.poll") == [(1,)]


def test_a_gone_feed_is_asked_again_when_it_was_taken_out_and_listed_anew(edges, database, web):
    answering(web, lambda: Refusal(stage="feed", reason=Reason.GONE, status=410))
    poll(edges)
    registered(edges, database, title("alpha"))
    assert validators(edges)[0][2] == "gone", "that it is still listed is no reason"
    registered(edges, database, title("alpha", feeds=(Feed(url="http://alpha.example/other.xml"),)))
    registered(edges, database, title("alpha"))
    assert validators(edges) == [(False, 0, "active")]
    del web.fetch
    edges.now.forward(days=1)
    assert poll(edges)["feed"].doors["read"] == 1


# what robots.txt decided


def test_the_decision_of_robots_txt_stands_with_each_poll_and_page(edges, web):
    rounds.run(edges)
    assert ask(edges, "SELECT robots FROM ops.poll") == [("allowed",)]
    assert ask(edges, "SELECT DISTINCT robots FROM raw.page") == [("allowed",)]
    honest = web.fetch
    unreachable = Refusal(stage="feed", reason=Reason.SERVER_ERROR, status=503)
    web.fetch = lambda url, **asked: unreachable if asked["kind"] == "robots" else honest(url, **asked)
    edges.now.forward(days=2)
    poll(edges)
    assert ask(edges, "SELECT robots, reason FROM ops.poll ORDER BY at")[1:] == [("unreachable", "robots_unreachable")]


def test_a_crawl_delay_is_kept_for_all_workers(edges, web):
    honest = web.fetch
    rules = Answer(url="", status=200, headers={}, body=b"User-agent: *\nCrawl-delay: 7\n")
    web.fetch = lambda url, **asked: rules if asked["kind"] == "robots" else honest(url, **asked)
    poll(edges)
    assert ask(edges, "SELECT crawl_delay FROM ops.host") == [(timedelta(seconds=7),)]


# what is kept for a while


def test_old_polls_are_summed_up_by_day_and_the_books_still_balance(edges, web):
    for _ in range(3):
        poll(edges)
        edges.now.forward(days=1)
    edges.now.forward(days=95)
    web.publish("alpha", "late", UNRELATED, at=edges.now.at)
    poll(edges)
    before = ask(edges, "SELECT count(*), sum(seen), sum(new), sum(bytes) FROM ops.poll")
    for _ in range(2):
        upkeep(edges)
        rows = ask(
            edges,
            "SELECT sum(polls), sum(seen), sum(new), sum(bytes) FROM (SELECT 1 AS polls, seen, new, bytes FROM ops.poll UNION ALL SELECT polls, seen, new, bytes FROM ops.poll_day)",
        )
        assert rows == before
        assert ask(edges, "SELECT count(*) FROM ops.poll") == [(1,)]
        assert ask(edges, LEDGER) == [(0,)]
    assert ask(edges, "SELECT day::text, polls, unchanged FROM ops.poll_day ORDER BY 1") == [
        ("2026-03-02", 1, 0),
        ("2026-03-03", 1, 1),
        ("2026-03-04", 1, 1),
    ]


def test_events_go_after_two_years_and_turns_after_a_day(edges):
    with edges.connection.transaction():
        edges.connection.execute(
            "INSERT INTO ops.feed_event (feed_id, at, what, was, now) SELECT feed_id, '2024-01-01Z', 'moved', 'a', 'b' FROM core.feed"
        )
        edges.connection.execute(
            "INSERT INTO ops.feed_event (feed_id, at, what, was, now) SELECT feed_id, '2026-01-01Z', 'moved', 'a', 'b' FROM core.feed"
        )
        edges.connection.execute("INSERT INTO ops.turn (name, next_at) VALUES ('old.example', '2026-01-01Z'), ('new.example', now())")
    upkeep(edges)
    assert ask(edges, "SELECT count(*) FROM ops.feed_event") == [(1,)]
    assert ask(edges, "SELECT name FROM ops.turn") == [("new.example",)]
