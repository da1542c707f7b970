"""A socket -> the head of one HTTP answer, within limits, and its raw body.

http.client's own reading is not enough: it takes 103 for the final answer, counts lines but not bytes of the head, takes a
head that is cut off for a whole one, ignores transfer codings that it does not know, and its socket timeout is no deadline.
"""

from __future__ import annotations

import http.client
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.reasons import Reason
from pipeline.web.faults import Fault

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from pipeline.web.deadline import Deadline

_STATUS = re.compile(rb"HTTP/1\.[0-9][ \t]+([1-9][0-9]{2})(?:[ \t].*)?\r?\n", re.DOTALL)
_PIECE = 1 << 16
_LINE = 8192  # bytes of a line within the body: chunk sizes and trailers
_UNSEEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_SWITCHING, _NO_CONTENT, _NOT_MODIFIED, _FIRST_FINAL = 101, 204, 304, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an answer may take up."""

    head: int  # bytes of status line and headers, those of interim answers included
    wire: int  # bytes in all
    interim: int  # 1xx answers before the final one


class _Raw(io.RawIOBase):
    """The socket's bytes, counted, each read given no more time than the deadline leaves."""

    def __init__(self, sock: socket.socket, deadline: Deadline, room: int) -> None:
        self._sock = sock
        self._file = sock.makefile("rb", buffering=0)  # it keeps the socket open after http.client has let go of it
        self._deadline = deadline
        self._room = room
        self.patient = True  # False: return at once with what is there

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        self._sock.settimeout(self._deadline.left() if self.patient else 0)
        count = self._file.readinto(buffer)
        self._room -= count or 0
        if self._room < 0:
            raise Fault(Reason.TOO_LARGE, "the answer does not end")
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


class _Stream(io.BufferedReader):
    """Lines and blocks of bounded size."""

    def __init__(self, raw: _Raw, head: int) -> None:
        super().__init__(raw)
        self._source = raw
        self.head: int | None = head  # bytes left for the head; None in the body

    def readline(self, _: int | None = -1, /) -> bytes:
        room = _LINE if self.head is None else self.head
        line = super().readline(room + 1)
        if len(line) > room:
            raise Fault(Reason.TOO_LARGE, "the head" if self.head is not None else "a line in the body")
        if self.head is not None:
            self.head -= len(line)
        return line

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:  # a chunk of "-1" bytes would mean everything
            raise Fault(Reason.BROKEN_RESPONSE, "a negative length")
        return super().read(size)

    def waiting(self) -> bytes:
        """Return what has arrived but was not asked for."""
        self._source.patient = False
        try:
            return self.peek(1)
        except OSError:
            return b""


class _Source:
    """What http.client asks a socket for."""

    def __init__(self, sock: socket.socket, deadline: Deadline, limits: Limits) -> None:
        self._sock, self._deadline, self._limits = sock, deadline, limits

    def makefile(self, *_: object, **__: object) -> _Stream:
        return _Stream(_Raw(self._sock, self._deadline, self._limits.wire), self._limits.head)


class Reply(http.client.HTTPResponse):
    """One answer, on a connection that is used once."""

    fp: _Stream

    def __init__(self, sock: socket.socket, *, deadline: Deadline, limits: Limits, method: str | None = None, **_: object) -> None:
        super().__init__(_Source(sock, deadline, limits), method=method)  # type: ignore[arg-type]  # it reads from our source as from a socket
        self._limits = limits
        self._surplus = False

    def pieces(self) -> Iterator[bytes]:
        """Yield the body as it was sent. Fault: BROKEN_RESPONSE where its length is not the one announced."""
        while piece := self.read(_PIECE):
            yield piece
        if self.length:
            raise Fault(Reason.BROKEN_RESPONSE, f"{self.length:,} bytes are missing")
        if self._surplus:
            raise Fault(Reason.BROKEN_RESPONSE, "more bytes than announced")

    def begin(self, **_: object) -> None:
        """Read the head, and decide how long the body is."""
        if self.headers is not None:
            return
        _, self.status, self.reason = self._read_status()
        self.code, self.version, self.will_close = self.status, 11, True
        self.headers = self.msg = _message(self.fp)
        self.chunked, self.length = _framing(self.headers, self.status)
        self.chunk_left = None
        self.fp.head = None

    def _close_conn(self) -> None:
        if self.length == 0 and not self.chunked:  # all that was announced has been read
            self._surplus = bool(self.fp.waiting().strip())
        super()._close_conn()  # type: ignore[misc]  # http.client declares it nowhere

    def _read_status(self) -> tuple[str, int, str]:
        """Return the final status; http.client asks this for a proxy's CONNECT too."""
        for _ in range(self._limits.interim + 1):
            line = self.fp.readline()
            match = _STATUS.fullmatch(line)
            if not match or int(match[1]) == _SWITCHING:
                raise Fault(Reason.BROKEN_RESPONSE, f"the answer begins with {line[:100]!r}" if line else "no answer")
            if int(match[1]) >= _FIRST_FINAL:
                return "HTTP/1.1", int(match[1]), ""
            _message(self.fp)
        raise Fault(Reason.BROKEN_RESPONSE, "no end of 1xx answers")


def _message(stream: _Stream) -> http.client.HTTPMessage:
    """Return the headers up to the empty line. Lines that are none are skipped, control characters become spaces."""
    pairs: list[tuple[str, str]] = []
    while (line := stream.readline()) not in {b"\r\n", b"\n"}:
        if not line.endswith(b"\n"):
            raise Fault(Reason.BROKEN_RESPONSE, "the head is cut off")
        text = line.decode("latin-1").rstrip("\r\n")
        name, colon, value = text.partition(":")
        if text[0] in " \t" and pairs:  # an old way to go on in the next line
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {text}")
        elif colon and name.strip():
            pairs.append((name.strip(), value))
    message = http.client.HTTPMessage()
    for name, value in pairs:
        message[name] = _UNSEEN.sub(" ", value).strip()
    return message


def _framing(headers: http.client.HTTPMessage, status: int) -> tuple[bool, int | None]:
    """Return whether the body comes in chunks, and else its length, None where it ends with the connection (RFC 9112, 6.3)."""
    codings = [coding.strip().lower() for value in headers.get_all("transfer-encoding", []) for coding in value.split(",")]
    codings = [coding for coding in codings if coding not in {"", "identity"}]
    if codings not in ([], ["chunked"]):
        raise Fault(Reason.BAD_ENCODING, f"transfer coding {', '.join(codings)}")
    lengths = {length.strip() for value in headers.get_all("content-length", []) for length in value.split(",")}
    if len(lengths) > 1 or not all(re.fullmatch("[0-9]{1,18}", length) for length in lengths):
        raise Fault(Reason.BROKEN_RESPONSE, f"Content-Length {', '.join(sorted(lengths))}")
    if status in {_NO_CONTENT, _NOT_MODIFIED}:
        return False, 0
    return bool(codings), int(lengths.pop()) if lengths and not codings else None
