"""The registry's blocks -> core.agency, core.title, core.feed, and a schedule for each new feed; names of sections -> core.section."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pipeline import clock, registry
from pipeline.events import sections
from pipeline.records import Tally
from pipeline.steps.hosts import key
from pipeline.store import connect, many, value, write

if TYPE_CHECKING:
    from pipeline.registry import Registry
    from pipeline.settings import Settings
    from pipeline.store import Connection

FIRST_INTERVAL = timedelta(minutes=15)  # until a feed's own rhythm is known


def sync(settings: Settings, url: str) -> Tally:
    """Bring the tables of the database at `url` up to date with the registry. RegistryError if a block is not valid."""
    known = registry.load(settings.registry)
    with connect(url) as connection:
        return _store(connection, known, settings)


def _store(connection: Connection, known: Registry, settings: Settings) -> Tally:
    value(connection, "registry.lock")
    agencies: list[dict[str, Any]] = [
        {"agency": agency.key, "name": agency.name, "languages": agency.languages, "country": agency.country, "domains": agency.domains}
        for agency in known.agencies
    ]
    titles: list[dict[str, Any]] = [
        {"title": title.key, "name": title.name, "owner": title.owner, "country": title.country, "language": title.language}
        | {"kind": title.kind, "domains": title.domains, "agency": title.agency, "weight": title.weight}
        for title in known.titles
    ]
    feeds = [
        {"title": title.key, "url": feed.url, "host": key(feed.url), "kind": feed.kind, "section": feed.section}
        for title in known.titles
        for feed in title.feeds
    ]
    write(connection, "registry.hold_schedules")
    now, listed = clock.read(settings.clock)(), [row["url"] for row in feeds]
    write(connection, "registry.note_returned_feeds", urls=listed, now=now)  # before they are
    write(connection, "registry.revive_returned_feeds", urls=listed, now=now)
    many(connection, "registry.read_title_anew", titles)
    many(connection, "registry.read_feed_anew", feeds)
    changed = {
        "agencies": many(connection, "registry.upsert_agency", agencies)
        + write(connection, "registry.retire_agencies", keys=[row["agency"] for row in agencies]),
        "titles": many(connection, "registry.upsert_title", titles)
        + write(connection, "registry.retire_titles", keys=[row["title"] for row in titles]),
        "feeds": many(connection, "registry.upsert_feed", feeds) + write(connection, "registry.retire_feeds", urls=listed, now=now),
    }
    named = sections.known()
    write(connection, "registry.put_sections", names=[*named], sections=[*named.values()])
    write(connection, "registry.drop_sections", names=[*named])
    write(connection, "registry.schedule_new_feeds", interval=FIRST_INTERVAL, now=now)
    return Tally(seen=len(agencies) + len(titles) + len(feeds), doors={"changed": sum(changed.values())})
