"""What servers ask for, and how a guest behaves: validators, waiting, moving, going, coming back, robots.txt."""

from __future__ import annotations

from builders_web import endless, moved, reply, stall

from hostile.cases import DATE, ROBOTS, between, by, case, good, item, ok, rss
from hostile.internet import REFUSES

_TAG = '"a,b \\"; W/x"'  # validators are opaque


def _case(name, feed=None, **more):
    return case(name, "manners", feed, **more)


def _ok(name, *headers, channel=""):
    return reply(
        rss(item(1), item(2), channel=channel).replace("HOST", f"{name}.example").encode(), "Content-Type: application/rss+xml", *headers
    )


def _waits(name, *headers, hours, channel="", most=26.0):
    """Return a case that asks for a pause, and is polled before and after it."""
    return _case(name, _ok(name, *headers, channel=channel), at=(0.0, hours * 0.9), polls=1, asked=(0.0,), next=between(hours * 0.95, most))


def _conditional(host):
    def respond(headers):
        same = headers.get("if-none-match") == _TAG and headers.get("if-modified-since") == DATE
        return (
            reply(b"", f"ETag: {_TAG}", status="304 Not Modified", length=None)
            if same
            else ok(host, f"ETag: {_TAG}", f"Last-Modified: {DATE}")
        )

    return by(respond)


VALIDATORS = (
    _case(
        "validators",
        _conditional("validators.example"),
        at=(0.0, 25.0, 50.0),
        outcomes=("read", "unchanged", "unchanged"),
        etag=_TAG,
        modified=DATE,
        validators=(("", ""), (_TAG, DATE), (_TAG, DATE)),
        kept=3,
        failures=0,
    ),
    _case(
        "weak-validator",
        ok("weak-validator.example", 'ETag: W/"1"'),
        at=(0.0, 25.0),
        validators=(("", ""), ('W/"1"', "")),
        outcome="unchanged",
    ),
    _case(
        "odd-date-validator",
        ok("odd-date-validator.example", "Last-Modified: whenever"),
        at=(0.0, 25.0),
        validators=(("", ""), ("", "whenever")),
        outcome="unchanged",
    ),
    _case("304-unasked", reply(b"", status="304 Not Modified", length=None), outcome="unexpected_304", failures=1, kept=0, etag=""),
    _case(
        "validator-of-an-error",
        (reply(b"", 'ETag: "no"', status="500 Oops"), ok("validator-of-an-error.example")),
        at=(0.0, 25.0),
        outcomes=("server_error", "read"),
        validators=(("", ""), ("", "")),
    ),
    _case(
        "validator-of-html",
        (reply(b"<html><body>wall</body></html>", 'ETag: "no"'), ok("validator-of-html.example")),
        at=(0.0, 25.0),
        outcomes=("not_a_feed", "read"),
        validators=(("", ""), ("", "")),
        kept=3,
    ),
    _case(
        "validator-of-a-cut-feed",
        (reply(good("validator-of-a-cut-feed.example")[:-100], 'ETag: "half"'), ok("validator-of-a-cut-feed.example")),
        at=(0.0, 25.0),
        outcomes=("read", "read"),
        validators=(("", ""), ("", "")),
        kept=3,
    ),
    _case(
        "validator-of-a-short-body",
        (reply(good("validator-of-a-short-body.example")[:300], 'ETag: "half"', length=9999), ok("validator-of-a-short-body.example")),
        at=(0.0, 25.0),
        outcomes=("broken_response", "read"),
        validators=(("", ""), ("", "")),
        kept=3,
    ),
    _case(
        "validator-with-controls", ok("validator-with-controls.example", 'ETag: "a\x00b"'), at=(0.0, 25.0), outcome="unchanged", failures=0
    ),
    _case(
        "validator-of-10-kilobytes",
        ok("validator-of-10-kilobytes.example", f'ETag: "{"x" * 10_000}"'),
        at=(0.0, 25.0),
        outcome="unchanged",
        validators=lambda all_: len(all_[1][0]) < 5000,
    ),
    _case("same-bytes-again", ok("same-bytes-again.example"), at=(0.0, 25.0), outcomes=("read", "unchanged"), kept=3),
    _case(
        "304-with-new-validator",
        (ok("304-with-new-validator.example", 'ETag: "1"'), reply(b"", 'ETag: "2"', status="304 Not Modified", length=None)),
        at=(0.0, 25.0, 50.0),
        validators=(("", ""), ('"1"', ""), ('"2"', "")),
        outcome="unchanged",
        etag='"2"',
    ),
)
WAITS = (
    _waits("max-age", "Cache-Control: public, max-age=36000", hours=10),
    _waits("max-age-of-years", "Cache-Control: max-age=999999999999", hours=24),
    _waits("expires", "Expires: Mon, 02 Mar 2026 22:00:00 GMT", "Date: Mon, 02 Mar 2026 12:00:00 GMT", hours=10),
    _case("expires-past", _ok("expires-past", "Expires: 0"), next=between(0, 25)),
    _case("no-cache", _ok("no-cache", "Cache-Control: no-cache, max-age=90000"), at=(0.0, 24.0), polls=2, outcome="unchanged"),
    _waits("ttl", hours=10, channel="<ttl>600</ttl>"),
    _waits("ttl-of-years", hours=24, channel="<ttl>99999999</ttl>"),
    _case("ttl-of-words", _ok("ttl-of-words", channel="<ttl>often</ttl><skipHours><hour>99</hour></skipHours>"), next=between(0, 25)),
    _waits(
        "update-period",
        hours=12,
        channel='<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">daily</sy:updatePeriod>'
        '<sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">2</sy:updateFrequency>',
    ),
    _case(
        "skip-hours",
        _ok("skip-hours", channel="<skipHours>" + "".join(f"<hour>{n}</hour>" for n in range(24) if n != 9) + "</skipHours>"),
        next=between(21, 22),
    ),
    _case("skip-days", _ok("skip-days", channel="<skipDays><day>Monday</day><day>Tuesday</day></skipDays>"), next=between(36, 37)),
    _case(
        "skips-all",
        _ok("skips-all", channel="<skipHours>" + "".join(f"<hour>{n}</hour>" for n in range(24)) + "</skipHours>"),
        next=between(0, 25),
    ),
    _case(
        "429-seconds",
        reply(b"", "Retry-After: 36000", status="429 Slow down"),
        at=(0.0, 9.0),
        polls=1,
        outcome="rate_limited",
        asked=(0.0,),
        next=between(10, 24.1),
        state="active",
    ),
    _case(
        "429-date",
        reply(b"", "Retry-After: Mon, 02 Mar 2026 22:00:00 GMT", status="429 Slow down"),
        at=(0.0, 9.0),
        polls=1,
        outcome="rate_limited",
        asked=(0.0,),
        next=between(10, 24.1),
    ),
    _case(
        "503-seconds",
        reply(b"", "Retry-After: 36000", status="503 Later"),
        at=(0.0, 9.0),
        polls=1,
        outcome="rate_limited",
        asked=(0.0,),
        next=between(10, 24.1),
    ),
    _case("503-bare", reply(b"", status="503 Later"), outcome="rate_limited", next=between(0.1, 24.1)),
    _case("429-for-years", reply(b"", "Retry-After: 999999999", status="429 Slow down"), outcome="rate_limited", next=between(23, 26)),
    _case(
        "429-in-the-past",
        reply(b"", "Retry-After: Mon, 02 Mar 1998 22:00:00 GMT", status="429 Slow down"),
        outcome="rate_limited",
        next=between(0.1, 24.1),
    ),
    _case("429-of-words", reply(b"", "Retry-After: later", status="429 Slow down"), outcome="rate_limited", next=between(0.1, 24.1)),
    _case("200-retry-after", _ok("200-retry-after", "Retry-After: 36000"), at=(0.0, 9.0), polls=1, asked=(0.0,), next=between(10, 24.1)),
)
MOVES = (
    _case(
        "moved-for-good",
        moved("/new.xml", 301),
        answers={"/new.xml": ok("moved-for-good.example")},
        at=(0.0, 25.0),
        kept=3,
        outcome="unchanged",
        moved_to="http://moved-for-good.example/new.xml",
        asked=(0.0,),
        paths=lambda all_: all_["/new.xml"] == 2,
    ),
    _case("moved-308", moved("/new.xml", 308), answers={"/new.xml": ok("moved-308.example")}, moved_to="http://moved-308.example/new.xml"),
    _case(
        "moved-for-now",
        moved("/new.xml", 302),
        answers={"/new.xml": ok("moved-for-now.example")},
        at=(0.0, 25.0),
        kept=3,
        outcome="unchanged",
        moved_to=None,
        asked=(0.0, 25.0),
    ),
    _case("moved-307", moved("/new.xml", 307), answers={"/new.xml": ok("moved-307.example")}, moved_to=None, kept=3),
    _case(
        "moved-in-part-for-good",
        moved("/b", 301),
        answers={"/b": moved("/new.xml", 302), "/new.xml": ok("moved-in-part-for-good.example")},
        moved_to=None,
        kept=3,
    ),
    _case(
        "moved-to-html",
        moved("/new", 301),
        answers={"/new": reply(b"<html><body>parked</body></html>")},
        outcome="not_a_feed",
        moved_to=None,
        at=(0.0, 25.0),
        asked=(0.0, 25.0),
    ),
    _case("moved-to-404", moved("/new", 301), outcome="not_found", moved_to=None),
    _case(
        "moved-and-lost",
        moved("/new.xml", 301),
        answers={"/new.xml": (ok("moved-and-lost.example"), reply(b"", status="404 Not Found"))},
        at=(0.0, 25.0),
        outcomes=("read", "not_found"),
        moved_to=None,
    ),
    _case(
        "moved-to-another-host",
        moved("http://new-home.example/new.xml", 301),
        hosts=("new-home.example",),
        answers={"/new.xml": ok("moved-to-another-host.example")},
        kept=3,
        moved_to="http://new-home.example/new.xml",
    ),
)
_FAIL = tuple(float(n) for n in range(0, 24 * 40, 25))
ENDS = (
    _case("gone", reply(b"", status="410 Gone"), at=(0.0, 25.0, 800.0), polls=1, outcome="gone", state="gone", asked=(0.0,)),
    _case("gone-for-now", moved("/new.xml", 302), answers={"/new.xml": reply(b"", status="410 Gone")}, outcome="not_found", state="active"),
    _case(
        "missing-for-weeks",
        reply(b"", status="404 Not Found"),
        at=_FAIL,
        polls=lambda n: n >= 10,
        outcome="not_found",
        state="probation",
        next=between(24, 24 * 33),
    ),
    _case(
        "missing-and-back",
        (*[reply(b"", status="404 Not Found")] * 4, ok("missing-and-back.example")),
        at=_FAIL[:8],
        outcome="unchanged",
        polls=8,
        state="active",
        failures=0,
        kept=3,
    ),
    _case(
        "failing-for-weeks",
        reply(b"", status="500 Oops"),
        at=_FAIL,
        polls=lambda n: n >= 20,
        outcome="server_error",
        state="probation",
        next=between(24, 24 * 33),
    ),
    _case(
        "unresolved-for-days",
        names={"unresolved-for-days.example": ()},
        at=_FAIL[:6],
        outcome="dns_failed",
        state="active",
        next=between(0.1, 27),
        polls=lambda n: n >= 4,
    ),
    _case(
        "back-off-grows",
        reply(b"", status="500 Oops"),
        at=tuple(n / 2 for n in range(25)),
        polls=lambda n: 4 <= n <= 12,
        outcome="server_error",
    ),
    _case(
        "always-304",
        (
            ok("always-304.example", 'ETag: "1"'),
            *[
                by(
                    lambda headers: (
                        reply(b"", status="304 Not Modified", length=None)
                        if "if-none-match" in headers
                        else ok("always-304.example", 'ETag: "1"', number=5)
                    )
                )
            ],
        ),
        at=tuple(27.0 * n for n in range(56)),
        kept=5,
        outcome="unchanged",
        polls=lambda n: n >= 50,
        validators=lambda all_: 2 <= sum(one == ("", "") for one in all_) <= 4,
    ),
)


def _ruled(name, robots, outcome="robots_denied", **more):
    denied = outcome != "read"
    return _case(
        name,
        ok(f"{name}.example"),
        answers={"/robots.txt": robots},
        outcome=outcome,
        kept=0 if denied else 3,
        **({"asked": ()} if denied else {}),
        **more,
    )


def _rules(text):
    return reply(text.encode(), "Content-Type: text/plain")


_LONG = "# filler of a comment line\n" * 25_000
RULES = (
    _ruled("robots-deny-all", _rules("User-agent: *\nDisallow: /\n")),
    _ruled("robots-deny-us", _rules("User-agent: Wiredesk\nDisallow: /\n\nUser-agent: *\nAllow: /\n")),
    _ruled("robots-deny-others", _rules("User-agent: otherbot\nDisallow: /\n"), "read"),
    _ruled("robots-allow-us", _rules("User-agent: *\nDisallow: /\n\nUser-agent: wiredesk\nAllow: /\n"), "read"),
    _ruled("robots-longest-wins", _rules("User-agent: *\nDisallow: /\nAllow: /feed.xml\n"), "read"),
    _ruled("robots-wildcard", _rules("User-agent: *\nDisallow: /*.xml$\n")),
    _ruled("robots-404", reply(b"", status="404 Not Found"), "read"),
    _ruled("robots-403", reply(b"", status="403 Forbidden"), "read"),
    _ruled("robots-empty", reply(b""), "read"),
    _ruled("robots-html", reply(b"<html><body>Disallow: /</body></html>"), "read"),
    _ruled("robots-500", reply(b"", status="500 Oops"), "robots_unreachable"),
    _ruled("robots-503", reply(b"", status="503 Later"), "robots_unreachable"),
    _ruled("robots-429", reply(b"", status="429 Slow"), "robots_unreachable"),
    _ruled("robots-stalls", stall(b"HTTP/1.1 200 OK\r\n\r\nUser"), "robots_unreachable"),
    _ruled("robots-refused", ROBOTS, "connect_failed", names={"robots-refused.example": ((REFUSES,),)}),
    _ruled("robots-500-kilobytes", _rules("User-agent: *\nDisallow: /feed.xml\n" + _LONG)),
    _ruled("robots-endless", endless(b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /feed.xml\n", b"# more\n" * 5000)),
    _ruled("robots-rule-too-late", _rules(_LONG + "User-agent: *\nDisallow: /\n"), "read"),
    case(
        "robots-redirected",
        "manners",
        ok("robots-redirected.example"),
        answers={"/robots.txt": moved("/rules.txt"), "/rules.txt": _rules("User-agent: *\nDisallow: /\n")},
        outcome="robots_denied",
        kept=0,
        asked=(),
    ),
    _ruled("robots-in-circles", moved("/robots.txt"), "read"),
    _ruled("robots-mark", reply(b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n")),
    case("robots-binary", "manners", ok("robots-binary.example"), answers={"/robots.txt": reply(bytes(range(256)) * 50)}, kept=3),
    _ruled(
        "robots-many-agents",
        _rules("".join(f"User-agent: bot{n}\n" for n in range(3000)) + "".join(f"Disallow: /{n}\n" for n in range(3000))),
        "read",
    ),
    case(
        "robots-daily",
        "manners",
        ok("robots-daily.example"),
        at=(0.0, 6.0, 12.0, 30.0, 36.0),
        polls=lambda n: n >= 2,
        outcome="unchanged",
        paths=lambda all_: all_["/robots.txt"] == 2,
    ),
    case(
        "robots-back",
        "manners",
        ok("robots-back.example"),
        answers={"/robots.txt": (reply(b"", status="500 Oops"), ROBOTS)},
        at=(0.0, 12.0),
        outcomes=("robots_unreachable", "read"),
        kept=3,
    ),
)
CASES = (*VALIDATORS, *WAITS, *MOVES, *ENDS, *RULES)
