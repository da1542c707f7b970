"""Two caches that answer in turn with editions of one feed make no row be written anew."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import pytest
from builders_news import Clock, Web, ask, title, world

from pipeline.feeds import entries
from pipeline.records import Answer, Feed, Reading, Title
from pipeline.steps.poll import poll

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FEED = Feed(url="http://alpha.example/feed.xml")
TITLE = Title(key="a", name="A", owner="A", country="no", language="en", kind="newspaper", domains=("alpha.example",), feeds=(FEED,))
NUMBERS = (1, 2, 3, 4)


def item(number, *, link="", tail="", cdata=False, date="Mon, 02 Mar 2026 10:00:00 +0100"):
    link = link or f"http://alpha.example/{number}-ferry"
    words = f"<p>Story {number} &amp; more, <b>told</b> in full.</p>"
    told = f"<![CDATA[{words}]]>" if cdata else words.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f"<item><title>Story {number}</title><link>{link}{tail}</link><guid>{link}{tail}</guid><pubDate>{date}</pubDate>"
        f"<dc:creator>Ada Quay</dc:creator><category>Region</category><description>{told}</description></item>"
    )


def edition(*items, built="Mon, 02 Mar 2026 11:00:00 GMT", about=""):
    head = f"<title>Alpha</title><lastBuildDate>{built}</lastBuildDate>{about}"
    return f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>{head}{"".join(items)}</channel></rss>'.encode()


PLAIN = edition(*map(item, NUMBERS))
EDITIONS = {
    "order": edition(*map(item, reversed(NUMBERS))),
    "build date": edition(*map(item, NUMBERS), built="Mon, 02 Mar 2026 11:04:09 GMT"),
    "its own cache": edition(*map(item, NUMBERS), about="<generator>cache 2</generator><ttl>7</ttl><pubDate>Mon, 02 Mar 2026</pubDate>"),
    "tracking": edition(*(item(n, tail="?utm_source=rss&amp;utm_content=cache2") for n in NUMBERS)),
    "tracking and a fragment": edition(*(item(n, tail="?ref=rss#rss") for n in NUMBERS)),
    "CDATA": edition(*(item(n, cdata=True) for n in NUMBERS)),
    "another zone": edition(*(item(n, date="Mon, 02 Mar 2026 09:00:00 GMT") for n in NUMBERS)),
    "white space": PLAIN.replace(b"><", b">\n  <"),
    "another charset": PLAIN.decode().encode("utf-16"),
}


def kept(body):
    """Return what `poll.keep_entry` compares, by article."""
    reading = entries.parse(body, url=FEED.url, content_type="", title=TITLE, feed=FEED, now=NOW)
    assert isinstance(reading, Reading)
    return {
        e.url_key: (e.guid, e.headline, e.summary, e.published and e.published.at, e.updated, e.authors, e.section, e.text)
        for e in reading.entries
    }


@pytest.mark.parametrize("name", EDITIONS)
def test_an_entry_says_the_same_in_every_edition(name):
    assert len(kept(PLAIN)) == len(NUMBERS)
    assert kept(EDITIONS[name]) == kept(PLAIN)


def test_an_address_listed_twice_says_the_same_in_any_order():
    same = "http://alpha.example/ferry"
    twice = [item(1, link=same), item(2, link=same), item(3, link=same, date="Mon, 02 Mar 2026 10:30:00 +0100")]
    found = [kept(edition(*order)) for order in permutations(twice)]
    assert all(one == found[0] for one in found)
    assert [said[1] for said in found[0].values()] == ["Story 3"], "the newest"


def test_a_guid_that_is_an_address_keeps_all_that_names_a_page():
    (said,) = kept(edition(item(1, link="http://alpha.example/", tail="?p=17&amp;utm_source=x"))).values()
    assert said[0] == "http://alpha.example/?p=17"


@pytest.mark.database
def test_editions_in_turn_write_no_entry_anew(database, tmp_path):
    web, bodies = Web(), [*EDITIONS.values(), PLAIN] * 2
    honest, turn = web.fetch, iter(range(100))

    def fetch(url, **asked):
        if url != FEED.url:
            return honest(url, **asked)
        at = next(turn)
        return Answer(url=url, status=200, headers={"etag": f'"{at}"'}, body=bodies[at])

    web.fetch = fetch
    with world(database, tmp_path, web=web, now=Clock(), titles=(title("alpha"),)) as edges:
        rows = []
        for _ in bodies:
            edges.now.forward(days=2)
            assert poll(edges)["feed"].doors == {"read": 1}
            rows.append(ask(edges, "SELECT xmin::text, ctid::text, article_id, headline, seen_at FROM raw.entry ORDER BY article_id"))
        assert len(rows[0]) == len(NUMBERS)
        assert all(seen == rows[0] for seen in rows)
