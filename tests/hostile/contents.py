"""What stands in feeds: poison for parsers and databases, runaway counts, odd dates, addresses, charsets, and what is no feed at all."""

from __future__ import annotations

from datetime import UTC, datetime

from builders_web import reply

from hostile.cases import DATE, case, fed, item, rss

_BAD = "\x00\x01\x07\x0b\x1b\x7f\x85\ufffe"


def _fed(name, body, *headers, **more):
    return fed(name, "contents", body, *headers, **more)


def _dated(name, said, date, **more):
    """Return a case of one good item and one with this date."""
    odd = f"<item><title>Odd</title><link>http://HOST/news/2</link><pubDate>{said}</pubDate></item>"
    return _fed(name, rss(item(1), odd), kept=2, dates=lambda found: found["/news/2"][0] == date, **more)


def _clean(texts):
    """Say whether no text has a character that has no place in one."""
    return not any(sign in _BAD or "\ud800" <= sign <= "\udfff" for text in texts for sign in text)


POISON = (
    _fed("nul-in-title", rss(item(1), item(2, title="Re\x00port"), item(3)), kept=3, headlines=_clean),
    _fed("controls-in-title", rss(item(1), item(2, title="a\x01b\x07c\x0bd\x1b[31m"), item(3)), kept=3, headlines=_clean),
    _fed("c1-controls", rss(item(1), item(2, title="a\x85b\x9fc&#x85;&#x9b;31m"), item(3)), kept=3, headlines=_clean),
    _fed("nul-reference", rss(item(1), item(2, title="a&#0;b&#x0;c"), item(3)), kept=3, headlines=_clean),
    _fed("surrogate-reference", rss(item(1), item(2, title="a&#xD800;b&#55296;c"), item(3)), kept=3, headlines=_clean),
    _fed("noncharacter", rss(item(1), item(2, title="a&#xFFFE;b\ufffec&#65535;"), item(3)), kept=3, headlines=_clean),
    _fed("reference-too-large", rss(item(1), item(2, title="a&#x110000;&#99999999999;b"), item(3)), kept=3, headlines=_clean),
    _fed("reference-of-many-digits", rss(item(1), item(2, title=f"a&#{'9' * 6000};b"), item(3)), kept=3),
    _fed("surrogate-bytes", rss(item(1), item(2, title="X")).encode().replace(b">X<", b">\xed\xa0\x80x<"), kept=2, headlines=_clean),
    _fed("nul-in-link", rss(item(1), item(2, link="http://HOST/news/2\x00x"), item(3)), kept=3),
    _fed("nul-in-guid", rss(item(1, "<guid>a\x00b&#0;</guid>"), item(2)), kept=2, guids=_clean),
    _fed(
        "controls-in-text",
        rss(item(1, f"<description>{_BAD}&lt;b&gt;&#x1b;&lt;/b&gt;</description>")),
        kept=1,
        entry_texts=lambda text: _clean([text]),
    ),
    _fed("right-to-left", rss(item(1, title="\u202eevil\u202c")), kept=1),
    _fed("address-of-3000", rss(item(1), item(2, link="http://HOST/" + "a" * 3000), item(3)), kept=2, refused={"url_too_long": 1}),
    _fed(
        "address-of-2000-random", rss(item(1), item(2, link="http://HOST/" + "".join(chr(97 + n * 7919 % 26) for n in range(2000)))), kept=2
    ),
    _fed(
        "address-of-a-megabyte",
        rss(item(1), item(2, link="http://HOST/" + "a" * 1_000_000)),
        kept=1,
        refused=lambda all_: sum(all_.values()) == 1,
    ),
    _fed("title-of-a-megabyte", rss(item(1), item(2, title="word " * 200_000)), kept=2, headlines=lambda all_: max(map(len, all_)) <= 500),
    _fed(
        "guid-of-a-megabyte",
        rss(item(1, f"<guid>{'g' * 1_000_000}</guid>"), item(2)),
        kept=2,
        guids=lambda all_: max(map(len, all_)) <= 500,
    ),
    _fed("text-of-distinct-words", rss(item(1, "<description>" + " ".join(map(str, range(200_000))) + "</description>"), item(2)), kept=2),
    _fed("author-of-64-kilobytes", rss(item(1, f"<author>{'a' * 64_000} (</author>"), item(2, f"<author>{'(' * 64_000}</author>")), kept=2),
    _fed("author-redos", rss(item(1, f"<author>{'a@' * 30_000}</author>"), item(2, f"<author>{'-.' * 30_000}@</author>")), kept=2),
    _fed("prefix-redos", rss(item(1, title="[ " + " a" * 30_000), item(2, title="&lt;" * 60_000)), kept=2),
    _fed("categories-20000", rss(item(1, "".join(f"<category>c{n}</category>" for n in range(40_000))), item(2)), kept=2),
    _fed(
        "attributes-30000",
        rss("<item " + " ".join(f"a{n}='1'" for n in range(60_000)) + "><link>http://HOST/news/1</link></item>", item(2)),
        kept=lambda count: count in {0, 2},
        outcome=lambda reason: reason in {"read", "broken_feed", "parse_killed"},
    ),
    _fed(
        "items-20000",
        rss(*(f"<item><link>http://HOST/{n}</link></item>" for n in range(20_000))),
        kept=lambda count: count >= 1000,
        seen=lambda n: n >= 1001,
    ),
    _fed("links-10000-in-an-item", rss(item(1, "<link>http://HOST/x</link>" * 10_000), item(2)), kept=2),
    _fed(
        "nested-100000",
        rss(item(1), "<a>" * 100_000 + "</a>" * 100_000),
        kept=lambda count: count in {0, 1},
        outcome=lambda reason: reason in {"read", "broken_feed", "parse_killed"},
    ),
    _fed(
        "namespaces-10000",
        rss(item(1)).replace("<rss ", "<rss " + " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(10_000)) + " "),
        kept=lambda count: count in {0, 1},
        outcome=lambda reason: reason in {"read", "broken_feed", "parse_killed"},
    ),
    _fed("comments-endless", rss("<!--" + "-" * 500_000, item(1)), outcome=lambda reason: reason in {"read", "broken_feed"}),
    _fed(
        "cdata-unclosed",
        rss(item(1), "<item><title><![CDATA[never closed", item(2)),
        outcome=lambda reason: reason in {"read", "broken_feed"},
        kept=lambda n: n >= 1,
    ),
    _fed(
        "markup-in-title",
        rss(item(1, title="&lt;script&gt;alert(1)&lt;/script&gt;Report")),
        kept=1,
        headlines=lambda all_: not any("<script" in one for one in all_),
    ),
    _fed(
        "sql-in-title",
        rss(item(1, title="Robert'); DROP TABLE core.article;--")),
        kept=1,
        headlines={"Robert'); DROP TABLE core.article;--"},
    ),
    _fed("formula-in-title", rss(item(1, title="=HYPERLINK(0)")), kept=1),
)
_LAUGHS = '<!DOCTYPE rss [<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]>"
ENTITIES = (
    _fed("billion-laughs", rss(item(1, title="&j;"), prolog='<?xml version="1.0"?>' + _LAUGHS), outcome="broken_feed", kept=0),
    _fed(
        "quadratic-blowup",
        rss(item(1, title="&a;" * 20_000), prolog=f'<!DOCTYPE rss [<!ENTITY a "{"x" * 20_000}">]>'),
        outcome="broken_feed",
        kept=0,
    ),
    _fed(
        "parameter-entity",
        rss(item(1), prolog='<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]>'),
        outcome="broken_feed",
        kept=0,
    ),
    _fed(
        "entity-in-utf16",
        rss(item(1, title="&x;"), prolog='<?xml version="1.0" encoding="utf-16"?><!DOCTYPE rss [<!ENTITY x "boom">]>').encode("utf-16"),
        outcome="broken_feed",
        kept=0,
    ),
    _fed("html-entities", rss(item(1, title="Caf&eacute; &nbsp;&mdash; R&D")), kept=1, headlines={"Café — R&D"}),
)
DATES = (
    _dated("date-year-minus-one", "Mon, 01 Jan -001 00:00:00 GMT", None),
    _dated("date-year-zero", "0000-00-00T00:00:00Z", None),
    _dated("date-9999", "9999-12-31T23:59:59-12:00", None),
    _dated("date-10000", "10000-01-01T00:00:00Z", None),
    _dated("date-1970", "Thu, 01 Jan 1970 00:00:00 GMT", None),
    _dated("date-next-year", "Tue, 02 Mar 2027 00:00:00 GMT", None),
    _dated("date-of-words", "yesterday, more or less", None),
    _dated("date-of-megabyte", "1" * 1_000_000, None),
    _dated("date-february-30", "Mon, 30 Feb 2026 00:00:00 GMT", None),
    _fed(
        "date-zone-of-99-hours",
        rss(item(1), f"<item><link>http://HOST/news/2</link><pubDate>{DATE.replace('GMT', '+9999')}</pubDate></item>"),
        kept=2,
    ),
    _dated("date-iso-in-rss", "2026-03-02T10:30:00+02:00", datetime(2026, 3, 2, 8, 30, tzinfo=UTC)),
    _dated("date-empty", "", None),
)
ADDRESSES = (
    _fed(
        "off-domain",
        rss(item(1), item(2, link="http://elsewhere.example/a"), item(3, link="http://notHOST/x")),
        kept=1,
        refused={"off_domain": 2},
    ),
    _fed("no-link", rss(item(1), "<item><title>No link</title></item>"), kept=1, refused={"no_link": 1}),
    _fed("home-page-link", rss(item(1), item(2, link="http://HOST/")), kept=1, refused={"home_page": 1}),
    _fed("advertisement", rss(item(1), item(2, title="[Sponsored] Buy this")), kept=1, refused={"advertisement": 1}),
    _fed(
        "tracking-twins", rss(item(1), item(1, link="http://HOST/news/1?utm_source=rss"), item(1, link="http://HOST:80/news/1#top")), kept=1
    ),
    _fed("relative-links", rss(item(1, link="/news/a"), item(2, link="news/b"), item(3, link="//HOST/news/c")), kept=3),
    _fed("guid-reused", rss(*(item(n, "<guid>same</guid>") for n in range(1, 4))), kept=3),
    _fed("homoglyph-domain", rss(item(1), item(2, link="http://h\u043emoglyph-domain.example/a")), kept=1, refused={"off_domain": 1}),
    _fed("dots-in-path", rss(item(1), item(2, link="http://HOST/a/../../../etc/passwd")), kept=2),
    _fed(
        "domain-as-a-prefix",
        rss(item(1), item(2, link="http://HOST.evil.example/a"), item(3, link="http://evil.example/HOST/a")),
        kept=1,
        refused={"off_domain": 2},
    ),
    _fed(
        "port-of-words",
        rss(item(1), item(2, link="http://HOST:abc/a"), item(3, link="http://[::1/a"), item(4, link="http://HOST:99999/a")),
        kept=1,
        refused={"bad_url": 3},
    ),
)
_LATIN = rss(item(1, title="Café Núñez"), prolog='<?xml version="1.0" encoding="iso-8859-1"?>')
CHARSETS = (
    _fed("charset-false", rss(item(1, title="Café Núñez"), prolog='<?xml version="1.0" encoding="iso-8859-1"?>'), headlines={"Café Núñez"}),
    _fed("charset-latin", _LATIN.encode("latin-1"), headlines={"Café Núñez"}),
    _fed("charset-unknown-feed", rss(item(1, title="Café"), prolog='<?xml version="1.0" encoding="klingon"?>'), headlines={"Café"}),
    _fed("charset-codec-trick", rss(item(1), prolog='<?xml version="1.0" encoding="zlib"?>'), kept=1),
    _fed("charset-utf7", rss(item(1, title="+ADw-script+AD4-"), prolog='<?xml version="1.0" encoding="utf-7"?>'), kept=1),
    _fed(
        "charset-utf16",
        rss(item(1, title="Café"), prolog='<?xml version="1.0" encoding="utf-16"?>')
        .replace("HOST", "charset-utf16.example")
        .encode("utf-16"),
        headlines={"Café"},
    ),
    _fed(
        "charset-utf32", rss(item(1, title="Café"), prolog="").replace("HOST", "charset-utf32.example").encode("utf-32"), headlines={"Café"}
    ),
    _fed("three-marks", b"\xef\xbb\xbf\xef\xbb\xbf\n\n" + rss(item(1)).encode(), kept=1),
    _fed("warning-before", b"<br />\n<b>Warning</b>: mysql_connect()\n" + rss(item(1)).encode(), kept=1),
    _fed("half-broken-utf8", rss(item(1, title="X"), item(2)).encode().replace(b">X<", b">Caf\xc3\xa9 \xff\xfe<"), kept=2),
)
NO_FEEDS = (
    _fed(
        "html-home", "<!doctype html><html><head><title>News</title></head><body><p>Hello</p></body></html>", outcome="not_a_feed", kept=0
    ),
    _fed(
        "html-bot-wall",
        "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>",
        outcome="not_a_feed",
        kept=0,
    ),
    _fed("html-called-rss", "<html><body><rss>", "X-A: b", outcome=lambda reason: reason in {"not_a_feed", "broken_feed"}, kept=0),
    _fed("plain-words", "Service temporarily unavailable", outcome="not_a_feed", kept=0),
    _fed("json-no-feed", '{"error": "no"}', outcome="not_a_feed", kept=0),
    _fed("json-broken", '{"version": "https://jsonfeed.org/version/1.1", "items": [', outcome="broken_feed", kept=0),
    _fed(
        "json-deep",
        '{"version": "https://jsonfeed.org/version/1.1", "items": ' + "[" * 200_000,
        outcome=lambda reason: reason in {"broken_feed", "parse_killed", "not_a_feed"},
        kept=0,
    ),
    _fed(
        "json-wrong-types",
        '{"version": "https://jsonfeed.org/version/1.1", "items": [7, null, {"url": 5}, {"url": "http://HOST/news/1", "title": ["x"]}]}',
        kept=1,
        seen=4,
    ),
    _fed(
        "json-huge-number",
        '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": ' + "9" * 5000 + ', "url": "http://HOST/news/1"}]}',
        outcome=lambda reason: reason in {"read", "broken_feed"},
    ),
    _fed(
        "random-bytes", bytes(n * 7919 % 251 for n in range(20_000)), outcome=lambda reason: reason in {"not_a_feed", "broken_feed"}, kept=0
    ),
    _fed("opml", '<opml version="2.0"><body/></opml>', outcome="not_a_feed", kept=0),
    _fed(
        "sitemap-index",
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap/></sitemapindex>',
        outcome="not_a_feed",
        kept=0,
    ),
    _fed("wsdl", '<?xml version="1.0"?><definitions name="x"/>', outcome="not_a_feed", kept=0),
    _fed("cut-in-an-item", rss(item(1), item(2), item(3))[:-120], 'ETag: "cut"', kept=2, etag="", refused={"broken_entry": 1}),
    _fed("cut-in-first-item", rss(item(1))[:90], 'ETag: "cut"', outcome="broken_feed", kept=0, etag=""),
    _fed("empty-feed", rss(), kept=0, failures=0),
    _fed("unescaped-ampersands", rss(item(1, title="R & D < x"), item(2, link="http://HOST/news/2?a=1&b=2")), kept=2),
    _fed("mismatched-tags", rss("<item><title>Odd</titel><link>http://HOST/news/9</link></item>", item(2)), seen=lambda count: count >= 1),
    _fed("two-feeds-in-one", rss(item(1)) + rss(item(2), prolog=""), kept=lambda count: count >= 1),
    _fed("xslt-feed", rss(item(1), prolog='<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="/a.xsl"?>'), kept=1),
)
EDITIONS = (
    case(
        "editions-in-turn",
        "contents",
        tuple(
            reply(rss(*map(item, some)).replace("HOST", "editions-in-turn.example").encode())
            for some in ((1, 2, 3), (2, 3, 4), (1, 2, 3), (2, 3, 4))
        ),
        at=(0.0, 25.0, 50.0, 75.0),
        refused={},
        kept=4,
        outcome="unchanged",
    ),
    case(
        "guids-at-random",
        "contents",
        tuple(
            reply(rss(item(1, f"<guid>{n}</guid>"), item(2, f"<guid>{n}x</guid>")).replace("HOST", "guids-at-random.example").encode())
            for n in range(3)
        ),
        at=(0.0, 25.0, 50.0),
        kept=2,
    ),
    case(
        "item-taken-out",
        "contents",
        (
            reply(rss(item(1), item(2)).replace("HOST", "item-taken-out.example").encode()),
            reply(rss(item(2)).replace("HOST", "item-taken-out.example").encode()),
        ),
        at=(0.0, 25.0),
        kept=2,
    ),
)
CASES = (*POISON, *ENTITIES, *DATES, *ADDRESSES, *CHARSETS, *NO_FEEDS, *EDITIONS)
