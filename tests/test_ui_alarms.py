"""Silent titles and other alarms: a rhythm is learnt, what is unlikely is told once, and ends by itself."""

import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from builders_news import Clock, ask, world
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from pipeline.feeds import silence
from pipeline.feeds.silence import HOUR, WEEK
from pipeline.settings import ROOT
from pipeline.steps import alarms as alarms_step
from pipeline.steps import resting, watched
from pipeline.steps.alarms import watch
from pipeline.store import dicts
from pipeline.ui import notices

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
OFFICE = [6 if hour // 24 < 5 and 8 <= hour % 24 < 18 else 0 for hour in range(WEEK)]  # of six weeks: every working hour


class Always:
    def __contains__(self, _):
        return True


ALWAYS = Always()


def judged(heard=OFFICE, *, last, now, before=20, read=ALWAYS, weeks=6):
    return silence.judge(silence.chances(heard, weeks), last, now, heard_before=before, read=read)


def test_a_title_that_always_has_something_is_missed_within_six_of_its_usual_hours():
    last = MONDAY + 9.5 * HOUR
    assert not judged(last=last, now=MONDAY + 12 * HOUR).silent
    found = judged(last=last, now=MONDAY + 16 * HOUR)
    assert found.silent
    assert found.usual == found.hours == 6


def test_nights_and_weekends_are_not_missed():
    found = judged(last=MONDAY + timedelta(days=4, hours=17, minutes=40), now=MONDAY + timedelta(days=7, hours=8))
    assert found.hours == 62
    assert (found.usual, found.silent) == (0, False)


def test_hours_in_which_we_did_not_read_say_nothing():
    assert not judged(last=MONDAY + 9 * HOUR, now=MONDAY + 40 * HOUR, read=set()).silent


def test_after_slow_days_more_patience_is_had():
    last, now = MONDAY + timedelta(days=2, hours=9), MONDAY + timedelta(days=2, hours=15)
    assert judged(last=last, now=now, before=18).unlikely > 1.8 * judged(last=last, now=now, before=6).unlikely


def test_six_usual_hours_are_enough_however_slow_it_was():
    last = MONDAY + timedelta(days=2, hours=8)
    five, six = (judged(last=last, now=last + (hours + 1) * HOUR, before=3) for hours in (5, 6))
    assert (five.usual, five.silent) == (5, False)
    assert (six.usual, six.silent, six.unlikely < 11) == (6, True, True)


def test_what_has_no_rhythm_is_never_surely_silent_soon():
    rare = [1 if hour % 40 == 0 else 0 for hour in range(WEEK)]
    assert not judged(rare, last=MONDAY, now=MONDAY + 72 * HOUR).silent


@given(st.lists(st.integers(0, 6), min_size=WEEK, max_size=WEEK), st.floats(2, 6))
def test_no_hour_is_certain(heard, weeks):
    assert all(0 <= chance < 0.97 for chance in silence.chances(heard, weeks))


@given(st.integers(0, 100), st.integers(0, 400), st.integers(0, 400))
def test_the_longer_the_less_likely(before, first, more):
    one, other = (judged(last=MONDAY, now=MONDAY + hours * HOUR, before=before).unlikely for hours in (first, first + more))
    assert one <= other


# in the tables


@pytest.fixture
def edges(database, tmp_path):
    """Three weeks of alpha, an article each hour of the day from 8 to 18, and polls around the clock until the 23rd at 13:00."""
    clock = Clock(MONDAY + timedelta(days=21, hours=13))
    with world(database, tmp_path, now=clock) as edges:
        with edges.connection.transaction():
            edges.connection.execute(
                """INSERT INTO core.article (url_key, url, title_id, first_seen_at)
                SELECT sha256(at::text::bytea), 'http://alpha.example/' || extract(epoch FROM at), (SELECT title_id FROM core.title WHERE title = 'alpha'), at
                FROM generate_series(%s::timestamptz, %s, '1 hour') AS at WHERE extract(hour FROM at) BETWEEN 8 AND 18""",
                [MONDAY + timedelta(minutes=10), MONDAY + timedelta(days=21, hours=8, minutes=20)],
            )
            edges.connection.execute(
                """INSERT INTO ops.intake (article_id, host, next_try_at, state, reason)
                SELECT article_id, 'alpha.example', first_seen_at, 'kept', NULL FROM core.article"""
            )
            read(edges, MONDAY, MONDAY + timedelta(days=21, hours=13))
        yield edges


def read(edges, start, end):
    edges.connection.execute(
        """INSERT INTO ops.poll (feed_id, fence, at, next_poll_at) SELECT (SELECT min(feed_id) FROM core.feed), extract(epoch FROM at), at, at
        FROM generate_series(%s::timestamptz, %s, '1 hour') AS at ON CONFLICT DO NOTHING""",
        [start, end],
    )


def later(edges, **time):
    with edges.connection.transaction():
        read(edges, edges.now.at, edges.now.at + timedelta(**time))
    edges.now.forward(**time)


def alarms(edges):
    return ask(edges, "SELECT kind, subject, since, seen_at, ended_at FROM ops.alarm ORDER BY alarm_id")


@pytest.mark.database
def test_a_silent_title_is_told_once_and_ends_with_its_next_article(edges):
    assert watch(edges)["alarm"].doors == {"new": 0, "held": 0, "ended": 0, "silenced": 0}
    later(edges, hours=5)
    began, told = edges.now(), []
    assert watch(edges, tell=told.append)["alarm"].doors["new"] == 1
    later(edges, hours=1)
    assert watch(edges, tell=told.append)["alarm"].doors == {"new": 0, "held": 1, "ended": 0, "silenced": 0}
    (alarm,) = told
    line = alarms_step.line(alarm)
    assert line.startswith("silent_title alpha: Nothing new since")
    assert "./wiredesk titles discover http://alpha.example` finds it." in line
    assert f"`WIREDESK_VAR={edges.settings.var} ./wiredesk" in line, "a command asks the Wiredesk that tells of it"
    assert line.endswith("See docs/runbook.md#a-title-is-silent-though-all-is-green")
    assert alarms(edges) == [("silent_title", "alpha", began, edges.now(), None)]
    ((cause,),) = ask(edges, "SELECT cause FROM ops.alarm")
    assert "Nothing new since 2026-03-23 08:10 UTC" in cause
    with edges.connection.transaction():
        edges.connection.execute(
            "UPDATE core.article SET first_seen_at = %s WHERE article_id = (SELECT max(article_id) FROM core.article)", [edges.now()]
        )
    later(edges, minutes=5)
    assert watch(edges)["alarm"].doors["ended"] == 1
    assert alarms(edges)[0][-1] == edges.now()


@pytest.mark.database
def test_of_two_that_watch_at_once_one_tells(edges, database, tmp_path):
    told = []
    later(edges, hours=5)

    def tell(alarm):
        told.append(alarm)
        if len(told) == 1:
            with world(database, tmp_path, now=edges.now) as other:
                watch(other, tell=told.append)

    watch(edges, tell=tell)
    assert len(told) == 1
    ask(edges, "UPDATE ops.alarm SET told_at = NULL RETURNING 1")
    watch(edges, tell=told.append)
    assert len(told) == 2, "it is not kept from telling for ever"


@pytest.mark.database
def test_what_begins_while_another_tells_is_told_by_that_one(edges, database, tmp_path):
    told = []

    def tell(alarm):
        told.append(alarm["subject"])
        if len(told) == 1:
            with world(database, tmp_path, now=edges.now) as other:
                alarms_step.late(other, "ingest", 15, tell=tell)

    alarms_step.late(edges, "stories", 60, tell=tell)
    assert told == ["stories", "ingest"]


@pytest.mark.database
def test_a_notifier_that_hangs_keeps_nobody_else_from_telling(edges, database, tmp_path, monkeypatch):
    monkeypatch.setattr(alarms_step, "HUNG", timedelta(milliseconds=100), raising=False)
    told = []

    def hang(alarm):
        time.sleep(1)
        with world(database, tmp_path, now=edges.now) as other:
            watch(other, tell=told.append)

    with pytest.raises(psycopg.OperationalError):
        alarms_step.late(edges, "ingest", 15, tell=hang)
    assert [alarm["subject"] for alarm in told] == ["ingest"]


@pytest.mark.database
def test_if_nothing_was_read_no_title_is_silent(edges):
    with edges.connection.transaction():
        edges.connection.execute("DELETE FROM ops.poll WHERE at > %s", [edges.now() - timedelta(hours=3)])
    edges.now.forward(days=3)
    assert watch(edges)["alarm"].seen == 0


@pytest.mark.database
@pytest.mark.parametrize(
    "change", ["UPDATE ops.schedule SET paused = true", "UPDATE ops.schedule SET failures = 1", "UPDATE core.title SET active = false"]
)
def test_a_title_that_is_not_read_is_not_silent(edges, change):
    later(edges, hours=6)
    with edges.connection.transaction():
        edges.connection.execute(change)
    assert watch(edges)["alarm"].seen == 0


@pytest.mark.database
def test_pages_that_are_refused_as_they_were_not_before_are_told_with_the_reason(edges):
    with edges.connection.transaction():
        edges.connection.execute(
            "UPDATE ops.intake SET state = 'refused', reason = 'no_text' FROM core.article WHERE article.article_id = intake.article_id AND first_seen_at > %s",
            [edges.now() - timedelta(days=1)],
        )
    assert watch(edges)["alarm"].doors["new"] == 0, "six of a day are too few to judge"
    with edges.connection.transaction():
        edges.connection.execute(
            "UPDATE ops.intake SET state = 'refused', reason = 'no_text' FROM core.article WHERE article.article_id = intake.article_id AND first_seen_at > %s",
            [edges.now() - timedelta(days=2)],
        )
    edges.now.at = MONDAY + timedelta(days=20, hours=23)
    assert watch(edges)["alarm"].doors["new"] == 1
    ((kind, cause),) = ask(edges, "SELECT kind, cause FROM ops.alarm")
    assert kind == "refusals"
    assert "most for no_text" in cause


@pytest.mark.database
def test_a_changed_layout_is_an_alarm_until_it_settles(edges):
    def event(what):
        with edges.connection.transaction():
            edges.connection.execute(
                "INSERT INTO ops.title_event (title_id, at, what, detail) SELECT title_id, %s, %s, 'words 400 to 12' FROM core.title WHERE title = 'beta'",
                [edges.now(), what],
            )

    event("layout_changed")
    assert watch(edges)["alarm"].doors["new"] == 1
    event("layout_settled")
    assert watch(edges)["alarm"].doors["ended"] == 1


@pytest.mark.database
def test_what_is_silenced_is_kept_and_counted_apart(edges):
    later(edges, hours=6)
    with edges.connection.transaction():
        edges.connection.execute(
            "INSERT INTO ops.silence (kind, subject, who, why, at, until) VALUES ('silent_title', 'alpha', 'ada', 'rests', %s, %s)",
            [edges.now(), edges.now() + timedelta(days=1)],
        )
    told = []
    assert watch(edges, tell=told.append)["alarm"].doors == {"new": 1, "held": 0, "ended": 0, "silenced": 1}
    assert told == []


def test_a_share_of_copies_jumps_by_its_own_measure():
    quiet = [0.4, 0.41, 0.39, 0.4, 0.42, 0.38, 0.4]
    assert watched.jumped([*quiet, 0.6]) == (0.4, 0.6)
    assert watched.jumped([*quiet, 0.2]) == (0.4, 0.2), "down, too"
    assert watched.jumped([*quiet, 0.5]) is None
    assert watched.jumped([*quiet[:-1], 0.6]) is None, "too little is known"
    assert watched.jumped([0.1, 0.7, 0.2, 0.6, 0.3, 0.5, 0.4, 0.6]) is None, "these days always differ"
    assert watched.jumped([*quiet, 0.9, 0.6]) == (0.4, 0.6), "one odd day moves nothing"


@pytest.mark.database
def test_a_jump_of_the_share_of_copies_is_told_and_ends(edges):
    def edition(days, articles, copies):
        edges.connection.execute(
            "INSERT INTO ops.edition (at, articles, stories, copies, refused, pending) VALUES (%s, %s, %s, %s, 0, 0)",
            [edges.now() - timedelta(days=days), articles, articles - copies, copies],
        )

    with edges.connection.transaction():
        for day in range(1, 11):
            edition(11 - day, 1000 * day, 400 * day)
        edition(0, 11000, 4000 + 800)
    told = []
    assert watch(edges, tell=told.append)["alarm"].doors["new"] == 1
    (alarm,) = told
    assert (alarm["kind"], alarm["subject"]) == ("copies_jumped", "all")
    assert alarm["cause"] == "80% of the last day's 1,000 new articles are copies; 40% is usual."
    with edges.connection.transaction():
        edges.connection.execute("UPDATE ops.edition SET copies = 4400, stories = 6600 WHERE articles = 11000")
    assert watch(edges)["alarm"].doors["ended"] == 1


def turn_over(edges, *, gap, covers, count=20):
    """A poll that knows nothing of what it sees: `count` entries, the oldest `covers` old, `gap` after the poll before."""
    now = edges.now()
    with edges.connection.transaction():
        feed = edges.connection.execute("SELECT min(feed_id) FROM core.feed").fetchone()[0]
        edges.connection.execute("DELETE FROM ops.poll")
        edges.connection.execute(
            "INSERT INTO ops.poll (feed_id, fence, at, next_poll_at) SELECT %s, 1, at, at FROM (SELECT %s::timestamptz AS at) AS x",
            [feed, now - gap - HOUR],
        )
        edges.connection.execute(
            "INSERT INTO ops.poll (feed_id, fence, at, next_poll_at, seen, known) VALUES (%s, 2, %s, %s, 9, 9)", [feed, now - gap, now]
        )
        edges.connection.execute(
            "INSERT INTO ops.poll (feed_id, fence, at, next_poll_at, seen, new) VALUES (%s, 3, %s, %s, %s, %s)",
            [feed, now, now, count, count],
        )
        rows = edges.connection.execute("SELECT article_id FROM core.article LIMIT %s", [count]).fetchall()
        for place, (article,) in enumerate(rows):
            at = now - covers * (place + 1) / count
            edges.connection.execute("INSERT INTO core.sighting VALUES (%s, %s, %s, %s, 1, 1)", [article, feed, now, now])
            edges.connection.execute(
                "INSERT INTO raw.entry (article_id, feed_id, seen_at, guid, headline, summary, authors, language, section, published_at, published_precision) VALUES (%s, %s, %s, '', '', '', '{}', '', '', %s, 'second')",
                [article, feed, now, at],
            )
    return feed


@pytest.mark.database
def test_entries_that_come_and_go_between_two_polls_are_estimated_and_told(edges):
    turn_over(edges, gap=3 * HOUR, covers=1 * HOUR)
    (row,) = ask_missed(edges)
    assert (row["missed"], row["came"], row["turned"], row["polls"]) == (40, 20, 1, 3), "twice as long as what it holds: twice as many"
    told = []
    watch(edges, tell=told.append)
    assert [(alarm["kind"], alarm["subject"]) for alarm in told] == [("missed_entries", "http://alpha.example/feed.xml")]
    assert told[0]["cause"].startswith("About 40 entries of a week came and went")


@pytest.mark.database
def test_a_feed_whose_entries_reach_back_to_the_last_poll_misses_nothing(edges):
    turn_over(edges, gap=HOUR, covers=HOUR * 0.99)
    assert ask_missed(edges) == []


@pytest.mark.database
def test_a_feed_that_was_emptied_and_fills_again_misses_nothing(edges):
    feed = turn_over(edges, gap=3 * HOUR, covers=1 * HOUR, count=4)
    assert [row["missed"] for row in ask_missed(edges)] == [], "it held nine: there was room for five more"
    polled(edges, feed, "UPDATE ops.poll SET seen = 4, known = 4 WHERE fence = 2")
    assert [row["missed"] for row in ask_missed(edges)] == [8], "as full as it was"
    polled(
        edges, feed, "UPDATE ops.poll SET seen = 0, known = 0 WHERE fence = 2", "UPDATE ops.poll SET seen = 9, known = 9 WHERE fence = 1"
    )
    assert ask_missed(edges) == []


@pytest.mark.database
def test_a_feed_that_was_empty_for_once_is_measured_from_when_it_last_was_not(edges):
    feed = turn_over(edges, gap=2 * HOUR, covers=1 * HOUR)
    polled(
        edges, feed, "UPDATE ops.poll SET seen = 0, known = 0 WHERE fence = 2", "UPDATE ops.poll SET seen = 20, known = 20 WHERE fence = 1"
    )
    assert [row["missed"] for row in ask_missed(edges)] == [40], "all that it held an hour before that is gone"
    with edges.connection.transaction():
        edges.connection.execute(
            "UPDATE raw.entry SET published_at = published_at - interval '4 hours' WHERE published_at > %s", [edges.now() - HOUR * 0.6]
        )
    assert ask_missed(edges) == [], "half of it is older than that: its addresses are new, and nothing else"


def polled(edges, feed, *changes):
    with edges.connection.transaction():
        for change in changes:
            edges.connection.execute(f"{change} AND feed_id = {feed}")


def ask_missed(edges):
    with edges.connection.transaction():
        return dicts(edges.connection, "alarms.missed", since=edges.now() - timedelta(days=7), feed_id=None)


@pytest.mark.database
def test_who_could_not_be_told_is_told_at_the_next_look_and_when_a_silence_ends(edges):
    def fails(_alarm):
        raise OSError("no mail today")

    later(edges, hours=6)
    with pytest.raises(OSError, match="no mail"):
        watch(edges, tell=fails)
    told = []
    assert watch(edges, tell=told.append)["alarm"].doors["held"] == 1
    watch(edges, tell=told.append)
    assert [alarm["subject"] for alarm in told] == ["alpha"]
    with edges.connection.transaction():
        edges.connection.execute("UPDATE ops.alarm SET told_at = NULL")
        edges.connection.execute(
            "INSERT INTO ops.silence (kind, subject, who, why, at, until) VALUES ('silent_title', 'alpha', 'ada', 'rests', %s, %s)",
            [edges.now(), edges.now() + timedelta(hours=2)],
        )
    watch(edges, tell=told.append)
    assert len(told) == 1
    later(edges, hours=3)
    watch(edges, tell=told.append)
    assert len(told) == 2


@pytest.mark.database
def test_a_late_run_is_an_alarm_until_an_hour_after_the_last(edges):
    told = []
    alarms_step.late(edges, "ingest", 15, tell=told.append)
    alarms_step.late(edges, "ingest", 15, tell=told.append)
    (alarm,) = told
    assert alarm["cause"] == "A run of ingest had not gone well 15 minutes after it was queued."
    later(edges, minutes=50)
    assert watch(edges)["alarm"].doors["ended"] == 0
    later(edges, minutes=20)
    assert watch(edges)["alarm"].doors["ended"] == 1


@pytest.mark.database
def test_a_paused_dag_is_an_alarm_until_airflow_says_that_it_runs(edges):
    told = []
    assert watch(edges, tell=told.append, paused=["ingest", "somebody_elses"])["alarm"].doors["new"] == 1
    assert [(alarm["kind"], alarm["subject"], alarm["anchor"]) for alarm in told] == [("dag_paused", "ingest", "a-dag-is-paused")]
    assert told[0]["cause"] == "The DAG ingest is paused in Airflow: no feed is polled."
    assert watch(edges)["alarm"].doors["ended"] == 0, "Airflow was not asked"
    assert watch(edges, paused=[])["alarm"].doors["ended"] == 1


def test_every_dag_says_what_is_not_done_while_it_is_paused():
    assert {path.stem for path in (ROOT / "dags").glob("*.py")} == set(resting.MEANS)
    assert set(resting.MEANS) > resting.GRAVE


@pytest.mark.database
def test_on_a_newsstand_no_alarm_sends_people_to_the_web(edges):
    edges.settings = edges.settings.model_copy(update={"hosts": ROOT / "hosts"})
    turn_over(edges, gap=3 * HOUR, covers=1 * HOUR)
    later(edges, hours=6)
    with edges.connection.transaction():
        edges.connection.execute(
            "INSERT INTO ops.title_event (title_id, at, what, detail) SELECT title_id, %s, 'layout_changed', 'x' FROM core.title WHERE title = 'beta'",
            [edges.now()],
        )
    told = []
    watch(edges, tell=told.append)
    assert {alarm["kind"] for alarm in told} == {"silent_title", "missed_entries", "layout_changed"}
    for alarm in told:
        assert "./wiredesk" not in alarm["step"], alarm
        assert "under *Feeds*" in alarm["step"] or "under *Stories*" in alarm["step"]
        assert "A newsstand has no web" in alarm["step"]


def test_alarms_go_where_the_setting_says_and_to_the_log_by_default(capsys):
    alarm = {"kind": "silent_title", "subject": "alpha", "cause": "Nothing {{ 7 * 7 }}.", "step": "Look.", "anchor": "x"}
    notices.teller("")(alarm)
    assert capsys.readouterr().out == "silent_title alpha: Nothing {{ 7 * 7 }}. First: Look. See docs/runbook.md#x\n"
    ((cls, arguments),) = notices.read('[{"notifier": "builtins.dict", "to": "desk@example.com"}]')
    assert (cls, arguments) == (dict, {"to": "desk@example.com"})


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("nonsense", "is no JSON"),
        ('{"notifier": "email"}', "is no list"),
        ('[{"to": "x"}]', "is no list"),
        ('[{"notifier": "pigeon"}]', "pigeon cannot be used"),
        ('[{"notifier": "builtins.pigeon"}]', "cannot be used"),
    ],
)
def test_a_setting_that_names_no_notifier_is_refused_with_the_known_ones(said, problem):
    with pytest.raises(SettingsError, match=problem):
        notices.read(said)
