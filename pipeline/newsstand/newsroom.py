"""A piece and a moment -> the draft that its title shows then, with the edits that were really made."""

from __future__ import annotations

import random
import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.newsstand import edits
from pipeline.newsstand.edits import Draft

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.newsstand.plan import Piece, Source, World
    from pipeline.newsstand.texts import Wire

BOTTOM = 0.6  # of local paragraphs stand at the end
MERGED = 3  # paragraphs taken of a second wire
_PHOTOGRAPHERS = ("Lumen Pictures", "Fotoatelier Nord", "A. Castellan", "Open Lens")


@cache
def words() -> dict[str, Any]:
    """Return what pages say around a text, by language."""
    return tomllib.loads((Path(__file__).parent / "pages" / "words.toml").read_text(encoding="utf-8"))


def compose(world: World, piece: Piece, now: datetime) -> Draft:
    """Return the piece as it stands at `now`: changes due by then are made, later ones are not."""
    if piece.copied is not None:
        return _repeat(world, piece, now)
    rng = random.Random(f"{world.seed}/{piece.url}")
    if piece.kind == "roundup":
        return _roundup(world, piece, rng)
    assert piece.source is not None, piece.url
    if piece.source.kind == "wire":
        return _run_wire(world, piece, rng, now)
    return _report(world, piece, rng)


def _run_wire(world: World, piece: Piece, rng: random.Random, now: datetime) -> Draft:
    """Everything that is drawn is drawn before the changes are looked at: an update must not change the rest."""
    assert piece.source is not None
    house, wire = world.cast.houses[piece.house], world.desk.wire(piece.source)
    meant = {*piece.edits, *(what for at, what in piece.changes if at <= now)}
    keep, place, where, choice = 0.35 + 0.55 * rng.random(), rng.randrange(100), rng.random(), rng.randrange(100)
    draft = Draft(headline=wire.headline, standfirst=wire.standfirst, paragraphs=wire.paragraphs, caption=wire.caption)
    if "headline" in meant and wire.headlines:
        draft = edits.headline(draft, wire.headlines[choice % len(wire.headlines)])
    if "update" in meant and wire.update:
        draft = edits.update(draft, wire.update.headline, wire.update.lead)
    if "correction" in meant and wire.correction:
        draft = edits.correct(draft, wire.correction["from"], wire.correction["to"])
    if "trim" in meant:
        draft = edits.trim(draft, keep)
    if "drop" in meant:
        draft = edits.drop(draft, place)
    if "swap" in meant:
        draft = edits.swap(draft, place)
    if "merge" in meant:
        draft = edits.merge(draft, tuple(p for other in piece.also for p in world.desk.wire(other).paragraphs[:MERGED]))
    if "local" in meant:
        draft = _localise(world, piece, draft, rng, bottom=where < BOTTOM)
    if "style" in meant:
        draft = edits.style(draft, wire.language, house.habits)
    return _finish(world, piece, draft, rng, wire=wire)


def _localise(world: World, piece: Piece, draft: Draft, rng: random.Random, *, bottom: bool) -> Draft:
    house = world.cast.houses[piece.house]
    fitting = world.desk.locals(house.title.language, piece.section)
    if not fitting:
        return draft
    chosen = rng.sample(fitting, min(len(fitting), rng.choice((1, 1, 2))))
    own = tuple(local.paragraph.replace("{city}", house.city) for local in chosen)
    return edits.insert(draft, own, len(draft.paragraphs) if bottom else 3, "local")


def _finish(world: World, piece: Piece, draft: Draft, rng: random.Random, *, wire: Wire) -> Draft:
    """Sign the draft, cut it if it is a stub, and see what then still says whose text it is."""
    draft = _sign(world, piece, draft, rng, wire=wire)
    if piece.kind == "stub":
        draft = edits.stub(draft)
    short = world.cast.short[wire.agency]
    if draft.credit == "none" or (draft.credit == "signoff" and not draft.signoff):
        draft = replace(draft, credit="self" if any(short in paragraph for paragraph in draft.paragraphs) else "none")
    return replace(draft, photo=_photo(world, rng))


def _sign(world: World, piece: Piece, draft: Draft, rng: random.Random, *, wire: Wire) -> Draft:
    """Say whose text it is, as this desk does it this time."""
    house = world.cast.houses[piece.house]
    label = words()[house.title.language]
    name, short = world.cast.agencies[wire.agency].name, world.cast.short[wire.agency]
    writer = rng.choice(house.staff) if house.staff else ""
    mark = rng.choice((f"({short})", short, f"© {piece.published.year} {name}", label["source"].format(agency=short)))
    place, byline = wire.dateline or house.city.upper(), rng.choice((name, short, f"{short}, {house.city}"))
    lead = f"{place} ({short}) {rng.choice(('-', '—'))} {draft.paragraphs[0]}"
    both = label["with"].format(name=writer or house.title.name, agency=short)
    own: dict[str, Any] = {"byline": writer, "structured": writer}
    ways: dict[str, dict[str, Any]] = {
        "byline": {"byline": byline, "structured": name, "credit": "byline"},
        "dateline": own | {"paragraphs": (lead, *draft.paragraphs[1:]), "credit": "dateline"},
        "signoff": own | {"signoff": mark, "credit": "signoff"},
        "staff": {"byline": label["staff"], "structured": house.title.name},
        "structured": {"byline": writer, "structured": name, "credit": "structured"} if house.habits.structured else own,
        "with": {"byline": both, "structured": both, "credit": "with"},
        "self": own,
    }
    return replace(draft, **ways.get(piece.signature, {}))


def _report(world: World, piece: Piece, rng: random.Random) -> Draft:
    """Return an own report or a filled template."""
    assert piece.source is not None
    house, own = world.cast.houses[piece.house], world.desk.own(piece.source)
    writer = own.byline or (rng.choice(house.staff) if house.staff else "")
    draft = Draft(
        headline=own.headline,
        standfirst=own.standfirst,
        paragraphs=tuple(paragraph.replace("{city}", house.city) for paragraph in own.paragraphs),
        caption=own.caption,
        byline=writer,
        structured=writer,
        photo=_photo(world, rng),
    )
    spoken = _quotation(world, piece.quoted) if piece.quoted else None
    return edits.insert(draft, (spoken,), 3, "quoting") if spoken else draft


def _quotation(world: World, source: Source) -> str | None:
    """Return the first paragraph of the wire that quotes somebody."""
    return next((text for text in world.desk.wire(source).paragraphs if sum(text.count(mark) for mark in edits.QUOTES) >= 2), None)  # noqa: PLR2004  a pair of marks


def _roundup(world: World, piece: Piece, rng: random.Random) -> Draft:
    """Return a digest: the headline and the lead of each wire it holds."""
    house = world.cast.houses[piece.house]
    label = words()[house.title.language]
    wires = [world.desk.wire(source) for source in piece.also]
    briefs = tuple(f"{wire.headline}. {wire.paragraphs[0]}" for wire in wires)
    date = f"{piece.published.day:02}.{piece.published.month:02}."
    return Draft(
        headline=f"{label['roundup']} ({date})",
        standfirst=label["roundup_lead"],
        paragraphs=briefs,
        caption="",
        byline=house.title.name,
        structured=house.title.name,
        photo=_photo(world, rng),
        edits=("roundup",),
    )


def _repeat(world: World, piece: Piece, now: datetime) -> Draft:
    """Return what a sister title or a republisher shows: the other title's text as it stood when it was taken."""
    assert piece.copied is not None
    draft = compose(world, piece.copied, min(now, piece.published))
    first = world.cast.houses[piece.copied.house].title
    name = "shared" if "shared" in piece.edits else "republished"
    byline = draft.byline if name == "shared" else first.name
    return replace(draft, byline=byline, structured=byline, edits=(*draft.edits, name), credit=_left(draft, name))


def _left(draft: Draft, name: str) -> str:
    """Return which credit is left: a republisher names the other title where a byline stood; what is in the text stays."""
    return "none" if name == "republished" and draft.credit in {"byline", "structured", "with"} else draft.credit


def _photo(world: World, rng: random.Random) -> str:
    """Return who took the picture: any agency or photographer, whoever wrote the text."""
    return rng.choice((*world.cast.short.values(), *_PHOTOGRAPHERS))
