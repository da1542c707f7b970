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

    from pipeline.cli.corpus import Pool
    from pipeline.cli.corpus_known import Corpus
    from pipeline.stories.documents import Wrong

app = typer.Typer()
DOCS = Annotated[
    str, typer.Argument(metavar="DOCS.jsonl", help="id, title (the outlet's domain), language, published_at, headline, text; or -.")
]
OUT = Annotated[str, typer.Option("--out", metavar="STORIES.jsonl", help="Where the stories are written; - for standard output.")]
WORKERS = Annotated[int, typer.Option("--workers", min=0, help="Processes; 0: as many as there are cores.")]
SOME_REFUSED = 3  # exit code; 2 is a wrong option
MEGABYTES = 4096  # that one process may take


@app.command()
def fold(docs: DOCS, out: OUT = "-", workers: WORKERS = 0) -> None:
    """Fold the copies of one text in a file of documents into stories, by the pipeline's own rules.

    One JSON object a line, in and out. Whatever the order of the lines, the stories are the same. A line that cannot be
    used is named on standard error, with its number; what goes in comes out or is refused. Of lines with one id the one
    with the most words is used. Exit code 3: some lines were refused; 1: all were.
    """
    from pipeline.children import Children
    from pipeline.cli import corpus_jobs
    from pipeline.cli.corpus import Pool
    from pipeline.registry import load
    from pipeline.settings import Settings

    refused: Counter[str] = Counter()

    def refuse(line: int, why: Wrong, instead: int | None) -> None:
        refused[why] += 1
        print(f"line {line}: {why}{f': line {instead} is used' if instead else ''}", file=sys.stderr)

    agencies = load(Settings().registry).agencies
    workers = workers or len(os.sched_getaffinity(0))
    with (
        _opened(docs) as lines,
        NamedTemporaryFile(prefix="wiredesk-fold-") as spool,
        Children(workers, MEGABYTES, corpus_jobs.prepare, (agencies, spool.name)) as children,
    ):
        corpus = _folded(lines, Pool(children=children, workers=workers), spool, refuse)
        stories = _write(corpus, out)
    came = len(corpus) + refused.total()
    reasons = ", ".join(f"{why} {times:,}" for why, times in sorted(refused.items()))
    print(
        f"{came:,} documents: {len(corpus):,} folded into {stories:,} stories, {refused.total():,} refused{reasons and f' ({reasons})'}",
        file=sys.stderr,
    )
    if refused:
        raise typer.Exit(SOME_REFUSED if len(corpus) else 1)


def _folded(lines: IO[bytes], pool: Pool, spool: IO[bytes], refuse: Any) -> Corpus:
    from pipeline.cli import corpus
    from pipeline.cli.screen import progress

    with progress("read") as report:
        known = corpus.gather(_numbered(lines), pool, spool, refuse=refuse, report=report, total=_count(lines))
    with progress("boilerplate") as report:
        corpus.discount(known, pool, spool, report)
    with progress("stories") as report:
        corpus.tell(known, pool, report)
    return known


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


def _write(corpus: Corpus, out: str) -> int:
    """Write a line for each document and return how many stories there are."""
    story, canonical, name = 0, -1, ""
    with _written(out) as file:
        for article, origin, relation, kept, own, agency, holds in corpus.told():
            if origin != canonical:
                story, canonical, name = story + 1, origin, corpus.name(origin)
            line = {"id": corpus.name(article), "story": story, "canonical": name, "relation": relation,
                    "kept": kept, "own": own, "agency": agency}  # fmt: skip
            if holds is not None:
                line |= {"flags": ["roundup"], "holds": list(map(corpus.name, holds))}
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
