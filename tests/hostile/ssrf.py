"""Ways into our own network: by the feed's address, a redirect, robots.txt, an entry's link, and what a page names."""

from __future__ import annotations

from builders_web import moved, reply

from hostile.cases import case, fed, item, ok, rss
from hostile.pages import article, paged

# Places inside, as an address may say them. All are refused: by number, as a name of no usual form, or by what they wrap.
INSIDE = {
    "loopback": "http://127.0.0.1/",
    "loopback-port": "http://127.0.0.1:8080/",
    "localhost": "http://localhost/",
    "short": "http://127.1/",
    "decimal": "http://2130706433/",
    "octal": "http://0177.0.0.1/",
    "hex": "http://0x7f000001/",
    "hex-parts": "http://0x7f.0.0.1/",
    "zero": "http://0.0.0.0/",
    "private-10": "http://10.0.0.1/",
    "private-172": "http://172.16.0.1/",
    "private-192": "http://192.168.1.1/",
    "carrier-nat": "http://100.64.0.1/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "azure": "http://168.63.129.16/",
    "broadcast": "http://255.255.255.255/",
    "v6-loopback": "http://[::1]/",
    "v6-mapped": "http://[::ffff:127.0.0.1]/",
    "v6-mapped-hex": "http://[::ffff:7f00:1]/",
    "v6-unique-local": "http://[fd00::1]/",
    "v6-link-local": "http://[fe80::1]/",
    "nat64": "http://[64:ff9b::7f00:1]/",
    "six-to-four": "http://[2002:7f00:1::]/",
    "final-dot": "http://127.0.0.1./",
    "wide-digits": "http://\u00e2\u0091\u00a0\u00e2\u0091\u00a1\u00e2\u0091\u00a6.0.0.1/",  # circled digits, which IDNA maps to 127
}
NO_ADDRESS = {"broadcast", "wide-digits"}


def _refused(name, **more):
    return case(name, "ssrf", kept=0, outcome=lambda reason: reason in {"address_refused", "bad_redirect"}, **more)


REDIRECTED = tuple(_refused(f"to-{name}", feed=moved(place)) for name, place in INSIDE.items())
NAMED = tuple(
    case(f"named-{name}", "ssrf", address=place, kept=0, outcome=lambda reason: reason in {"address_refused", "bad_url"}, paths={})
    for name, place in INSIDE.items()
    if name in {"loopback", "decimal", "octal", "hex", "metadata", "v6-loopback", "v6-mapped", "nat64"}
)
RESOLVED = (
    case("resolves-inside", "ssrf", names={"resolves-inside.example": (("127.0.0.1",),)}, outcome="address_refused", kept=0),
    case(
        "resolves-to-both",
        "ssrf",
        ok("resolves-to-both.example"),
        names={"resolves-to-both.example": (("93.184.251.1", "10.0.0.1"),)},
        outcome="address_refused",
        kept=0,
        paths={},
    ),
    case("resolves-to-mapped", "ssrf", names={"resolves-to-mapped.example": (("::ffff:10.0.0.1",),)}, outcome="address_refused", kept=0),
    case(
        "rebinds-after-robots",
        "ssrf",
        ok("rebinds-after-robots.example"),
        kept=0,
        outcome="address_refused",
        names={"rebinds-after-robots.example": (("93.184.251.2",), ("127.0.0.1",))},
    ),
    case(
        "rebinds-after-check",
        "ssrf",
        ok("rebinds-after-check.example"),
        kept=3,
        names={"rebinds-after-check.example": (("93.184.251.3",), ("93.184.251.3",), ("127.0.0.1",))},
    ),
    _refused(
        "redirect-to-a-name-inside", feed=moved("http://inside-by-name.example/"), names={"inside-by-name.example": (("192.168.0.1",),)}
    ),
    _refused("second-redirect-inside", feed=moved("/hop"), answers={"/hop": moved("http://10.0.0.1/")}),
    case(
        "robots-redirects-inside",
        "ssrf",
        ok("robots-redirects-inside.example"),
        answers={"/robots.txt": moved("http://127.0.0.1/robots.txt")},
        outcome="robots_unreachable",
        kept=0,
    ),
)
ENTRIES = (
    fed(
        "links-inside",
        "ssrf",
        rss(
            item(1),
            *(
                item("x", link=place)
                for place in ("http://127.0.0.1/a", "http://10.0.0.1/b", "http://[::1]/c", "http://localhost/d", "http://2130706433/e")
            ),
        ),
        kept=1,
        refused=lambda all_: set(all_) <= {"off_domain", "bad_url", "home_page"} and sum(all_.values()) == 5,
        pages=True,
    ),
    fed(
        "links-with-a-user",
        "ssrf",
        rss(item(1), item(2, link="http://HOST@127.0.0.1/a"), item(3, link="http://user:pw@HOST/b")),
        kept=1,
        refused={"bad_url": 2},
    ),
    fed(
        "links-of-other-schemes",
        "ssrf",
        rss(item(1), item(2, link="file:///etc/passwd"), item(3, link="javascript:alert(1)"), item(4, link="ftp://HOST/a")),
        kept=1,
        refused=lambda all_: sum(all_.values()) == 3,
    ),
    fed("enclosure-inside", "ssrf", rss(item(1, '<enclosure url="http://127.0.0.1/a.mp3" type="audio/mpeg" length="1"/>')), kept=1),
    fed(
        "image-inside",
        "ssrf",
        rss(item(1), channel="<image><url>http://127.0.0.1/logo.png</url><link>http://10.0.0.1/</link></image>"),
        kept=1,
    ),
    fed(
        "entity-inside",
        "ssrf",
        rss(item(1, title="&x;"), prolog='<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "http://127.0.0.1/">]>'),
        outcome="broken_feed",
        kept=0,
    ),
    fed(
        "entity-file",
        "ssrf",
        rss(item(1, title="&x;"), prolog='<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        outcome="broken_feed",
        kept=0,
    ),
    fed("doctype-inside", "ssrf", rss(item(1), prolog='<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://127.0.0.1/rss.dtd">'), kept=1),
    fed(
        "stylesheet-inside",
        "ssrf",
        rss(item(1), prolog='<?xml version="1.0"?><?xml-stylesheet href="http://127.0.0.1/a.xsl" type="text/xsl"?>'),
        kept=1,
    ),
    fed(
        "xinclude-inside", "ssrf", rss(item(1), '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="http://127.0.0.1/"/>'), kept=1
    ),
    fed("body-is-a-path", "ssrf", "/etc/hostname", outcome="not_a_feed", kept=0),
    fed("body-is-an-address", "ssrf", "http://127.0.0.1/feed.xml", outcome="not_a_feed", kept=0),
    fed(
        "next-page-inside",
        "ssrf",
        rss(item(1), channel='<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="http://127.0.0.1/2"/>'),
        kept=1,
    ),
    fed(
        "hub-inside",
        "ssrf",
        rss(item(1), channel='<cloud domain="127.0.0.1" port="80" path="/" registerProcedure="x" protocol="xml-rpc"/>'),
        kept=1,
    ),
)
PAGES = (
    paged("page-redirects-inside", moved("http://127.0.0.1/admin"), "address_refused", group="ssrf"),
    paged("page-redirects-to-metadata", moved("http://169.254.169.254/latest"), "address_refused", group="ssrf"),
    paged(
        "page-canonical-inside",
        article(head='<link rel="canonical" href="http://127.0.0.1/admin">'),
        "kept",
        group="ssrf",
        canonicals=set(),
    ),
    paged("page-refresh-inside", article(head='<meta http-equiv="refresh" content="0; url=http://127.0.0.1/admin">'), "kept", group="ssrf"),
    paged(
        "page-image-inside",
        article(extra='<img src="http://127.0.0.1/a.png"><iframe src="http://10.0.0.1/"></iframe>'),
        "kept",
        group="ssrf",
    ),
    paged("page-base-inside", article(head='<base href="http://127.0.0.1/">'), "kept", group="ssrf"),
    paged(
        "page-amp-inside",
        article(head='<link rel="amphtml" href="http://127.0.0.1/amp"><link rel="next" href="http://127.0.0.1/2">'),
        "kept",
        group="ssrf",
    ),
    paged(
        "page-refresh-only",
        reply(
            b'<html><head><meta http-equiv="refresh" content="0;url=http://127.0.0.1/"></head><body></body></html>',
            "Content-Type: text/html",
        ),
        "no_text",
        group="ssrf",
    ),
)
CASES = (*REDIRECTED, *NAMED, *RESOLVED, *ENTRIES, *PAGES)
