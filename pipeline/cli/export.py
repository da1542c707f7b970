"""Views and queries -> files to take away: CSV and JSON lines as Postgres writes them, Parquet through pyarrow where it is installed."""

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

    from pipeline.store import Connection

app = typer.Typer()
BLOCK = 8_000_000  # bytes of a Parquet row group before it is compressed
TYPES = {
    "bool": "bool",
    "int2": "int16",
    "int4": "int32",
    "int8": "int64",
    "float4": "float",
    "float8": "double",
    "numeric": "double",
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
    form: Annotated[Form, typer.Option("--format", help="csv is safe for spreadsheets; parquet needs pyarrow.")] = Form.CSV,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file; it is whole or not there. Else standard output.")] = None,
) -> None:
    """Write a view or the answer to a query as a file, with an analyst's rights, row by row. One that takes 15 minutes is ended."""
    from pipeline.machine.postgres import address
    from pipeline.settings import Settings
    from pipeline.store import connect, takeaway

    if form is Form.PARQUET:
        _arrow()
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
    """Write Parquet a row group at a time: Postgres' CSV is read with the types of its columns."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    from pipeline.store import takeaway

    types = {column.name: _arrow_type(pa, column.type) for column in takeaway.columns(connection, query)}
    reader = csv.open_csv(
        io.BufferedReader(_Pieces(takeaway.rows(connection, query, "typed")), BLOCK),
        read_options=csv.ReadOptions(use_threads=False, block_size=BLOCK),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=types,
            true_values=["t"],
            false_values=["f"],
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    with parquet.ParquetWriter(file, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)


def _arrow_type(pa: object, name: str) -> object:
    if name in {"timestamptz", "timestamp"}:
        return pa.timestamp("us", tz="UTC" if name == "timestamptz" else None)  # type: ignore[attr-defined]  # pyarrow, which may not be there
    return getattr(pa, TYPES.get(name, "string").replace("float", "float32").replace("double", "float64").replace("bool", "bool_"))()


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


def _arrow() -> None:
    """SettingsError where pyarrow is not installed."""
    from importlib.util import find_spec

    from pipeline.errors import SettingsError

    if find_spec("pyarrow") is None:
        hint = "It is large, so it is not installed by itself: .venv/bin/python -m pip install 'pyarrow>=20', or take --format csv."
        raise SettingsError("--format parquet", "needs pyarrow", hint=hint)
