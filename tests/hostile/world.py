"""Cases -> what came of each, all polled together over one internet into one database by a clock that is moved."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from builders_news import NOON, NPA, Clock, ask, title, world

from hostile import certificates, mutant
from hostile.cases import hours
from hostile.internet import Internet, Request, opened
from pipeline.children import Children
from pipeline.records import Feed
from pipeline.steps.cluster import cluster
from pipeline.steps.edges import Wanted
from pipeline.steps.extract import extract
from pipeline.steps.fetch import fetch
from pipeline.steps.poll import poll
from pipeline.web import hosts
from pipeline.web.answers import Policy
from pipeline.web.door import Door

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from hostile.cases import Case
    from pipeline.steps.edges import Edges

AGENT = "wiredesk/0 (+https://contact.example)"
POLICY = Policy(total=2.0, connect=1.0, feed=2_000_000, page=1_000_000)
SECONDS = 5.0  # that a child may take


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of all cases."""

    facts: Mapping[str, Mapping[str, Any]]
    requests: Sequence[Request]
    touched: Sequence[str]


def play(cases: Sequence[Case], database: str, folder: Path, *, policy: Policy = POLICY, mutation: str = "") -> Played:
    """Poll all cases at their times, fetch and read the pages of those that want it, and look at what is in the database then."""
    clock = Clock()
    tls = certificates.contexts(folder)
    with contextlib.ExitStack() as stack:
        net = stack.enter_context(opened(internet(cases, clock, tls)))
        titles = [title(case.name, feeds=(Feed(url=f"http://{case.host}/feed.xml", kind=case.kind),)) for case in cases]
        edges = stack.enter_context(world(database, folder, now=clock, titles=titles))
        edges.door = Door(agent=AGENT, resolver=hosts.internet(), policy=policy, tls=tls.client, clock=clock)
        edges.children = stack.enter_context(Children(2, initializer=mutant.prepare, initargs=(mutation, (NPA,), 1)))
        stack.enter_context(_limits())
        _address(edges, cases)
        _run(edges, clock, cases)
        return Played(facts={case.name: facts(edges, net, case) for case in cases}, requests=net.requests, touched=net.touched)


def internet(cases: Sequence[Case], clock: Clock, tls: certificates.Contexts) -> Internet:
    """Return the internet of these cases: a public address for each."""
    sites = {host: case.answers for case in cases for host in (case.host, *case.hosts)}
    names: dict[str, Sequence[tuple[str, ...]]] = {}
    for number, case in enumerate(cases):
        for host in (case.host, *case.hosts):
            names[host] = [(f"93.184.{number // 200}.{number % 200 + 1}",)]
    for case in cases:
        names |= case.names
    return Internet(sites=sites, names=names, now=clock, tls=tls.server)


def facts(edges: Edges, net: Internet, case: Case) -> Mapping[str, Any]:
    """Return what can be said of a case."""
    polls = ask(
        edges,
        "SELECT reason, unchanged, at, seen, refused, form, detail FROM ops.poll JOIN core.feed USING (feed_id) "
        "JOIN core.title USING (title_id) WHERE title = %s ORDER BY at, fence",
        case.name,
    )
    (row,) = ask(
        edges,
        "SELECT state, failures, etag, last_modified, moved_to, next_poll_at - polled_at, polled_at FROM ops.schedule "
        "JOIN core.feed USING (feed_id) JOIN core.title USING (title_id) WHERE title = %s",
        case.name,
    )
    asked = [seen for seen in net.requests if seen.host in {case.host, *case.hosts}]
    feed = [seen for seen in asked if seen.path == (case.feed if case.feed.startswith("/") else "/feed.xml")]
    outcomes = tuple(reason or ("unchanged" if unchanged else "read") for reason, unchanged, *_ in polls)
    return {
        "polls": len(polls),
        "outcomes": outcomes,
        "outcome": outcomes[-1] if outcomes else "not polled",
        "form": polls[-1][5] if polls else None,
        "detail": polls[-1][6] if polls else "",
        "seen": polls[-1][3] if polls else 0,
        **dict(zip(("state", "failures", "etag", "modified", "moved_to"), row[:5], strict=True)),
        "next": hours(row[5]),
        "asked": tuple(hours(seen.at - NOON) for seen in feed),
        "validators": tuple((seen.headers.get("if-none-match", ""), seen.headers.get("if-modified-since", "")) for seen in feed),
        "paths": Counter(seen.path for seen in asked),
        "headers": tuple(seen.headers for seen in asked),
        **_articles(edges, case),
    }


def _articles(edges: Edges, case: Case) -> Mapping[str, Any]:
    entries = ask(
        edges,
        "SELECT a.url, e.headline, e.published_at, e.published_precision, e.guid, e.authors, e.summary, e.markup "
        "FROM raw.entry e JOIN core.article a USING (article_id) JOIN core.feed f USING (feed_id) "
        "JOIN core.title t ON t.title_id = f.title_id WHERE title = %s ORDER BY a.url",
        case.name,
    )
    refusals = ask(
        edges,
        "SELECT reason FROM ops.refusal r JOIN core.feed USING (feed_id) JOIN core.title USING (title_id) "
        "WHERE title = %s AND stage = 'entry'",
        case.name,
    )
    pages = ask(
        edges,
        "SELECT url, i.state, reason FROM ops.intake i JOIN core.article USING (article_id) "
        "JOIN core.title USING (title_id) WHERE title = %s",
        case.name,
    )
    texts = ask(
        edges,
        "SELECT a.url, v.headline, v.text, v.canonical_url FROM core.article_version v JOIN core.article a USING (article_id) "
        "JOIN core.title USING (title_id) WHERE title = %s",
        case.name,
    )
    origins = ask(
        edges,
        "SELECT DISTINCT o.url FROM mart.article m JOIN core.article a USING (article_id) JOIN core.title t "
        "ON t.title_id = a.title_id JOIN mart.article o ON o.story_id = m.story_id AND o.relation = 'origin' "
        "WHERE t.title = %s",
        case.name,
    )
    return {
        "kept": len(entries),
        "urls": {row[0].split(case.host, 1)[-1] for row in entries},
        "headlines": {row[1] for row in entries},
        "dates": {row[0].split(case.host, 1)[-1]: (row[2], row[3]) for row in entries},
        "guids": {row[4] for row in entries},
        "authors": {author for row in entries for author in row[5]},
        "entry_texts": "\n".join(str(part) for row in entries for part in row[6:] if part),
        "refused": dict(Counter(row[0] for row in refusals)),
        "pages": {
            url.split(case.host, 1)[-1]: state if state == "kept" else f"{state}:{reason}" if state == "waiting" else reason or state
            for url, state, reason in pages
        },
        "texts": {url.split(case.host, 1)[-1]: f"{headline}\n\n{text}" for url, headline, text, _ in texts},
        "canonicals": {row[3] for row in texts if row[3]},
        "origins": {row[0].split("/")[2] for row in origins},
    }


def wrong(case: Case, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that are not as they must be, with what was expected."""
    return {
        name: (found[name], "expected", expected)
        for name, expected in case.expect.items()
        if not (expected(found[name]) if callable(expected) else found[name] == expected)
    }


@contextlib.contextmanager
def _limits() -> Iterator[None]:
    modules = [sys.modules[step.__module__] for step in (poll, extract)]
    was = [module.SECONDS for module in modules]
    for module in modules:
        module.SECONDS = SECONDS  # type: ignore[attr-defined]  # a module as a value
    try:
        yield
    finally:
        for module, seconds in zip(modules, was, strict=True):
            module.SECONDS = seconds  # type: ignore[attr-defined]  # a module as a value


def _address(edges: Edges, cases: Sequence[Case]) -> None:
    """Give feeds the odd addresses that the registry would not take; due all of them at noon."""
    with edges.connection.transaction():
        for case in cases:
            if case.feed != "/feed.xml":
                url = case.feed if "//" in case.feed or not case.feed.startswith("/") else f"http://{case.host}{case.feed}"
                edges.connection.execute("UPDATE core.feed SET url = %s WHERE url = %s", (url, f"http://{case.host}/feed.xml"))
        edges.connection.execute("UPDATE ops.schedule SET next_poll_at = %s", (NOON,))


def _run(edges: Edges, clock: Clock, cases: Sequence[Case]) -> None:
    for moment in sorted({moment for case in cases for moment in case.at}):
        clock.at = NOON + timedelta(hours=moment)
        due = [case for case in cases if moment in case.at]
        poll(edges, Wanted(titles=tuple(case.name for case in due)))
        if pages := tuple(case.name for case in due if case.pages):
            fetch(edges, Wanted(titles=pages))
    if pages := tuple(case.name for case in cases if case.pages):
        extract(edges, Wanted(titles=pages))
        extract(edges, Wanted(titles=pages))  # those whose reader was killed are read once more
        cluster(edges)
