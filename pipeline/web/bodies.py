"""The raw chunks of a body and its coding -> its bytes, within a limit that holds while they are inflated."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Literal

from pipeline.reasons import Reason
from pipeline.web.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Coding = Literal["identity", "gzip"]

_MAGIC = b"\x1f\x8b"
_GZIP_ONLY = 16 + zlib.MAX_WBITS
_PIECE = 1 << 16
_MEMBERS = 1000  # of one gzip file; more are made to cost time: each may be 20 bytes and hold nothing


def coding(header: str) -> Coding:
    """Return the coding that a Content-Encoding names. Fault: BAD_ENCODING for one that was not offered, and for several."""
    named = [name for part in header.split(",") if (name := part.strip().lower()) not in {"", "identity"}]
    if not named:
        return "identity"
    if named not in (["gzip"], ["x-gzip"]):
        raise Fault(Reason.BAD_ENCODING, f"content coding {header[:100]}")
    return "gzip"


def decoded(chunks: Iterable[bytes], how: Coding, limit: int, *, cut: bool = False) -> bytes:
    """Return the body. Fault: TOO_LARGE beyond `limit` bytes, or with `cut` the whole lines among them; BAD_ENCODING, BROKEN_RESPONSE."""
    body = bytearray()
    for piece in _inflated(chunks) if how == "gzip" else chunks:
        body += piece
        if len(body) > limit:
            if cut:
                return bytes(body[: body.rfind(b"\n", 0, limit) + 1])
            raise Fault(Reason.TOO_LARGE, f"more than {limit:,} bytes")
    return bytes(body)


def unpacked(body: bytes, limit: int) -> bytes:
    """Return what a body that is itself a gzip file holds (sitemaps are served so), any other body as it is."""
    return decoded([body], "gzip", limit) if body.startswith(_MAGIC) else body


def _inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    member, members = None, 0
    for chunk in chunks:
        rest = chunk
        while rest or (member and not member.eof):
            if member is None or member.eof:
                if member and not _MAGIC.startswith(rest[:2]):
                    return  # padding after the end, which browsers ignore too
                member, members = _member(members), members + 1
            piece, rest = _piece(member, rest)
            yield piece
            if not rest and len(piece) < _PIECE:
                break
    if member and not member.eof:
        raise Fault(Reason.BROKEN_RESPONSE, "the gzip ends early")


def _member(number: int) -> zlib._Decompress:
    if number >= _MEMBERS:
        raise Fault(Reason.BAD_ENCODING, f"more than {_MEMBERS} gzip members")
    return zlib.decompressobj(_GZIP_ONLY)


def _piece(member: zlib._Decompress, data: bytes) -> tuple[bytes, bytes]:
    """Return at most one piece, and what of the data is still to be read."""
    try:
        piece = member.decompress(data, _PIECE)
    except zlib.error as error:
        raise Fault(Reason.BAD_ENCODING, f"broken gzip: {error}") from error
    return piece, member.unused_data if member.eof else member.unconsumed_tail
