"""A day's pages, whose bytes are still kept -> how today's code reads them, beside how their versions were stored.

Each is read beside what its feeds said then, and cleaned by what was known of its title's pages, so that the same code gives the same
rows. Nothing is written unless that is asked for: then a version is mended in place, for it is our reading that changed and not the
publisher's text. One transaction a version.
"""

from __future__ import annotations

import json
import zlib
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline import inside
from pipeline.articles.repeats import NOTHING
from pipeline.children import Killed
from pipeline.reasons import Reason
from pipeline.records import Page, Refusal
from pipeline.steps import kept, signed
from pipeline.steps.edges import Edges, Report, silent
from pipeline.steps.extract import SECONDS, Paper, entry_of
from pipeline.steps.learn import known
from pipeline.steps.spread import spread
from pipeline.store import committed, dicts, load, value, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from pipeline.records import Article, Entry, Signature, Title

BATCH = 64  # pages in memory at once
_COLUMNS = (
    "headline standfirst text words language method access authors published_at published_precision published_from modified_at "
    "modified_precision modified_from section tags canonical_url images flags copyright_holder licence"
)
COLUMNS = tuple(_COLUMNS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A version that is read otherwise now: by column, what was stored and what is read."""

    article_id: int
    number: int
    url: str
    columns: Mapping[str, tuple[Any, Any]]  # "refusal" where it is no article any more


@dataclass(frozen=True, slots=True, kw_only=True)
class _Old:
    """A version as it was stored, and its page."""

    number: int
    paper: Paper


def reextract(edges: Edges, day: date, report: Report = silent, *, apply: bool = False) -> tuple[int, list[Other]]:
    """Return how many versions were read anew, and which of them are other ones now; write those if `apply`."""
    since = datetime.combine(day, time(), UTC)
    days = {"since": since, "until": since + timedelta(days=1)}
    with edges.connection.transaction():
        total = value(edges.connection, "reextract.count", **days)
    edges.ready("children")
    done, last, others = 0, (0, 0), list[Other]()
    while batch := _batch(edges, days, last):
        last = batch[-1].paper.article_id, batch[-1].number
        with closing(spread(batch, partial(_read, edges), edges.settings.workers)) as found:
            for old, read in found:
                other = committed(edges.connection, partial(_compared, edges, old, read, apply=apply))
                others += [other] if other else []
                done += 1
                report(done, total)
    return done, sorted(others, key=lambda other: (other.article_id, other.number))


def _batch(edges: Edges, days: Mapping[str, datetime], last: tuple[int, int]) -> list[_Old]:
    titles = edges.titles()
    with edges.connection.transaction():
        rows = dicts(edges.connection, "reextract.papers", **days, article_id=last[0], number=last[1], limit=BATCH)
        which = {"articles": [row["article_id"] for row in rows], "numbers": [row["number"] for row in rows]}
        said = {(row["article_id"], row["number"]): entry_of(row) for row in dicts(edges.connection, "reextract.entries", **which)}
        return [_old(edges, row, titles[row["title_id"]], said.get((row["article_id"], row["number"]))) for row in rows]


def _old(edges: Edges, row: Mapping[str, Any], title: Title, said: Entry | None) -> _Old:
    edition = row["boilerplate"]
    learnt = known(edges.connection, [row["title_id"]], edition).get(row["title_id"], NOTHING) if edition else NOTHING
    facts = {name: row[name] for name in ("url", "content_type", "fetched_at")}
    page = Page(body=zlib.decompress(row["body"]), title=title, entry=said, **facts)
    names = ("article_id", "page_fence", "title_id", "url", "own_url", "url_key", "first_seen_at")
    paper = Paper(fence=0, claims=0, page=page, learnt=learnt, **{name: row[name] for name in names})
    return _Old(number=row["number"], paper=paper)


def _read(edges: Edges, old: _Old) -> Iterator[tuple[_Old, tuple[Article, Signature] | Refusal]]:
    failed = partial(Refusal, stage="article", url=old.paper.own_url)
    try:
        yield old, edges.children.call(inside.read_page, old.paper.page, old.paper.learnt, seconds=SECONDS)
    except Killed as killed:
        yield old, failed(reason=Reason.EXTRACT_KILLED, detail=killed.why)
    except Exception as error:  # noqa: BLE001  a page that breaks the extractor is a line of the report
        yield old, failed(reason=Reason.EXTRACT_FAILED, detail=f"{type(error).__name__}: {error}")


def _compared(edges: Edges, old: _Old, read: tuple[Article, Signature] | Refusal, *, apply: bool) -> Other | None:
    """Return what is another one now, written if `apply`; a version that is no article any more is told and stays."""
    paper, which = old.paper, {"article_id": old.paper.article_id, "number": old.number}
    if isinstance(read, Refusal):
        return Other(article_id=paper.article_id, number=old.number, url=paper.own_url, columns={"refusal": (None, str(read.reason))})
    (stored,) = dicts(edges.connection, "reextract.version", **which)
    new = kept.row(edges, paper, read[0])
    pairs = {name: (_plain(name, stored[name]), _plain(name, new[name])) for name in COLUMNS}
    columns = {name: (was, now) for name, (was, now) in pairs.items() if was != now}
    credited = dicts(edges.connection, "reextract.credits", **which), [asdict(credit) for credit in read[0].credits]
    if credited[0] != credited[1]:
        columns["credits"] = credited
    if not columns:
        return None
    if apply:
        _put(edges, old, read, new)
    return Other(article_id=paper.article_id, number=old.number, url=paper.own_url, columns=columns)


def _put(edges: Edges, old: _Old, read: tuple[Article, Signature], new: Mapping[str, Any]) -> None:
    which = {"article_id": old.paper.article_id, "number": old.number}
    columns = {name: new[name] for name in COLUMNS}
    newest = value(edges.connection, "reextract.newest", **which)
    write(edges.connection, "reextract.put", **columns, **which, text_sha=kept.fingerprint(read[0]))
    write(edges.connection, "reextract.put_article", **{name: new[name] for name in COLUMNS if name.startswith("published")}, **which)
    write(edges.connection, "reextract.drop_credits", **which, credited=bool(read[0].credits))
    load(edges.connection, "extract.add_credits", kept.credit_rows(old.paper, read[0], old.number))
    if newest:
        signed.sign(edges, [signed.Text(old.paper, read[1], old.number)])
    elif old.number == 1:  # its time of publication is the article's
        write(edges.connection, "reextract.regroup", article_id=old.paper.article_id)


def _plain(name: str, said: Any) -> Any:
    """Return a column's value in the form in which the two are compared."""
    if name == "images":
        said = json.loads(said) if isinstance(said, str) else said
    return list(said) if isinstance(said, tuple) else said
