"""What servers do to HTTP: slow, huge, false and broken answers, redirects and TLS."""

from __future__ import annotations

import gzip
import zlib

from builders_web import chunks, drip, endless, moved, reply, stall, zipped

from hostile.cases import case, good, ok
from hostile.internet import NEVER, REFUSES, SILENT

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
_CHUNKED = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
_BOMB = gzip.compress(b"<rss>" + b" " * 60_000_000, 9, mtime=0)
_EXAMPLE = good("shared.example")
_HTML = b"<!doctype html><html><head><title>News</title></head><body><p>Hello</p></body></html>"


def _deflate(body: bytes) -> bytes:
    return zlib.compress(body)


def _broken(name, said, reason="broken_response", **more):
    return case(name, "transport", said, outcome=reason, kept=0, etag="", modified="", failures=1, **more)


SLOW = (
    _broken("drip-head", drip(_HEAD + b"X: y\r\n" * 10_000), "timed_out"),
    _broken("drip-body", drip(reply(_EXAMPLE * 50)), "timed_out"),
    _broken("drip-chunks", drip(_CHUNKED + chunks(*[b"x"] * 9000)), "timed_out"),
    _broken("stall-before-answer", stall(b""), "timed_out"),
    _broken("stall-in-head", stall(_HEAD), "timed_out"),
    _broken("stall-in-body", stall(reply(_EXAMPLE[:100], length=5000)), "timed_out"),
    _broken("stall-in-gzip", stall(reply(zipped(_EXAMPLE)[:50], "Content-Encoding: gzip", length=5000)), "timed_out"),
    _broken("drip-redirects", (stall(b"HTTP/1.1 302 Found\r\nLocation: /feed.xml\r\n"),), "timed_out"),
    _broken("drip-1xx", drip(b"HTTP/1.1 102 Processing\r\n\r\n" * 400), "timed_out"),
)
SIZE = (
    _broken("gzip-bomb", reply(_BOMB, "Content-Encoding: gzip"), "too_large"),
    _broken("gzip-bomb-unannounced", reply(_BOMB, "Content-Type: application/gzip"), "too_large"),
    _broken(
        "gzip-bomb-in-redirect", (reply(_BOMB, "Content-Encoding: gzip", "Location: /elsewhere.xml", status="302 Found"),), "not_found"
    ),
    _broken("gzip-bomb-in-error", reply(_BOMB, "Content-Encoding: gzip", status="404 Not Found"), "not_found"),
    _broken("endless-body", endless(_HEAD + b"\r\n", b"<item>" * 10_000), "too_large"),
    _broken("endless-chunks", endless(_CHUNKED, chunks(b"x" * 60_000, end=b"")), "too_large"),
    # Ten million chunks: on a busy machine the time is up before the room is.
    _broken("endless-tiny-chunks", endless(_CHUNKED, b"1\r\nx\r\n" * 10_000), lambda reason: reason in {"too_large", "timed_out"}),
    _broken("endless-head", endless(_HEAD, b"X-Filler: yes\r\n" * 1000), "too_large"),
    _broken("endless-header-line", endless(_HEAD + b"X-Filler: ", b"y" * 10_000), "too_large"),
    _broken("endless-status-line", endless(b"HTTP/1.1 200 ", b"O" * 10_000), "too_large"),
    _broken("head-of-70-kilobytes", _HEAD + b"X-Filler: yes\r\n" * 4700 + b"\r\n" + _EXAMPLE, "too_large"),
    _broken("endless-chunk-extension", endless(_CHUNKED + b"5;", b"x" * 10_000), "too_large"),
    _broken("endless-trailers", endless(_CHUNKED + chunks(_EXAMPLE, end=b"0\r\n"), b"X-Trailer: yes\r\n" * 1000), "too_large"),
    _broken("announces-a-terabyte", stall(reply(b"<rss>", length=10**12)), "too_large"),
    _broken("thousands-of-gzip-members", reply(gzip.compress(b"", mtime=0) * 3000, "Content-Encoding: gzip"), "bad_encoding"),
    case("many-headers", "transport", ok("many-headers.example", *[f"X-{n}: {n}" for n in range(500)]), kept=3),
    case("long-headers", "transport", ok("long-headers.example", "X-Long: " + "y" * 50_000), kept=3),
)
CODINGS = (
    _broken("stacked-gzip", reply(zipped(zipped(_EXAMPLE)), "Content-Encoding: gzip, gzip"), "bad_encoding"),
    _broken("stacked-in-two-headers", reply(zipped(zipped(_EXAMPLE)), "Content-Encoding: gzip", "Content-Encoding: gzip"), "bad_encoding"),
    _broken("many-codings", reply(_EXAMPLE, "Content-Encoding: " + ", ".join(["gzip"] * 300)), "bad_encoding"),
    _broken("unasked-brotli", reply(b"\x0b\x02\x80hello\x03", "Content-Encoding: br"), "bad_encoding"),
    _broken("unasked-zstd", reply(b"\x28\xb5\x2f\xfd", "Content-Encoding: zstd"), "bad_encoding"),
    _broken("unasked-deflate", reply(_deflate(_EXAMPLE), "Content-Encoding: deflate"), "bad_encoding"),
    _broken("unknown-coding", reply(_EXAMPLE, "Content-Encoding: rot13"), "bad_encoding"),
    _broken("says-gzip-is-not", reply(_EXAMPLE, "Content-Encoding: gzip"), "bad_encoding"),
    _broken("gzip-cut-off", reply(zipped(_EXAMPLE)[:-20], "Content-Encoding: gzip", 'ETag: "cut"')),
    _broken("gzip-with-wrong-sum", reply(zipped(_EXAMPLE)[:-8] + b"\0" * 8, "Content-Encoding: gzip"), "bad_encoding"),
    _broken("transfer-coding-gzip", reply(zipped(_EXAMPLE), "Transfer-Encoding: gzip", length=None), "bad_encoding"),
    case("says-identity", "transport", ok("says-identity.example", "Content-Encoding: identity"), kept=3),
    case("x-gzip", "transport", reply(zipped(good("x-gzip.example")), "Content-Encoding: x-gzip"), kept=3),
    case("gzip-file", "transport", reply(zipped(good("gzip-file.example")), "Content-Type: application/gzip"), kept=3),
    case(
        "gzip-then-padding", "transport", reply(zipped(good("gzip-then-padding.example")) + b"\0" * 512, "Content-Encoding: gzip"), kept=3
    ),
)
FRAMING = (
    _broken("1xx-flood", endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100)),
    _broken("103-only", b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"),
    _broken("101-switching", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
    _broken("http-0-9", _EXAMPLE),
    _broken("no-answer", b""),
    _broken("not-http", b"SSH-2.0-OpenSSH_9.2\r\n"),
    _broken("http-2-preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    _broken("status-999", reply(_HTML, status="999 Request denied"), "unexpected_status"),
    _broken("status-00", b"HTTP/1.1 00 OK\r\n\r\n" + _EXAMPLE),
    _broken("head-cut-off", _HEAD + b"X-Half: "),
    _broken("body-cut-off", reply(_EXAMPLE[:400], 'ETag: "half"', length=len(_EXAMPLE))),
    _broken("body-too-long", reply(_EXAMPLE + b"<evil/>", length=len(_EXAMPLE))),
    _broken("two-lengths", reply(_EXAMPLE, "Content-Length: 10")),
    _broken("negative-length", reply(_EXAMPLE, "Content-Length: -5", length=None)),
    _broken("length-of-words", reply(_EXAMPLE, "Content-Length: many", length=None)),
    _broken("status-206", reply(_EXAMPLE[:300], "Content-Range: bytes 0-299/5000", status="206 Partial Content"), "unexpected_status"),
    _broken("status-202", reply(b"", status="202 Accepted"), "unexpected_status"),
    _broken("status-203-html", reply(_HTML, status="203 Non-Authoritative"), "unexpected_status"),
    _broken("status-204", reply(b"", status="204 No Content", length=None), "empty_body"),
    _broken("empty-200", reply(b""), "empty_body"),
    _broken("blank-200", reply(b" \r\n\t "), "empty_body"),
    _broken("chunks-cut-off", _CHUNKED + chunks(_EXAMPLE, end=b"")),
    _broken("chunk-shorter-than-said", _CHUNKED + b"fff\r\nabc"),
    _broken("chunk-of-negative-size", _CHUNKED + b"-5\r\nabcde\r\n0\r\n\r\n"),
    _broken("chunk-of-no-size", _CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n"),
    _broken("chunk-of-huge-size", stall(_CHUNKED + b"ffffffffffffffff\r\nabc"), "timed_out"),
    case("early-hints-first", "transport", b"HTTP/1.1 103 Early Hints\r\n\r\n" + ok("early-hints-first.example"), kept=3),
    case("junk-in-head", "transport", ok("junk-in-head.example", "no header at all", ": nameless"), kept=3),
    case("control-in-head", "transport", ok("control-in-head.example", "X-Odd: a\x00b\x1b[31m"), kept=3),
    case("no-length", "transport", reply(good("no-length.example"), length=None), kept=3),
    case("chunked", "transport", _CHUNKED + chunks(good("chunked.example")[:200], good("chunked.example")[200:]), kept=3),
    case(
        "cookies",
        "transport",
        ok("cookies.example", "Set-Cookie: id=7", "Set-Cookie: b=8"),
        at=(0.0, 26.0),
        kept=3,
        outcome="unchanged",
        headers=lambda all_: not any({"cookie", "referer", "authorization"} & set(one) for one in all_),
    ),
    case(
        "named-in-agent",
        "transport",
        ok("named-in-agent.example"),
        headers=lambda all_: all(
            "wiredesk" in one["user-agent"] and "contact" in one["user-agent"] and one["accept-encoding"] == "gzip" for one in all_
        ),
    ),
)
REDIRECTS = (
    _broken("redirect-to-itself", moved("/feed.xml"), "too_many_redirects", asked=(0.0,) * 6),
    _broken("redirect-in-circles", moved("/b"), "too_many_redirects", answers={"/b": moved("/feed.xml")}),
    _broken(
        "six-redirects",
        moved("/1"),
        "too_many_redirects",
        answers={"/1": moved("/2"), "/2": moved("/3"), "/3": moved("/4"), "/4": moved("/5"), "/5": moved("/6"), "/6": reply(_EXAMPLE)},
    ),
    case(
        "five-redirects",
        "transport",
        moved("/1"),
        kept=3,
        moved_to=None,
        answers={"/1": moved("/2"), "/2": moved("/3"), "/3": moved("/4"), "/4": moved("/5"), "/5": ok("five-redirects.example")},
    ),
    _broken("redirect-without-location", reply(b"", status="302 Found"), "bad_redirect"),
    _broken("redirect-to-nothing", reply(b"", "Location: ", status="301 Moved"), "bad_redirect"),
    _broken("redirect-to-two-places", reply(b"", "Location: /a", "Location: /b", status="302 Found"), "bad_redirect"),
    _broken("redirect-to-a-file", moved("file:///etc/passwd"), "bad_redirect"),
    _broken("redirect-to-ftp", moved("ftp://redirect-to-ftp.example/feed.xml"), "bad_redirect"),
    _broken("redirect-to-data", moved("data:application/rss+xml,%3Crss/%3E"), "bad_redirect"),
    _broken("redirect-to-javascript", moved("javascript:alert(1)"), "bad_redirect"),
    _broken("redirect-to-gopher", moved("gopher://127.0.0.1:70/_x"), "bad_redirect"),
    _broken(
        "redirect-with-a-user",
        moved("http://user:secret@redirect-with-a-user.example/new.xml"),
        "bad_redirect",
        answers={"/new.xml": ok("redirect-with-a-user.example")},
    ),
    _broken("redirect-too-long", moved("/" + "a" * 3000), "url_too_long"),
    _broken("redirect-300", reply(b"<a href='/new.xml'>", status="300 Multiple Choices"), "unexpected_status"),
    case(
        "redirect-not-ascii",
        "transport",
        reply(b"", "Location: /caf\u00c3\u00a9.xml", status="302 Found"),
        answers={"/caf%C3%A9.xml": ok("redirect-not-ascii.example")},
        kept=3,
    ),
)
NETWORK = (
    case("dns-unknown", "transport", names={"dns-unknown.example": ()}, outcome="dns_failed", failures=1, state="active"),
    case("dns-silent", "transport", names={"dns-silent.example": (NEVER,)}, outcome="dns_failed", failures=1),
    case("port-closed", "transport", names={"port-closed.example": ((REFUSES,),)}, outcome="connect_failed", failures=1),
    case("port-silent", "transport", names={"port-silent.example": ((SILENT,),)}, outcome="connect_failed", failures=1),
    case(
        "first-address-dead",
        "transport",
        ok("first-address-dead.example"),
        names={"first-address-dead.example": ((REFUSES, "93.184.250.1"),)},
        kept=3,
    ),
)
TLS = (
    case("tls-good", "transport", ok("tls-good.example"), address="https://tls-good.example/feed.xml", kept=3),
    case(
        "tls-expired",
        "transport",
        ok("tls-expired.example"),
        address="https://tls-expired.example/feed.xml",
        outcome="tls_failed",
        kept=0,
    ),
    case(
        "tls-wrong-name",
        "transport",
        ok("tls-wrong-name.example"),
        address="https://tls-wrong-name.example/feed.xml",
        outcome="tls_failed",
        kept=0,
    ),
    case(
        "tls-self-signed",
        "transport",
        ok("tls-self-signed.example"),
        address="https://tls-self-signed.example/feed.xml",
        outcome="tls_failed",
        kept=0,
    ),
    _broken("plain-on-tls-port", moved("https://plain-on-tls-port.example:8443/feed.xml"), "tls_failed"),
    _broken("tls-on-plain-port", moved("http://tls-on-plain-port.example:4430/feed.xml"), "robots_unreachable"),
    _broken(
        "redirect-to-wrong-name",
        moved("https://tls-wrong-name.example/feed.xml"),
        "tls_failed",
        names={"tls-wrong-name.example": (("93.184.252.1",),)},
    ),
    _broken(
        "redirect-to-expired",
        moved("https://tls-expired.example/feed.xml"),
        "tls_failed",
        names={"tls-expired.example": (("93.184.252.1",),)},
    ),
    _broken(
        "redirect-to-self-signed",
        moved("https://tls-self-signed.example/feed.xml"),
        "tls_failed",
        names={"tls-self-signed.example": (("93.184.252.1",),)},
    ),
)
CASES = (*SLOW, *SIZE, *CODINGS, *FRAMING, *REDIRECTS, *NETWORK, *TLS)
