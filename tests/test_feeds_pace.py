"""When to poll next: laws over generated outcomes, and the cases that an operator will ask about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feeds.pace import Outcome, Policy, fresh_for, plan
from pipeline.reasons import Reason
from pipeline.records import Rhythm

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
KEY = sha256(b"feed").digest()
DAY = timedelta(days=1)
POLICY = Policy()

durations = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=400))
asks = st.none() | durations
rhythms = st.builds(
    Rhythm,
    interval=durations,
    failures=st.integers(0, 10_000),
    state=st.sampled_from(["active", "probation"]),
)
outcomes = st.builds(
    Outcome,
    refusal=st.none() | st.sampled_from(Reason),
    seen=st.integers(0, 5000),
    new=st.integers(0, 5000),
    pace=asks,
    fresh_for=asks,
    retry_after=asks,
    unchanged=st.booleans(),
)


def next_after(rhythm: Rhythm, outcome: Outcome) -> tuple[Rhythm, timedelta]:
    rhythm, at = plan(rhythm, outcome, now=NOW, feed_key=KEY)
    return rhythm, at - NOW


def every(hours: float, **changes) -> Rhythm:
    return Rhythm(interval=timedelta(hours=hours), **changes)


# -- laws


@given(rhythms, outcomes)
def test_never_before_what_the_server_asks_for_up_to_a_day(rhythm, outcome):
    _, wait = next_after(rhythm, outcome)
    for ask in (outcome.retry_after, outcome.fresh_for, outcome.pace):
        assert wait >= min(ask or timedelta(), DAY)


@given(rhythms, outcomes)
def test_never_beyond_the_caps(rhythm, outcome):
    after, wait = next_after(rhythm, outcome)
    assert POLICY.shortest <= after.interval <= POLICY.longest
    assert POLICY.shortest <= wait <= (POLICY.longest if after.state == "active" else POLICY.probation)


@given(rhythms, outcomes)
def test_success_forgets_all_failures(rhythm, outcome):
    after, _ = next_after(rhythm, outcome)
    if outcome.refusal is None:
        assert (after.failures, after.state) == (0, "active")
    else:
        assert after.failures == rhythm.failures + 1


@given(rhythms, outcomes)
def test_only_410_ends_a_feed(rhythm, outcome):
    after, _ = next_after(rhythm, outcome)
    assert (after.state == "gone") == (outcome.refusal is Reason.GONE)


@given(rhythms, st.integers(0, 50), st.integers(0, 50))
def test_more_new_entries_never_mean_a_longer_interval(rhythm, one, other):
    few, many = sorted((one, other))
    slow, _ = next_after(rhythm, Outcome(seen=50, new=few))
    fast, _ = next_after(rhythm, Outcome(seen=50, new=many))
    assert fast.interval <= slow.interval


@given(rhythms, outcomes)
def test_the_same_poll_plans_the_same(rhythm, outcome):
    assert next_after(rhythm, outcome) == next_after(rhythm, outcome)


@given(st.sampled_from(sorted(set(Reason) - {Reason.GONE})), st.integers(0, 60))
def test_failing_again_never_brings_the_next_poll_nearer(reason, times):
    rhythm, last = every(0.25), timedelta()
    for _ in range(times):
        rhythm, wait = next_after(rhythm, Outcome(refusal=reason))
        assert wait >= last
        last = wait


# -- the interval


def test_a_flood_halves_the_interval_and_silence_lengthens_it_by_a_quarter():
    assert next_after(every(4), Outcome(seen=30, new=10))[0].interval == timedelta(hours=2)
    assert next_after(every(4), Outcome(seen=30, new=3))[0].interval == timedelta(hours=3)
    assert next_after(every(4), Outcome(seen=30, new=1))[0].interval == timedelta(hours=4)
    assert next_after(every(4), Outcome(seen=30, new=0))[0].interval == timedelta(hours=5)
    assert next_after(every(4), Outcome(unchanged=True))[0].interval == timedelta(hours=5)


def test_a_feed_with_two_entries_an_hour_is_soon_asked_about_every_half_hour():
    rhythm, now, last = every(24), NOW, NOW
    intervals = []
    for _ in range(300):
        new = int((now - NOW) / timedelta(minutes=30)) - int((last - NOW) / timedelta(minutes=30))
        rhythm, at = plan(rhythm, Outcome(seen=10, new=min(new, 10)), now=now, feed_key=KEY)
        last, now = now, at
        intervals.append(rhythm.interval)
    settled = intervals[100:]
    assert timedelta(minutes=10) < sum(settled, timedelta()) / len(settled) < timedelta(minutes=60)


def test_two_feeds_added_together_part():
    one, other = (plan(every(1), Outcome(seen=9, new=0), now=NOW, feed_key=sha256(name).digest())[1] for name in (b"a", b"b"))
    assert one != other


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
