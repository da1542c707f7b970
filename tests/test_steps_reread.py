"""Pages read again: what changes them, what does not, and when."""

from datetime import timedelta

import pytest
from builders_news import NOON, UNRELATED, WIRE, Clock, Web, ask, world

from pipeline.reasons import Reason
from pipeline.records import Answer
from pipeline.steps import rounds
from pipeline.steps.cluster import cluster
from pipeline.steps.renewed import due_next
from pipeline.steps.reread import reread

pytestmark = pytest.mark.database
MORE = "The harbour board said on Tuesday that two of the five piers would stay closed until engineers had examined them."


class Validating(Web):
    """Sends an ETag with each page, and 304 to who knows it."""

    def fetch(self, url, *, kind, etag="", modified="", permit=None):
        answer = super().fetch(url, kind=kind, etag=etag, modified=modified, permit=permit)
        if kind != "page" or not isinstance(answer, Answer):
            return answer
        tag = f'"{hash(answer.body)}"'
        headers = {**answer.headers, "etag": tag}
        if etag == tag:
            return Answer(url=url, status=304, headers=headers, body=b"")
        return Answer(url=url, status=200, headers=headers, body=answer.body)


@pytest.fixture
def web():
    web = Validating()
    web.publish("alpha", "news/ferries", WIRE)
    web.publish("beta", "ferries", WIRE)
    web.publish("gamma", "museum", UNRELATED)
    return web


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def edges(database, tmp_path, web, clock):
    with world(database, tmp_path, web=web, now=clock) as edges:
        rounds.run(edges)
        yield edges


def versions(edges, path="museum"):
    return ask(
        edges,
        "SELECT number, change FROM core.article_version JOIN core.article USING (article_id) WHERE url LIKE %s ORDER BY number",
        f"%{path}",
    )


def doors(edges):
    return reread(edges)["reread"].doors


def test_a_page_is_read_again_after_an_hour_a_day_and_a_week_and_no_more(edges, clock):
    assert doors(edges) == {}
    for time in (timedelta(hours=1), timedelta(hours=24), timedelta(days=7)):
        clock.at = NOON + time - timedelta(minutes=1)
        assert doors(edges) == {}
        clock.at = NOON + time
        assert doors(edges) == {"unchanged": 3}
    clock.forward(days=300)
    assert doors(edges) == {}


def test_who_missed_a_time_goes_on_with_the_next():
    assert due_next(NOON, NOON + timedelta(hours=30)) == NOON + timedelta(days=7)
    assert due_next(NOON, NOON + timedelta(days=8)) is None


def test_the_second_look_asks_with_the_validators_of_the_first(edges, clock, web, monkeypatch):
    clock.forward(hours=1)
    doors(edges)
    sent = []
    fetch = web.fetch
    monkeypatch.setattr(web, "fetch", lambda url, **said: sent.append(said.get("etag")) or fetch(url, **said))
    clock.forward(hours=23)
    assert doors(edges) == {"unchanged": 3}
    assert [bool(etag) for etag in sent if etag is not None] == [True] * 3


def test_a_changed_text_is_a_version_of_the_same_article_with_its_class_and_its_page(edges, clock, web):
    web.publish("gamma", "museum", f"{UNRELATED}\n\n{MORE}")
    clock.forward(hours=1)
    assert doors(edges) == {"unchanged": 2, "changed:substantive": 1}
    assert versions(edges) == [(1, None), (2, "substantive")]
    assert ask(edges, "SELECT count(*) FROM core.article") == [(3,)]
    assert ask(edges, "SELECT count(*) FROM raw.page JOIN core.article_version USING (article_id, fence) WHERE number = 2") == [(1,)]
    assert rounds.run(edges)["entry"].doors.get("new", 0) == 0


def test_markup_menus_and_counters_make_no_version(edges, clock, web):
    url = "http://gamma.example/museum"
    web.pages[url] = (
        web.pages[url].replace(b"<nav>", b"<nav><a href='/new'>New today</a>").replace(b"</article>", b"<p>412 comments</p></article>")
    )
    clock.forward(hours=1)
    assert doors(edges) == {"unchanged": 3}
    assert versions(edges) == [(1, None)]


@pytest.mark.parametrize("reason", [Reason.NOT_FOUND, Reason.GONE])
def test_a_page_that_is_gone_is_withdrawn_and_its_texts_stay(edges, clock, web, reason):
    url = "http://gamma.example/museum"
    before, web.pages[url] = web.pages[url], reason
    clock.forward(hours=1)
    assert doors(edges) == {"unchanged": 2, "withdrawn": 1}
    assert versions(edges) == [(1, None)]
    assert ask(edges, "SELECT gone_at FROM core.article WHERE url = %s", url) == [(clock.at,)]
    web.pages[url] = before
    clock.at = NOON + timedelta(hours=24)
    assert doors(edges) == {"unchanged": 2, "back": 1}
    assert ask(edges, "SELECT gone_at FROM core.article WHERE url = %s", url) == [(None,)]


def test_a_failure_that_passes_puts_off_and_a_page_that_is_none_now_changes_nothing(edges, clock, web):
    web.pages["http://gamma.example/museum"] = Reason.TIMED_OUT
    web.pages["http://beta.example/ferries"] = b"<html><body><p>Accept cookies.</p></body></html>"
    clock.forward(hours=1)
    assert doors(edges) == {"unchanged": 1, "put_off:timed_out": 1, "unreadable:consent_wall": 1}
    assert versions(edges, "ferries")[0] == (1, None)
    assert ask(edges, "SELECT due_at FROM ops.reread WHERE host = 'gamma.example'")[0][0] > clock.at


def test_a_copy_is_read_again_sooner_when_another_of_its_story_changed(edges, clock, web):
    clock.forward(hours=1)
    doors(edges)
    web.publish("alpha", "news/ferries", f"{WIRE}\n\n{MORE}")
    ask(edges, "UPDATE ops.reread SET due_at = %s WHERE host = 'alpha.example' RETURNING 1", clock.at + timedelta(hours=2))
    clock.forward(hours=2)
    assert doors(edges) == {"changed:substantive": 1, "unchanged": 1}  # beta's copy; the museum is no copy of it
    assert doors(edges) == {}


def test_a_copy_is_read_again_sooner_even_where_the_changed_one_has_left_their_story(edges, clock, web):
    clock.forward(hours=1)
    doors(edges)
    clock.forward(minutes=10)  # beta's was read a moment ago
    ask(edges, "UPDATE ops.reread SET due_at = %s WHERE host = 'alpha.example' RETURNING 1", clock.at)
    web.publish("alpha", "news/ferries", UNRELATED)
    assert doors(edges) == {"changed:substantive": 1}
    cluster(edges)
    assert (
        ask(
            edges, "SELECT count(DISTINCT story_id) FROM core.story_article JOIN core.article USING (article_id) WHERE url LIKE '%%ferries'"
        )[0][0]
        == 2
    )
    clock.forward(minutes=20)
    assert doors(edges) == {"unchanged": 1}


def test_a_time_that_only_a_wrong_clock_can_have_set_is_due_and_then_as_if_it_had_been_right(edges, clock):
    year = timedelta(days=365)
    ask(edges, "UPDATE ops.reread SET since = since + %s, due_at = due_at + %s RETURNING 1", year, year)
    clock.forward(minutes=1)
    assert doors(edges) == {"unchanged": 3}
    assert doors(edges) == {}
    assert ask(edges, "SELECT DISTINCT since, due_at FROM ops.reread") == [(clock(), clock() + timedelta(hours=1))]
