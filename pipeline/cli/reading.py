"""`./wiredesk extract` of a page that somebody has, of an address, or of an index of pages -> its article, printed or written."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.text import Text

from pipeline.cli import options, pages, single, singly
from pipeline.cli.screen import progress
from pipeline.records import Article, Refusal
from pipeline.text import printable

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for."""

    source: str | None
    url: str | None
    batch: Path | None
    out: Path | None
    now: str | None
    allow: list[str] | None


def run(settings: Settings, wish: Wish, *, as_json: bool) -> None:
    """Do it. A refusal is a result: the exit code is 0. Options that contradict each other end with exit code 2."""
    if wish.batch is not None:
        _batch(settings, wish)
        return
    if wish.out is not None:
        raise typer.BadParameter("--out goes only with --batch")
    url, found = _one(settings, wish)
    _show(url, found, as_json=as_json)


def _batch(settings: Settings, wish: Wish) -> None:
    if wish.out is None or wish.source is not None or wish.url is not None:
        raise typer.BadParameter("--batch INDEX goes with --out FILE, and with no page or --url")
    assert wish.batch is not None
    try:
        with progress("Reading pages") as report:
            counts = pages.batch(settings, wish.batch, wish.out, report, partial(typer.echo, err=True))
    except (zlib.error, EOFError, gzip.BadGzipFile) as error:
        raise typer.BadParameter(f"{wish.batch}: {error}") from error
    except OSError as error:
        raise typer.BadParameter(f"{error.filename}: {error.strerror}") from error
    typer.echo(f"{sum(counts.values()):,} pages: {counts['article']:,} articles, {counts['refused']:,} refused.")


def _one(settings: Settings, wish: Wish) -> tuple[str, Article | Refusal]:
    terms = options.terms(wish.now, wish.allow)
    body = options.source(wish.source or "-", wish.url or pages.NOWHERE, terms)
    if isinstance(body, str):
        if wish.url is not None:
            raise typer.BadParameter("--url says where a file is from; an address says so itself")
        found = single.fetch_once(settings, body, terms)
        return body, found.article
    try:
        return body.url, pages.one(settings, body.content, body.url)
    except ValueError as error:
        raise typer.BadParameter(f"{wish.url!r} is no address", param_hint="--url") from error


def _show(url: str, found: Article | Refusal, *, as_json: bool) -> None:
    if as_json:
        print(printable(json.dumps(pages.fields(url, found), ensure_ascii=False, indent=1)))
        return
    console = Console(highlight=False, soft_wrap=True)
    for line in _lines(found):
        console.print(Text(printable(line)))


def _lines(found: Article | Refusal) -> list[str]:
    if isinstance(found, Refusal):
        return [f"refused:{found.reason}" + (f": {found.detail}" if found.detail else "")]
    data: dict[str, Any] = json.loads(singly.dumped(found))
    return [*singly.article(data), *(f"  {'image':<14}{image.url}  {image.caption}  ({image.credit})" for image in found.images)]
