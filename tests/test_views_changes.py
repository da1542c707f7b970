"""What analysts see when texts change: edits, silent or not; copies that still carry what the agency has corrected; kept figures that follow."""

from datetime import timedelta

import pytest
from builders_news import NOON, UNRELATED, WIRE, Clock, Web, ask, page, world

from pipeline.steps import counted, rounds
from pipeline.steps.reread import reread
from pipeline.store import connect, questions

pytestmark = pytest.mark.database

SENTENCES = WIRE.split("\n\n")
WRONG = "The union said that 1,900 members had voted for the strike, and that the vote was final."
RIGHT = "The union said that 1,700 members had voted for the strike, and that the vote was final."
OLD, NEW = ("\n\n".join([*SENTENCES[:3], sentence, *SENTENCES[3:]]) for sentence in (WRONG, RIGHT))


@pytest.fixture
def web():
    web = Web()
    web.publish("npa", "wire", OLD)
    web.publish("alpha", "copied", OLD, byline="NPA")
    web.publish("beta", "followed", OLD, byline="NPA")
    web.publish("gamma", "museum", UNRELATED)
    return web


@pytest.fixture
def edges(database, tmp_path, web):
    with world(database, tmp_path, web=web, now=Clock()) as edges:
        rounds.run(edges)
        yield edges


def change(edges, web, path, text, headline="A headline of a page that has changed"):
    """Put another text up and read the page again."""
    url = next(url for url in web.pages if url.endswith(path))
    web.pages[url] = page(headline, text, NOON, "NPA" if path in {"copied", "followed"} else "", None)
    edges.now.forward(hours=25)
    reread(edges)
    rounds.run(edges)


def test_copies_that_still_carry_what_the_agency_changed_are_named_and_those_that_followed_are_not(edges, web):
    assert ask(edges, "SELECT count(*) FROM mart.stale_copy") == [(0,)]
    url = next(url for url in web.pages if url.endswith("followed"))
    web.pages[url] = page("Followed", NEW, NOON, "NPA", None)
    change(edges, web, "wire", NEW)
    assert ask(edges, "SELECT title, agency, old_sentence FROM mart.stale_copy") == [("alpha", "npa", WRONG)]


def test_an_edit_is_a_row_with_what_changed(edges, web):
    change(edges, web, "museum", UNRELATED, headline="Another headline")
    rows = ask(
        edges, "SELECT title, version, change, is_silent, headline, headline_changed, text_changed, words - words_before FROM mart.edit"
    )
    assert rows == [("gamma", 2, "headline", True, "Another headline", True, False, 0)]
    assert [row[0] for row in ask(edges, "SELECT version FROM mart.version WHERE title = 'gamma' ORDER BY read_at")] == [1, 2]


def test_search_finds_the_words_of_the_newest_version_only(edges, web):
    assert ask(edges, "SELECT count(*) FROM mart.matching('1,900', copies => true)") == [(3,)]
    change(edges, web, "wire", NEW)
    assert ask(edges, "SELECT count(*) FROM mart.matching('1,900', copies => true)") == [(2,)]
    assert ask(edges, "SELECT title FROM mart.matching('1,700', copies => true) JOIN mart.coverage USING (article_id)") == [("npa",)]


def test_a_text_that_is_read_anew_by_newer_code_is_counted_and_found(edges):
    with edges.connection.transaction():
        edges.connection.execute(
            "UPDATE core.article_version SET text = text || ' Zanzibar.', words = words + 1, text_sha = sha256('new') WHERE number = 1"
        )
    rounds.run(edges)
    assert ask(edges, "SELECT count(*) FROM mart.matching('zanzibar', copies => true)") == [(4,)]
    assert ask(edges, "SELECT count(*) FROM mart.coverage JOIN mart.article USING (article_id) WHERE coverage.words = article.words") == [
        (4,)
    ]


def test_what_is_counted_is_what_changed_and_nothing_twice(edges, web):
    counts = "SELECT counted FROM ops.edition ORDER BY edition_id"
    assert ask(edges, counts) == [(2,)]
    rounds.run(edges)
    assert ask(edges, counts) == [(2,), (0,)]
    change(edges, web, "museum", UNRELATED, headline="Another headline")
    assert ask(edges, counts)[-1] == (1,)
    assert ask(edges, "SELECT count(*) FROM ops.touched") == [(0,)]


def test_what_is_touched_while_an_edition_counts_is_counted_by_the_next(edges, database):
    with connect(database) as other:
        story = other.execute("SELECT min(story_id) FROM core.story").fetchone()[0]
        other.execute("INSERT INTO ops.touched (story_id) VALUES (%s)", [story])
        with edges.connection.transaction():
            assert counted.count(edges.connection, edges.now()) == 0, "not committed yet"
    with edges.connection.transaction():
        assert counted.count(edges.connection, edges.now()) == 1


def test_stories_merged_away_leave_nothing_behind(edges):
    with edges.connection.transaction():
        edges.connection.execute(
            "INSERT INTO core.reach VALUES (999, 1, 1, 1, 1, now(), now(), 1); INSERT INTO ops.touched (story_id) VALUES (999)"
        )
        counted.count(edges.connection, edges.now())
    assert ask(edges, "SELECT count(*) FROM core.reach WHERE story_id = 999") == [(0,)]
    for name in ("coverage", "fulltext"):
        assert ask(edges, f"SELECT count(*) FROM core.{name}") == ask(edges, "SELECT count(*) FROM core.story_article")


def test_a_copy_counts_once_per_title_owner_and_country(edges):
    assert ask(
        edges,
        "SELECT count(*), count(*) FILTER (WHERE once_per_title), count(*) FILTER (WHERE once_per_owner), count(*) FILTER (WHERE once_per_country), count(*) FILTER (WHERE is_canonical) FROM mart.coverage",
    ) == [(4, 4, 4, 2, 2)]
    assert ask(edges, "SELECT sum(articles), sum(stories), sum(alone) FROM mart.title_day") == [(4, 4, 1)]
    assert ask(edges, "SELECT sum(wire_words) = sum(words) FROM mart.title_day WHERE agency = 'npa'") == [(True,)]


def test_a_copy_of_ones_own_is_no_related_story(edges, web):
    (story,) = ask(edges, "SELECT story_id FROM mart.story WHERE articles = 3")[0]
    assert all(row[0] != story for row in ask(edges, "SELECT story_id FROM mart.related(%s)", story))


@pytest.mark.parametrize(
    "words",
    ["", "   ", "the", '"', "ferry &&& | !", "'; DROP TABLE core.story; --", "%s %(x)s", "x" * 10_000, "a or or b", "ﬁne ñandú"],
)
def test_search_answers_whatever_is_typed(edges, words):
    ask(edges, "SELECT * FROM mart.search(%s)", words)
    ask(edges, "SELECT * FROM mart.search(%s, 'fr', '2026-01-01', true)", words)


def test_an_article_is_one_with_itself_by_no_decision(edges):
    assert ask(edges, "SELECT DISTINCT says, cardinality(decisions) FROM mart.coverage, mart.why(article_id, article_id)") == [
        ("they are one article", 0)
    ]


def test_a_language_that_nobody_knows_is_searched_word_by_word(edges):
    assert ask(edges, "SELECT count(*) FROM mart.search('ferries', 'xx')") == [(0,)]
    assert ask(edges, "SELECT count(*) FROM mart.search('ferry', 'en')") == ask(edges, "SELECT count(*) FROM mart.search('ferries')")


def test_search_is_of_stories_unless_copies_are_asked_for(edges):
    (stories,), (copies,) = (ask(edges, "SELECT count(*) FROM mart.search('strike', copies => %s)", wanted)[0] for wanted in (False, True))
    assert (stories, copies) == (1, 3)


def test_headlines_are_found_by_a_part_of_a_word(edges):
    assert questions.load()
    assert ask(edges, "SELECT count(*) FROM mart.article WHERE headline ILIKE '%%useum%%'") == [(1,)]


def test_an_edition_says_how_fresh_figures_are(edges):
    assert ask(edges, "SELECT at, articles, stories, copies, stories_changed FROM mart.edition") == [(NOON, 4, 2, 2, 2)]
    assert timedelta() <= edges.now.at - NOON
