"""When to poll next: laws over generated outcomes, and the cases that an operator will ask about."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from builders_news import title
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feeds.entries import parse
from pipeline.feeds.pace import Outcome, Policy, fresh_for, plan
from pipeline.feeds.wishes import hour, wishes
from pipeline.reasons import Reason
from pipeline.records import Feed, Habit, Rhythm, Wishes

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
KEY = sha256(b"feed").digest()
DAY = timedelta(days=1)
POLICY = Policy()

durations = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=400))
asks = st.none() | durations
moments = st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  hypothesis adds the zone
amounts = st.lists(st.floats(0, 5000), min_size=31, max_size=31).map(tuple)
skips = st.lists(st.integers(0, 167), unique=True, max_size=60).map(sorted).map(tuple)
wishes_ = st.builds(Wishes, pace=asks, usual=asks)
books = st.just(((), ())) | st.tuples(amounts, amounts)
habits_ = st.builds(
    lambda books, **fields: Habit(came=books[0], watched=books[1], **fields),
    books,
    read_at=st.none() | moments,
    depth=st.integers(0, 5000),
    lately=st.floats(0, 5000),
    awaited=st.floats(0, 5000),
)
rhythms = st.builds(
    Rhythm,
    interval=durations,
    failures=st.integers(0, 10_000),
    state=st.sampled_from(["active", "probation"]),
    wishes=wishes_,
    habit=habits_,
)
outcomes = st.builds(
    Outcome,
    refusal=st.none() | st.sampled_from(Reason),
    seen=st.integers(0, 5000),
    new=st.integers(0, 5000),
    published=st.lists(moments, max_size=5).map(tuple),
    wishes=st.none() | wishes_,
    fresh_for=asks,
    retry_after=asks,
    unchanged=st.booleans(),
)


def next_after(rhythm: Rhythm, outcome: Outcome, *, now=NOW) -> tuple[Rhythm, timedelta]:
    rhythm, at = plan(rhythm, outcome, now=now, feed_key=KEY)
    return rhythm, at - now


def every(hours: float, **changes) -> Rhythm:
    return Rhythm(interval=timedelta(hours=hours), **changes)


def lived(posts, *, days=21, depth=20, dated=True, **wishes) -> Rhythm:
    """Return the rhythm after some weeks of polls every hour of a feed that posts so many entries in an hour that begins then."""
    rhythm, listed = every(1), []
    for passed in range(days * 24):
        begins = NOW - timedelta(hours=days * 24 - passed)
        fresh = [begins + timedelta(minutes=1 + n) for n in range(posts(begins))]
        listed = [*listed, *fresh][-depth:]
        outcome = Outcome(
            seen=len(listed),
            new=min(len(fresh), depth),
            published=tuple(listed) if dated else (),
            wishes=Wishes(**wishes),
            unchanged=bool(passed) and not fresh,
        )
        rhythm, _ = plan(rhythm, outcome, now=begins + timedelta(minutes=59), feed_key=KEY)
    return rhythm


# -- laws


@given(rhythms, outcomes)
def test_never_before_what_the_server_asks_for_up_to_a_day(rhythm, outcome):
    after, wait = next_after(rhythm, outcome)
    for ask in (outcome.retry_after, outcome.fresh_for, after.wishes.pace):
        assert wait >= min(ask or timedelta(), DAY)


@given(rhythms, outcomes, skips)
def test_never_in_an_hour_that_the_feed_skips_unless_it_skips_for_days(rhythm, outcome, skipped):
    _, without = next_after(rhythm, outcome)
    _, wait = next_after(replace(rhythm, wishes=replace(rhythm.wishes, skips=skipped)), replace(outcome, wishes=None))
    if not outcome.wishes:
        assert without <= wait <= without + POLICY.rest
    at = NOW + wait
    assert outcome.refusal is Reason.GONE or hour(at) not in skipped or wait >= POLICY.rest


@given(rhythms, outcomes)
def test_never_beyond_the_caps(rhythm, outcome):
    after, wait = next_after(rhythm, outcome)
    assert POLICY.shortest <= after.interval <= POLICY.longest
    assert POLICY.early <= wait <= (POLICY.longest if after.state == "active" else POLICY.probation)


@given(rhythms, outcomes)
def test_success_forgets_all_failures(rhythm, outcome):
    after, _ = next_after(rhythm, outcome)
    if outcome.refusal is None:
        assert (after.failures, after.state) == (0, "active")
    else:
        assert after.failures == rhythm.failures + 1


@given(rhythms, outcomes)
def test_a_failure_teaches_nothing_about_the_feed(rhythm, outcome):
    after, _ = next_after(rhythm, outcome)
    assert outcome.refusal is None or after.habit == rhythm.habit


@given(rhythms, outcomes)
def test_only_410_ends_a_feed(rhythm, outcome):
    after, _ = next_after(rhythm, outcome)
    assert (after.state == "gone") == (outcome.refusal is Reason.GONE)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(5, 600))
def test_more_new_entries_never_mean_a_longer_interval(one, other, minutes):
    few, many = sorted((one, other))
    known = every(1, habit=Habit(read_at=NOW - timedelta(minutes=minutes), depth=50))
    slow, _ = next_after(known, Outcome(seen=50, new=few))
    fast, _ = next_after(known, Outcome(seen=50, new=many))
    assert fast.interval <= slow.interval


@given(rhythms, outcomes)
def test_the_same_poll_plans_the_same(rhythm, outcome):
    assert next_after(rhythm, outcome) == next_after(rhythm, outcome)


@given(rhythms, st.lists(outcomes, max_size=6))
def test_whatever_happens_the_books_of_a_feed_stay_in_order(rhythm, life):
    now = NOW
    for outcome in life:
        rhythm, now = plan(rhythm, outcome, now=now, feed_key=KEY)
        habit = rhythm.habit
        assert len(habit.came) == len(habit.watched)
        assert len(habit.came) in {0, 31}
        assert all(math.isfinite(amount) and amount >= 0 for amount in (*habit.came, *habit.watched, habit.lately, habit.awaited))


@given(st.sampled_from(sorted(set(Reason) - {Reason.GONE})), st.integers(0, 60))
def test_failing_again_never_brings_the_next_poll_nearer(reason, times):
    rhythm, last = every(0.25), timedelta()
    for _ in range(times):
        rhythm, wait = next_after(rhythm, Outcome(refusal=reason))
        assert wait >= last
        last = wait


# -- the interval


@pytest.mark.parametrize("dated", [True, False])
def test_a_feed_of_an_entry_an_hour_is_polled_every_half_hour_and_one_of_four_every_quarter(dated):
    assert lived(lambda _: 1, dated=dated).interval / timedelta(minutes=1) == pytest.approx(30, abs=2)
    assert lived(lambda _: 4, dated=dated).interval / timedelta(minutes=1) == pytest.approx(15, abs=1)


def test_a_feed_that_brings_nothing_is_asked_once_a_day():
    assert lived(lambda _: 0, days=40).interval == DAY


def test_the_first_look_tells_a_busy_feed_from_an_idle_one_by_its_dates():
    busy = tuple(NOW - timedelta(minutes=5 * n) for n in range(20))
    idle = tuple(NOW - timedelta(days=n) for n in range(1, 21))
    fast, _ = next_after(every(1), Outcome(seen=20, new=20, published=busy))
    slow, _ = next_after(every(1), Outcome(seen=20, new=20, published=idle))
    assert fast.interval < timedelta(minutes=12)
    assert timedelta(hours=1.5) < slow.interval < timedelta(hours=4)


def test_dates_of_another_zone_or_century_are_not_believed():
    odd = (NOW + timedelta(hours=3), datetime(1990, 1, 1, tzinfo=UTC), datetime(2199, 1, 1, tzinfo=UTC))
    known = every(1, habit=Habit(read_at=NOW - timedelta(hours=1), depth=20))
    assert next_after(known, Outcome(seen=20, new=3, published=odd))[0].habit.came[15] == 3


def test_a_newsroom_is_polled_often_by_day_and_seldom_by_night():
    office = lived(lambda at: 6 if 8 <= at.hour < 18 else 0, depth=30)
    noon, _ = next_after(office, Outcome(seen=30, new=1), now=NOW + timedelta(minutes=10))
    night, _ = next_after(office, Outcome(seen=30, new=12), now=NOW.replace(hour=22))
    assert noon.interval < timedelta(minutes=20)
    assert night.interval > timedelta(minutes=45)


def test_an_idle_feed_is_looked_at_when_its_hour_comes():
    weekly = lived(lambda at: 8 if (at.weekday(), at.hour) == (3, 9) else 0, days=28)  # Thursday at nine
    sunday, _ = next_after(weekly, Outcome(unchanged=True), now=datetime(2026, 11, 29, 12, tzinfo=UTC))
    thursday, _ = next_after(weekly, Outcome(unchanged=True), now=datetime(2026, 11, 26, 9, tzinfo=UTC))
    assert thursday.interval * 4 < sunday.interval


def test_a_burst_brings_the_next_poll_nearer_and_passes():
    calm = lived(lambda _: 1)
    burst, _ = next_after(calm, Outcome(seen=20, new=12))
    assert burst.interval < calm.interval / 2
    later, _ = next_after(burst, Outcome(unchanged=True), now=NOW + timedelta(hours=12))
    assert later.interval > calm.interval * 0.6


def test_a_shallow_feed_is_polled_before_a_third_of_it_can_have_been_replaced():
    deep, shallow = (lived(lambda _: 60, depth=depth, days=3) for depth in (100, 9))
    habit = replace(deep.habit, depth=9)
    assert next_after(replace(deep, habit=habit), Outcome(unchanged=True))[0].interval < deep.interval * 1.01
    lazy = Policy(patience=5.0)
    at = {
        depth: plan(replace(deep, habit=replace(deep.habit, depth=depth)), Outcome(unchanged=True), now=NOW, feed_key=KEY, policy=lazy)[0]
        for depth in (30, 3000)
    }
    assert at[30].interval <= timedelta(minutes=15) < at[3000].interval
    assert shallow.interval == POLICY.shortest


def test_two_feeds_added_together_part():
    one, other = (plan(every(1), Outcome(seen=9, new=0), now=NOW, feed_key=sha256(name).digest())[1] for name in (b"a", b"b"))
    assert one != other


# -- what a feed asks for


@pytest.mark.parametrize(
    ("said", "pace", "usual"),
    [
        ({"ttl": "60"}, 60, None),
        ({"period": "daily", "frequency": "2"}, 720, None),
        ({"period": "hourly", "frequency": "1"}, None, 60),
        ({"period": "Hourly "}, None, 60),
        ({"period": "hourly", "frequency": "2"}, 30, None),
        ({"ttl": "10", "period": "hourly", "frequency": "1"}, 10, 60),
        ({"ttl": "99999999"}, 1440, None),
        ({"period": "yearly"}, 1440, None),
        ({"ttl": "-5", "frequency": "0"}, None, None),
        ({"ttl": "soon", "period": "often"}, None, None),
    ],
)
def test_what_a_feed_asks_for_is_kept_apart_from_what_wordpress_writes_into_every_feed(said, pace, usual):
    found = wishes(**said)
    assert (found.pace, found.usual) == tuple(minutes and timedelta(minutes=minutes) for minutes in (pace, usual))


@pytest.mark.parametrize(
    ("hours", "days", "skipped"),
    [
        (["0", "23"], [], {day * 24 + hour for day in range(7) for hour in (0, 23)}),
        (["24"], [], {day * 24 for day in range(7)}),
        ([], ["Sunday", " sunday "], set(range(144, 168))),
        (["25", "-1", "noon", "1e3", "²"], ["Someday", ""], set()),
        (map(str, range(24)), [], set()),
        ([], ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], set()),
    ],
)
def test_hours_and_days_to_skip_become_hours_of_the_week(hours, days, skipped):
    assert set(wishes(hours=hours, days=days).skips) == skipped


@given(st.text(), st.text(), st.text(), st.lists(st.text()), st.lists(st.text()))
def test_no_words_break_it(ttl, period, frequency, hours, days):
    found = wishes(ttl=ttl, period=period, frequency=frequency, hours=hours, days=days)
    assert all(ask is None or timedelta() < ask <= DAY for ask in (found.pace, found.usual))


SKIPPING = """<rss version="2.0"><channel><title>Harbour</title><link>http://alpha.example/</link><ttl>30</ttl>
<skipHours><hour>0</hour><hour>1</hour></skipHours><skipDays><day>Saturday</day></skipDays>
<item><title>Ferry</title><link>http://alpha.example/ferry</link></item></channel></rss>"""


@pytest.mark.parametrize("text", [SKIPPING, SKIPPING.replace("<title>Ferry", "<title>Ferry & <b>"), SKIPPING.replace("Hours", "HOURS")])
def test_a_feed_is_read_with_what_it_asks_for_also_where_it_is_not_well_formed(text):
    found = parse(
        text.encode(),
        url="http://alpha.example/feed",
        content_type="",
        title=title("alpha"),
        feed=Feed(url="http://alpha.example/feed"),
        now=NOW,
    )
    assert found.wishes.pace == timedelta(minutes=30)
    assert set(found.wishes.skips) == {day * 24 + hour for day in range(7) for hour in (0, 1)} | set(range(120, 144))


def test_an_hour_that_software_asks_for_by_default_slows_an_idle_feed_and_no_busy_one():
    hour = timedelta(hours=1)
    assert next_after(lived(lambda _: 8, usual=hour), Outcome(unchanged=True))[1] < timedelta(minutes=20)
    idle = lived(lambda at: int(at.hour % 8 == 0), usual=hour)
    assert next_after(idle, Outcome(unchanged=True))[1] >= hour
    assert next_after(every(0.25, wishes=Wishes(usual=hour)), Outcome(refusal=Reason.TIMED_OUT))[1] >= hour, "nothing is known against it"


def test_what_a_feed_asked_for_holds_while_it_is_unchanged_and_no_longer_than_it_says_so():
    asked, _ = next_after(every(0.25), Outcome(seen=5, new=1, wishes=Wishes(pace=timedelta(hours=7))))
    assert next_after(asked, Outcome(unchanged=True))[1] >= timedelta(hours=7)
    assert next_after(asked, Outcome(refusal=Reason.TIMED_OUT))[1] >= timedelta(hours=7)
    silent, wait = next_after(asked, Outcome(seen=5, new=1, wishes=Wishes()))
    assert silent.wishes == Wishes()
    assert wait < timedelta(hours=7)


def test_a_weekend_that_a_feed_skips_is_skipped():
    friday = datetime(2026, 11, 27, 23, 0, tzinfo=UTC)
    weekend = every(24, wishes=wishes(days=["Saturday", "Sunday"]))
    _, wait = next_after(weekend, Outcome(refusal=Reason.NOT_FOUND), now=friday)
    assert friday + wait == datetime(2026, 11, 30, 0, 0, tzinfo=UTC)


def test_a_poll_is_not_due_so_late_in_an_hour_that_its_run_comes_in_one_that_is_skipped():
    night = every(1, wishes=wishes(hours=map(str, range(6))))
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    _, wait = next_after(night, Outcome(seen=5, new=5, fresh_for=timedelta(minutes=27)), now=late)
    assert late + wait == datetime(2026, 11, 25, 6, 0, tzinfo=UTC)


# -- failures


def test_a_hard_failure_backs_off_faster_than_a_soft_one():
    hard, soft = every(0.25, failures=3), every(0.25, failures=3)
    assert next_after(hard, Outcome(refusal=Reason.NOT_FOUND))[1] > next_after(soft, Outcome(refusal=Reason.SERVER_ERROR))[1]


@pytest.mark.parametrize("reason", [Reason.NOT_FOUND, Reason.SERVER_ERROR, Reason.DNS_FAILED, Reason.NOT_A_FEED])
def test_a_failing_feed_goes_to_a_day_then_to_probation_then_to_thirty_days_and_comes_back(reason):
    rhythm, waits = every(0.25), []
    for _ in range(60):
        rhythm, wait = next_after(rhythm, Outcome(refusal=reason))
        waits.append((rhythm.state, wait))
    states = [state for state, _ in waits]
    assert states == sorted(states)
    assert ("active", DAY) in waits
    assert waits[-1] == ("probation", timedelta(days=30))
    back, wait = next_after(rhythm, Outcome(seen=20, new=5))
    assert back.state == "active"
    assert wait < timedelta(hours=1), "it comes back at its own pace"


def test_probation_lasts_until_a_success_whatever_fails():
    rhythm, wait = next_after(every(1, failures=13, state="probation"), Outcome(refusal=Reason.TIMED_OUT))
    assert rhythm.state == "probation"
    assert wait >= DAY


def test_retry_after_is_obeyed_and_clamped_to_a_day():
    assert (
        timedelta(hours=3)
        <= next_after(every(0.25), Outcome(refusal=Reason.RATE_LIMITED, retry_after=timedelta(hours=3)))[1]
        < timedelta(hours=4)
    )
    assert next_after(every(0.25), Outcome(refusal=Reason.RATE_LIMITED, retry_after=timedelta(days=300)))[1] == DAY


# -- freshness


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({}, None),
        ({"cache-control": "max-age=600"}, 10),
        ({"cache-control": "public, Max-Age = 600 , must-revalidate"}, 10),
        ({"cache-control": 'max-age="600"'}, 10),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "max-age=600", "age": "300"}, 5),
        ({"cache-control": "max-age=600", "age": "9999"}, None),
        ({"cache-control": "max-age=600, no-cache"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "max-age=0", "expires": "Tue, 24 Nov 2026 17:00:00 GMT"}, None),
        ({"cache-control": "max-age=99999999999"}, 1440),
        ({"cache-control": "max-age=ten"}, None),
        ({"expires": "Tue, 24 Nov 2026 16:30:00 GMT"}, 30),
        ({"expires": "Tue, 24 Nov 2026 16:30:00 GMT", "date": "Tue, 24 Nov 2026 16:20:00 GMT"}, 10),
        ({"expires": "Tue, 24 Nov 2026 15:30:00 GMT"}, None),
        ({"expires": "Tue, 24 Nov 2099 15:30:00 GMT"}, 1440),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
        ({"expires": "Thu, 99 Foo 2026 25:61:61 GMT"}, None),
    ],
)
def test_an_answer_says_how_long_it_is_fresh(headers, minutes):
    assert fresh_for(headers, NOW) == (None if minutes is None else timedelta(minutes=minutes))


@given(st.dictionaries(st.sampled_from(["cache-control", "expires", "date", "age"]), st.text(max_size=60)))
def test_no_header_breaks_it(headers):
    found = fresh_for(headers, NOW)
    assert found is None or timedelta() < found <= DAY
