"""`./wiredesk fold DOCS.jsonl --out STORIES.jsonl`: anybody's corpus -> which documents are one text. No database, no network."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.cli.corpus import Corpus, Pool
    from pipeline.cli.corpus_jobs import Row
    from pipeline.stories.documents import Wrong

app = typer.Typer()
DOCS = Annotated[
    str, typer.Argument(metavar="DOCS.jsonl", help="id, title (the outlet's domain), language, published_at, headline, text; or -.")
]
OUT = Annotated[str, typer.Option("--out", metavar="STORIES.jsonl", help="Where the stories are written; - for standard output.")]
WORKERS = Annotated[int, typer.Option("--workers", min=0, help="Processes; 0: as many as there are cores.")]
MEGABYTES = 4096  # that one process may take


@app.command()
def fold(docs: DOCS, out: OUT = "-", workers: WORKERS = 0) -> None:
    """Fold the copies of one text in a file of documents into stories, by the pipeline's own rules.

    One JSON object a line, in and out. Whatever the order of the lines, the stories are the same. A line that cannot be
    used is named on standard error, with its number; what goes in comes out or is refused.
    """
    from pipeline.children import Children
    from pipeline.cli import corpus_jobs
    from pipeline.cli.corpus import Pool
    from pipeline.registry import load
    from pipeline.settings import Settings

    refused: Counter[str] = Counter()

    def refuse(line: int, why: Wrong) -> None:
        refused[why] += 1
        print(f"line {line}: {why}", file=sys.stderr)

    agencies = load(Settings().registry).agencies
    workers = workers or len(os.sched_getaffinity(0))
    with (
        _opened(docs) as lines,
        NamedTemporaryFile(prefix="wiredesk-fold-") as spool,
        Children(workers, MEGABYTES, corpus_jobs.prepare, (agencies, spool.name)) as children,
    ):
        corpus, rows = _folded(lines, Pool(children=children, workers=workers), spool, refuse)
    stories = _write(corpus, rows, out)
    came = len(rows) + refused.total()
    reasons = ", ".join(f"{why} {times:,}" for why, times in sorted(refused.items()))
    print(
        f"{came:,} documents: {len(rows):,} folded into {stories:,} stories, {refused.total():,} refused{reasons and f' ({reasons})'}",
        file=sys.stderr,
    )
    if refused and not rows:
        raise typer.Exit(1)


def _folded(lines: IO[bytes], pool: Pool, spool: IO[bytes], refuse: Any) -> tuple[Corpus, list[Row]]:
    from pipeline.cli import corpus
    from pipeline.cli.screen import progress

    with progress("read") as report:
        known = corpus.gather(_numbered(lines), pool, spool, refuse=refuse, report=report, total=_count(lines))
    with progress("boilerplate") as report:
        corpus.discount(known, pool, spool, report)
    with progress("stories") as report:
        return known, corpus.tell(known, pool, report)


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115  closed below
    except OSError as error:
        raise typer.BadParameter(f"{name}: {error.strerror}") from error
    with file:
        yield file


def _count(lines: IO[bytes]) -> int:
    """Return how many lines a file has; of what comes through a pipe nobody knows."""
    if not lines.seekable():
        return 0
    count = sum(part.count(b"\n") for part in iter(lambda: lines.read(1 << 20), b""))
    lines.seek(0)
    return count


def _numbered(lines: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield each line that is not blank, cut where it is longer than any document."""
    from pipeline.stories.documents import LONGEST

    number = 0
    while line := lines.readline(LONGEST + 2):
        number += 1
        rest = line
        while not rest.endswith(b"\n") and (rest := lines.readline(LONGEST)):
            pass
        line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if line.strip():
            yield number, line.rstrip(b"\r\n") if len(line) <= LONGEST else line[:1] * (LONGEST + 1)


def _write(corpus: Corpus, rows: list[Row], out: str) -> int:
    """Write a line for each document, stories by the time of their canonical articles, the canonical article first."""
    when = [copy.happened_at for copy in corpus.copies]
    rows.sort(key=lambda row: (when[row[1]], row[1], row[2] != "origin", when[row[0]], row[0]))
    with _written(out) as file:
        story, canonical = 0, -1
        for article, origin, relation, kept, own, agency, holds in rows:
            story, canonical = story + (origin != canonical), origin
            line = {"id": corpus.ids[article], "story": story, "canonical": corpus.ids[origin], "relation": relation,
                    "kept": kept, "own": own, "agency": agency}  # fmt: skip
            if holds is not None:
                line |= {"flags": ["roundup"], "holds": [corpus.ids[held] for held in holds]}
            file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    return story


@contextmanager
def _written(out: str) -> Iterator[IO[bytes]]:
    """Yield a file that stands under its name only when it is whole."""
    if out == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    half = Path(f"{out}.part")
    with half.open("wb") as file:
        yield file
    half.replace(out)
