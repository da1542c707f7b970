"""A site and a clock -> one local server with a virtual host for each title, and the files by which the product finds its way to it."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import threading
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from pipeline.newsstand import truth
from pipeline.newsstand.enrolment import enrol
from pipeline.newsstand.site import WorldSite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette.requests import Request

    from pipeline.clock import Clock
    from pipeline.newsstand.plan import World
    from pipeline.newsstand.site import Found

ADDRESS = "127.0.0.1"
BACKLOG = 256


class Site(Protocol):
    """What is served: a planned world, or recorded pages."""

    def hosts(self) -> Iterable[tuple[str, int]]:
        """Return every host that exists, with its ports."""

    def find(self, host: str, target: str) -> Found:
        """Return what stands at a host's path and query, at this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A running newsstand."""

    port: int
    folder: Path
    hosts: Path  # lines "host:80 127.0.0.1:port"
    registry: Path  # agencies.toml, titles/*.toml
    truth: Path  # JSON lines, see truth.Truth


@contextlib.contextmanager
def open(world: World, *, clock: Clock, port: int = 0, folder: Path | None = None) -> Iterator[Stand]:  # noqa: A001  `server.open(world)`
    """Serve the world until the block ends. Its files are written to `folder`, or to a temporary one that goes with it."""
    with _room(folder) as room:
        enrol(room / "registry", (house.title for house in world.cast.houses), world.cast.agencies.values())
        truth.write(world, room / "truth.jsonl")
        with serve(WorldSite(world, clock), clock=clock, port=port, folder=room) as stand:
            yield stand


@contextlib.contextmanager
def serve(site: Site, *, clock: Clock, port: int = 0, folder: Path) -> Iterator[Stand]:
    """Serve a site whose registry and truth stand in `folder`."""
    with _listen(port) as listener:
        number = listener.getsockname()[1]
        lines = (f"{host}:{known} {ADDRESS}:{number}\n" for host, known in sorted(set(site.hosts())))
        (folder / "hosts").write_text("".join(lines), encoding="utf-8")
        with _running(_application(site, clock), listener):
            yield Stand(port=number, folder=folder, hosts=folder / "hosts", registry=folder / "registry", truth=folder / "truth.jsonl")


@contextlib.contextmanager
def _room(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="newsstand-") as name:
        yield Path(name)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ADDRESS, port))
    except OSError:
        listener.close()
        raise
    listener.listen(BACKLOG)
    return listener


@contextlib.contextmanager
def _running(application: Starlette, listener: socket.socket) -> Iterator[None]:
    config = uvicorn.Config(
        application, log_config=None, access_log=False, lifespan="off", ws="none", date_header=False, server_header=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="newsstand", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def _application(site: Site, clock: Clock) -> Starlette:
    async def answer(request: Request) -> Response:
        host = request.headers.get("host", "").rsplit(":", 1)[0].lower()
        raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
        query: bytes = request.scope["query_string"]
        target = raw.decode("latin-1").split("?", 1)[0] + (f"?{query.decode('latin-1')}" if query else "")
        found = await run_in_threadpool(site.find, host, target)
        return _respond(request, found, clock)

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "HEAD"])])


def _respond(request: Request, found: Found, clock: Clock) -> Response:
    """Answer with validators, or 304 where the client's are still good; an ETag outweighs a date (RFC 9110, 13.1.3)."""
    headers = {"Date": format_datetime(clock(), usegmt=True), "Content-Type": found.content_type}
    if found.location:
        headers["Location"] = found.location
    if found.etag:
        headers |= {"ETag": found.etag, "Cache-Control": f"max-age={found.seconds}"}
    if found.modified:
        headers["Last-Modified"] = format_datetime(found.modified, usegmt=True)
    known, since = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
    same = known == found.etag if known else bool(since) and since == headers.get("Last-Modified")
    if found.status == 200 and found.etag and same:  # noqa: PLR2004  only a success has validators
        return Response(status_code=304, headers=headers)
    return Response(found.body, status_code=found.status, headers=headers)


def orphaned(parent: int) -> bool:
    """Return whether the process that started this one is gone."""
    return os.getppid() != parent
