"""Pages that are no articles, that hide one, or that are made to cost time."""

from __future__ import annotations

from dataclasses import replace

from builders_news import UNRELATED
from builders_web import drip, reply, zipped

from hostile.cases import case, good, item, rss

DEEP = 1200  # elements, one in the other: libxml2 gives up at 256 unless it is told not to


def article(
    text: str = UNRELATED,
    *,
    head: str = "",
    extra: str = "",
    headline: str = "Council votes on the bridge",
    kind: str = "text/html; charset=utf-8",
    charset: str = "utf-8",
):
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n"))
    body = (
        f'<!doctype html><html lang="en"><head><title>{headline}</title>{head}</head><body><nav><a href="/">Home</a></nav>'
        f"<article><h1>{headline}</h1>{paragraphs}{extra}</article><footer><a href='/about'>About us</a></footer></body></html>"
    )
    return reply(body.encode(charset), f"Content-Type: {kind}")


def html(body: str, *, title: str = "News", head: str = ""):
    return reply(
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode(), "Content-Type: text/html"
    )


def paged(name: str, said, outcome, *, group: str = "pages", **more):
    """Return a case whose feed lists one page."""
    feed = reply(rss(item(1)).replace("HOST", f"{name}.example").encode(), "Content-Type: application/rss+xml")
    answers = {"/news/1": said} | more.pop("answers", {})
    expected = outcome if callable(outcome) else {"/news/1": outcome}
    made = case(name, group, feed, answers=answers, kept=1, **more)
    return replace(made, pages=True, expect={**made.expect, "pages": expected})


def _any(*outcomes):
    return lambda pages: set(pages.values()) <= set(outcomes)


WALLS = (
    paged(
        "consent-wall",
        html(
            "<h1>Before you continue</h1><p>We value your privacy. We and our partners use cookies. Accept all or manage your "
            "choices to continue to the site.</p><button>Accept all</button>",
            title="Cookie consent",
        ),
        "consent_wall",
    ),
    paged(
        "login-wall",
        html(
            "<h1>Sign in</h1><form><input name=user><input type=password></form><p>Sign in to your account to continue reading.</p>",
            title="Sign in",
        ),
        "login_wall",
    ),
    paged(
        "soft-404",
        html("<h1>Page not found</h1><p>Sorry, the page that you are looking for could not be found.</p>", title="Page not found"),
        "soft_404",
    ),
    paged(
        "bot-wall",
        html(
            "<h1>Just a moment...</h1><p>Checking your browser before you continue. Enable JavaScript and cookies to continue.</p>",
            title="Just a moment...",
        ),
        lambda pages: "kept" not in pages.values(),
    ),
    paged("empty-shell", html("<div id='root'></div><script src='/app.js'></script>"), "no_text"),
    paged(
        "front-page",
        html("".join(f"<a href='/news/{n}'>A headline about something of some length {n}</a>" for n in range(30)), title="Home"),
        lambda pages: "kept" not in pages.values(),
    ),
    paged("one-caption", html("<h1>A picture</h1><p>The bridge at dawn.</p>"), lambda pages: "kept" not in pages.values()),
    paged("pdf", reply(b"%PDF-1.7 ...", "Content-Type: application/pdf"), "not_html"),
    paged("image", reply(b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "Content-Type: image/png"), "not_html"),
    paged("json-page", reply(b'{"headline": "x"}', "Content-Type: application/json"), "not_html"),
    paged("binary-called-html", reply(bytes(range(256)) * 100, "Content-Type: text/html"), "not_html"),
)
ANSWERS = (
    paged("page-404", reply(b"", status="404 Not Found"), "not_found"),
    paged("page-410", reply(b"", status="410 Gone"), "gone"),
    paged("page-403", reply(b"", status="403 Forbidden"), "forbidden"),
    paged("page-500", reply(b"", status="500 Oops"), "waiting:server_error"),
    paged("page-429", reply(b"", "Retry-After: 600", status="429 Slow"), "waiting:rate_limited"),
    paged("page-empty", reply(b""), "waiting:empty_body"),
    paged("page-cut-off", reply(b"<html><p>Half of", length=5000), "waiting:broken_response"),
    paged("page-drips", drip(b"HTTP/1.1 200 OK\r\n\r\n" + b"<p>" * 9000), "waiting:timed_out"),
    paged("page-bomb", reply(zipped(b"<html><p>" + b"a " * 20_000_000), "Content-Encoding: gzip"), "too_large"),
    paged("page-too-large", reply(b"<html><p>" + b"word " * 300_000), "too_large"),
    paged("page-brotli", reply(b"\x0b\x02\x80hello\x03", "Content-Encoding: br"), "bad_encoding"),
    paged("page-redirects-in-circles", reply(b"", "Location: /news/1", status="302 Found"), "too_many_redirects"),
    paged(
        "page-denied", good("page-denied.example"), "robots_denied", answers={"/robots.txt": reply(b"User-agent: *\nDisallow: /news/\n")}
    ),
)
COSTLY = (
    paged(
        "many-links",
        html("<article><h1>Council votes</h1><p>" + "<a href='/a'>word</a> " * 32_000 + "</p></article>"),
        _any("kept", "extract_killed", "no_text", "not_an_article", "too_short"),
    ),
    paged(
        "many-dates",
        article(extra="".join(f"<time>2026-03-{n % 28 + 1:02}</time> 2026-03-02 " for n in range(20_000))),
        _any("kept", "extract_killed"),
    ),
    paged(
        "nested-deep",
        reply(
            b"<html><head><title>Council votes on the bridge</title></head><body><h1>Council votes on the bridge</h1>"
            + b"<div>" * DEEP
            + "".join(f"<p>{part}</p>" for part in UNRELATED.split("\n\n")).encode()
            + b"</div>" * DEEP
            + b"</body></html>",
            "Content-Type: text/html",
        ),
        "kept",
        texts=lambda found: UNRELATED.split("\n\n")[1][:60] in found.get("/news/1", ""),
    ),
    paged(
        "nested-very-deep",
        reply(b"<html><title>x</title><body>" + b"<div>" * 100_000 + b"text", "Content-Type: text/html"),
        lambda pages: "kept" not in pages.values(),
    ),
    paged(
        "many-attributes",
        reply(
            b"<html><title>x</title><body " + b" ".join(b"a%d=1" % n for n in range(60_000)) + b"><p>text</p>", "Content-Type: text/html"
        ),
        lambda pages: "kept" not in pages.values(),
    ),
    paged(
        "unclosed-tags",
        reply(b"<html><title>x</title><body>" + b"<b><i><a href=x>" * 20_000, "Content-Type: text/html"),
        lambda pages: "kept" not in pages.values(),
    ),
    paged(
        "many-json-ld",
        html("<script type='application/ld+json'>" + "[" * 100_000 + "</script><p>x</p>"),
        lambda pages: "kept" not in pages.values(),
    ),
    paged("one-long-word", article("a" * 400_000), lambda pages: True),
)
ODD = (
    paged("canonical-elsewhere", article(head='<link rel="canonical" href="http://thief.example/stolen">'), "kept", canonicals=set()),
    paged(
        "canonical-with-a-user",
        article(head='<link rel="canonical" href="http://u:p@canonical-with-a-user.example/x">'),
        "kept",
        canonicals=set(),
    ),
    paged("canonical-script", article(head='<link rel="canonical" href="javascript:alert(1)">'), "kept", canonicals=set()),
    paged(
        "wrong-charset",
        article(
            UNRELATED
            + "\n\nThe café of Señor Núñez stayed open all night, and its owner said that he had never seen so many people at once.",
            kind="text/html; charset=iso-8859-1",
        ),
        "kept",
        texts=lambda found: "café of Señor Núñez" in found.get("/news/1", ""),
    ),
    paged(
        "latin-page",
        article(
            UNRELATED
            + "\n\nThe café of Señor Núñez stayed open all night, and its owner said that he had never seen so many people at once.",
            kind="text/html",
            charset="latin-1",
            head='<meta charset="iso-8859-1">',
        ),
        "kept",
        texts=lambda found: "café of Señor Núñez" in found.get("/news/1", ""),
    ),
    paged("charset-unknown", article(kind="text/html; charset=klingon-8"), "kept"),
    paged(
        "controls-in-page",
        article(UNRELATED.replace(" the ", " t\x00h\x1b[31me\x07 ", 3) + "&#0;&#x1b;&#xD800;"),
        "kept",
        texts=lambda found: found and not set("\x00\x1b\x07\ud800\ufffe") & set("".join(found.values())),
    ),
    paged("noncharacter-in-page", article(UNRELATED.replace(" the ", " t\ufffehe ", 1)), "kept"),
    paged("date-impossible", article(head='<meta property="article:published_time" content="9999-12-31T23:59:59-12:00">'), "kept"),
    paged("date-before-christ", article(head='<meta property="article:published_time" content="-0001-01-01T00:00:00Z">'), "kept"),
    paged(
        "title-endless",
        article(headline="Council votes " * 20_000),
        "kept",
        texts=lambda found: all(len(text.split("\n")[0]) <= 500 for text in found.values()),
    ),
    paged("markup-in-headline", article(headline="&lt;script&gt;alert(1)&lt;/script&gt; Council votes"), "kept"),
    paged(
        "page-redirects-off-domain",
        reply(b"", "Location: http://elsewhere-entirely.example/x", status="302 Found"),
        "off_domain",
        hosts=("elsewhere-entirely.example",),
        answers={"/x": article()},
    ),
    paged("page-redirects-home", reply(b"", "Location: /", status="302 Found"), "home_page", answers={"/": article()}),
    paged(
        "noindex-redirect-to-login",
        reply(b"", "Location: /login", status="302 Found"),
        "login_wall",
        answers={"/login": html("<h1>Log in</h1><form><input type=password></form>", title="Log in")},
    ),
)
CASES = (*WALLS, *ANSWERS, *COSTLY, *ODD)
