"""A page that somebody has, or a list of them -> the article in a fixed set of fields, or the refusal with its evidence. No database.

    ./wiredesk extract page.html --url https://example.com/a --json
    ./wiredesk extract --batch index.jsonl --out articles.jsonl

A line of the index is {"id", "url", "path"}; the path is that of a .html or .html.gz, from here or from the index's folder. The lines
that come out are in the order of the index, whatever was read first; a page that cannot be read is a refusal in its line, and so is a
line of the index that is none; what was wrong with it is told aside.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import clock, inside, registry, urls
from pipeline.children import Children, Killed
from pipeline.cli import strangers
from pipeline.reasons import Reason
from pipeline.records import Article, Page, Refusal
from pipeline.steps.extract import SECONDS
from pipeline.steps.spread import spread
from pipeline.web.answers import Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from pipeline.records import Title
    from pipeline.registry import Registry
    from pipeline.settings import Settings

AT_MOST = Policy().page  # bytes of a page in a file, as of one on the web
REFUSED = {Reason.SOFT_404: "gone", Reason.LOGIN_WALL: "paywall"}  # how much there is to read of what is no article; else "refused"
IMAGE = ("url", "caption", "credit")
NOWHERE = "https://file.invalid/page"  # what a page without an address is taken to be at


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """A line of an index."""

    place: int
    id: Any
    url: str
    path: str
    line: int  # of the index, from 1
    wrong: str = ""  # why the line is none


def fields(name: Any, found: Article | Refusal) -> dict[str, Any]:
    """Return what was found, in the fields that others may rely on."""
    article = found if isinstance(found, Article) else None
    refusal = found if isinstance(found, Refusal) else None
    published = article.published if article else None
    surest = article.credits[0] if article and article.credits else None
    return {
        "id": name,
        "refusal": str(refusal.reason) if refusal else None,
        "headline": article.headline if article else None,
        "standfirst": article.standfirst if article else None,
        "text": article.text if article else None,
        "authors": list(article.authors) if article else [],
        "published_at": published.at.isoformat() if published else None,
        "published_precision": published.precision if published else None,
        "published_from": published.source if published else None,
        "language": article.language if article else None,
        "images": [{name: getattr(image, name) for name in IMAGE} for image in article.images] if article else [],
        "agencies": [credit.agency for credit in article.credits] if article else [],
        "agency_kind": surest.extent if surest else "none",
        "agency_method": surest.method if surest else None,
        "confidence": surest.confidence if surest else None,
        "access": found.access if isinstance(found, Article) else REFUSED.get(found.reason, "refused"),
        "method": article.method if article else None,
    }


def one(settings: Settings, body: bytes, url: str) -> Article | Refusal:
    """Read one page, in a child that is killed where it takes too long."""
    known, now = registry.survey(settings.registry)[0], clock.read(settings.clock)()
    with Children(1, initializer=inside.prepare, initargs=(known.agencies, 0)) as children:
        return _read(children, page(body, url or NOWHERE, now, known))


def page(body: bytes, url: str, now: datetime, known: Registry) -> Page:
    """Return a page as if it had been fetched now. ValueError for no address."""
    title = whose(url, known)
    return Page(url=url, body=body, content_type="", fetched_at=now, title=title)


def whose(url: str, known: Registry) -> Title:
    """Return the title whose page an address is; one of which no more is known, where the registry has none."""
    return next((title for title in known.titles if urls.belongs(url, title.domains)), None) or strangers.title((strangers.site(url),))


def batch(settings: Settings, index: Path, out: Path, report: Callable[[int, int], None], tell: Callable[[str], None]) -> dict[str, int]:
    """Read every page of an index with all cores and write a line for each; return how many became what. `tell` is told of bad lines."""
    jobs = _jobs(index)
    known, now = registry.survey(settings.registry)[0], clock.read(settings.clock)()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    counts = {"article": 0, "refused": 0}
    waiting: dict[int, dict[str, Any]] = {}
    written = 0
    with (
        Children(cores, initializer=inside.prepare, initargs=(known.agencies, 0)) as children,
        out.open("w", encoding="utf-8") as file,
        closing(spread(jobs, partial(_done, children, index.parent, known, now), 2 * cores)) as results,
    ):
        for job, found in results:
            counts["article" if isinstance(found, Article) else "refused"] += 1
            waiting[job.place] = fields(job.id, found)
            if isinstance(found, Refusal) and found.stage == "page":  # it could not be had at all
                tell(f"line {job.line}: {found.reason}: {found.detail}")
            while written in waiting:
                file.write(json.dumps(waiting.pop(written), ensure_ascii=False) + "\n")
                written += 1
            report(counts["article"] + counts["refused"], len(jobs))
    return counts


def _jobs(index: Path) -> Sequence[_Job]:
    content = index.read_bytes()
    lines = (gzip.decompress(content) if index.suffix == ".gz" else content).split(b"\n")
    written = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    return [_job(place, number, line) for place, (number, line) in enumerate(written)]


def _job(place: int, number: int, line: bytes) -> _Job:
    try:
        row = json.loads(line)
        if not isinstance(row, dict):
            raise ValueError("no object of id, url and path")  # noqa: TRY004, TRY301  one of the ways in which a line is none
    except ValueError as error:
        return _Job(place=place, id=None, url=NOWHERE, path="", line=number, wrong=str(error))
    return _Job(place=place, id=row.get("id"), url=str(row.get("url") or NOWHERE), path=str(row.get("path") or ""), line=number)


def _done(children: Children, folder: Path, known: Registry, now: datetime, job: _Job) -> Iterator[tuple[_Job, Article | Refusal]]:
    failed = partial(Refusal, stage="page", url=job.url)
    if job.wrong:
        yield job, failed(reason=Reason.BROKEN_ENTRY, detail=job.wrong)
        return
    try:
        content = _content(folder, job.path)
    except (zlib.error, EOFError) as error:
        yield job, failed(reason=Reason.BAD_ENCODING, detail=f"{job.path}: {error}")
        return
    except (OSError, ValueError) as error:
        yield job, failed(reason=Reason.NOT_FOUND, detail=f"{job.path or 'no path'}: {error}")
        return
    try:
        asked = page(content, job.url, now, known)
    except ValueError as error:
        yield job, failed(reason=Reason.BAD_URL, detail=f"{job.url}: {error}")
        return
    yield job, _read(children, asked)


def _content(folder: Path, path: str) -> bytes:
    """Return the bytes of a page, not more of them than are read from the web."""
    found = Path(path) if Path(path).is_file() else folder / path
    with suppress(gzip.BadGzipFile), gzip.open(found) as packed:
        return packed.read(AT_MOST + 1)
    with found.open("rb") as file:
        return file.read(AT_MOST + 1)


def _read(children: Children, page: Page) -> Article | Refusal:
    if len(page.body) > AT_MOST:
        return Refusal(stage="page", reason=Reason.TOO_LARGE, detail=f"more than {AT_MOST:,} bytes", url=page.url)
    try:
        return children.call(inside.read_article, page, seconds=SECONDS)
    except Killed as killed:
        return Refusal(stage="article", reason=Reason.EXTRACT_KILLED, detail=killed.why, url=page.url)
    except Exception as error:  # noqa: BLE001  what breaks the extractor is a result, too
        return Refusal(stage="article", reason=Reason.EXTRACT_FAILED, detail=f"{type(error).__name__}: {error}", url=page.url)
