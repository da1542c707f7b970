"""What robots.txt of each host on the way allows, and what is remembered of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.reasons import Reason
from pipeline.records import Answer, Refusal, Robots
from pipeline.web import robots
from pipeline.web.asker import Asker

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLOSED = b"User-agent: *\nDisallow: /private/\n"


class Web:
    """Redirects from address to address, with the leave of who asks; robots.txt as given, or 404."""

    def __init__(self, robots=None, redirects=None):
        self.robots, self.redirects, self.asked = robots or {}, redirects or {}, []

    def fetch(self, url, *, kind, etag="", modified="", permit=None):
        self.asked.append(url)
        if kind == "robots":
            found = self.robots.get(url, Reason.NOT_FOUND)
            if isinstance(found, bytes):
                return Answer(url=url, status=200, headers={}, body=found)
            return Refusal(stage="page", reason=found, url=url)
        while url in self.redirects:
            url = self.redirects[url]
            if refusal := permit(url):
                return refusal
            self.asked.append(url)
        return Answer(url=url, status=200, headers={"sent": f"{etag}{modified}"}, body=b"")


def asker(web, **more):
    return Asker(web, lambda: NOW, agent="wiredesk", **more)


def test_what_no_robots_forbids_is_asked_with_the_validators():
    web = Web()
    answer, ruling = asker(web).fetch("http://a.example/feed", kind="feed", etag="e", modified="m")
    assert (answer.headers["sent"], ruling.decision, ruling.allowed) == ("em", "no_rules", True)


def test_a_forbidden_address_is_not_asked():
    web = Web({"http://a.example/robots.txt": CLOSED})
    answer, ruling = asker(web).fetch("http://a.example/private/1", kind="page")
    assert (answer.reason, ruling.decision, web.asked) == (Reason.ROBOTS_DENIED, "denied", ["http://a.example/robots.txt"])


def test_where_a_redirect_leads_has_its_own_say():
    web = Web({"http://b.example/robots.txt": CLOSED}, {"http://a.example/1": "http://b.example/private/1"})
    answer, ruling = asker(web).fetch("http://a.example/1", kind="page")
    assert (answer.reason, answer.url, ruling.address) == (
        Reason.ROBOTS_DENIED,
        "http://b.example/private/1",
        "http://b.example/robots.txt",
    )
    assert "http://b.example/private/1" not in web.asked


def test_a_redirect_within_a_host_is_judged_too():
    web = Web({"http://a.example/robots.txt": CLOSED}, {"http://a.example/1": "http://a.example/private/1"})
    assert asker(web).fetch("http://a.example/1", kind="page").answer.reason is Reason.ROBOTS_DENIED
    assert web.asked.count("http://a.example/robots.txt") == 1


@pytest.mark.parametrize("reason", [Reason.SERVER_ERROR, Reason.TIMED_OUT, Reason.RATE_LIMITED, Reason.BROKEN_RESPONSE])
def test_rules_that_cannot_be_read_mean_no(reason):
    web = Web({"http://a.example/robots.txt": reason})
    answer, ruling = asker(web).fetch("http://a.example/1", kind="page")
    assert (answer.reason, ruling.decision) == (Reason.ROBOTS_UNREACHABLE, "unreachable")
    assert str(reason) in answer.detail


@pytest.mark.parametrize("reason", [Reason.ADDRESS_REFUSED, Reason.DNS_FAILED, Reason.CONNECT_FAILED, Reason.TLS_FAILED])
def test_where_the_host_itself_cannot_be_reached_that_is_the_reason(reason):
    web, kept = Web({"http://b.example/robots.txt": reason}, {"http://a.example/1": "http://b.example/"}), {}
    for _ in range(2):  # the second knows it from the first
        answer, ruling = asker(web, look=kept.get, keep=kept.__setitem__).fetch("http://a.example/1", kind="page")
        assert (answer.reason, ruling.decision, ruling.allowed) == (reason, "unreachable", False)
    assert web.asked.count("http://b.example/robots.txt") == 1


def test_a_robots_txt_that_redirects_to_a_forbidden_host_is_only_unreachable():
    elsewhere = Refusal(stage="page", reason=Reason.ADDRESS_REFUSED, url="http://inside.example/robots.txt")
    assert robots.read(elsewhere, NOW, "http://a.example/robots.txt").reason is None
    assert robots.read(replace(elsewhere, url="http://a.example/robots.txt"), NOW, "http://a.example/robots.txt").reason


def test_what_is_no_address_is_left_to_the_door():
    answer, ruling = asker(Web()).fetch("ftp://a.example/", kind="page")
    assert isinstance(answer, Answer)
    assert ruling is None


@pytest.mark.parametrize(
    ("age", "state", "asked"),
    [
        (timedelta(hours=23), "allow_all", 0),
        (timedelta(hours=24), "allow_all", 1),
        (timedelta(minutes=29), "unreachable", 0),
        (timedelta(minutes=30), "unreachable", 1),
        (timedelta(hours=-1), "allow_all", 1),  # a clock that was wrong
    ],
)
def test_what_others_have_read_counts_while_it_is_good(age, state, asked):
    web, kept = Web(), []
    known = Robots(fetched_at=NOW - age, state=state)
    one = asker(web, look=lambda _: known, keep=lambda address, rules: kept.append((address, rules.state)))
    for _ in range(2):
        one.fetch("http://a.example/1", kind="page")
    assert web.asked.count("http://a.example/robots.txt") == asked
    assert kept == [("http://a.example/robots.txt", "allow_all")] * asked
