"""The page Reviews and the buttons by which people decide: whose word it is, what becomes of it, and who may not."""

from datetime import timedelta

import pytest
from builders_news import OTHER_AGENCY, UNRELATED, WIRE, Clock, Web, ask, stories, world
from builders_stories import cut
from lxml import html
from test_ui import ADA, GUEST, client, press

from pipeline.machine.roles import taken_on
from pipeline.steps import neighbours, reviews, rounds
from pipeline.steps.decisions import decide
from pipeline.steps.topped import pick
from pipeline.ui.visitor import Visitor

pytestmark = pytest.mark.database


@pytest.fixture
def edges(database, tmp_path):
    """Three copies, one of which hangs on them by a little, and an article of its own."""
    web = Web()
    for title, text in (("alpha", WIRE), ("gamma", WIRE), ("beta", cut(WIRE, 0, 4) + "\n\n" + OTHER_AGENCY)):
        web.publish(title, "strike", text)
    web.publish("npa", "museum", UNRELATED)
    with world(database, tmp_path, web=web, now=Clock()) as edges:
        rounds.run(edges)
        reviews.ask(edges)
        yield edges


def article_of(edges, address):
    return ask(edges, "SELECT article_id, story_id FROM mart.article WHERE url LIKE %s", f"%{address}")[0]


def test_a_question_is_answered_on_the_page_and_airflow_is_told(edges, database):
    one, told = client(database, now=edges.now()), []
    one.app.state.house = type(one.app.state.house)(
        settings=one.app.state.house.settings,
        where=one.app.state.house.where,
        key=one.app.state.house.key,
        answered=lambda *said: told.append(said),
    )
    (number,) = (row["review_id"] for row in reviews.waiting(edges))
    listed = html.fromstring(one.get("/reviews").text)
    assert "1 question waits" in listed.xpath("string(//h1)")
    assert f"/reviews/{number}" in listed.xpath("//td/a/@href")
    headline = ask(edges, "SELECT headline FROM mart.article JOIN ops.review USING (article_id)")[0][0]
    assert f"“{headline}”" in listed.xpath("string(//tbody)")
    assert "Nothing has been answered yet." in listed.text_content()
    page = html.fromstring(one.get(f"/reviews/{number}").text)
    assert page.xpath("//button[@name='answer']/@value") == ["merge", "split"]
    assert "Ferry workers" in page.text_content()
    assert press(one, f"/reviews/{number}", answer="lapsed").status_code == 422
    answer = press(one, f"/reviews/{number}", answer="split", note="another agency's text <b>")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/reviews/{number}")
    assert ask(edges, "SELECT what, who, why FROM core.decision") == [("cannot_link", "ada", "another agency's text <b>")]
    assert told == [(number, "split", "ada")]
    page = html.fromstring(one.get(f"/reviews/{number}").text)
    assert "said ada" in page.text_content()
    (decided,) = {link for link in page.xpath("//a/@href") if link.endswith("#decided")}
    assert decided in html.fromstring(one.get("/reviews").text).xpath("//td/a/@href")
    assert "by ada" in html.fromstring(one.get(decided.partition("#")[0]).text).xpath(
        "string(//h3[@id='decided']/following-sibling::ul[1])"
    )
    assert not page.xpath("//button[@name='answer']")
    assert "another agency's text <b>" in html.fromstring(one.get("/reviews").text).text_content()
    assert press(one, "/reviews/999", answer="keep").status_code == 409
    assert one.get("/reviews/999").status_code == 404


def turn(edges, level):
    """Let what `cluster` finds put Beta's article and the others together, or part them."""
    beta, _ = article_of(edges, "beta.example/strike")
    with edges.connection.transaction():
        edges.connection.execute("UPDATE core.match SET level = %s WHERE %s IN (left_id, right_id)", [level, beta])
        neighbours.regroup(edges.connection, [beta], edges.now())


@pytest.mark.parametrize(
    ("shown", "since", "button", "what", "sizes"),
    [
        ("none", "strict", "Two texts: leave them apart", "cannot_link", [1, 1, 2]),
        ("none", "strict", "One text: put them together", "must_link", [1, 3]),
        ("strict", "none", "One text: leave them together", "must_link", [1, 3]),
        ("strict", "none", "Two texts: part them", "cannot_link", [1, 1, 2]),
    ],
)
def test_a_button_does_what_it_said_though_the_stories_have_changed_since_the_page_was_shown(
    edges, database, shown, since, button, what, sizes
):
    one = client(taken_on(database, "ui"), now=edges.now())
    (number,) = (row["review_id"] for row in reviews.waiting(edges))
    turn(edges, shown)
    page = html.fromstring(one.get(f"/reviews/{number}").text)
    (answer,) = page.xpath("//button[@name='answer'][normalize-space()=$said]/@value", said=button)
    turn(edges, since)
    assert press(one, f"/reviews/{number}", answer=answer).status_code == 303
    assert ask(edges, "SELECT what FROM core.decision") == [(what,)]
    assert sorted(len(story) for story in stories(edges)) == sizes


def test_a_keep_of_two_texts_which_the_page_does_not_say_is_refused_with_the_way_back(edges, database):
    one = client(database, now=edges.now())
    (number,) = (row["review_id"] for row in reviews.waiting(edges))
    one.headers["referer"] = f"http://testserver/reviews/{number}"
    for answer, status in (("keep", 409), ("swap", 409), ("true", 422), ("", 422)):
        refused = press(one, f"/reviews/{number}", answer=answer)
        told = html.fromstring(refused.text)
        assert (answer, refused.status_code, told.xpath("//p[@class='lead']/a/@href")) == (answer, status, [f"/reviews/{number}"])
        assert told.xpath("string(//p[@class='wrap'])").endswith(".")
    assert ask(edges, "SELECT count(answer) FROM ops.review UNION ALL SELECT count(*) FROM core.decision") == [(0,), (0,)]


def test_copies_are_split_joined_and_chosen_from_the_pages_of_their_story(edges, database):
    one = client(database, now=edges.now())
    (alpha, story), (beta, _), (gamma, _) = (article_of(edges, f"{title}.example/strike") for title in ("alpha", "beta", "gamma"))
    compared = html.fromstring(one.get(f"/stories/{story}/compare?left={alpha}&right={beta}").text)
    assert compared.xpath("//button[@name='what']/@value") == ["cannot_link", "must_link", "set_canonical"]
    where = f"/stories/{story}/decide"
    assert press(one, where, what="cannot_link", article=alpha, other=beta, why=" ").status_code == 422
    assert press(one, where, what="drop_table", article=alpha, other=beta, why="x").status_code == 422
    assert press(one, where, what="cannot_link", article=alpha, other=9999, why="x").status_code == 404
    assert press(one, where, what="cannot_link", article=alpha, why="x").status_code == 422
    assert press(one, where, what="cannot_link", article=alpha, other=beta, why="read both").status_code == 303
    assert press(one, where, what="must_link", article=alpha, url="http://npa.example/museum", why="the same").status_code == 303
    assert press(one, where, what="must_link", article=alpha, url="http://nowhere.example/x", why="the same").status_code == 409
    canonical = ask(edges, "SELECT canonical_id FROM core.story WHERE story_id = %s", story)[0][0]
    other = gamma if canonical != gamma else alpha
    assert press(one, where, what="set_canonical", article=canonical, other=other, why="the desk's own").status_code == 303
    assert ask(edges, "SELECT canonical_id FROM core.story WHERE story_id = %s", story) == [(other,)]
    assert sorted(len(story) for story in stories(edges)) == [1, 3]
    assert {who for (who,) in ask(edges, "SELECT who FROM core.decision")} == {"ada"}


def test_a_decision_is_shown_on_the_pages_of_its_stories_and_taken_back_there_with_the_rights_of_the_pages(edges, database):
    one = client(taken_on(database, "ui"), now=edges.now())
    (alpha, story), (beta, _), (_, museum) = (article_of(edges, name) for name in ("alpha.example/strike", "beta.example/strike", "museum"))
    assert press(one, f"/stories/{story}/decide", what="cannot_link", article=alpha, other=beta, why="another's <b>").status_code == 303
    assert press(one, f"/stories/{museum}/decide", what="set_canonical", article=1, other=1, why="x").status_code == 404
    ((number, parted),) = ask(edges, "SELECT decision_id, other_story_id + story_id - %s FROM mart.decision", story)
    for where in (story, parted):
        page = html.fromstring(one.get(f"/stories/{where}").text)
        told = " ".join(page.xpath("string(//h3[@id='decided']/following-sibling::ul[1])").split())
        assert f"two texts no. {number}, by ada" in told
        assert "another's <b>" in told
        assert page.xpath(f"//button[@value='withdraw']/ancestor::form[@action='/stories/{where}/decide']")
        looked = html.fromstring(client(database, visitor=GUEST, now=edges.now()).get(f"/stories/{where}").text)
        assert "by ada" in looked.text_content()
        assert not looked.xpath("//main//button")
    fields = {"what": "withdraw", "decision": number, "why": "I misread"}
    assert press(one, f"/stories/{museum}/decide", **fields).status_code == 404, "of another story"
    assert press(one, f"/stories/{story}/decide", **fields | {"why": " "}).status_code == 422
    assert press(one, f"/stories/{story}/decide", visitor=Visitor(name="eve", may_act=True), **fields).status_code == 403, "another's token"
    assert press(one, f"/stories/{parted}/decide", **fields).status_code == 303
    assert ask(edges, "SELECT withdrawn_by, withdrawn_why FROM core.decision") == [("ada", "I misread")]
    assert sorted(len(story) for story in stories(edges)) == [1, 3]
    assert "Nothing that holds." in one.get(f"/stories/{article_of(edges, 'alpha.example/strike')[1]}").text
    assert press(one, f"/stories/{story}/decide", **fields).status_code == 404, "it holds no longer"


def test_each_kind_of_decision_is_shown_and_taken_back(edges, database):
    one = client(taken_on(database, "ui"), now=edges.now())
    (alpha, story) = article_of(edges, "alpha.example/strike")
    pick(edges, alpha, who="bob", why="on top", last=timedelta(days=1))
    decide(edges, "set_agency", (alpha,), who="bob", why="its last line", agency="npa")
    decide(edges, "set_canonical", (alpha,), who="bob", why="the best")
    told = html.fromstring(one.get(f"/stories/{story}").text).xpath("//h3[@id='decided']/following-sibling::ul[1]/li")
    said = [" ".join(entry.text_content().split()).partition(" Take it back")[0] for entry in told]
    assert [entry.partition(" no. ")[0] for entry in said] == ["picked", "whose text", "stands for the story"]
    assert said[0].endswith("until 3 Mar 12:00 UTC Alpha. Why: on top")
    assert said[1].endswith("Alpha: Northern Press Agency. Why: its last line")
    for entry in told:
        number = entry.xpath("string(.//input[@name='decision']/@value)")
        assert press(one, f"/stories/{story}/decide", what="withdraw", decision=number, why="no").status_code == 303
    assert ask(edges, "SELECT count(*) FROM mart.decision UNION ALL SELECT count(decision_id) FROM core.pick") == [(0,), (0,)]


def test_who_may_only_look_decides_nothing(edges, database):
    one = client(database, visitor=GUEST, now=edges.now())
    (number,) = (row["review_id"] for row in reviews.waiting(edges))
    assert "<button" not in one.get(f"/reviews/{number}").text.partition("<main")[2]
    assert press(one, f"/reviews/{number}", visitor=GUEST, answer="split").status_code == 403
    assert press(one, f"/reviews/{number}", visitor=Visitor(name="eve", may_act=True), answer="split").status_code == 403, "another's token"
    assert press(one, "/stories/1/decide", visitor=GUEST, what="must_link").status_code == 403
    assert ask(edges, "SELECT count(*) FROM core.decision") == [(0,)]


def test_the_rights_of_the_pages_suffice_to_decide(edges, database):
    (number,) = (row["review_id"] for row in reviews.waiting(edges))
    one = client(taken_on(database, "ui"), now=edges.now())
    assert press(one, f"/reviews/{number}", visitor=ADA, answer="split", note="read both").status_code == 303
    assert sorted(len(story) for story in stories(edges)) == [1, 1, 2]
