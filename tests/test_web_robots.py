"""What robots.txt lets us read (RFC 9309)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reasons import Reason
from pipeline.records import Answer, Refusal, Robots
from pipeline.web import robots

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
PAGE = "https://news.example/politics/1"


def answer(body: bytes | str) -> Answer:
    data = body.encode() if isinstance(body, str) else body
    return Answer(url="https://news.example/robots.txt", status=200, headers={}, body=data)


def refusal(reason: Reason, status: int | None = None) -> Refusal:
    return Refusal(stage="page", reason=reason, status=status)


def may(body: bytes | str, url: str = PAGE) -> bool:
    return robots.allowed(robots.read(answer(body), NOW), url, "wiredesk")


def test_without_rules_everything_may_be_read():
    assert may("")
    assert may("# nothing here\n")
    assert may("<!doctype html><title>Not found</title>")


def test_a_rule_for_all_counts_for_us():
    assert not may("User-agent: *\nDisallow: /politics/\n")
    assert may("User-agent: *\nDisallow: /sport/\n")


def test_a_group_of_our_own_outweighs_the_one_for_all():
    assert may("User-agent: *\nDisallow: /\n\nUser-agent: Wiredesk\nAllow: /\n")
    assert not may("User-agent: *\nAllow: /\n\nUser-agent: WIREDESK\nDisallow: /politics\n")


@pytest.mark.parametrize("line", ["User-agent: wiredesk/0.1", "useragent wiredesk # us", "user  agent:WireDesk", "User-Agent : wiredesk"])
def test_our_name_is_found_however_it_is_written(line):
    assert not may(f"User-agent: *\nAllow: /\n\n{line}\nDisallow: /\n")


@pytest.mark.parametrize("name", ["wire", "wiredeskbot", "desk", "other", "w*"])
def test_a_group_for_somebody_else_does_not_count(name):
    assert may(f"User-agent: {name}\nDisallow: /\n")
    assert not may(f"User-agent: {name}\nUser-agent: *\nDisallow: /\n")


def test_the_longest_rule_wins_and_allow_wins_a_tie():
    assert may("User-agent: *\nDisallow: /\nAllow: /politics/\n")
    assert not may("User-agent: *\nAllow: /\nDisallow: /politics/\n")
    assert may("User-agent: *\nDisallow: /politics/1\nAllow: /politics/1\n")


def test_stars_and_ends_are_understood():
    assert not may("User-agent: *\nDisallow: /*/1$\n")
    assert may("User-agent: *\nDisallow: /*/1$\n", "https://news.example/politics/12")
    assert not may("User-agent: *\nDisallow: /*?print\n", "https://news.example/a?print=1")


def test_a_byte_order_mark_and_wrong_bytes_do_no_harm():
    assert not may(b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /\r\n")
    assert not may(b"# caf\xe9\nUser-agent: *\nDisallow: /\n")
    assert "\x00" not in robots.read(answer(b"User-agent: *\x00\nDisallow: /\n"), NOW).text


@pytest.mark.parametrize("reason", [Reason.NOT_FOUND, Reason.GONE, Reason.FORBIDDEN, Reason.EMPTY_BODY, Reason.TOO_MANY_REDIRECTS])
def test_a_host_that_has_no_rules_may_be_read(reason):
    assert robots.read(refusal(reason), NOW).state == "allow_all"


@pytest.mark.parametrize("status", [400, 405, 406, 421, 499])
def test_any_other_4xx_means_no_rules(status):
    assert robots.read(refusal(Reason.UNEXPECTED_STATUS, status), NOW).state == "allow_all"


@pytest.mark.parametrize(
    "reason",
    sorted(
        set(list(Reason)[: list(Reason).index(Reason.NOT_A_FEED)])
        - {Reason.NOT_FOUND, Reason.GONE, Reason.FORBIDDEN, Reason.EMPTY_BODY, Reason.TOO_MANY_REDIRECTS}
    ),
)
def test_rules_that_cannot_be_had_mean_no(reason):
    read = robots.read(refusal(reason), NOW)
    assert read.state == "unreachable"
    assert not robots.allowed(read, PAGE, "wiredesk")


def test_what_is_no_address_may_not_be_read():
    assert not may("User-agent: *\nDisallow: /x\n", "http://[/robots.txt")


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("https://news.example/a/b?c", "https://news.example/robots.txt"),
        ("http://news.example:8080", "http://news.example:8080/robots.txt"),
        ("http://News.Example:80/x", "http://news.example/robots.txt"),
        ("https://[2606:4700::1]/x", "https://[2606:4700::1]/robots.txt"),
    ],
)
def test_rules_stand_at_the_root_of_scheme_host_and_port(url, where):
    assert robots.address(url) == where


def test_what_is_no_web_address_has_no_rules():
    with pytest.raises(ValueError, match="http"):
        robots.address("ftp://news.example/")


def test_a_crawl_delay_is_told_and_clamped():
    assert robots.delay(robots.read(answer("User-agent: *\nCrawl-delay: 2.5\n"), NOW), "wiredesk") == timedelta(seconds=2.5)
    assert robots.delay(robots.read(answer("User-agent: *\nCrawl-delay: 1e30\n"), NOW), "wiredesk") == robots.LONGEST_DELAY
    for none in ("", "User-agent: *\nCrawl-delay: soon\n", "User-agent: *\nCrawl-delay: -3\n", "User-agent: *\nCrawl-delay: nan\n"):
        assert robots.delay(robots.read(answer(none), NOW), "wiredesk") is None
    assert robots.delay(Robots(fetched_at=NOW, state="unreachable"), "wiredesk") is None


def test_rules_are_kept_for_a_day_and_failures_for_half_an_hour():
    assert robots.good_until(robots.read(answer(""), NOW)) == NOW + timedelta(hours=24)
    assert robots.good_until(robots.read(refusal(Reason.NOT_FOUND), NOW)) == NOW + timedelta(hours=24)
    assert robots.good_until(robots.read(refusal(Reason.SERVER_ERROR, 500), NOW)) == NOW + timedelta(minutes=30)


def test_rules_made_to_cost_time_are_judged_at_once():
    stars = "User-agent: *\n" + "Disallow: /" + "*a" * 40_000 + "b\n"
    many = "User-agent: *\n" + "".join(f"Disallow: /{number}*x\n" for number in range(25_000))
    agents = "".join(f"User-agent: a{number}\n" for number in range(17_000)) + "Disallow: /x\n" * 20_000
    for body in (stars, many, agents):
        assert may(body, "https://news.example/" + "a" * 2000)


@given(st.binary(max_size=200), st.text(max_size=40))
def test_whatever_stands_in_it_is_answered(body, tail):
    assert may(b"User-agent: *\n" + body, f"https://news.example/{tail}") in {True, False}
