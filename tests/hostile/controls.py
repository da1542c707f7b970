"""Sites that behave: they must be read whole and in time whatever the others do."""

from __future__ import annotations

import gzip
import time

from builders_web import reply

from hostile.cases import case, fed, good, item, ok, rss
from hostile.pages import article, paged

_ATOM = (
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><id>urn:1</id><updated>2026-03-02T11:00:00Z</updated>'
    + "".join(
        f'<entry><title>Report {n}</title><id>urn:{n}</id><link href="http://HOST/news/{n}"/><updated>2026-03-02T11:00:00Z</updated></entry>'
        for n in (1, 2, 3)
    )
    + "</feed>"
)
_RDF = (
    '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="http://HOST/"><title>News</title></channel>'
    + "".join(
        f'<item rdf:about="http://HOST/news/{n}"><title>Report {n}</title><link>http://HOST/news/{n}</link></item>' for n in (1, 2, 3)
    )
    + "</rdf:RDF>"
)
_JSON = (
    '{"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": ['
    + ", ".join(
        f'{{"id": "{n}", "url": "http://HOST/news/{n}", "title": "Report {n}", "date_published": "2026-03-02T11:00:00Z"}}'
        for n in (1, 2, 3)
    )
    + "]}"
)
_SITEMAP = (
    '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
    + "".join(
        f"<url><loc>http://HOST/news/{n}</loc><news:news><news:title>Report {n}</news:title><news:publication_date>2026-03-02</news:publication_date></news:news></url>"
        for n in (1, 2, 3)
    )
    + "</urlset>"
)


def _slowly(client, stage):
    for piece in (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n",
        *(good("slow-but-fine.example")[n : n + 200] for n in range(0, 700, 200)),
    ):
        client.sendall(piece)
        time.sleep(0.1)


CASES = (
    fed("rss-feed", "controls", rss(item(1), item(2), item(3)), kept=3, form="rss", failures=0),
    fed("atom-feed", "controls", _ATOM, kept=3, form="atom"),
    fed("rdf-feed", "controls", _RDF, kept=3, form="rdf"),
    fed("json-feed", "controls", _JSON, kept=3, form="json"),
    fed("sitemap-feed", "controls", _SITEMAP, kept=3, form="news_sitemap", kind="news_sitemap"),
    fed(
        "big-but-fine",
        "controls",
        rss(*(item(n, f"<description>{'A sentence of news. ' * 60}</description>") for n in range(1, 501))),
        kept=500,
    ),
    case("slow-but-fine", "controls", _slowly, kept=3),
    case("zipped-feed", "controls", reply(gzip.compress(good("zipped-feed.example"), mtime=0), "Content-Encoding: gzip"), kept=3),
    case(
        "polite-feed",
        "controls",
        ok("polite-feed.example", 'ETag: "1"', "Cache-Control: max-age=600"),
        at=(0.0, 25.0),
        kept=3,
        outcome="unchanged",
    ),
    case(
        "growing-feed",
        "controls",
        tuple(ok("growing-feed.example", number=n) for n in (3, 5, 9)),
        at=(0.0, 25.0, 50.0),
        refused={},
        kept=9,
        outcome="read",
    ),
    paged("article-page", article(), "kept", group="controls"),
    *(case(f"control-{n}", "controls", ok(f"control-{n}.example", number=10), kept=10, failures=0) for n in range(10)),
)
