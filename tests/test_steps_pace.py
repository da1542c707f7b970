"""What is remembered of a feed comes back at its next poll, and each change of its state is a row."""

import math

import pytest
from builders_news import NOON, NPA, UNRELATED, Clock, Web, ask, title, world

from pipeline.newsstand.enrolment import enrol
from pipeline.reasons import Reason
from pipeline.records import Answer, Feed, Refusal
from pipeline.steps import rounds, sync
from pipeline.steps.poll import poll

pytestmark = pytest.mark.database

FEED = "http://alpha.example/feed.xml"
ASKING = "<ttl>45</ttl><skipHours><hour>3</hour></skipHours>"
EVENTS = "SELECT what, was, now, detail FROM ops.feed_event ORDER BY feed_event_id"
TWO = (title("alpha"), title("beta"))


@pytest.fixture
def web():
    web = Web()
    for number in range(6):
        web.publish("alpha", f"story-{number}", UNRELATED)
    return web


@pytest.fixture
def edges(database, tmp_path, web):
    with world(database, tmp_path, web=web, now=Clock(), titles=(title("alpha"),)) as edges:
        yield edges


def answering(web, answer):
    """Let the feed answer so, whatever it is asked."""
    honest = web.fetch
    web.fetch = lambda url, **asked: answer if url == FEED else honest(url, **asked)
    return honest


def schedule(edges):
    columns = "read_at, depth, came, watched, lately, pace, skips, interval, failures, state, next_poll_at"
    (row,) = ask(edges, f"SELECT {columns} FROM ops.schedule")
    return dict(zip(columns.split(", "), row, strict=True))


def failing(edges, times):
    for _ in range(times):
        edges.now.at = schedule(edges)["next_poll_at"]
        poll(edges)


def test_what_a_feed_brought_is_remembered_and_added_to(edges, web):
    edges.now.forward(minutes=30)
    poll(edges)
    first = schedule(edges)
    assert (first["read_at"], first["depth"], sum(first["came"][:24])) == (edges.now.at, 6, 6)
    edges.now.forward(hours=6)
    web.publish("alpha", "late", UNRELATED, at=edges.now.at)
    poll(edges)
    second = schedule(edges)
    assert second["depth"] == 7
    assert second["came"][18] == pytest.approx(1)
    assert sum(second["watched"][:24]) == pytest.approx(6 + sum(first["watched"][:24]) * math.exp(-6 / (21 * 24)))
    edges.now.forward(days=1)
    poll(edges)
    assert ask(edges, "SELECT unchanged FROM ops.poll ORDER BY at DESC LIMIT 1") == [(True,)]
    assert schedule(edges)["depth"] == 7, "an unchanged feed holds what it held"


def test_what_another_feed_had_first_is_new_in_this_one_too(database, tmp_path, web):
    more = title("alpha", feeds=(Feed(url=FEED), Feed(url="http://alpha.example/more.xml")))
    web.feeds["http://alpha.example/more.xml"] = web.feeds[FEED]
    with world(database, tmp_path, web=web, now=Clock(), titles=(more,)) as edges:
        edges.now.forward(minutes=30)
        poll(edges)
        assert ask(edges, "SELECT new FROM ops.poll ORDER BY new") == [(0,), (6,)]
        edges.now.forward(hours=6)
        web.publish("alpha", "late", UNRELATED, at=edges.now.at)
        web.feeds["http://alpha.example/more.xml"] = web.feeds[FEED]
        poll(edges)
        assert len(ask(edges, "SELECT DISTINCT came, watched, interval FROM ops.schedule")) == 1, "which was first is chance"


def test_what_a_feed_asks_for_holds_while_it_is_unchanged(edges, web):
    body = web.fetch(FEED, kind="feed").body.replace(b"<channel>", f"<channel>{ASKING}".encode())
    answering(web, Answer(url=FEED, status=200, headers={}, body=body))
    for _ in range(3):
        poll(edges)
        found = schedule(edges)
        assert found["pace"].total_seconds() == 45 * 60
        assert found["skips"] == tuple(range(3, 168, 24)) or found["skips"] == list(range(3, 168, 24))
        assert (found["next_poll_at"] - edges.now.at).total_seconds() >= 45 * 60
        assert found["next_poll_at"].hour != 3
        edges.now.at = found["next_poll_at"]
    assert ask(edges, "SELECT count(*) FROM ops.poll WHERE unchanged") == [(2,)]


def test_probation_and_recovery_are_events_and_the_polls_between_are_none(edges, web):
    poll(edges)
    before = schedule(edges)
    honest = answering(web, Refusal(stage="feed", reason=Reason.NOT_FOUND, detail="404", status=404))
    failing(edges, 14)
    assert ask(edges, EVENTS) == [("probation", "active", "probation", "not_found: 404")]
    assert schedule(edges)["came"] == before["came"], "a failure teaches nothing"
    web.fetch = honest
    failing(edges, 2)
    assert ask(edges, EVENTS)[1:] == [("recovered", "probation", "active", "")]
    (when,) = ask(edges, "SELECT at - polled_at FROM ops.feed_event JOIN ops.schedule USING (feed_id) WHERE what = 'recovered'")
    assert when[0].total_seconds() < 0


def test_410_is_an_event_and_the_last(edges, web):
    answering(web, Refusal(stage="feed", reason=Reason.GONE, status=410))
    poll(edges)
    edges.now.forward(days=60)
    poll(edges)
    assert [row[:3] for row in ask(edges, EVENTS)] == [("gone", "active", "gone")]
    assert ask(edges, "SELECT count(*) FROM ops.poll") == [(1,)]


def test_a_move_is_an_event_and_so_is_coming_back(edges, web):
    moved = "http://alpha.example/new.xml"
    body = web.fetch(FEED, kind="feed").body
    honest = answering(web, Answer(url=moved, status=200, headers={}, body=body, moved_to=moved))
    poll(edges)
    assert ask(edges, EVENTS) == [("moved", FEED, moved, "")]
    web.fetch = honest  # which knows nothing of the new address
    failing(edges, 2)
    assert [row[:3] for row in ask(edges, EVENTS)[1:]] == [("moved", moved, FEED)]


def test_a_poll_that_lost_its_claim_leaves_no_event(edges, web):
    def slow(url, **_):
        if url == FEED:
            with edges.connection.transaction():
                edges.connection.execute("UPDATE ops.schedule SET fence = fence + 1")
            return Refusal(stage="feed", reason=Reason.GONE, status=410)
        return Web().fetch(url, kind="robots")

    web.fetch = slow
    assert poll(edges)["feed"].doors == {"lost": 1}
    assert ask(edges, EVENTS) == []


def test_leaving_the_registry_and_coming_back_are_events(database, tmp_path, web):
    with world(database, tmp_path, web=web, now=Clock(), titles=TWO) as edges:
        standing = edges.settings.model_copy(update={"clock": f"{NOON.isoformat()} {NOON.isoformat()} 0"})
        for known in (TWO[:1], TWO[:1], TWO, TWO):
            for path in edges.settings.registry.rglob("*.toml"):
                path.unlink()
            enrol(edges.settings.registry, known, [NPA])
            sync(standing, database)
        rows = ask(edges, "SELECT what, was, now, host FROM ops.feed_event JOIN core.feed USING (feed_id) ORDER BY feed_event_id")
        assert rows == [("retired", "listed", "unlisted", "beta.example"), ("returned", "unlisted", "listed", "beta.example")]


def test_a_quiet_day_writes_no_event(edges):
    for _ in range(4):
        rounds.run(edges)
        edges.now.forward(hours=6)
    assert ask(edges, EVENTS) == []


def test_what_a_sibling_feed_had_first_is_fresh_to_a_feed_and_not_new_to_us(database, tmp_path, web):
    sibling = "http://alpha.example/sport.xml"
    web.feeds[sibling] = web.feeds[FEED][:2]
    both = title("alpha", feeds=(Feed(url=FEED), Feed(url=sibling)))
    with world(database, tmp_path, web=web, now=Clock(), titles=(both,)) as edges:
        poll(edges)
        told = "SELECT seen, fresh, new, known FROM ops.poll JOIN core.feed USING (feed_id) WHERE url = %s ORDER BY fence"
        assert ask(edges, told, FEED) == [(6, 6, 6, 0)]
        assert ask(edges, told, sibling) == [(2, 2, 0, 2)]
        web.publish("alpha", "story-7", UNRELATED)
        edges.now.forward(days=2)
        poll(edges)
        assert ask(edges, told, FEED)[-1] == (7, 1, 1, 6)
        assert ask(edges, told, sibling)[-1] == (0, 0, 0, 0), "unchanged"
