"""What `fold` has done in child processes: lines -> documents signed; signatures -> boilerplate; a neighbourhood -> its stories.

The same functions as in the pipeline's steps decide. Signatures wait in a file, so that memory does not grow with the corpus.
"""

from __future__ import annotations

import os
import re
from array import array
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from hashlib import blake2b, sha256
from itertools import compress
from typing import TYPE_CHECKING

from pipeline.articles import credits  # noqa: A004  the module's name is the glossary's
from pipeline.articles.names import is_unspaced
from pipeline.records import Claims, Copy, Match, Signature
from pipeline.stories import boilerplate, documents, matches, partition, signatures, telling
from pipeline.stories.documents import Wrong
from pipeline.urls import belongs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.articles.credits import Rules
    from pipeline.records import Agency

SEED = 5  # of the hashes: the same for everybody, so that everybody's outcome is the same
EDGE = 4  # lines at either end of a text in which agencies sign
SHORT = 15  # words of such a line that may be no text, as in articles/claims.py
NEVER = datetime.max.replace(tzinfo=UTC)  # a document without a time comes last

_WORD = re.compile(r"\w+")
_prepared: tuple[Rules, int, frozenset[frozenset[str]]] | None = None  # agencies; the file of signatures; the words of each name

Place = tuple[int, int]  # where a packed signature begins in the file, and its bytes
Changed = tuple[bytes, bytes, bytes]  # packed, sample, same, as of Read
Holds = tuple[int, ...]  # the canonical articles of the texts that a round-up holds
Row = tuple[int, int, str, float, float, str | None, Holds | None]  # article, canonical article, relation, kept, own, agency, holds


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """Documents that candidate pairs hold together. Of those whose words are the same, one is compared for all."""

    copies: tuple[Copy, ...]
    places: tuple[Place, ...]  # one each
    same: tuple[tuple[int, ...], ...]  # article numbers; the first is compared
    pairs: tuple[tuple[int, int], ...]


def prepare(agencies: tuple[Agency, ...], spool: str) -> None:
    """Build what every job needs."""
    global _prepared  # noqa: PLW0603  a child is one process that does many jobs
    rules = credits.compile_rules(agencies)
    _prepared = (rules, os.open(spool, os.O_RDONLY), frozenset(frozenset(_WORD.findall(name)) for name in rules.names.whole))


def _ready() -> tuple[Rules, int, frozenset[frozenset[str]]]:
    assert _prepared, "prepare runs first"
    return _prepared


def read(lines: Sequence[tuple[int, bytes]]) -> list[Read | tuple[int, Wrong]]:
    """Read and sign numbered lines."""
    return [_read(number, line) for number, line in lines]


def _read(number: int, line: bytes) -> Read | tuple[int, Wrong]:
    document = documents.read(line)
    if isinstance(document, Wrong):
        return number, document
    signature = signatures.sign(document.text, document.language, seed=SEED)
    rules = _ready()[0]
    owner, claims = _owner(document.title), _claims(document)
    credit = next(iter(credits.find(claims, rules)), None) if _named(claims.text) else None
    at = document.published_at or NEVER
    copy = Copy(
        article=number,
        url_key=sha256(document.id.encode()).digest(),
        words=len(signature.tokens),
        access="full",
        by_agency=owner is not None,
        first_seen_at=at,
        happened_at=at,
        precise=document.published_at is not None,
        agency=owner or (credit.agency if credit else None),
        extent="full" if owner else credit.extent if credit else None,
    )
    stored = signatures.pack(signature), array("q", signature.sample).tobytes(), _same(signature)
    return Read(id=document.id, title=document.title, digest=document.digest, copy=copy, packed=stored[0], sample=stored[1], same=stored[2])


@lru_cache(maxsize=1 << 14)
def _owner(title: str) -> str | None:
    """Return the agency whose own site it is."""
    return next((agency for domain, agency in _ready()[0].domains.items() if belongs(f"https://{title}/", (domain,))), None)


def _claims(document: documents.Document) -> Claims:
    """Return what a text says of whose it is, which it does at its ends."""
    lines = [line for line in map(str.strip, document.text.splitlines()) if line]
    ends = lines if len(lines) <= 2 * EDGE else lines[:EDGE] + lines[-EDGE:]
    short = tuple(line for line in dict.fromkeys(ends) if len(line.split()) <= SHORT)
    return Claims(text="\n\n".join(ends), language=document.language, host=document.title, lines=short)


def _named(text: str) -> bool:
    """Return whether an agency may be named at all: finding that out is cheap, and in most texts none is."""
    rules, _, telling = _ready()
    found = set(_WORD.findall(text.casefold()))
    return any(map(found.issuperset, telling)) or is_unspaced(text[:40]) or any(mark in text for mark in rules.marks)


def _same(signature: Signature) -> bytes:
    if not signature.sample:
        return b""
    told = array("I", compress(signature.tokens, signature.flags.translate(signatures.WORTH)))
    return blake2b(told.tobytes(), digest_size=16).digest()


def learn(places: Sequence[Place]) -> frozenset[int]:
    """Return what these articles of one title repeat."""
    return boilerplate.learn([_signature(place) for place in places])


def discount(places: Sequence[Place], learnt: bytes | None) -> list[Changed | None]:
    """Return signatures anew with what their title repeats; None where nothing changes. learnt: None: these are all its articles."""
    signed = list(map(_signature, places))
    repeated = boilerplate.learn(signed) if learnt is None else boilerplate.unpack(learnt).shingles
    found: list[Changed | None] = []
    for before in signed:
        after = signatures.discount(before, repeated)
        found.append(None if after is before else (signatures.pack(after), array("q", after.sample).tobytes(), _same(after)))
    return found


def tell(neighbourhoods: Sequence[Neighbourhood]) -> list[Row]:
    """Compare, group and tell the stories of whole neighbourhoods."""
    return [row for one in neighbourhoods for row in _tell(one)]


def _tell(one: Neighbourhood) -> list[Row]:
    copies = {copy.article: copy for copy in one.copies}
    place = dict(zip(copies, one.places, strict=True))

    @cache
    def signature(article: int) -> Signature:
        return _signature(place[article])

    def measure(left: int, right: int) -> Match | None:
        return matches.measure(signature(left), signature(right), pair=(left, right))

    def compare(left: int, right: int) -> Match | None:
        times = [copies[article].happened_at for article in (left, right) if copies[article].precise]
        apart = times[0] - times[-1] if len(times) > 1 else None
        return matches.compare(signature(left), signature(right), pair=(left, right), apart=apart)

    found = [match for pair in one.pairs if (match := compare(*pair))]
    same = {members[0]: members for members in one.same}
    firsts = [copies[first] for first in same]
    alone = partition.roundups(firsts, found)
    stories = {
        group: telling.tell([copies[article] for first in group for article in same[first]], found, compare=measure)
        for group in partition.group(firsts, found)
    }
    whose = {first: story.canonical for group, story in stories.items() for first in group}
    rows: list[Row] = []
    for group, story in stories.items():
        holds = _held(group[0], found, whose) if group[0] in alone else None
        rows += [
            (told.article, story.canonical, told.relation, round(told.kept, 4), round(told.own, 4), story.agency, holds)
            for told in story.members
        ]
    return rows


def _held(page: int, found: Sequence[Match], whose: Mapping[int, int]) -> Holds:
    """Return the canonical articles of what a page matches."""
    return tuple(sorted({whose[match.left + match.right - page] for match in found if page in {match.left, match.right}} - {page}))


def _signature(place: Place) -> Signature:
    start, size = place
    return signatures.unpack(os.pread(_ready()[1], size, start))
