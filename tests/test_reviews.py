"""Doubtful copies and canonical articles: what is asked, that it is worth most, and that an answer outlives recomputing."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from builders_news import NOON, OTHER_AGENCY, UNRELATED, WIRE, Clock, Web, ask, stories, world
from builders_stories import THIRD, copy, cut, match
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DecisionError
from pipeline.steps import neighbours, questions, recompute, reviews, rounds
from pipeline.stories import doubts, matches
from pipeline.stories.doubts import Question

HOUR = timedelta(hours=1)
FIRM = match(1, 2, told=0.9, lead=0.5, passages=((0, 0, 200), (300, 300, 100)))


def question(**changes):
    base = Question(
        kind="copies",
        article=1,
        other=2,
        stories=(1, 2),
        one_story=False,
        doubt=0.5,
        copies=4,
        titles=3,
        why="They are two stories by a little.",
    )
    return replace(base, **changes)


def test_doubt_is_nearness_to_the_line_on_either_side():
    (_, line, _), (_, most, _) = matches.needed(FIRM, HOUR)
    assert doubts.of_pair(replace(FIRM, told=line), HOUR) == 1.0
    assert doubts.of_pair(replace(FIRM, told=line + 0.05), HOUR) == doubts.of_pair(replace(FIRM, told=line - 0.05), HOUR) == 0.5
    assert doubts.of_pair(FIRM, HOUR) == 0.0
    assert doubts.of_pair(replace(FIRM, differing=most), HOUR) == 1.0, "figures that differ are doubted, too"
    assert doubts.of_pair(replace(FIRM, told=line, shared=3), HOUR) == 0.0, "what no setting could call copies is in no doubt"


@given(st.floats(0, 1), st.floats(0, 1))
def test_doubt_is_a_share(told, differing):
    assert 0 <= doubts.of_pair(replace(FIRM, told=told, differing=differing), HOUR) <= 1


def test_a_canonical_article_is_doubtful_if_a_longer_one_came_by_chance_a_little_later():
    first, longer, other = copy(1, words=300), copy(4, words=400), copy(91, words=200)
    best, second, doubt = doubts.of_canonical([other, longer, first])
    assert (best.article, second.article, doubt) == (1, 4, 0.8)
    assert doubts.of_canonical([first, longer]) is None, "too few have it"
    assert doubts.of_canonical([first, replace(longer, words=299), other]) is None
    assert doubts.of_canonical([replace(first, by_agency=True), longer, other]) is None, "an agency's own is in no doubt"
    assert doubts.of_canonical([first, replace(longer, access="stub"), other]) is None


def test_what_is_doubtful_and_worth_most_is_asked_first_and_a_story_once_whatever_the_order():
    many = question(article=3, other=4, stories=(3, 4), copies=40, doubt=0.3)
    sure = question(article=5, other=6, stories=(5, 6), copies=400, doubt=0.1)
    same = question(article=1, other=9, stories=(1, 2), doubt=0.4)
    few = question()
    orders = {tuple(one.article for one in doubts.choose(order, 10)) for order in permutations([few, many, sure, same])}
    assert orders == {(3, 1)}
    assert doubts.choose([few, many], 1) == [many]
    assert doubts.choose([few, many], 0) == doubts.choose([few, many], -3) == []


# in the tables

NEAR = cut(WIRE, 0, 3) + "\n\n" + THIRD  # a match at the loose setting
HARDLY = cut(WIRE, 0, 4) + "\n\n" + OTHER_AGENCY  # with a little less it would be none


@pytest.fixture
def edges(database, tmp_path):
    web = Web()
    web.publish("alpha", "copy", WIRE)
    web.publish("beta", "near", NEAR)
    web.publish("gamma", "museum", UNRELATED)
    web.publish("alpha", "museum", UNRELATED + "\n\nIt will be open on Mondays, too, until the end of the summer.")
    web.publish("npa", "strike", WIRE)
    with world(database, tmp_path, web=web, now=Clock()) as edges:
        rounds.run(edges)
        yield edges


def nearly(edges, one="copy", other="near"):
    """Move the pair's evidence to just below the line, as the machine would have found it."""
    with edges.connection.transaction():
        edges.connection.execute(
            """UPDATE core.match SET told = 0.44, differing = 0 WHERE level = 'loose' AND (left_id, right_id) IN (
                SELECT least(a.article_id, b.article_id), greatest(a.article_id, b.article_id) FROM core.article a, core.article b
                WHERE a.url LIKE %s AND b.url LIKE %s)""",
            [f"%{one}", f"%{other}"],
        )


@pytest.mark.database
def test_a_doubtful_pair_is_asked_once_and_merged_for_good(edges):
    before = stories(edges)
    nearly(edges)
    assert reviews.ask(edges)["question"].doors == {"asked": 1, "left": 0}
    assert reviews.ask(edges)["question"].seen == 0, "it is open already"
    (row,) = reviews.waiting(edges)
    assert (row["kind"], row["one_story"], {row["title_name"], row["other_name"]}) == ("copies", False, {"Alpha", "Beta"})
    asked = questions.asked(row)
    assert f"/wiredesk/reviews/{row['review_id']}" in asked["body"]
    assert "two stories" in asked["body"]
    assert "Ferry" not in asked["body"] + asked["subject"], "no text from the web"
    assert reviews.answer(edges, row["review_id"], "merge", who="ada", note="same wire") == "merge: decision 1"
    merged = stories(edges)
    assert len(merged) == len(before) - 1
    assert reviews.answer(edges, row["review_id"], "split", who="bob") == "answered before: merge by ada"
    recompute.recompute(edges, NOON - 24 * HOUR, NOON + 24 * HOUR, apply=True)
    assert stories(edges) == merged
    assert ask(edges, "SELECT what, who, why FROM core.decision") == [("must_link", "ada", "same wire")]
    assert ask(edges, "SELECT answer, who, note, decision_id FROM ops.review") == [("merge", "ada", "same wire", 1)]


@pytest.mark.database
def test_what_a_person_keeps_is_pinned_and_what_nobody_answers_stays_and_may_be_asked_again_in_a_month(edges):
    nearly(edges)
    reviews.ask(edges)
    (row,) = reviews.waiting(edges)
    before = stories(edges)
    assert reviews.answer(edges, row["review_id"], "lapsed") == "lapsed: nobody answered, so it stays as it is"
    assert (stories(edges), ask(edges, "SELECT count(*) FROM core.decision")) == (before, [(0,)])
    edges.now.forward(days=1)
    assert reviews.ask(edges)["question"].seen == 0
    with edges.connection.transaction():
        edges.connection.execute(
            "UPDATE ops.review SET asked_at = asked_at - interval '31 days', answered_at = answered_at - interval '31 days'"
        )
    assert reviews.ask(edges)["question"].doors["asked"] == 1
    (again,) = reviews.waiting(edges)
    reviews.answer(edges, again["review_id"], "keep", who="ada")
    assert ask(edges, "SELECT what FROM core.decision") == [("cannot_link",)]
    assert stories(edges) == before
    with pytest.raises(DecisionError, match="there is none"):
        reviews.answer(edges, 99, "keep", who="ada")


def said(edges, row, choice):
    """Answer as Airflow does, which knows the question's number alone."""
    return reviews.answer(edges, row["review_id"], choice, who="ada")


def turn(edges, row, level):
    """Let what `cluster` finds put the pair together, or part it, after it was asked about."""
    with edges.connection.transaction():
        edges.connection.execute(
            "UPDATE core.match SET level = %s WHERE %s IN (left_id, right_id)",
            [level, row["other_id"] if row["title_name"] != "Beta" else row["article_id"]],
        )
        neighbours.regroup(edges.connection, [row["article_id"], row["other_id"]], NOON)


@pytest.fixture
def hanging(database, tmp_path):
    """Three copies, one of which hangs on the others by a little."""
    web = Web()
    for title, text in (("alpha", WIRE), ("gamma", WIRE), ("beta", HARDLY)):
        web.publish(title, "strike", text)
    with world(database, tmp_path, web=web, now=Clock()) as edges:
        rounds.run(edges)
        yield edges


@pytest.mark.database
def test_two_stories_that_a_person_keeps_stay_two_though_a_copy_brought_them_together_since(edges):
    nearly(edges)
    reviews.ask(edges)
    (row,) = reviews.waiting(edges)
    told, before = questions.asked(row)["body"], stories(edges)
    turn(edges, row, "strict")
    (now,) = reviews.waiting(edges)
    assert now["story_id"] == now["other_story"]
    assert ("two texts, and two stories" in told, "Now they are one story" in questions.asked(now)["body"]) == (True, True)
    said(edges, row, "keep")
    assert ask(edges, "SELECT what FROM core.decision") == [("cannot_link",)]
    assert stories(edges) == before


@pytest.mark.database
def test_one_story_that_a_person_keeps_stays_one_though_it_was_parted_since(hanging):
    reviews.ask(hanging)
    (row,) = reviews.waiting(hanging)
    told, before = questions.asked(row)["body"], stories(hanging)
    turn(hanging, row, "none")
    (now,) = reviews.waiting(hanging)
    assert now["story_id"] != now["other_story"]
    assert ("one text, and one story" in told, "Now they are two stories" in questions.asked(now)["body"]) == (True, True)
    said(hanging, row, "keep")
    assert ask(hanging, "SELECT what FROM core.decision") == [("must_link",)]
    assert stories(hanging) == before


@pytest.mark.database
@pytest.mark.parametrize("choice", ["keep", "merge"])
def test_an_answer_that_changes_nothing_is_a_decision_and_leaves_the_story(hanging, choice):
    reviews.ask(hanging)
    (row,) = reviews.waiting(hanging)
    before = ask(hanging, "SELECT * FROM core.story_article ORDER BY article_id")
    said(hanging, row, choice)
    assert ask(hanging, "SELECT what, decision_id FROM core.decision JOIN ops.review USING (decision_id)") == [("must_link", 1)]
    assert ask(hanging, "SELECT * FROM core.story_article ORDER BY article_id") == before


@pytest.mark.database
def test_a_bounded_number_is_asked_a_day(edges):
    nearly(edges)
    none = replace(doubts.DEFAULT, a_day=0)
    assert reviews.ask(edges, policy=none)["question"].doors == {"asked": 0, "left": 1}


@pytest.mark.database
def test_an_answer_that_contradicts_what_was_decided_is_kept_with_the_reason(edges):
    from pipeline.steps import decisions

    nearly(edges)
    reviews.ask(edges)
    (row,) = reviews.waiting(edges)
    with pytest.raises(DecisionError, match="swap is no answer"):
        reviews.answer(edges, row["review_id"], "swap", who="ada")
    decisions.decide(edges, "cannot_link", (row["article_id"], row["other_id"]), who="bob", why="read both")
    assert "contradicts another decision" in reviews.answer(edges, row["review_id"], "merge", who="ada")
    ((note, number),) = ask(edges, "SELECT note, decision_id FROM ops.review")
    assert (number, "not carried out" in note) == (None, True)


FEW = replace(doubts.DEFAULT, copies=2)


def doubted(edges):
    """Ask which of two articles stands for the museum's story: Gamma's, which came first, or Alpha's, which is longer."""
    with edges.connection.transaction():
        edges.connection.execute("UPDATE core.title SET agency = NULL")
        edges.connection.execute("UPDATE core.reach SET articles = 3, last_at = %s", [NOON])
        edges.connection.execute(
            "UPDATE core.article SET first_seen_at = first_seen_at + interval '5 minutes' WHERE url LIKE '%alpha%museum'"
        )
    assert reviews.ask(edges, policy=FEW)["question"].doors["asked"] == 1
    (row,) = reviews.waiting(edges, "canonical")
    assert (row["title_name"], row["other_name"]) == ("Gamma", "Alpha")
    return row


def standing_for_the_museum(edges):
    return ask(edges, "SELECT canonical_id FROM core.story JOIN core.article ON article_id = canonical_id WHERE url LIKE %s", "%museum")


@pytest.mark.database
def test_a_canonical_article_is_swapped_for_good(edges):
    row = doubted(edges)
    said(edges, row, "swap")
    recompute.recompute(edges, NOON - 24 * HOUR, NOON + 24 * HOUR, apply=True)
    assert standing_for_the_museum(edges) == [(row["other_id"],)]
    assert reviews.ask(edges, policy=FEW)["question"].seen == 0


@pytest.mark.database
@pytest.mark.parametrize(("choice", "stands"), [("keep", "article_id"), ("swap", "other_id")])
def test_what_stood_for_a_story_when_it_was_asked_is_what_a_person_keeps(edges, choice, stands):
    row = doubted(edges)
    told = questions.asked(row)["body"]
    with edges.connection.transaction():
        edges.connection.execute("UPDATE core.article SET first_seen_at = first_seen_at - interval '1 hour' WHERE url LIKE '%alpha%museum'")
        neighbours.regroup(edges.connection, [row["article_id"]], NOON)
    assert standing_for_the_museum(edges) == [(row["other_id"],)]
    (now,) = reviews.waiting(edges, "canonical")
    for body in (told, questions.asked(now)["body"]):
        assert "**keep**: the first one stands for the story. **swap**: the second one." in body
    said(edges, row, choice)
    assert ask(edges, "SELECT what, article_id FROM core.decision") == [("set_canonical", row[stands])]
    assert standing_for_the_museum(edges) == [(row[stands],)]


@pytest.mark.database
def test_what_hangs_on_a_story_by_a_little_is_asked_and_split_for_good(hanging):
    assert [len(story) for story in stories(hanging)] == [3]
    assert reviews.ask(hanging)["question"].doors == {"asked": 1, "left": 1}, "a story is asked about once"
    (row,) = reviews.waiting(hanging)
    assert (row["one_story"], row["copies"], row["titles"]) == (True, 3, 3)
    said(hanging, row, "split")
    recompute.recompute(hanging, NOON - 24 * HOUR, NOON + 24 * HOUR, apply=True)
    assert sorted(len(story) for story in stories(hanging)) == [1, 2]


@pytest.mark.parametrize(
    ("choice", "one_story", "what"),
    [("keep", True, "must_link"), ("keep", False, "cannot_link"), ("merge", False, "must_link"), ("split", True, "cannot_link")],
)
def test_an_answer_on_copies_means_a_decision_on_both(choice, one_story, what):
    row = {"kind": "copies", "article_id": 1, "other_id": 2, "one_story": one_story}
    for now in (1, 2):
        assert reviews.meaning(row | {"story_id": 1, "other_story": now}, choice) == (what, (1, 2)), "whatever they are now"


def test_a_name_is_no_markdown_and_no_template():
    row = {
        "review_id": 7,
        "kind": "copies",
        "one_story": False,
        "title_name": "The [Daily](http://x) {{ 7 * 7 }}<b>",
        "other_name": "Ab|c`d`",
        "story_id": 1,
    }
    row |= {"other_story": 2, "happened_at": NOON, "other_at": NOON, "why": "w.", "copies": 2, "titles": 2}
    told = questions.asked(row)
    assert not set("[]{}<>`*") & set(told["subject"])
    assert "http" not in told["body"].replace("http x", "") or "http://x" not in told["body"]
