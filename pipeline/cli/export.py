"""Views and queries -> files to take away: CSV and JSON lines as Postgres writes them, Parquet through Apache's Arrow (arro3)."""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path  # noqa: TC003  typer reads it
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arro3.core import DataType

    from pipeline.store import Connection

app = typer.Typer()
BLOCK = 1 << 20  # bytes that are read at once
GROUP = 65_536  # rows of a Parquet row group: all that is held of them
PLAIN = {
    "bool": "bool",
    "int2": "int16",
    "int4": "int32",
    "int8": "int64",
    "float4": "float32",
    "float8": "float64",
    "numeric": "float64",
    "date": "date32",
}


class Form(StrEnum):
    """What a file is written as."""

    CSV = "csv"
    PARQUET = "parquet"
    JSONL = "jsonl"


@app.command()
def export(
    wanted: Annotated[str, typer.Argument(metavar="VIEW|SQL", help="A view of mart (story, mart.syndication) or a SELECT.")],
    form: Annotated[Form, typer.Option("--format", help="csv is safe for spreadsheets; parquet keeps types and lists.")] = Form.CSV,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file; it is whole or not there. Else standard output.")] = None,
) -> None:
    """Write a view or the answer to a query as a file, with an analyst's rights, row by row. One that takes 15 minutes is ended."""
    from pipeline.machine.postgres import address
    from pipeline.settings import Settings
    from pipeline.store import connect, takeaway

    query = takeaway.statement(wanted)
    with closing(connect(address(Settings(), "analyst"))) as connection, _file(out) as file, takeaway.answered(wanted):
        if form is Form.PARQUET:
            _parquet(connection, query, file)
        else:
            for piece in takeaway.rows(connection, query, form.value):
                file.write(piece)


@contextmanager
def _file(path: Path | None) -> Iterator[BinaryIO]:
    """Yield what to write to. A file gets its name when it is whole; `kill` and `timeout` are told as a Ctrl-C, so that nothing stays."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = path.with_name(f".{path.name}.part")
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with part.open("wb") as file:
            yield file
        os.replace(part, path)  # noqa: PTH105  replaces what is there, on Windows too
    finally:
        part.unlink(missing_ok=True)
        signal.signal(signal.SIGTERM, before)


def _parquet(connection: Connection, query: bytes, file: BinaryIO) -> None:
    """Write Parquet a row group at a time: Postgres' JSON lines are read with the types of the query's columns."""
    from arro3.core import Field, Schema
    from arro3.io import read_json, write_parquet

    from pipeline.store import takeaway

    schema = Schema([Field(column.name, _arrow_type(column.type)) for column in takeaway.columns(connection, query)])
    lines = io.BufferedReader(_Pieces(takeaway.rows(connection, query, "typed")), BLOCK)
    write_parquet(read_json(lines, schema, batch_size=GROUP // 8), file, compression="zstd(1)", max_row_group_size=GROUP)


def _arrow_type(name: str) -> DataType:
    """Return Arrow's type for one of Postgres': a list for an array, text for what has none."""
    from arro3.core import DataType, Field

    from pipeline.store.takeaway import listed

    if inner := listed(name):
        return DataType.list(Field("item", _arrow_type(inner)))
    if name in {"timestamptz", "timestamp"}:
        return DataType.timestamp("us", tz="UTC" if name == "timestamptz" else None)
    return getattr(DataType, PLAIN.get(name, "string"))()  # type: ignore[no-any-return]  # each is a class method


class _Pieces(io.RawIOBase):
    """An iterator of bytes as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io's own is wider
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
