"""The options of commands that look at one address or file, and what they come to; wrong ones end with exit code 2.

Only typer is imported at the top: `--help` reads this.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.cli.strangers import Body
    from pipeline.cli.world import Terms

_YEARS = range(1990, 2200)
_PLACE = re.compile(r"(?:[^\s:/@\[\]]+|\[[0-9a-fA-F:.]+\]):([0-9]{1,5})")
_PORTS = range(1, 65536)
_ADDRESS = re.compile(r"https?:", re.IGNORECASE)
NOWHERE = "http://file.invalid/"  # RFC 2606: what a file's relative links are below

URL = Annotated[str | None, typer.Option("--url", help="This one address, whatever is due; nothing is stored.")]
NOW = Annotated[str | None, typer.Option("--now", metavar="ISO", help="The moment that it is taken to be: 2026-03-02T06:00:00Z.")]
ALLOW = Annotated[
    list[str] | None, typer.Option("--allow", metavar="HOST:PORT", help="May be private: exactly this host and port; may be repeated.")
]
DOMAIN = Annotated[list[str] | None, typer.Option("--domain", help="Entries on this domain are the feed's own; may be repeated.")]
ETAG = Annotated[str, typer.Option("--etag", help="The ETag of an earlier answer, as if it were known.")]
MODIFIED = Annotated[str, typer.Option("--modified", help="The Last-Modified of an earlier answer.")]
BASE = Annotated[str, typer.Option("--base", metavar="URL", help="Of a file: the address that it is from.")]
SOURCE = Annotated[str, typer.Argument(metavar="FILE|URL", help="A file, an address, or - for standard input.")]
ONE_AS_JSON = Annotated[bool, typer.Option("--json", help="Print all that is known of each entry, as data.")]


def alone(url: str | None, others: Mapping[str, object], needing: Mapping[str, object]) -> bool:
    """Return whether one address is wanted. Options that go with all that is due, or only with one address, are refused elsewhere."""
    wrong = next((name for name, given in (others if url is not None else needing).items() if given), None)
    if wrong:
        raise typer.BadParameter(f"{wrong} goes {'not' if url is not None else 'only'} with --url")
    return url is not None


def terms(
    now: str | None, allow: Sequence[str] | None, *, domains: Sequence[str] | None = None, etag: str = "", modified: str = ""
) -> Terms:
    """Return on which terms an address is asked."""
    from pipeline.cli.world import Terms

    return Terms(
        now=moment(now) if now is not None else None,
        allow=frozenset(place(one) for one in allow or ()),
        domains=tuple(domain.lower() for domain in domains or ()),
        etag=etag,
        modified=modified,
    )


def moment(said: str, option: str = "--now") -> datetime:
    """Return a moment in UTC, which is meant where no zone is named."""
    try:
        found = datetime.fromisoformat(said)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        found = None
    if found is None or found.year not in _YEARS:
        raise typer.BadParameter(f"{said!r} is no moment such as 2026-03-02T06:00:00Z", param_hint=option)
    return found


def place(said: str) -> str:
    """Return "host:port" as the door has it."""
    found = _PLACE.fullmatch(said)
    if not found or int(found[1]) not in _PORTS:
        raise typer.BadParameter(f"{said!r} is no HOST:PORT such as 127.0.0.1:8001", param_hint="--allow")
    return f"{said[: -len(found[1])].lower()}{int(found[1])}"


def source(said: str, base: str, terms: Terms) -> Body | str:
    """Return an address, or what a file or standard input holds."""
    if _ADDRESS.match(said):
        return said
    from pipeline.cli.strangers import Body

    return Body(content=content(said), url=base or NOWHERE, domains=terms.domains, every=not terms.domains)


def content(name: str, most: int = 10_000_001) -> bytes:
    """Return the bytes of a file, or of standard input (-); not more of them than will be read."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(most)
        with Path(name).open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise typer.BadParameter(f"{name}: {error.strerror}") from error
