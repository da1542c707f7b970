"""A small web for the steps: three titles and an agency, their feeds and pages, a door that knows nothing else, a clock that is moved."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from builders_stories import OTHER_AGENCY, UNRELATED, WIRE

from pipeline import inside
from pipeline.newsstand.enrolment import enrol
from pipeline.reasons import Reason
from pipeline.records import Agency, Answer, Feed, Refusal, Title
from pipeline.settings import Settings
from pipeline.steps import sync
from pipeline.steps.edges import opened

__all__ = ["NOON", "OTHER_AGENCY", "UNRELATED", "WIRE", "Clock", "Web", "ask", "beside", "clock", "snapshot", "stories", "title", "world"]

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NPA = Agency(key="npa", name="Northern Press Agency", aliases=("NPA",), languages=("en",), country="no", domains=("npa.example",))
ROBOTS = b"User-agent: *\nDisallow: /private/\n"


def title(key: str, **changes) -> Title:
    base = Title(
        key=key,
        name=key.title(),
        owner=f"{key.title()} Ltd",
        country="no",
        language="en",
        kind="newspaper",
        domains=(f"{key}.example",),
        feeds=(Feed(url=f"http://{key}.example/feed.xml"),),
    )
    return replace(base, **changes)


TITLES = (title("alpha"), title("beta"), title("gamma"), title("npa", kind="agency", agency="npa", domains=("npa.example",)))


class Clock:
    """Stands until it is moved."""

    def __init__(self, at=NOON):
        self.at = at

    def __call__(self):
        return self.at

    def forward(self, **time):
        self.at += timedelta(**time)


def clock():
    return Clock()


class Web:
    """What each address answers. An address that it does not know is 404."""

    def __init__(self):
        self.pages = {}
        self.feeds = {f"http://{key}.example/feed.xml": [] for key in ("alpha", "beta", "gamma", "npa")}
        self.asked = []

    def publish(self, host, path, text, *, at=NOON, headline=None, byline="", also=(), canonical=None):
        """Put a page up, and an entry into the title's feed (and into the feeds of `also`)."""
        url = f"http://{host}.example/{path}"
        headline = headline or f"{host.title()} on {path.rsplit('/')[-1].replace('-', ' ')}"
        self.pages[url] = page(headline, text, at, byline, canonical)
        for feed in (host, *also):
            self.feeds[f"http://{feed}.example/feed.xml"].insert(0, (url, headline, at))
        return url

    def fetch(self, url, *, kind, etag="", modified="", permit=None):
        self.asked.append(url)
        if kind == "robots":
            return Answer(url=url, status=200, headers={"content-type": "text/plain"}, body=ROBOTS)
        if url in self.feeds:
            body = feed(self.feeds[url])
            tag = f'"{hash(body)}"'
            status, body = (304, b"") if etag == tag else (200, body)
            return Answer(url=url, status=status, headers={"content-type": "application/rss+xml", "etag": tag}, body=body)
        found = self.pages.get(url)
        if isinstance(found, bytes):
            return Answer(url=url, status=200, headers={"content-type": "text/html; charset=utf-8"}, body=found)
        return Refusal(stage=kind, reason=found or Reason.NOT_FOUND, url=url)


def page(headline, text, at, byline, canonical):
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n\n"))
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    return f"""<!doctype html><html lang="en"><head><title>{headline}</title>{link}
<meta property="og:type" content="article"><meta property="article:published_time" content="{at.isoformat()}"></head>
<body><nav><a href="/">Home</a><a href="/news">News</a></nav><article><h1>{headline}</h1><p class="byline">{byline}</p>{paragraphs}</article>
<footer><a href="/about">About us</a></footer></body></html>""".encode()


def feed(entries):
    items = "".join(
        f"<item><title>{escape(headline)}</title><link>{url}</link><pubDate>{format_datetime(at)}</pubDate></item>"
        for url, headline, at in entries
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()


class Inline:
    """Calls the function here; what children are for has its own tests."""

    def call(self, function, *args, seconds):
        assert seconds > 0
        return function(*args)


@contextmanager
def world(database, tmp_path, *, web=None, now=None, titles=TITLES):
    """Yield edges onto a database that knows the titles, the given web, and a clock that stands."""
    settings = Settings(var=tmp_path / "var", registry=tmp_path / "registry", database_url=database, spacing=0.0)
    if not settings.registry.exists():
        enrol(settings.registry, titles, [NPA])
        sync(settings.model_copy(update={"clock": f"{NOON.isoformat()} {NOON.isoformat()} 0"}), database)
    with opened(settings, database, now=now or Clock()) as edges:
        edges.door = web or Web()
        edges.children = Inline()
        inside.prepare((NPA,), 1)
        yield edges


def beside(edges, *steps):
    """Run steps as somebody else would at the same time: in the same world, over another connection."""
    with opened(edges.settings, edges.url, now=edges.now) as other:
        other.door, other.children = edges.door, edges.children
        for step in steps:
            step(other)


def ask(edges, query, *parameters):
    with edges.connection.transaction():
        return edges.connection.execute(query, parameters).fetchall()


def stories(edges):
    """Return the partition: each story as the paths of its articles, the canonical one first."""
    rows = ask(edges, "SELECT story_id, url FROM mart.article ORDER BY story_id, relation <> 'origin', url")
    return sorted([url.split("example/")[1] for story, url in rows if story == which] for which in {story for story, _ in rows})


SNAPSHOT = {
    "article": """SELECT a.url, first_seen_at, version, published_at, published_precision, published_from, happened_at, state, attempts,
        claims, reason, next_try_at, lease_until, (SELECT url FROM core.article WHERE article_id = same_as)
        FROM core.article a JOIN ops.intake USING (article_id) ORDER BY 1""",
    "version": """SELECT url, number, headline, text, words, language, method, access, v.published_at, text_sha, extracted_at
        FROM core.article_version v JOIN core.article USING (article_id) ORDER BY url, number""",
    "credit": """SELECT url, number, rank, agency, extent, c.method, evidence FROM core.credit c JOIN core.article USING (article_id)
        ORDER BY url, number, rank""",
    "alias": "SELECT alias.url, a.url FROM core.alias JOIN core.article a USING (article_id) ORDER BY 1",
    "sighting": """SELECT a.url, feed.url, s.first_seen_at, last_seen_at, best_rank, last_rank
        FROM core.sighting s JOIN core.article a USING (article_id) JOIN core.feed USING (feed_id) ORDER BY 1, 2""",
    "entry": """SELECT a.url, feed.url, seen_at, e.headline, e.published_at FROM raw.entry e JOIN core.article a USING (article_id)
        JOIN core.feed USING (feed_id) ORDER BY 1, 2""",
    "page": "SELECT a.url, p.url, bytes, fetched_at FROM raw.page p JOIN core.article a USING (article_id) ORDER BY 1, 4, 3",
    "refusal": "SELECT stage, reason, url, times, first_at, last_at FROM ops.refusal ORDER BY stage, reason, url",
    "poll": """SELECT url, at, status, reason, unchanged, form, bytes, seen, known + new, refused, next_poll_at
        FROM ops.poll JOIN core.feed USING (feed_id) ORDER BY url, at""",
    "new": "SELECT sum(new) FROM ops.poll",  # which of two feeds was the first is chance
    "schedule": """SELECT url, state, interval, failures, next_poll_at, polled_at, etag, last_modified, bodies, moved_to, lease_until
        FROM ops.schedule JOIN core.feed USING (feed_id) ORDER BY url""",
    "host": "SELECT host, robots_state, robots_text FROM ops.host ORDER BY host",
    "signature": """SELECT url, number, s.version, packed, clustered_at FROM core.signature s JOIN core.article USING (article_id)
        ORDER BY url""",
    "sample": "SELECT shingle, url FROM core.sample JOIN core.article USING (article_id) ORDER BY 1, 2",
    "match": """SELECT least(a.url, b.url), greatest(a.url, b.url), level, least(left_in_right, right_in_left),
        greatest(left_in_right, right_in_left), shared, longest
        FROM core.match JOIN core.article a ON left_id = a.article_id JOIN core.article b ON right_id = b.article_id ORDER BY 1, 2""",
    "story": """SELECT m.url, m.relation, round(m.kept::numeric, 4), m.own, m.lag, c.url, s.agency, s.merged_into IS NULL
        FROM mart.article m JOIN core.story s USING (story_id) JOIN core.article c ON c.article_id = s.canonical_id ORDER BY 1""",
    "event": "SELECT what, a.url FROM core.story_event LEFT JOIN core.article a ON a.article_id = to_article_id ORDER BY 1, 2",
    "ledger": "SELECT * FROM ops.ledger ORDER BY stage",
}


def snapshot(edges):
    """Return every table by its natural keys; ids, fences and seconds apart."""
    return {name: ask(edges, query) for name, query in SNAPSHOT.items()}
