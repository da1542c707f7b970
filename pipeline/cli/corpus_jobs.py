"""What `fold` has done in child processes: lines -> documents signed; signatures -> boilerplate. What a neighbourhood is: corpus_told.py.

The same functions as in the pipeline's steps decide. Signatures wait in a file, so that memory does not grow with the corpus.
"""

from __future__ import annotations

import os
import pickle
from array import array
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b, sha256
from itertools import compress
from typing import TYPE_CHECKING

from pipeline.cli import corpus_credits
from pipeline.records import Copy, Signature
from pipeline.stories import boilerplate, documents, signatures
from pipeline.stories.documents import Wrong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.cli.corpus_credits import Known
    from pipeline.cli.corpus_shelf import Place
    from pipeline.records import Agency

SEED = 5  # of the hashes: the same for everybody, so that everybody's outcome is the same
NEVER = datetime.max.replace(tzinfo=UTC)  # a document without a time comes last

_prepared: tuple[Known, int] | None = None  # agencies; the file of signatures and copies

Changed = tuple[bytes, bytes, bytes]  # packed, sample, same, as of Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A document without its text."""

    id: str
    title: str
    digest: bytes
    copy: Copy  # its number is still that of its line
    packed: bytes
    sample: bytes  # signed 64-bit numbers
    same: bytes  # equal for documents whose words are the same, boilerplate left out; empty: matches nothing


def prepare(agencies: tuple[Agency, ...], spool: str) -> None:
    """Build what every job needs."""
    global _prepared  # noqa: PLW0603  a child is one process that does many jobs
    _prepared = corpus_credits.know(agencies), os.open(spool, os.O_RDONLY)


def _ready() -> tuple[Known, int]:
    assert _prepared, "prepare runs first"
    return _prepared


def read(lines: Sequence[tuple[int, bytes]]) -> list[Read | tuple[int, Wrong]]:
    """Read and sign numbered lines."""
    return [_read(number, line) for number, line in lines]


def _read(number: int, line: bytes) -> Read | tuple[int, Wrong]:
    document = documents.read(line)
    if isinstance(document, Wrong):
        return number, document
    signed = signatures.sign(document.text, document.language, seed=SEED)
    owner = _owner(document.title)
    credit = None if owner else corpus_credits.find(document, _ready()[0])
    at = document.published_at or NEVER
    said = Copy(
        article=number,
        url_key=sha256(document.id.encode()).digest(),
        words=len(signed.tokens),
        access="full",
        by_agency=owner is not None,
        first_seen_at=at,
        happened_at=at,
        precise=document.published_at is not None,
        agency=owner or (credit.agency if credit else None),
        extent="full" if owner else credit.extent if credit else None,
    )
    stored = _kept(signed)
    return Read(id=document.id, title=document.title, digest=document.digest, copy=said, packed=stored[0], sample=stored[1], same=stored[2])


@lru_cache(maxsize=1 << 14)
def _owner(title: str) -> str | None:
    return corpus_credits.owner(title, _ready()[0])


def _kept(signed: Signature) -> Changed:
    """Return a signature as it waits in the file, its sample, and what is the same for documents of the same words."""
    told = array("I", compress(signed.tokens, signed.flags.translate(signatures.WORTH)))
    same = blake2b(told.tobytes(), digest_size=16).digest() if signed.sample else b""
    return signatures.pack(signed), array("q", signed.sample).tobytes(), same


def learn(places: Sequence[Place]) -> frozenset[int]:
    """Return what these articles of one title repeat."""
    return boilerplate.learn([signature(place) for place in places])


def discount(places: Sequence[Place], learnt: bytes | None) -> list[Changed | None]:
    """Return signatures anew with what their title repeats; None where nothing changes. learnt: None: these are all its articles."""
    signed = list(map(signature, places))
    repeated = boilerplate.learn(signed) if learnt is None else boilerplate.unpack(learnt).shingles
    found: list[Changed | None] = []
    for before in signed:
        after = signatures.discount(before, repeated)
        found.append(None if after is before else _kept(after))
    return found


def signature(place: Place) -> Signature:
    """Return a signature from the file."""
    return signatures.unpack(_stored(place))


def copy(place: Place) -> Copy:
    """Return a copy from the file; its number is that of its line."""
    found = pickle.loads(_stored(place))  # noqa: S301  from the process that this one is a child of
    assert isinstance(found, Copy)
    return found


def _stored(place: Place) -> bytes:
    start, size = place
    return os.pread(_ready()[1], size, start)
