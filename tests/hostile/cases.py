"""What a case is, and the few words in which cases are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from builders_web import Script, reply

if TYPE_CHECKING:
    from datetime import timedelta

Said = Any  # bytes | Script | tuple of these, one for each time that it is asked; the last again and again
Must = Callable[[Any], bool]  # a fact -> whether it is right

DATE = "Mon, 02 Mar 2026 11:00:00 GMT"
ROBOTS = reply(b"User-agent: *\nDisallow: /private/\n", "Content-Type: text/plain")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A site, when it is polled, and what must come of it. Its title's key is its name, its host is <name>.example."""

    name: str
    group: str
    answers: Mapping[str, Said]  # path -> what it says; what is not here is 404
    expect: Mapping[str, Any]  # a fact of world.facts -> its value, or a function that says whether it is right
    feed: str = "/feed.xml"  # path or address
    kind: str = "feed"
    at: Sequence[float] = (0.0,)  # hours at which due feeds are polled
    names: Mapping[str, Sequence[tuple[str, ...]]] = field(default_factory=dict)  # further names, or another answer for its own
    hosts: Sequence[str] = ()  # further hosts that it serves, with the same answers
    pages: bool = False  # fetch and read what it lists

    @property
    def host(self) -> str:
        return f"{self.name}.example"


def case(
    name: str, group: str, feed: Said = None, *, address: str = "/feed.xml", answers: Mapping[str, Said] | None = None, **more: Any
) -> Case:
    """Return a case whose feed says this. What is no field of a Case is expected of it; without a word the feed is read."""
    fields = {key: more.pop(key) for key in tuple(more) if key in Case.__dataclass_fields__}
    said = {"/robots.txt": ROBOTS, "/feed.xml": feed} | dict(answers or {})
    usual = {} if "outcomes" in more else {"outcome": "read"}
    expect = {"polls": len(fields.get("at", (0.0,))), **usual, **more}
    return Case(
        name=name,
        group=group,
        feed=address,
        answers={path: what for path, what in said.items() if what is not None},
        expect=expect,
        **fields,
    )


def fed(name: str, group: str, body: str | bytes, *headers: str, **more: Any) -> Case:
    """Return a case that serves a feed's body; HOST in it is its own host."""
    raw = body.encode() if isinstance(body, str) else body
    return case(name, group, reply(raw.replace(b"HOST", f"{name}.example".encode()), "Content-Type: application/rss+xml", *headers), **more)


def item(number: int | str, extra: str = "", *, title: str | None = None, link: str | None = None) -> str:
    where = f"http://HOST/news/{number}" if link is None else link
    return (
        f"<item><title>{escape(f'Report {number}') if title is None else title}</title>"
        f"<link>{where}</link><pubDate>{DATE}</pubDate>{extra}</item>"
    )


def rss(*items: str, channel: str = "", prolog: str = '<?xml version="1.0"?>') -> str:
    return f'{prolog}<rss version="2.0"><channel><title>News</title>{channel}{"".join(items)}</channel></rss>'


def good(host: str, number: int = 3) -> bytes:
    """Return a good feed of so many entries."""
    return rss(*map(item, range(1, number + 1))).replace("HOST", host).encode()


def ok(host: str, *headers: str, number: int = 3) -> bytes:
    """Return the answer that a good feed is."""
    return reply(good(host, number), "Content-Type: application/rss+xml", *headers)


def between(least: float, most: float) -> Must:
    """Say whether a number of hours lies between these."""
    return lambda hours: hours is not None and least <= hours <= most


def hours(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds() / 3600


def by(respond: Callable[[Mapping[str, str]], bytes]) -> Script:
    """Answer by what the request's headers say."""

    def script(client: Any, stage: Any) -> None:
        lines = stage.request.decode("latin-1").split("\r\n")[1:]
        client.sendall(respond({name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}))

    return script
