"""The pages within Airflow's UI, on a real database: what they say, what they let nobody do, and that text from the web stays text."""

import re
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from builders_news import NOON, UNRELATED, WIRE, Clock, Web, ask, world
from builders_stories import THIRD
from fastapi import HTTPException
from lxml import html

from pipeline.machine.roles import taken_on
from pipeline.settings import ROOT, Settings
from pipeline.steps import rounds
from pipeline.steps.alarms import watch
from pipeline.steps.poll import poll
from pipeline.store import connect
from pipeline.ui import findings, runbook
from pipeline.ui.app import House, build
from pipeline.ui.visitor import Visitor, token

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would rather have httpx2, which Airflow does not bring
    from starlette.testclient import TestClient

pytestmark = pytest.mark.database

KEY = "a key of the tests"
ADA = Visitor(name="ada", may_act=True)
GUEST = Visitor(name="guest", may_act=False)
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)> {{ 7 * 7 }} \u202egnirts\u202c \u200bvanish ' + "long " * 100
CUT = "\n\n".join(WIRE.split("\n\n")[:7])
NOW = NOON + timedelta(hours=1)
PAGES = (
    "/",
    "/feeds",
    "/feeds/1",
    "/stories",
    "/stories?single=1",
    "/reviews",
    "/reviews/1",
    "/refusals",
    "/refusals/not_found",
    "/agencies",
    "/runbook",
    "/article",
)


@pytest.fixture(scope="module")
def filled(postgres, tmp_path_factory):
    """The address of a database with stories, copies, refusals, a failed feed; hostile text in every column that comes from outside."""
    address, folder = postgres.create("ui_filled", template="migrated"), tmp_path_factory.mktemp("ui")
    web = Web()
    web.publish("npa", "1/ferry-strike", WIRE)
    web.publish("alpha", "news/strike-halts-ferries", WIRE, byline="NPA", at=NOON + timedelta(minutes=3))
    web.publish("beta", "2026/ferries", CUT, byline="By NPA", at=NOON + timedelta(minutes=20))
    web.publish("gamma", "museum", UNRELATED, also=("alpha",))
    web.publish("gamma", "lost", UNRELATED)
    web.pages.pop("http://gamma.example/lost")
    clock = Clock()
    with world(address, folder, web=web, now=clock) as edges:
        rounds.run(edges)
        clock.forward(minutes=50)
        web.publish("alpha", "news/strike-halts-ferries", WIRE.replace("380", "410"), byline="NPA", at=NOON)
        edges.connection.execute("UPDATE ops.schedule SET next_poll_at = %s", [clock()])
        edges.connection.execute("UPDATE ops.reread SET due_at = %s", [clock()])
        edges.connection.commit()
        rounds.run(edges)
        plant(edges.connection)
    yield address
    postgres.drop("ui_filled")


def plant(connection):
    for statement in (
        "UPDATE core.article_version SET headline = %(hostile)s::text, standfirst = %(hostile)s::text, section = %(hostile)s::text, authors = ARRAY[%(hostile)s::text] WHERE article_id IN (SELECT article_id FROM core.article JOIN core.title USING (title_id) WHERE title = 'beta')",
        "UPDATE core.title SET name = %(hostile)s::text, owner = %(hostile)s::text WHERE title = 'beta'",
        "UPDATE core.credit SET evidence = %(hostile)s::text",
        "UPDATE core.feed SET section = %(hostile)s::text WHERE feed_id = 1",
        "UPDATE ops.poll SET detail = %(hostile)s::text, reason = 'not_found' WHERE feed_id = 1",
        "UPDATE ops.schedule SET failures = 3 WHERE feed_id = 1",
        "UPDATE ops.refusal SET detail = %(hostile)s::text, url = 'http://x.example/' || %(hostile)s::text, feed_id = 1",
        "UPDATE ops.intake SET reason = 'not_found' WHERE state = 'refused'",
        "INSERT INTO ops.feed_event (feed_id, at, what, was, now, detail, who) VALUES (1, %(now)s::timestamptz, 'moved', %(hostile)s::text, %(hostile)s::text, %(hostile)s::text, %(hostile)s::text)",
        "UPDATE core.story_event SET why = %(hostile)s::text",
        "INSERT INTO ops.alarm (kind, subject, title_id, cause, step, anchor, since, seen_at) SELECT 'silent_title', title, title_id, %(hostile)s::text, %(hostile)s::text, 'a-title-is-silent-though-all-is-green', %(now)s::timestamptz, %(now)s::timestamptz FROM core.title WHERE title IN ('beta', 'gamma')",
        "INSERT INTO ops.silence (kind, subject, who, why, at, until) VALUES ('silent_title', 'gamma', %(hostile)s::text, %(hostile)s::text, %(now)s::timestamptz, %(now)s::timestamptz + interval '9 days')",
        "INSERT INTO ops.review (kind, article_id, other_id, one_story, doubt, copies, titles, why, asked_at, answer, who, note, answered_at) SELECT 'canonical', min(article_id), max(article_id), true, 0.5, 3, 3, %(hostile)s::text, %(now)s::timestamptz, 'swap', %(hostile)s::text, %(hostile)s::text, %(now)s::timestamptz FROM core.story_article GROUP BY story_id HAVING count(*) > 2",
        "INSERT INTO ops.review (kind, article_id, other_id, one_story, doubt, copies, titles, why, asked_at) SELECT 'copies', article_id, other_id, true, 0.5, 3, 3, why, asked_at FROM ops.review WHERE article_id < other_id",
        "UPDATE ops.edition SET at = %(now)s::timestamptz WHERE edition_id = (SELECT max(edition_id) FROM ops.edition)",
    ):
        connection.execute(statement, {"hostile": HOSTILE, "now": NOW})
    connection.commit()


def client(address, visitor=ADA, now=NOW):
    def guard():
        if visitor is None:
            raise HTTPException(401)
        return visitor

    settings = Settings(database_url=address, clock=f"{now.isoformat()} {now.isoformat()} 0")
    return TestClient(build(House(settings=settings, where=lambda: address, key=KEY), guard), follow_redirects=False)


def links(page):
    return {unescape(link).partition("#")[0] for link in re.findall(r'href="(/[^"]*)"', page)}


def crawled(one):
    """Return every page that can be reached from the pages named above, by its address."""
    found, waiting = {}, [*PAGES]
    while waiting:
        path = waiting.pop(0)
        if path not in found and not path.startswith("/assets"):
            found[path] = one.get(path)
            waiting += sorted(link for link in links(found[path].text) if not re.match(r"/(feeds|stories|refusals/\w+)\?", link))
    return found


@pytest.fixture(scope="module")
def reached(filled):
    return crawled(client(filled))


def test_every_page_that_is_linked_to_is_there(reached):
    assert {path: answer.status_code for path, answer in reached.items() if answer.status_code != 200} == {}
    kinds = {re.sub(r"\d+", "N", path.partition("?")[0]) for path in reached}
    assert kinds >= {
        "/",
        "/feeds",
        "/feeds/N",
        "/stories",
        "/stories/N",
        "/stories/N/compare",
        "/reviews",
        "/reviews/N",
        "/refusals",
        "/agencies",
        "/article",
        "/runbook",
    }


def test_text_from_the_web_is_text_on_every_page(reached):
    seen = 0
    for path, answer in reached.items():
        page = html.fromstring(answer.text)
        assert [script.get("src") for script in page.iter("script")] == ["/assets/app.js"], path
        assert not page.xpath("//style | //@style | //img | //iframe | //object | //embed | //base"), path
        assert not [name for element in page.iter() for name in element.attrib if name.startswith("on")], path
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]", answer.text), path
        seen += "<script>alert(1)</script>" in page.text_content()
    assert seen > 12, "the hostile text is shown, as text"


def test_nothing_is_loaded_from_elsewhere(reached):
    for path, answer in reached.items():
        page = html.fromstring(answer.text)
        targets = page.xpath("//@src | //@href | //@action | //link/@href")
        assert not [target for target in targets if not re.match(r"/|#|\?", target)], path


def test_every_answer_bears_the_policy(filled):
    one = client(filled)
    for path in (*PAGES, "/assets/app.css", "/assets/app.js", "/nowhere", "/feeds/999", "/feeds/x"):
        told = one.get(path).headers
        assert "default-src 'none'" in told["content-security-policy"], path
        assert "unsafe" not in told["content-security-policy"], path
        assert told["x-content-type-options"] == "nosniff", path
        assert "no-store" in told["cache-control"] or path.startswith("/assets"), path


def test_nobody_gets_anything_without_a_login(filled):
    stranger = client(filled, visitor=None)
    routes = [(method, route.path) for route in paths(stranger.app) for method in route.methods]
    assert len(routes) > 20
    for method, path in routes:
        answer = stranger.request(method, re.sub(r"\{[^}]*\}", "1", path))
        assert answer.status_code == 401, (method, path)
        assert "Alpha" not in answer.text
        assert method == "HEAD" or 'href="/auth/login"' in answer.text
    assert (
        stranger.get("/assets/app.css").status_code == stranger.get("/openapi.json").status_code == stranger.get("/docs").status_code == 401
    )


def paths(app):
    """Return all routes, those of included routers too."""
    from fastapi.routing import APIRoute

    found = []
    for route in app.routes:
        inner = getattr(route, "original_router", None)
        found += [one for one in (inner.routes if inner else [route]) if isinstance(one, APIRoute)]
    return found


# buttons


def press(one, path, visitor=ADA, given=None, **fields):
    return one.post(path, data={"token": given if given is not None else token(KEY, visitor, datetime.now(UTC)), **fields})


@pytest.fixture
def edges(database, tmp_path):
    web = Web()
    web.publish("alpha", "one", UNRELATED)
    clock = Clock()
    with world(database, tmp_path, web=web, now=clock) as edges:
        poll(edges)
        clock.forward(minutes=1)
        yield edges


def feed_of(edges, key):
    return ask(edges, "SELECT feed_id FROM core.feed JOIN core.title USING (title_id) WHERE title = %s", key)[0][0]


def test_poll_now_makes_the_feed_due_and_says_who_asked(edges, database):
    feed = feed_of(edges, "alpha")
    assert poll(edges)["feed"].seen == 0
    answer = press(client(database, now=edges.now()), f"/feeds/{feed}/ask")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/feeds/{feed}")
    assert poll(edges)["feed"].seen == 1
    assert ask(edges, "SELECT what, was, now, who FROM ops.feed_event WHERE feed_id = %s", feed) == [("asked", "active", "active", "ada")]


def test_a_feed_that_was_gone_is_asked_again_by_the_button(edges, database):
    feed = feed_of(edges, "alpha")
    with edges.connection.transaction():
        edges.connection.execute("UPDATE ops.schedule SET state = 'gone', failures = 4 WHERE feed_id = %s", [feed])
    one = client(database, now=edges.now())
    assert "Ask it again" in one.get(f"/feeds/{feed}").text
    press(one, f"/feeds/{feed}/ask")
    assert poll(edges)["feed"].seen == 1
    assert ask(edges, "SELECT was, now FROM ops.feed_event WHERE feed_id = %s", feed) == [("gone", "active")]


def test_a_paused_feed_is_not_polled_until_it_is_resumed(edges, database):
    feed, one = feed_of(edges, "alpha"), client(database, now=NOON + timedelta(days=1))
    press(one, f"/feeds/{feed}/pause")
    press(one, f"/feeds/{feed}/pause")
    edges.now.forward(days=1)
    assert poll(edges)["feed"].seen == 3
    assert press(one, f"/feeds/{feed}/ask").status_code == 409
    page = one.get(f"/feeds/{feed}").text
    assert "Resume" in page
    assert "Poll now" not in page
    press(one, f"/feeds/{feed}/resume")
    assert poll(edges)["feed"].seen == 1
    rows = ask(edges, "SELECT what, was, now, who FROM ops.feed_event WHERE feed_id = %s ORDER BY feed_event_id", feed)
    assert rows == [("paused", "running", "paused", "ada"), ("resumed", "paused", "running", "ada")]


@pytest.mark.parametrize(
    "given",
    [
        "",
        "x",
        "99999999999.abc",
        token(KEY, GUEST, datetime(2100, 1, 1, tzinfo=UTC)),
        token("another key", ADA, datetime(2100, 1, 1, tzinfo=UTC)),
        token(KEY, ADA, datetime(2020, 1, 1, tzinfo=UTC)),
        "١٢.é",
    ],
)
def test_a_form_that_no_page_of_ours_has_sent_changes_nothing(filled, given):
    one = client(filled)
    assert press(one, "/feeds/2/pause", given=given).status_code == 403
    with connect(filled) as connection:
        assert connection.execute("SELECT paused FROM ops.schedule WHERE feed_id = 2").fetchone() == (False,)


def test_a_page_that_is_only_looked_at_changes_nothing(filled):
    one = client(filled)
    assert {one.get(f"/feeds/2/{order}").status_code for order in ("ask", "pause", "resume")} == {404}
    assert one.put("/feeds/2/pause").status_code == 404
    assert press(one, "/feeds/2/destroy").status_code == 404
    assert press(one, "/feeds/2/pause", why="x" * 9000).status_code == 413


def test_who_may_only_look_sees_no_buttons_and_cannot_act(filled):
    one = client(filled, visitor=GUEST)
    assert "<button" not in one.get("/feeds/2").text.partition("<main")[2]
    assert "Silence it" not in one.get("/").text
    assert press(one, "/feeds/2/pause", visitor=GUEST).status_code == 403


def test_a_silence_has_a_reason_and_an_end(filled):
    one = client(filled)
    with connect(filled) as connection:
        alarm = connection.execute("SELECT alarm_id FROM ops.alarm WHERE subject = 'beta'").fetchone()[0]
    for fields in (
        {"why": " ", "days": "7"},
        {"why": "holidays", "days": "0"},
        {"why": "holidays", "days": "91"},
        {"why": "holidays", "days": "x"},
    ):
        assert press(one, f"/alarms/{alarm}/silence", **fields).status_code == 422, fields
    assert press(one, "/alarms/9999/silence", why="holidays", days="7").status_code == 404
    assert press(one, f"/alarms/{alarm}/silence", why="holidays", days="7").status_code == 303
    page = html.fromstring(one.get("/").text).text_content()
    assert "by ada: holidays" in page
    with connect(filled) as connection:
        connection.execute("DELETE FROM ops.silence WHERE who = 'ada'")


# what they say


def test_the_overview_says_what_needs_a_look_and_what_to_do_first(filled):
    page = html.fromstring(client(filled).get("/").text)
    assert page.xpath("string(//h1)") == "One thing needs a look."
    assert page.xpath("//li[contains(@class, 'mute')]"), "what is silenced stands below, and is not counted"
    assert page.xpath("//dl[@class='figures']//*[local-name()='svg'][contains(@class, 'spark')]"), "the last day as a line"
    late = html.fromstring(client(filled, now=NOW + timedelta(hours=5)).get("/").text).text_content()
    assert "Nothing is being polled" in late
    assert "No edition for long" in late


def test_each_alarm_has_its_first_step_and_more_than_three_of_a_kind_are_folded(edges, database):
    with edges.connection.transaction():
        edges.connection.execute(
            """INSERT INTO ops.alarm (kind, subject, cause, step, anchor, since, seen_at)
            SELECT 'missed_entries', 'http://' || n || '.example/', 'x', 'Run `./wiredesk titles discover` & look.', 'entries-are-missed', %(now)s, %(now)s
            FROM generate_series(1, 5) AS n""",
            {"now": edges.now()},
        )
    page = html.fromstring(client(database, now=edges.now()).get("/").text)
    heads = page.xpath("//ul[@class='findings']//p[@class='head'][contains(., 'Entries missed')]")
    assert [len(head.xpath("../p/b[text()='First:']")) for head in heads] == [1] * 5
    assert [len(head.xpath("ancestor::details")) for head in heads] == [0, 0, 0, 1, 1]
    assert page.xpath("//summary[contains(., '2 more: Entries missed')]")
    assert set(page.xpath("//ul[@class='findings']//code/text()")) >= {"./wiredesk titles discover"}


def test_a_page_says_whose_clock_it_shows(filled):
    assert "All times here are by its own clock, which stands still" in client(filled).get("/runbook").text
    one = client(filled)
    one.app.state.house = replace(
        one.app.state.house, settings=Settings(database_url=filled, clock=f"{NOW.isoformat()} {NOW.isoformat()} 60")
    )
    assert "runs 60 times as fast" in one.get("/runbook").text
    one.app.state.house = replace(one.app.state.house, settings=Settings(database_url=filled))
    assert "A newsstand." not in one.get("/runbook").text


def test_a_feed_shows_its_own_newest_entry_and_how_long_it_is_left_alone(edges, database):
    feed = feed_of(edges, "alpha")
    edges.now.forward(hours=3)
    with edges.connection.transaction():
        edges.connection.execute("UPDATE ops.schedule SET next_poll_at = %s, polled_at = %s", [edges.now(), edges.now()])
        edges.connection.execute(
            "UPDATE ops.schedule SET failures = 4, interval = '15 minutes', next_poll_at = %s WHERE feed_id = %s",
            [edges.now() + timedelta(hours=9), feed],
        )
        edges.connection.execute(  # another feed of the title is lively
            "INSERT INTO core.article (url_key, url, title_id, first_seen_at) SELECT sha256('n'), 'http://alpha.example/n', title_id, %s FROM core.feed WHERE feed_id = %s",
            [edges.now(), feed],
        )
    one = client(database, now=edges.now())
    (row,) = html.fromstring(one.get("/feeds?q=alpha").text).xpath("//tbody/tr")
    assert row.xpath("string(td[@data-name='newest entry'])") == "3 h ago"
    assert row.xpath("string(td[@data-name='every'])") == "9 hbacks off"
    assert "after 4 failures in a row it is left alone for 9 h" in one.get(f"/feeds/{feed}").text
    others = html.fromstring(one.get("/feeds?q=beta").text)
    assert others.xpath("string(//td[@data-name='newest entry'])") == "never"


def test_polls_are_paged(edges, database):
    feed = feed_of(edges, "alpha")
    with edges.connection.transaction():
        edges.connection.execute(
            "INSERT INTO ops.poll (feed_id, fence, at, next_poll_at) SELECT %s, 100 + n, %s + n * interval '1 minute', %s FROM generate_series(1, 30) AS n",
            [feed, edges.now(), edges.now()],
        )
        edges.connection.execute("UPDATE ops.schedule SET pace = '10 min', interval = '10 hours', failures = 0")
    one = client(database, now=edges.now() + timedelta(hours=1))
    assert "every 10 h (by how often it brings something; the feed itself asks not to be polled more" in one.get(f"/feeds/{feed}").text
    rows, links = zip(
        *(
            (page.xpath("//section[h2='Polls']//tbody/tr"), page.xpath("//p[@class='pages']//a/text()"))
            for page in (html.fromstring(one.get(f"/feeds/{feed}?page={number}").text) for number in (1, 2, 3, 4))
        ),
        strict=True,
    )
    assert [len(some) for some in rows] == [12, 12, 7, 0]
    assert links == (["Earlier polls"], ["Later polls", "Earlier polls"], ["Later polls"], [])


def test_a_red_task_is_named_with_what_to_do_first(edges, database):
    rounds.run(edges)
    one = client(database, now=edges.now())
    reds = [
        findings.Red(dag="stories", task="publish", ago=timedelta(minutes=12)),
        findings.Red(dag="articles", task="fetch", ago=timedelta(hours=3), run="manual__2026-11-26T09:22:17+00:00", place=2),
    ]
    one.app.state.house = replace(one.app.state.house, red=lambda _: reds)
    page = html.fromstring(one.get("/").text)
    assert page.xpath("string(//h1)") == "2 things need a look."
    assert page.xpath("//li[@class='grave']/p[1]/text()") == ["Red: publish of stories", "Red: fetch of articles"]
    assert "It failed 12 min ago" in page.text_content()
    assert page.xpath("//li[1]//a[contains(@href, '/runbook#the-ledger-does-not-balance')]")
    assert page.xpath("//a[@data-airflow]/@href") == [
        "/dags/stories/tasks/publish",
        "/dags/articles/runs/manual__2026-11-26T09%3A22%3A17%2B00%3A00/tasks/fetch/mapped/2",
    ]
    assert not page.xpath("//a[@target]"), "Airflow's frame lets no link out of itself"


def test_what_settle_of_ingest_means_is_not_stated_for_a_fact(database):
    one = client(database)
    one.app.state.house = replace(one.app.state.house, red=lambda _: [findings.Red(dag="ingest", task="settle", ago=timedelta(minutes=2))])
    said = one.get("/").text
    assert "If its log says that most feeds failed" in said
    assert "somebody marked it so" in said


def test_the_last_lines_of_a_red_tasks_log_are_read_here(database):
    one = client(database, visitor=replace(ADA, reads_logs=True))
    red = findings.Red(dag="articles", task="fetch", ago=timedelta(hours=3), run="manual__1", place=2)
    error = {"exc_type": "DatabaseError", "exc_value": HOSTILE * 3, "frames": [{"filename": "a.py", "lineno": 7, "name": "write"}]}
    records = [
        {"timestamp": None, "event": "::group::Pre Execute"},
        {"timestamp": "2026-11-26T14:02:13.011292Z", "level": "info", "event": "3 pages\nof alpha"},
        {"timestamp": "2026-11-26T14:02:14Z", "level": "error", "event": "Task failed with exception", "error_detail": [error]},
    ]
    asked = []
    one.app.state.house = replace(one.app.state.house, red=lambda _: [red], log=lambda of: asked.append(of) or records)
    (link,) = html.fromstring(one.get("/").text).xpath("//a[text()='Its log']/@href")
    answer = one.get(link)
    page = html.fromstring(answer.text)
    first, last = page.xpath("//pre")
    assert asked == [red]
    assert first.text_content().startswith("  DatabaseError: <script>alert(1)</script>")
    assert last.text_content().splitlines()[:4] == [
        "14:02:13 info 3 pages",
        "    of alpha",
        "14:02:14 error Task failed with exception",
        "    a.py:7 in write",
    ]
    assert len(last.text_content()) < 1000
    assert "\u202e" not in answer.text
    assert not page.xpath("//main//script|//main//img")
    assert page.xpath("//a[@data-airflow]/@href") == ["/dags/articles/runs/manual__1/tasks/fetch/mapped/2"]
    assert one.get("/red/articles/extract").status_code == 404
    one.app.state.house = replace(one.app.state.house, log=lambda _: records[:2])
    assert "No line of it is an error" in one.get(link).text


def test_only_who_may_read_logs_in_airflow_reads_them_here(database):
    one = client(database, visitor=GUEST)
    red = findings.Red(dag="articles", task="fetch", ago=timedelta(hours=3))
    one.app.state.house = replace(one.app.state.house, red=lambda _: [red], log=lambda _: [{"event": "secret"}])
    assert "Its log" not in one.get("/").text
    assert one.get("/red/articles/fetch").status_code == 403


def test_a_paused_dag_is_named_at_once_and_once(edges, database):
    rounds.run(edges)
    one = client(database, now=edges.now())
    one.app.state.house = replace(
        one.app.state.house,
        paused=lambda: ["ingest", "upkeep"],
        settings=one.app.state.house.settings.model_copy(update={"var": Path("/elsewhere")}),
    )
    page = html.fromstring(one.get("/").text)
    heads = "//ul[@class='findings']//p[@class='head']/text()"
    assert page.xpath(heads) == ["Paused: ingest", "Paused: upkeep"]
    assert page.xpath("//li[@class='grave']//p[@class='head']/text()") == ["Paused: ingest"]
    assert page.xpath("//li[1]//code/text()") == ["WIREDESK_VAR=/elsewhere ./wiredesk airflow dags unpause ingest"]
    assert page.xpath("//li[1]//a[contains(@href, '/runbook#a-dag-is-paused')]")
    assert page.xpath("//a[@data-airflow]/@href") == ["/dags/ingest", "/dags/upkeep"]
    assert "*" not in page.xpath("string(//ul[@class='findings'])")
    feed = one.get("/feeds/1").text
    assert "ingest</i> is paused in Airflow" in feed
    assert "the next run of ingest" not in feed
    watch(edges, paused=["ingest"])
    page = html.fromstring(one.get("/").text)
    assert sorted(page.xpath(heads)) == ["Paused: ingest", "Paused: upkeep"], "its alarm stands for it"
    assert sorted(page.xpath("//a[@data-airflow]/@href")) == ["/dags/ingest", "/dags/upkeep"]
    one.app.state.house = replace(one.app.state.house, paused=list)
    page = html.fromstring(one.get("/").text)
    assert page.xpath("string(//h1)") == "All is well.", "Airflow itself is asked, so what its alarm said is over"
    assert page.xpath(heads) == ["Runs again: ingest"]
    assert "is paused in Airflow" not in one.get("/feeds/1").text


def test_all_is_well_when_all_is_well(edges, database):
    rounds.run(edges)
    page = html.fromstring(client(database, now=edges.now()).get("/").text)
    assert page.xpath("string(//h1)") == "All is well."


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_database_is_told_in_words(database, path):
    answer = client(database).get(path)
    assert answer.status_code == (404 if path in {"/feeds/1", "/reviews/1"} else 200)
    assert path not in {"/feeds", "/stories", "/refusals", "/agencies"} or 'class="empty"' in answer.text


def test_a_story_shows_its_copies_in_time_and_two_of_them_side_by_side(filled, reached):
    with connect(filled) as connection:
        (story, origin), (copy,) = (
            connection.execute(
                "SELECT story_id, canonical_id FROM core.story JOIN core.story_article USING (story_id) GROUP BY 1, 2 HAVING count(*) = 3"
            ).fetchone(),
            connection.execute("SELECT article_id FROM mart.article WHERE title = 'beta'").fetchone(),
        )
    one = client(filled)
    page = html.fromstring(one.get(f"/stories/{story}").text)
    assert len(page.xpath("//*[local-name()='svg'][contains(@class, 'wide')]//*[local-name()='circle']")) == 3
    assert "Northern Press Agency" in page.text_content()
    assert (page.xpath("//details[@class='diff']//del/text()"), page.xpath("//details[@class='diff']//ins/text()")) == (["380"], ["410"])
    pair = html.fromstring(one.get(f"/stories/{story}/compare?left={origin}&right={copy}").text)
    cut = " ".join(pair.xpath("//mark[@class='cut']/text()"))
    assert "Tourism officials on Hallo" in cut
    assert "Ferry workers" not in cut
    assert "Ferry workers" in pair.xpath("//article[2]")[0].text_content()
    assert one.get(f"/stories/{story}/compare?left={origin}&right={origin}").status_code == 404


def test_stories_are_listed_latest_or_largest_first(filled):
    one = client(filled)
    largest, latest, copied = (
        [int(count) for count in html.fromstring(one.get(f"/stories?{query}").text).xpath("//td[@data-name='articles']/text()")]
        for query in ("single=1&sort=largest", "single=1", "")
    )
    assert (largest, sorted(latest), copied) == ([3, 1], [1, 3], [3])


def test_a_story_says_why_its_canonical_article_is_that_and_its_standfirst_once(filled):
    with connect(filled) as connection:
        story, origin = connection.execute(
            "SELECT story_id, canonical_id FROM core.story JOIN core.story_article USING (story_id) GROUP BY 1, 2 HAVING count(*) = 3"
        ).fetchone()
        connection.execute(
            "UPDATE core.article SET published_at = first_seen_at - interval '2 hours', published_precision = 'minute', published_from = 'html' WHERE article_id <> %s",
            [origin],
        )
        connection.execute("UPDATE core.article_version SET standfirst = left(text, 40) WHERE article_id = %s", [origin])
    page = html.fromstring(client(filled).get(f"/stories/{story}").text)
    assert "since it is the agency's own. What a page says of its own time counts for nothing." in " ".join(page.text_content().split())
    assert "canonical is the other, since it is the agency's own" in " ".join(page.text_content().split())
    assert page.xpath("string(//div[contains(@class, 'reading')])").count("Ferry workers") == WIRE.count("Ferry workers")


def test_a_merged_story_leads_to_what_it_was_merged_into(filled):
    with connect(filled) as connection:
        merged, into = connection.execute(
            "INSERT INTO core.story (merged_into, created_at, changed_at) SELECT min(story_id), now(), now() FROM core.story RETURNING story_id, merged_into"
        ).fetchone()
    assert client(filled).get(f"/stories/{merged}").headers["location"] == f"/stories/{into}"


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://alpha.example/news/strike-halts-ferries?utm_source=x", "Kept"),
        ("http://gamma.example/lost", "Refused: not_found"),
        ("http://alpha.example/never", "It has never been seen."),
        ("http://nobody.example/", "belongs to no title"),
        ("javascript:alert(1)", "no http or https address"),
        ("", "Why is an article here, or missing?"),
        ("http://[", "no http or https address"),
    ],
)
def test_an_address_is_told_its_life_or_why_it_has_none(filled, address, says):
    answer = client(filled).get("/article", params={"url": address})
    assert answer.status_code == 200
    assert says in html.fromstring(answer.text).text_content()


@pytest.mark.parametrize(
    ("said", "leads"),
    [
        ("STRIKE halts ferries", "http://alpha.example/news/strike-halts-ferries"),  # kept: its address is not its headline
        ("lost", "http://gamma.example/lost"),  # refused: no page, so no text
        ("ferries-strike", "http://alpha.example/news/strike-halts-ferries"),  # in any order
        ("mediateur obtient", "http://beta.example/a"),
        ("obtient: MÉDIATEUR 5", "http://beta.example/a"),
        ("gamma lost.html", "http://gamma.example/private/lost-5.html"),  # refused: words of its address, and of its headline
        ("withdrawn 5", "http://gamma.example/private/lost-5.html"),
        ("lost-5", "http://gamma.example/private/lost-5.html"),
        ("updates-live", "no_link"),  # refused in its feed: it has no address
        ("gamma.example/lost", "Refused: not_found"),
    ],
)
def test_words_of_a_headline_lead_to_the_article_in_one_step(found, said, leads):
    answer = found.get("/article", params={"url": said})
    told = answer.headers.get("location") or answer.text
    assert urlencode({"url": leads}) in told or leads in html.fromstring(answer.text).text_content()


@pytest.fixture
def found(edges, database):
    """Pages of a news with one article that was kept, one whose page was lost, and one entry that was refused in its feed."""
    web = edges.door
    web.publish("alpha", "news/strike-halts-ferries", WIRE, headline="Strike halts all ferries")
    web.publish("gamma", "lost", UNRELATED, headline="A lost page")
    web.publish("gamma", "private/lost-5.html", UNRELATED, headline="It was withdrawn")
    web.publish("beta", "a", THIRD, headline="Le médiateur obtient 5 % de plus")
    web.pages.pop("http://gamma.example/lost")
    web.pages.pop("http://gamma.example/private/lost-5.html")
    edges.now.forward(days=1)
    rounds.run(edges)
    with edges.connection.transaction():
        edges.connection.execute(
            """INSERT INTO ops.refusal (refusal_key, stage, reason, detail, url, feed_id, first_at, last_at)
            SELECT sha256(said[1]::bytea), 'entry', said[1], said[2], said[3], feed_id, polled_at, polled_at
            FROM (SELECT * FROM ops.schedule ORDER BY feed_id LIMIT 1) AS feed, (VALUES
                (ARRAY['off_domain', 'For all', 'http://shop.example/100%_cheap-shoes']), (ARRAY['no_link', 'Live updates', NULL])) AS row (said)"""
        )
    return client(database, now=edges.now())


def test_words_that_many_or_none_have_are_told(found):
    assert "Nothing has these words." in found.get("/article", params={"url": "ferries sink"}).text
    assert "three letters at least" in found.get("/article", params={"url": "a b"}).text
    many = html.fromstring(found.get("/article", params={"url": "o"}).text)
    assert not many.xpath("//td")
    assert "off_domain" in found.get("/article", params={"url": "100%_cheap"}, follow_redirects=True).text
    assert "off_domain" in found.get("/article", params={"url": "100_cheap"}, follow_redirects=True).text
    for none in ("1%0 cheap", "10 cheap", "lost-55", "withdrawn strike", "(.*) lost-6"):
        assert "Nothing has these words." in found.get("/article", params={"url": none}).text, "a wildcard is no word, and 10 is not 100"


def test_an_example_of_a_refusal_leads_to_its_poll(found):
    page = html.fromstring(found.get("/refusals").text)
    (link,) = page.xpath("//td//a[contains(@href, 'shop.example')]/@href")
    life = html.fromstring(found.get(link).text)
    assert "Refused: off_domain" in life.text_content()
    (poll,) = life.xpath("//td[@data-name='in which poll']")
    assert re.search(r"HTTP 200, \d+ entr\w+ seen, \d+ new, \d+ refused", poll.text_content())
    assert found.get(poll.xpath(".//a/@href")[0]).status_code == 200
    assert html.fromstring(found.get("/refusals/off_domain").text).xpath("//td//a[contains(@href, 'shop.example')]")


def test_an_entry_that_another_feed_had_first_is_named_apart(edges, database):
    web = edges.door
    with edges.connection.transaction():
        edges.connection.execute(
            "INSERT INTO core.feed (title_id, url, host, kind, active) SELECT title_id, 'http://alpha.example/second', host, feed.kind, true FROM core.feed JOIN core.title USING (title_id) WHERE title = 'alpha'"
        )
        edges.connection.execute(
            "INSERT INTO ops.schedule (feed_id, interval, next_poll_at) SELECT max(feed_id), interval '1 hour', %s FROM core.feed",
            [edges.now()],
        )
    web.feeds["http://alpha.example/second"] = web.feeds["http://alpha.example/feed.xml"]
    assert poll(edges)["feed"].seen == 1
    feed = ask(edges, "SELECT max(feed_id) FROM core.feed")[0][0]
    page = html.fromstring(client(database, now=edges.now()).get(f"/feeds/{feed}").text)
    heads = page.xpath("//section[h2='Polls']//th/text()")
    row = [cell.text_content().strip() for cell in page.xpath("//section[h2='Polls']//tbody/tr[1]/td")]
    assert {name: row[heads.index(name)] for name in ("new", "elsewhere", "known")} == {"new": "·", "elsewhere": "1", "known": "1"}


def test_agencies_lead_to_titles_and_stories(filled):
    one = client(filled)
    page = html.fromstring(one.get("/agencies").text)
    first = page.xpath("//tbody/tr")[0]
    assert first.xpath("string(th)") == "all titles"
    assert int(first.xpath("string(td[1])")) == sum(int(cell.text_content()) for cell in first.xpath("td[position() > 2]")) == 3
    for link in page.xpath("//tbody//a/@href[not(contains(., 'script'))]"):  # of a hostile name what cannot be seen is not looked for
        told = one.get(link)
        assert told.status_code == 200
        assert "No story" not in told.text
        assert 'class="empty"' not in told.text, link
    (alpha,) = page.xpath("//a[contains(@href, 'title=alpha') and contains(@href, 'agency=npa')]/@href")
    assert "Stories that Alpha ran" in one.get(alpha).text


@pytest.mark.parametrize("path", ["/runbook/operators", "/runbook/deploy"])
def test_what_the_runbook_leads_to_is_read_here(reached, path):
    assert path in reached
    ids = set(html.fromstring(reached[path].text).xpath("//@id"))
    linked = {anchor for answer in reached.values() for anchor in re.findall(rf'href="{path}#([^"]*)"', answer.text)}
    assert linked - ids == set()
    assert client("").get("/runbook/../../README").status_code == 404


def test_the_runbook_is_folded_and_can_be_searched(filled):
    one = client(filled)
    sections, opened = (html.fromstring(one.get(path).text).xpath("//details[@class='chapter']") for path in ("/runbook", "/runbook?all=1"))
    assert len(sections) == len(opened) > 10
    assert not [section for section in sections if "open" in section.attrib]
    assert all("open" in section.attrib for section in opened)
    found = html.fromstring(one.get("/runbook?q=LEDGER+balance").text).xpath("//details[@class='chapter']")
    assert "the-ledger-does-not-balance" in [section.get("id") for section in found]
    assert len(found) < len(sections)
    assert all("open" in section.attrib for section in found)
    assert one.get("/runbook?q=not_found").headers["location"] == "/runbook#not_found"
    assert "No section has these words." in one.get("/runbook?q=zzzz").text
    reasons = html.fromstring(one.get("/runbook").text).xpath("//tr[@id='not_found']/td/@data-name")
    assert reasons, "on a phone each cell says what it is"


def test_the_rights_of_the_pages_suffice_for_each_of_them(filled):
    one = client(taken_on(filled, "ui"))
    for path in (*PAGES, "/article?url=http://gamma.example/lost", "/article?url=strike", "/stories?title=alpha", "/agencies?days=30"):
        assert one.get(path).status_code in {200, 303}, path


@pytest.mark.parametrize("sort", ["health", "title", "newest", "next", "polled", "interval", "nonsense"])
def test_feeds_can_be_put_in_order(filled, sort):
    page = html.fromstring(client(filled).get("/feeds", params={"sort": sort}).text)
    assert len(page.xpath("//tbody/tr")) == 4
    first = page.xpath("string(//tbody/tr[1]/td[2])")
    assert sort not in {"health", "nonsense"} or "failing" in first


def test_feeds_can_be_filtered(filled):
    one = client(filled)
    assert len(html.fromstring(one.get("/feeds?health=failing").text).xpath("//tbody/tr")) == 1
    assert len(html.fromstring(one.get("/feeds?q=GAMMA.example").text).xpath("//tbody/tr")) == 1
    assert "No feed is like that" in one.get("/feeds?country=zz").text
    assert "No feed is like that" in one.get("/feeds?q=%25").text, "a wildcard is a character"


@pytest.mark.parametrize(
    "path",
    [
        "/feeds?page=0", "/feeds?page=99999999999999999999999", "/feeds?page=-1", "/feeds?page=²", "/feeds?q=%00", "/feeds?q=%ff%fe",
        "/stories?days=7&days=x&single=maybe&agency=%27", "/refusals?days=1e9", "/agencies?days=", "/article?url=" + "a" * 5000,
    ],
)  # fmt: skip
def test_parameters_that_make_no_sense_count_as_not_said(filled, path):
    assert client(filled).get(path).status_code == 200


def test_a_database_that_does_not_answer_is_told_with_what_to_do():
    answer = client("postgresql://news@127.0.0.1:9/news").get("/")
    assert answer.status_code == 503
    assert "The database does not answer." in answer.text
    assert 'href="/runbook#the-database-does-not-answer"' in answer.text
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_below_a_prefix_all_links_bear_it(filled):
    from starlette.applications import Starlette
    from starlette.routing import Mount

    inner = client(filled).app
    one = TestClient(Starlette(routes=[Mount("/wiredesk", inner)]), follow_redirects=False)
    page = one.get("/wiredesk/feeds").text
    assert {link for link in links(page) if not link.startswith("/wiredesk/")} == set()
    assert 'aria-current="page">Feeds' in page
    answer = press(one, "/wiredesk/feeds/3/pause")
    assert answer.headers["location"] == "/wiredesk/feeds/3"
    press(one, "/wiredesk/feeds/3/resume")


def test_every_link_into_the_runbook_leads_to_a_section(reached):
    ids = set(html.fromstring(reached["/runbook"].text).xpath("//@id"))
    linked = {anchor for answer in reached.values() for anchor in re.findall(r'href="/runbook#([^"]*)"', answer.text)}
    code = {anchor for path in (ROOT / "pipeline").rglob("*.py") for anchor in re.findall(r'anchor="([a-z0-9-]+)"', path.read_text())}
    assert len(linked | code) > 5
    assert (linked | code) - ids == set()
    assert {runbook.anchor("A title is silent, though all is green"), "not_found", "poison"} <= ids


@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_read_without_eyes_and_without_a_mouse(filled, path):
    page = html.fromstring(client(filled).get(path).text)
    assert page.xpath("//html/@lang")
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("//main[@id='page']")
    assert page.xpath("//a[@class='skip'][@href='#page']")
    for field in page.xpath("//input[not(@type='hidden')] | //select"):
        assert field.get("aria-label") or field.xpath("ancestor::label"), html.tostring(field)
    assert not page.xpath("//*[local-name()='svg'][not(@aria-label) and not(@aria-hidden)]")
    assert not page.xpath("//*[@tabindex > 0]")
