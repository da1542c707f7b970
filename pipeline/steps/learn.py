"""Titles that have new texts -> what their pages repeat, and an event where a layout has changed. One transaction a title.

Blocks are taken out of texts (articles/repeats.py); shingles weigh nothing in signatures (stories/boilerplate.py), for a repeated sentence
may stand in a paragraph of its article. What other owners have in the same story is the wire's, and neither.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline.articles import layout, repeats
from pipeline.records import Tally
from pipeline.steps.edges import Edges, Report, Wanted, silent
from pipeline.store import committed, dicts, many, value, write
from pipeline.stories import boilerplate, signatures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.store import Connection

ARTICLES = 200  # the newest of a title, of which is learnt
LATELY = timedelta(hours=25)  # texts stored since then make a title learnt: a day, and an hour for a late run


def learn(edges: Edges, wanted: Wanted = Wanted(), report: Report = silent) -> Mapping[str, Tally]:  # noqa: B008  frozen
    """Learn the wanted titles that have new texts, and tally them."""
    which = {"after": edges.now() - LATELY, "titles": wanted.titles}
    with edges.connection.transaction():
        titles = [row["title_id"] for row in dicts(edges.connection, "learn.titles", **which)]
    doors: Counter[str] = Counter()
    for title in titles[: wanted.limit]:
        doors[committed(edges.connection, partial(_learnt, edges, title))] += 1
        report(doors.total(), len(titles))
    return {"title": Tally(seen=doors.total(), doors=doors)}


def known(connection: Connection, titles: Iterable[int], edition: int | None = None) -> Mapping[int, repeats.Known]:
    """Return what is known of titles' pages; as it was at an edition, where one is named."""
    blocks: dict[int, dict[bytes, int]] = defaultdict(dict)
    editions: Counter[int] = Counter()
    for row in dicts(connection, "learn.known", titles=list(titles), edition=edition):
        blocks[row["title_id"]][row["block_key"]] = row["articles"]
        editions[row["title_id"]] = max(editions[row["title_id"]], row["since"])
    return {title: repeats.Known(edition=editions[title], blocks=found) for title, found in blocks.items()}


def _learnt(edges: Edges, title: int) -> str:
    """Learn one title, and return the door: learnt, unchanged."""
    which = {"title_id": title, "limit": ARTICLES}
    value(edges.connection, "learn.lock", title_id=title)
    texts = [(row["story"], row["text"]) for row in dicts(edges.connection, "learn.texts", **which)]
    found = repeats.learn(texts)
    if found:
        wire = {repeats.digest(block) for row in dicts(edges.connection, "learn.elsewhere", **which) for block in row["text"].split("\n\n")}
        found = tuple(one for one in found if one.block_key not in wire)
    edition = value(edges.connection, "learn.edition", title_id=title) + 1
    rows = [_row(one) | {"title_id": title, "since": edition, "at": edges.now(), "enough": repeats.DEFAULT.anywhere} for one in found]
    many(edges.connection, "learn.keep", rows)
    news = _repeated(edges, title)
    _watch(edges, title)
    return "learnt" if news or value(edges.connection, "learn.edition", title_id=title) == edition else "unchanged"


def _repeated(edges: Edges, title: int) -> bool:
    """Keep the shingles that a title repeats, and return whether they are others than before."""
    write(edges.connection, "learn.set_back", title_id=title, at=edges.now())
    which = {"title_id": title, "limit": ARTICLES, "signed": signatures.VERSION}
    own = [signatures.unpack(row["packed"]) for row in dicts(edges.connection, "learn.signatures", **which)]
    shingles = boilerplate.learn(own)
    if shingles:
        for row in dicts(edges.connection, "learn.signatures_elsewhere", **which):
            shingles = shingles.difference(signatures.unpack(row["packed"]).shingles)
    found = boilerplate.snapshot_of(shingles)
    if found.version in {0, repeated(edges.connection, [title]).get(title, boilerplate.NOTHING).version}:
        return False
    row = {"title_id": title, "signed": signatures.VERSION, "version": found.version, "shingles": boilerplate.pack(found)}
    write(edges.connection, "learn.keep_repetition", **row, at=edges.now())
    return True


def repeated(connection: Connection, titles: Sequence[int]) -> dict[int, boilerplate.Snapshot]:
    """Return the shingles that titles were last found to repeat, of those that do."""
    rows = dicts(connection, "learn.repeated", titles=titles, signed=signatures.VERSION)
    return {row["title_id"]: boilerplate.unpack(row["shingles"]) for row in rows}


def _row(one: repeats.Repeat) -> dict[str, Any]:
    return {"block_key": one.block_key, "block": one.block, "articles": one.articles}


def _watch(edges: Edges, title: int) -> None:
    """Write down when a title's newest texts are no more like those before, and when they are again."""
    policy = layout.DEFAULT
    rows = dicts(edges.connection, "learn.rates", title_id=title, recent=policy.recent, limit=policy.recent + policy.before)
    rates = {row.pop("recent"): layout.Rates(**row) for row in rows}
    if len(rates) < 2:  # noqa: PLR2004  the newest, and those before
        return
    moved = layout.judge(rates[True], rates[False])
    was = value(edges.connection, "learn.last_event", title_id=title)
    what = "layout_changed" if moved else "layout_settled"
    if what != (was or "layout_settled"):
        write(edges.connection, "learn.add_event", title_id=title, at=edges.now(), what=what, detail=moved)
