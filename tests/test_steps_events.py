"""The step that tells events, at its edges: ids that stay, windows that move, stories that merge, picks, and what analysts see."""

from datetime import timedelta

import psycopg
import pytest
from builders_news import NOON, OTHER_AGENCY, UNRELATED, WIRE, Clock, Web, ask, title, world
from builders_stories import FOURTH, THIRD, cut
from typer.testing import CliRunner

from pipeline.cli import events as commands
from pipeline.errors import DecisionError
from pipeline.steps import decisions, rounds, said, topped
from pipeline.steps.cluster import cluster
from pipeline.steps.events import events
from pipeline.steps.publish import publish
from pipeline.store import connect, value

pytestmark = pytest.mark.database

OWN = """Ostraven woke up without its ferries on Monday. At the quay, where the Aurelia lay with her bow doors shut, Marta Odelund of the
seafarers' league poured coffee for drivers who had slept in their lorries, and told them it might be Thursday before anything moved.

Norlink, whose catamarans carried nothing but medicine, said the league had walked away from a fair offer. On Hallo the baker had flour for
two days, and on Vesk the school band practised over the telephone.

Nobody on the quay believed it would be short. The last strike, four years ago, ended when ministers sent the crews back to work."""


@pytest.fixture
def web():
    web = Web()
    web.publish("npa", "wire", WIRE)
    web.publish("alpha", "copy", WIRE, byline="NPA", at=NOON + timedelta(minutes=9))
    web.publish("gamma", "own", OTHER_AGENCY, at=NOON + timedelta(minutes=4))
    web.publish("gamma", "museum", UNRELATED)
    web.publish("beta", "saffron", THIRD)
    web.publish("alpha", "drone", FOURTH)
    return web


@pytest.fixture
def edges(database, tmp_path, web):
    with world(database, tmp_path, web=web, now=Clock(NOON + timedelta(minutes=30))) as edges:
        rounds.run(edges)
        yield edges


def at(edges, path):
    with edges.connection.transaction():
        return decisions.article(edges.connection, f"http://{path}")


def happened(edges):
    """Return the events: each as the paths of its canonical articles."""
    rows = ask(edges, "SELECT event_id, url FROM mart.event_story JOIN mart.canonical_article USING (story_id) ORDER BY event_id, url")
    return [sorted(url.split("example/")[1] for event, url in rows if event == which) for which in sorted({event for event, _ in rows})]


def everything(edges):
    tables = ("event", "event_story", "event_reach", "top_story", "pick")
    return {name: ask(edges, f"SELECT * FROM core.{name} ORDER BY 1, 2") for name in tables}


def test_two_accounts_of_a_strike_are_one_event_copies_are_of_their_story_and_other_news_is_in_none(edges):
    assert happened(edges) == [["own", "wire"]]
    assert ask(edges, "SELECT stories, sources, articles, titles, owners FROM mart.event") == [(2, 2, 3, 3, 3)]
    (because,) = ask(edges, "SELECT because FROM mart.event_story ORDER BY story_id LIMIT 1")[0]
    assert {"Norlink", "Odelund", "Ostraven", "Marta", "Hallo"} & set(because)


def test_running_twice_is_running_once(edges):
    before = everything(edges)
    events(edges)
    assert everything(edges) == before


def test_whoever_finds_another_at_it_goes_home(edges, database):
    with connect(database) as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(7006)")
        assert events(edges)["told"].seen == 0
    assert events(edges)["told"].seen == 5


def test_who_tells_events_may_think_for_longer_than_a_connection_may_be_idle_else(edges):
    """A hundred thousand stories take minutes between what is read and what is written; the limit is back with the next transaction."""
    asked = b"SELECT extract(epoch FROM current_setting('idle_in_transaction_session_timeout')::interval)"
    with edges.connection.transaction():
        (before,) = edges.connection.execute(asked).fetchone()
        assert value(edges.connection, "events.lock")
        (longer,) = edges.connection.execute(asked).fetchone()
    with edges.connection.transaction():
        assert edges.connection.execute(asked).fetchone() == (before,)
    assert before <= 120 < longer


def test_a_person_picks_while_events_are_told(edges, database):
    drone = at(edges, "alpha.example/drone")
    with connect(database) as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(7006)")
        assert topped.pick(edges, drone, who="ada", why="a test", last=timedelta(hours=2))


def test_an_event_keeps_its_id_when_an_account_joins(edges, web):
    (before,) = ask(edges, "SELECT event_id FROM core.event")
    web.publish("beta", "quay", OWN, at=NOON + timedelta(hours=3))
    edges.now.forward(hours=4)
    rounds.run(edges)
    assert happened(edges) == [["own", "quay", "wire"]]
    assert ask(edges, "SELECT event_id FROM core.event") == [before]
    assert ask(edges, "SELECT stories, sources FROM mart.event") == [(3, 3)]


def test_what_is_out_of_the_window_keeps_its_event(edges):
    before = happened(edges)
    edges.now.forward(days=4)
    events(edges)
    assert happened(edges) == before
    edges.now.forward(days=30)
    events(edges)
    assert happened(edges) == before
    assert ask(edges, "SELECT count(*) FROM core.sketch") == [(0,)], "sketches go after two weeks"
    assert ask(edges, "SELECT count(*) FROM mart.top_story") == [(0,)], "nothing of the last day is on top of nothing"


def merged_into_an_old_one(edges, web):
    """Three accounts of a strike, the first of which is merged into a story of three weeks ago; return the event and that story."""
    web.publish("beta", "quay", OWN, at=NOON + timedelta(hours=3))
    for host in ("alpha", "beta"):  # the larger one keeps its id
        web.publish(host, "old", UNRELATED, at=NOON - timedelta(days=21))
    edges.now.forward(hours=4)
    rounds.run(edges)
    assert happened(edges) == [["own", "quay", "wire"]]
    with edges.connection.transaction():
        edges.connection.execute("DELETE FROM core.sketch WHERE story_id = (SELECT story_id FROM core.reach ORDER BY first_at LIMIT 1)")
    ((event, lead, url),) = ask(
        edges,
        "SELECT event_id, lead_id, url FROM core.event JOIN core.story ON story_id = lead_id JOIN core.article ON article_id = canonical_id",
    )
    decisions.decide(edges, "must_link", (at(edges, url.removeprefix("http://")), at(edges, "beta.example/old")), who="ada", why="a test")
    (into,) = ask(edges, "SELECT merged_into FROM core.story WHERE story_id = %s", lead)[0]
    return event, lead, into


def test_a_story_that_is_merged_into_one_of_which_nothing_is_told_any_more_hands_on_its_place(edges, web):
    event, lead, into = merged_into_an_old_one(edges, web)
    assert into != lead
    with edges.connection.transaction():
        spoken = said.article(edges.connection, str(event))
    assert ask(edges, "SELECT story_id FROM core.story WHERE canonical_id = %s", spoken), "an event has a voice before it is told anew"
    for _ in range(2):
        publish(edges)
        events(edges)
        assert ask(edges, "SELECT event_id, story_id, stories, headline IS NOT NULL FROM mart.event") == [(event, into, 3, True)]
        assert ask(edges, "SELECT stories FROM mart.top_story WHERE event_id = %s", event) == [(3,)]


def test_what_was_merged_since_it_was_counted_is_on_top_once_and_seen(edges, web):
    """Two runs of `stories`: one tells events while the next has made stories, and not published."""
    web.publish("beta", "quay", OWN, at=NOON + timedelta(hours=3))
    edges.now.forward(hours=4)
    rounds.run(edges)
    museum, drone = at(edges, "gamma.example/museum"), at(edges, "alpha.example/drone")
    for pair in ((at(edges, "gamma.example/own"), at(edges, "npa.example/wire")), (museum, drone)):
        decisions.decide(edges, "must_link", pair, who="ada", why="a test")
    assert ask(edges, "SELECT count(*), count(DISTINCT story_id) FROM mart.top_story") == [(3, 3)]
    for _ in range(2):
        events(edges)
        assert ask(edges, "SELECT count(*), count(event_id), max(articles) FROM mart.top_story") == [(3, 1, 4)]
        assert ask(edges, "SELECT count(*) FROM core.top_story WHERE at = (SELECT max(at) FROM core.top_story)") == [(3,)]
        publish(edges)


def test_a_pick_is_on_the_list_while_its_story_is_not_counted_yet(edges):
    both = at(edges, "npa.example/wire"), at(edges, "alpha.example/copy")
    for article in both:
        topped.pick(edges, article, who="ada", why="a test", last=timedelta(hours=9))
    decisions.decide(edges, "cannot_link", both, who="ada", why="a test")
    events(edges)
    picked = ask(edges, "SELECT url FROM mart.pick WHERE by_hand ORDER BY url")
    assert picked == [("http://alpha.example/copy",), ("http://npa.example/wire",)]


def test_when_people_make_two_stories_one_the_event_goes_on_and_when_they_part_it_is_whole_again(edges):
    (before,) = ask(edges, "SELECT event_id FROM core.event")
    both = at(edges, "gamma.example/own"), at(edges, "npa.example/wire")
    number = decisions.decide(edges, "must_link", both, who="ada", why="a test")
    publish(edges)
    events(edges)
    assert ask(edges, "SELECT event_id, stories FROM core.event_reach") == [(*before, 1)], "an event keeps its id, whatever becomes of it"
    assert ask(edges, "TABLE mart.event") == [], "but one story is no event"
    decisions.withdraw(edges, number, who="ada", why="a test")
    publish(edges)
    events(edges)
    assert happened(edges) == [["own", "wire"]]
    assert ask(edges, "SELECT event_id FROM core.event WHERE merged_into IS NULL") == [before]


def test_what_is_told_by_one_story_alone_is_no_event_to_analysts(edges):
    assert len(happened(edges)[0]) == 2
    ask(edges, "DELETE FROM core.event_story WHERE story_id = (SELECT max(story_id) FROM core.event_story) RETURNING 1")
    assert ask(edges, "SELECT count(*) FROM core.event_story") == [(1,)]
    assert happened(edges) == []


def test_two_events_that_prove_to_be_one_leave_a_trace(edges):
    """Whoever kept the number of the one is led to the other."""
    with edges.connection.transaction():
        (one,) = ask(edges, "SELECT event_id FROM core.event")[0]
        stories = [story for (story,) in ask(edges, "SELECT story_id FROM core.event_story ORDER BY 1")]
        edges.connection.execute(
            "WITH new AS (INSERT INTO core.event (lead_id, created_at, changed_at) VALUES (%s, %s, %s) RETURNING event_id)"
            " UPDATE core.event_story SET event_id = new.event_id FROM new WHERE story_id = %s",
            [stories[1], edges.now(), edges.now(), stories[1]],
        )
    events(edges)
    assert happened(edges) == [["own", "wire"]]
    assert ask(edges, "SELECT merged_into FROM core.event WHERE event_id <> %s", one) == [(one,)]


def test_the_timeline_has_every_version_who_broke_it_and_ties(edges, web):
    web.publish("beta", "quay", OWN, at=NOON + timedelta(seconds=40))
    edges.now.forward(hours=1)
    rounds.run(edges)
    rows = ask(edges, "SELECT title, after, broke_it, relation FROM mart.timeline WHERE event_id IS NOT NULL ORDER BY read_at, title")
    minutes = {name: (after // timedelta(minutes=1), broke) for name, after, broke, _ in rows}
    assert minutes == {"npa": (0, True), "beta": (0, True), "gamma": (4, False), "alpha": (9, False)}
    assert [relation for name, _, _, relation in rows if name == "alpha"] == ["verbatim"]


def test_related_stories_are_the_events_first_with_a_reason_and_never_copies(edges):
    (wire,) = ask(edges, "SELECT story_id FROM mart.article WHERE url LIKE '%%/wire'")[0]
    rows = ask(edges, "SELECT story_id, same_event, because, title_name FROM mart.related(%s)", wire)
    assert rows[0][1:2] == (True,)
    assert rows[0][3] == "Gamma"
    assert all(story != wire and because for story, _, because, _ in rows)


def test_a_list_of_a_clock_that_was_ahead_is_no_list_of_now(edges):
    edges.now.forward(hours=12)
    events(edges)
    edges.now.forward(hours=-11)
    events(edges)
    for name in ("top_story", "pick"):
        assert ask(edges, f"SELECT DISTINCT at FROM mart.{name}") == [(edges.now(),)]


def test_every_part_of_a_score_is_kept_and_they_add_up(edges):
    rows = ask(
        edges,
        """SELECT place, event_id IS NOT NULL, score, (sources_part + owners_part + countries_part + rank_part + growth_part) * age_part
        FROM mart.top_story ORDER BY place""",
    )
    assert [place for place, *_ in rows] == [1, 2, 3, 4]
    assert rows[0][1], "the strike has two sources"
    assert all(score == pytest.approx(made) for *_, score, made in rows)


OWNED = tuple(title(f"sister{number}", owner="One Group") for number in range(12))
OWNERS = tuple(title(f"paper{number}") for number in range(3))


def test_one_agency_text_in_many_titles_of_one_owner_is_below_a_few_own_reports(database, tmp_path):
    web = Web()
    for one in (*OWNED, *OWNERS):
        web.feeds[one.feeds[0].url] = []
    for number in range(12):
        web.publish(f"sister{number}", "saffron", THIRD)
    for number, text in enumerate((cut(WIRE, 0, 9), OTHER_AGENCY, OWN)):
        web.publish(f"paper{number}", "strike", text)
    npa = title("npa", kind="agency", agency="npa", domains=("npa.example",))
    with world(database, tmp_path, web=web, now=Clock(NOON + timedelta(hours=1)), titles=(*OWNED, *OWNERS, npa)) as edges:
        rounds.run(edges)
        rows = ask(edges, "SELECT place, articles, sources, owners FROM mart.top_story ORDER BY place")
    assert rows == [(1, 3, 3, 3), (2, 12, 1, 1)]


def test_a_persons_pick_is_on_the_list_at_once_until_its_time_is_over_or_it_is_withdrawn(edges):
    drone = at(edges, "alpha.example/drone")
    assert all(not by_hand for (by_hand,) in ask(edges, "SELECT by_hand FROM mart.pick"))
    number = topped.pick(edges, drone, who="ada", why="it made us laugh", last=timedelta(hours=2))
    first = "SELECT place, by_hand, picked_by, why, url FROM mart.pick ORDER BY place LIMIT 1"
    assert ask(edges, first) == [(1, True, "ada", "picked by ada: it made us laugh", "http://alpha.example/drone")]
    assert ask(edges, "SELECT count(*) - count(DISTINCT story_id) FROM mart.pick") == [(0,)]
    with pytest.raises(DecisionError, match="is picked already"):
        topped.pick(edges, drone, who="bob", why="me too", last=timedelta(hours=2))
    edges.now.forward(hours=3)
    events(edges)
    assert ask(edges, "SELECT count(*) FROM mart.pick WHERE by_hand") == [(0,)]
    again = topped.pick(edges, drone, who="bob", why="still good", last=timedelta(hours=2))
    assert again != number
    topped.unpick(edges, again, who="bob", why="enough")
    assert ask(edges, "SELECT count(*) FROM mart.pick WHERE by_hand") == [(0,)]
    with pytest.raises(DecisionError, match="no pick that holds"):
        topped.unpick(edges, again, who="bob", why="enough")


def pairs(edges, *paths):
    return tuple(at(edges, path) for path in paths)


def test_people_join_two_stories_into_one_event_and_it_survives_being_told_anew(edges, web):
    number = said.say(edges, "one_event", pairs(edges, "beta.example/saffron", "gamma.example/own"), who="ada", why="the cook is on strike")
    assert happened(edges) == [["own", "saffron", "wire"]]
    edges.now.forward(hours=4)
    web.publish("beta", "quay", OWN, at=NOON + timedelta(hours=3))
    rounds.run(edges)
    assert happened(edges) == [["own", "quay", "saffron", "wire"]]
    edges.now.forward(days=20)
    events(edges)
    assert happened(edges) == [["own", "quay", "saffron", "wire"]], "also when nothing is told of it any more"
    rows = ask(
        edges, "SELECT what, decided_by, why, url || other_url LIKE '%%/own%%', url || other_url LIKE '%%/saffron%%' FROM mart.decision"
    )
    assert rows == [("one_event", "ada", "the cook is on strike", True, True)]
    (word,) = ask(edges, "SELECT DISTINCT decisions FROM mart.event_story WHERE cardinality(decisions) > 0")[0]
    assert word[0].startswith("one event (ada, 2026-03-02): the cook")
    assert ask(edges, "SELECT count(*) FROM mart.event_story WHERE cardinality(decisions) > 0") == [(2,)]
    assert number


def test_people_split_an_event_and_take_their_word_back(edges):
    both = pairs(edges, "npa.example/wire", "gamma.example/own")
    number = said.say(edges, "two_events", both, who="ada", why="two strikes")
    assert happened(edges) == []
    events(edges)
    assert happened(edges) == []
    with pytest.raises(DecisionError, match=r"split has been decided, \d+ by ada: two strikes"):
        said.say(edges, "one_event", both, who="bob", why="one strike")
    said.withdraw(edges, number, who="ada", why="it was one")
    assert happened(edges) == [["own", "wire"]]
    with pytest.raises(DecisionError, match="no word on events that holds"):
        said.withdraw(edges, number, who="ada", why="again")


def test_what_people_join_and_part_may_be_older_than_the_machine_still_changes(edges):
    edges.now.forward(days=10)
    events(edges)
    number = said.say(edges, "two_events", pairs(edges, "npa.example/wire", "gamma.example/own"), who="ada", why="two strikes")
    assert happened(edges) == []
    events(edges)
    assert happened(edges) == []
    said.withdraw(edges, number, who="ada", why="one after all")
    said.say(edges, "one_event", pairs(edges, "beta.example/saffron", "alpha.example/drone"), who="ada", why="a test")
    assert ["drone", "saffron"] in happened(edges)


def test_a_word_on_events_that_cannot_be_met_changes_nothing(edges):
    own, wire, saffron = pairs(edges, "gamma.example/own", "npa.example/wire", "beta.example/saffron")
    said.say(edges, "two_events", (own, saffron), who="ada", why="a test")
    before = everything(edges)
    with pytest.raises(DecisionError, match="cannot be met beside"):
        said.say(edges, "one_event", (wire, saffron), who="bob", why="own would come with wire")
    with pytest.raises(DecisionError, match="both are one story"):
        said.say(edges, "two_events", (wire, at(edges, "alpha.example/copy")), who="bob", why="a copy is of its story")
    with pytest.raises(DecisionError, match="why: it says nothing"):
        said.say(edges, "one_event", (wire, saffron), who="bob", why=" ")
    assert ask(edges, "SELECT count(*) FROM core.decision") == [(1,)]
    assert everything(edges)["event_story"] == before["event_story"]


def test_people_join_split_and_take_back_however_old_the_events_are(edges, web):
    """After two weeks a story has no sketch any more: it is sketched for as long as its events are told, and nothing else moves."""
    both = pairs(edges, "npa.example/wire", "gamma.example/own")
    edges.now.forward(days=60)
    web.publish("beta", "quay", OWN, at=edges.now())
    rounds.run(edges)
    kept = "SELECT count(*) FROM core.sketch WHERE at < (SELECT max(at) FROM core.sketch)"
    assert ask(edges, kept) == [(0,)], "sketches of then are gone"
    told = everything(edges)["event_story"]
    joined = said.say(edges, "one_event", pairs(edges, "beta.example/saffron", "gamma.example/own"), who="ada", why="the cook is on strike")
    assert happened(edges) == [["own", "saffron", "wire"]]
    parted = said.say(edges, "two_events", both, who="ada", why="two strikes")
    assert happened(edges) in ([["own", "saffron"]], [["saffron", "wire"]])
    events(edges)
    assert ask(edges, kept) == [(0,)]
    assert happened(edges) in ([["own", "saffron"]], [["saffron", "wire"]]), "it holds when events are told without it"
    said.withdraw(edges, parted, who="ada", why="it was one")
    assert happened(edges) == [["own", "saffron", "wire"]]
    said.withdraw(edges, joined, who="ada", why="he is not")
    assert happened(edges) == [["own", "wire"]]
    assert [row[:2] for row in everything(edges)["event_story"]] == [row[:2] for row in told], "in the event it had"
    late = said.say(edges, "one_event", pairs(edges, "npa.example/wire", "beta.example/quay"), who="ada", why="the strike goes on")
    assert happened(edges) == [["own", "quay", "wire"]], "one of then and one of now"
    assert late


def test_an_old_event_has_its_timeline_and_its_related_stories(edges):
    asked = (
        "SELECT read_at, title, broke_it, event_id FROM mart.timeline ORDER BY read_at, article_id",
        "SELECT other.story_id, same_event, other.because FROM mart.event_story CROSS JOIN LATERAL mart.related(event_story.story_id) AS other ORDER BY 1, 2",
    )
    before = [ask(edges, one) for one in asked]
    edges.now.forward(days=60)
    rounds.run(edges)
    assert [ask(edges, one) for one in asked] == before
    assert all(before)


def test_what_can_be_in_no_event_is_refused_with_what_to_do(edges):
    own, wire = pairs(edges, "gamma.example/own", "npa.example/wire")
    with edges.connection.transaction():
        edges.connection.execute("TRUNCATE core.sketch")
        edges.connection.execute("UPDATE core.article_version SET flags = '{live_blog}' WHERE article_id = %s", [own])
    with pytest.raises(DecisionError, match="own holds several texts") as caught:
        said.say(edges, "two_events", (own, wire), who="ada", why="a test")
    assert "alone" in caught.value.hint
    with edges.connection.transaction():
        edges.connection.execute("TRUNCATE core.sketch")
        edges.connection.execute("UPDATE core.article_version SET flags = '{}'")
        edges.connection.execute(
            "DELETE FROM core.reach WHERE story_id = (SELECT story_id FROM core.story_article WHERE article_id = %s)", [wire]
        )
    with pytest.raises(DecisionError, match="wire is in no edition yet") as caught:
        said.say(edges, "two_events", (own, wire), who="ada", why="a test")
    assert "publish" in caught.value.hint
    assert ask(edges, "SELECT count(*) FROM core.decision") == [(0,)]


def test_a_word_on_events_is_none_on_stories(edges):
    own, wire = pairs(edges, "gamma.example/own", "npa.example/wire")
    number = decisions.decide(edges, "cannot_link", (own, wire), who="ada", why="two texts")
    assert said.say(edges, "one_event", (own, wire), who="ada", why="of one strike") > number
    cluster(edges)
    assert ask(edges, "SELECT count(DISTINCT story_id) FROM mart.coverage WHERE article_id = ANY (%s)", [own, wire]) == [(2,)]
    assert happened(edges) == [["own", "wire"]]


def test_a_pick_says_nothing_about_whose_text_its_story_is(edges):
    wire = at(edges, "npa.example/wire")
    topped.pick(edges, wire, who="ada", why="a test", last=timedelta(hours=2))
    cluster(edges)
    assert ask(edges, "SELECT agency FROM core.story JOIN core.story_article USING (story_id) WHERE article_id = %s", wire) == [("npa",)]
    own = at(edges, "gamma.example/own")
    assert decisions.decide(edges, "set_agency", (own,), who="ada", why="a test", agency="npa")


def test_a_round_up_is_in_no_event(edges):
    with edges.connection.transaction():
        edges.connection.execute("UPDATE core.article_version SET flags = '{roundup}' WHERE headline LIKE 'Gamma on own%%'")
        edges.connection.execute("TRUNCATE core.sketch, core.event_story, core.event CASCADE")
    events(edges)
    assert happened(edges) == []


def test_an_event_that_is_neither_live_nor_merged_cannot_be(edges):
    with pytest.raises(psycopg.errors.CheckViolation), edges.connection.transaction():
        edges.connection.execute("UPDATE core.event SET lead_id = NULL")


def test_the_commands_tell_pick_and_unpick(edges, database, monkeypatch):
    monkeypatch.setenv("WIREDESK_DATABASE_URL", database)
    monkeypatch.setenv("WIREDESK_AIRFLOW_DATABASE_URL", database)
    monkeypatch.setenv("WIREDESK_CLOCK", f"{NOON.isoformat()} {NOON.isoformat()} 0")
    run = CliRunner().invoke
    told = run(commands.app, ["events", "--json"])
    assert '"in an event": 2' in told.output, told.exception
    picked = run(commands.app, ["pick", "http://beta.example/saffron", "--why", "for cooks", "--by", "ada"])
    assert "Picked for 24 hours" in picked.output, picked.exception
    number = picked.output.split("decision ")[1].rstrip(".\n")
    assert "withdrawn" in run(commands.app, ["unpick", number, "--why", "enough", "--by", "ada"]).output
    run(commands.app, ["pick", "http://npa.example/wire", "--why", "for ferrymen", "--by", "ada"])
    by_copy = run(commands.app, ["unpick", "http://alpha.example/copy", "--why", "enough", "--by", "ada"])
    assert "withdrawn" in by_copy.output, by_copy.exception
    assert ask(edges, "SELECT count(*) FROM mart.pick WHERE by_hand") == [(0,)]
    none = run(commands.app, ["unpick", "http://alpha.example/copy", "--why", "enough", "--by", "ada"])
    assert "nobody has picked" in str(none.exception)


def test_the_commands_join_split_and_withdraw_by_addresses_and_numbers_of_events(edges, database, monkeypatch):
    monkeypatch.setenv("WIREDESK_DATABASE_URL", database)
    monkeypatch.setenv("WIREDESK_AIRFLOW_DATABASE_URL", database)
    monkeypatch.setenv("WIREDESK_CLOCK", f"{NOON.isoformat()} {NOON.isoformat()} 0")
    edges.connection.commit()
    run = CliRunner().invoke
    ((event,),) = ask(edges, "SELECT event_id FROM mart.event")
    joined = run(commands.app, ["events", "join", str(event), "http://beta.example/saffron", "--because", "a test", "--by", "ada"])
    assert f"event {event}: 3 stories in 4 articles" in joined.output, joined.exception
    for path in ("gamma.example/own", "npa.example/wire"):
        parted = run(commands.app, ["events", "split", str(event), f"http://{path}", "--because", "a test", "--by", "ada"])
        if parted.exit_code == 0:
            break
    assert "holds" in parted.output, parted.exception
    number = joined.output.split()[1]
    assert "withdrawn" in run(commands.app, ["events", "withdraw", number, "--because", "enough", "--by", "ada"]).output
    assert "there is none of this number" in str(
        run(commands.app, ["events", "join", "999", str(event), "--because", "a test", "--by", "ada"]).exception
    )


def test_an_event_stays_an_event_when_its_text_changes(edges):
    """A new text of the canonical article is sketched anew, and the event goes on."""
    (before,) = ask(edges, "SELECT event_id FROM core.event")
    with edges.connection.transaction():
        edges.connection.execute(
            "UPDATE core.article_version SET text_sha = sha256('x'), headline = 'Strike on' WHERE headline LIKE 'Gamma on own%%'"
        )
    events(edges)
    assert ask(edges, "SELECT event_id FROM core.event WHERE merged_into IS NULL") == [before]
    assert ask(edges, "SELECT count(*) FROM core.sketch WHERE text_sha = sha256('x')") == [(1,)]


def test_a_step_without_stories_leaves_an_empty_list(database, tmp_path):
    with world(database, tmp_path, web=Web(), now=Clock()) as edges:
        assert events(edges)["told"].seen == 0
        assert ask(edges, "TABLE mart.top_story") == ask(edges, "TABLE mart.pick") == []
