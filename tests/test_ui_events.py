"""The pages on events and the buttons by which people join and split them: whose word it is, what becomes of it, and who may not."""

from datetime import timedelta

import pytest
from builders_news import NOON, OTHER_AGENCY, WIRE, Clock, Web, ask, world
from builders_stories import THIRD
from lxml import html
from test_ui import ADA, GUEST, HOSTILE, client, crawled, press

from pipeline.machine.roles import taken_on
from pipeline.steps import rounds
from pipeline.steps.events import events
from pipeline.ui.visitor import Visitor

pytestmark = pytest.mark.database


@pytest.fixture
def edges(database, tmp_path):
    """A strike that two desks tell, one of them with a copy, and a story about something else."""
    web = Web()
    web.publish("npa", "wire", WIRE)
    web.publish("alpha", "copy", WIRE, byline="NPA", at=NOON + timedelta(minutes=9))
    web.publish("gamma", "own", OTHER_AGENCY, at=NOON + timedelta(minutes=4))
    web.publish("beta", "saffron", THIRD)
    with world(database, tmp_path, web=web, now=Clock(NOON + timedelta(minutes=30))) as edges:
        rounds.run(edges)
        yield edges


def story(edges, path):
    return ask(edges, "SELECT story_id FROM mart.article WHERE url LIKE %s", f"%/{path}")[0][0]


def happened(edges):
    return dict(ask(edges, "SELECT event_id, array_agg(story_id) FROM mart.event_story GROUP BY 1"))


def text(answer):
    return " ".join(html.fromstring(answer.text).text_content().split())


def test_an_event_says_who_tells_it_why_and_who_broke_it(edges, database):
    one = client(database, now=edges.now())
    ((event, _),) = happened(edges).items()
    listed = html.fromstring(one.get("/events").text)
    assert listed.xpath("//td/a/@href") == [f"/events/{event}"]
    page = text(one.get(f"/events/{event}"))
    assert "Told by 2 independent stories of 2 sources, in 3 articles of 3 owners" in page
    assert page.count("broke it") == 1
    assert "verbatim copy" in page
    assert f"/events/{event}" in html.fromstring(one.get(f"/stories/{story(edges, 'own')}").text).xpath("//section[@id='event']//a/@href")
    assert "No other story is known" in text(one.get(f"/stories/{story(edges, 'saffron')}"))
    assert one.get("/events?sort=largest&days=7&page=2").status_code == 200
    assert one.get("/events/999").status_code == 404


def test_stories_are_joined_split_and_the_word_taken_back_from_the_pages(edges, database):
    one = client(database, now=edges.now())
    saffron, own, wire = (story(edges, path) for path in ("saffron", "own", "wire"))
    ((event, _),) = happened(edges).items()
    where = f"/stories/{saffron}/event"
    joined = press(one, where, what="one_event", other=str(event), why="the cook is on strike <b>", event=str(event))
    assert (joined.status_code, joined.headers["location"]) == (303, f"/events/{event}")
    assert sorted(happened(edges)[event]) == sorted([saffron, own, wire])
    page = html.fromstring(one.get(f"/events/{event}").text)
    assert "by ada" in page.text_content()
    tellers = {which: page.xpath(f"string(//tr[.//a[@href='/stories/{which}']])") for which in (saffron, wire)}
    assert "by a person’s word" in tellers[saffron]
    assert "Northern Press Agency" in tellers[wire], "the agency's name, not its key"
    assert "This one is in it by a person’s word" in text(one.get(f"/stories/{saffron}"))
    assert "the cook is on strike <b>" in text(one.get(f"/stories/{saffron}"))
    ((number, which),) = ask(edges, "SELECT decision_id, url || other_url FROM mart.decision")
    said_of = "gamma.example/own" if "gamma.example/own" in which else "npa.example/wire"
    refused = press(one, where, what="two_events", other=f"http://{said_of}", why="it is not")
    assert refused.status_code == 409
    assert f"join has been decided, {number} by ada: the cook is on strike <b>. Take that back first, on its story’s page" in text(refused)
    assert press(one, where, what="withdraw", decision=str(number), why="he is not").status_code == 303
    assert {one: sorted(stories) for one, stories in happened(edges).items()} == {event: sorted([own, wire])}
    parted = press(one, f"/stories/{own}/event", what="two_events", other=str(event), why="two strikes")
    assert (parted.status_code, parted.headers["location"]) == (303, f"/stories/{own}")
    assert happened(edges) == {}
    page = html.fromstring(one.get(f"/stories/{own}").text)
    undo = page.xpath("//button[@value='withdraw']/ancestor::form")[0]
    assert (
        press(
            one, undo.get("action"), what="withdraw", why="one", decision=undo.xpath("string(.//input[@name='decision']/@value)")
        ).status_code
        == 303
    )
    assert sorted(happened(edges)[event]) == sorted([own, wire])
    assert {who for (who,) in ask(edges, "SELECT who FROM core.decision")} == {"ada"}


def test_a_word_that_says_nothing_or_is_about_nothing_is_refused(edges, database):
    one, where = client(database, now=edges.now()), f"/stories/{story(edges, 'own')}/event"
    for fields, status in (
        ({"what": "one_event", "other": "1", "why": " "}, 422),
        ({"what": "drop_table", "other": "1", "why": "x"}, 422),
        ({"what": "one_event", "other": "999", "why": "x"}, 409),
        ({"what": "one_event", "other": "http://nowhere.example/x", "why": "x"}, 409),
        ({"what": "one_event", "other": "", "why": "x"}, 409),
        ({"what": "one_event", "other": "9" * 30, "why": "x"}, 409),
        ({"what": "withdraw", "decision": "999", "why": "x"}, 404),
        ({"what": "withdraw", "why": "x"}, 404),
    ):
        assert press(one, where, **fields).status_code == status, fields
    assert press(one, "/stories/999/event", what="one_event", other="1", why="x").status_code == 404
    assert ask(edges, "SELECT count(*) FROM core.decision") == [(0,)]


def test_a_story_is_joined_by_its_number_by_its_page_or_by_its_event(edges, database):
    one, saffron, own = client(database, now=edges.now()), story(edges, "saffron"), story(edges, "own")
    ((event, _),) = happened(edges).items()
    for other in (
        f"story {own}", f"Story no. {own}", f"http://testserver/stories/{own}?days=1#event", f"https://desk.example/wiredesk/stories/{own}",
        f"event {event}", f"{event}", f"http://testserver/events/{event}", "http://gamma.example/own",
    ):  # fmt: skip
        answer = press(one, f"/stories/{saffron}/event", what="one_event", other=other, why="x")
        assert answer.status_code == 303, (other, text(answer))
        ((number,),) = ask(edges, "SELECT decision_id FROM mart.decision")
        assert press(one, f"/stories/{saffron}/event", what="withdraw", decision=str(number), why="x").status_code == 303


def test_what_is_not_found_is_told_in_sentences_with_the_way_back(edges, database):
    where = f"/stories/{story(edges, 'own')}"
    one = client(database, now=edges.now())
    for other, says in (
        ("999", "There is no event 999, or only this story tells it. If you mean the story of this number, write “story 999”."),
        ("story 999", "There is no story 999."),
        ("http://nowhere.example/x", "http://nowhere.example/x: no article has this address."),
    ):
        for came, back in ((f"http://testserver{where}?x=1", f"{where}?x=1"), ("http://testserver//evil.example/", "/"), ("", "/")):
            one.headers["referer"] = came
            answer = press(one, f"{where}/event", what="one_event", other=other, why="x")
            page = html.fromstring(answer.text)
            assert (says, "Go back and try again.") == tuple(part.text_content() for part in page.xpath("//main/p[position() > 1]")), other
            assert page.xpath("//main//a/@href") == [back]


def test_a_word_of_one_story_is_not_taken_back_from_the_page_of_another(edges, database):
    one = client(database, now=edges.now())
    press(one, f"/stories/{story(edges, 'own')}/event", what="two_events", other="http://npa.example/wire", why="two strikes")
    ((number,),) = ask(edges, "SELECT decision_id FROM mart.decision")
    elsewhere = f"/stories/{story(edges, 'saffron')}/event"
    assert press(one, elsewhere, what="withdraw", decision=str(number), why="x").status_code == 404
    assert ask(edges, "SELECT count(*) FROM mart.decision") == [(1,)]


def test_who_may_only_look_says_nothing_on_events(edges, database):
    one, where = client(database, visitor=GUEST, now=edges.now()), f"/stories/{story(edges, 'own')}/event"
    ((event, _),) = happened(edges).items()
    for path in (f"/events/{event}", f"/stories/{story(edges, 'own')}"):
        assert "<button" not in one.get(path).text.partition("<main")[2]
    fields = {"what": "two_events", "other": "http://npa.example/wire", "why": "x"}
    assert press(one, where, visitor=GUEST, **fields).status_code == 403
    assert press(client(database, now=edges.now()), where, given="x", **fields).status_code == 403
    assert press(one, where, visitor=Visitor(name="eve", may_act=True), **fields).status_code == 403, "another's token"
    assert ask(edges, "SELECT count(*) FROM core.decision") == [(0,)]


def test_the_rights_of_the_pages_suffice_to_join_and_to_split_old_events_too(edges, database):
    edges.now.forward(days=40)
    events(edges)
    one = client(taken_on(database, "ui"), now=edges.now())
    where = f"/stories/{story(edges, 'own')}/event"
    assert press(one, where, visitor=ADA, what="one_event", other="http://beta.example/saffron", why="x").status_code == 303
    assert [len(stories) for stories in happened(edges).values()] == [3]
    ((event, _),) = happened(edges).items()
    assert press(one, where, visitor=ADA, what="two_events", other=str(event), why="x").status_code == 303


def test_a_number_that_was_merged_leads_on_and_one_that_is_told_by_one_story_is_none(edges, database):
    one = client(database, now=edges.now())
    ((event, _),) = happened(edges).items()
    ((old,),) = ask(
        edges,
        "INSERT INTO core.event (merged_into, created_at, changed_at) SELECT max(event_id), max(created_at), max(created_at) FROM core.event RETURNING event_id",
    )
    edges.connection.commit()
    assert one.get(f"/events/{old}").headers["location"] == f"/events/{event}"
    with edges.connection.transaction():
        edges.connection.execute("UPDATE core.event_reach SET stories = 1")
    assert one.get(f"/events/{event}").status_code == 404


def test_text_from_the_web_is_text_on_the_pages_of_events(edges, database):
    one = client(database, now=edges.now())
    ((event, _),) = happened(edges).items()
    press(one, f"/stories/{story(edges, 'own')}/event", what="one_event", other="http://beta.example/saffron", why=HOSTILE[:390])
    with edges.connection.transaction():
        edges.connection.execute("UPDATE core.article_version SET headline = %s", [HOSTILE])
        edges.connection.execute("UPDATE core.event_story SET because = ARRAY[%s]", [HOSTILE])
        edges.connection.execute("UPDATE core.decision SET who = %s", [HOSTILE])
    reached = {path: answer for path, answer in crawled(one).items() if path.startswith(("/events", "/stories/"))}
    assert f"/events/{event}" in reached
    for path, answer in reached.items():
        page = html.fromstring(answer.text)
        assert answer.status_code == 200, path
        assert [script.get("src") for script in page.iter("script")] == ["/assets/app.js"], path
        assert not page.xpath("//style | //@style | //img | //iframe"), path
        assert path == "/events" or "<script>alert(1)</script>" in page.text_content(), path
