"""A world -> its ground truth: for each URL the story it tells, the edits, whose text it is, and what must become of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from pipeline.newsstand.dirt import BY_NAME, FEED_REASONS
from pipeline.newsstand.newsroom import compose
from pipeline.newsstand.plan import Piece, World, story

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is true of one URL. Pages with the same `story` are copies of one text."""

    url: str  # without tracking parameters; an entry without a link goes by its feed's URL
    title: str  # key
    kind: str  # wire, own, template, roundup, stub, dirt
    story: str
    also: tuple[str, ...] = ()  # other stories that it holds in part
    edit: tuple[str, ...] = ()  # what was really done to the text by the end of the world
    agency: str | None = None  # whose text it is
    agencies: tuple[str, ...] = ()  # of the other stories that it holds
    extent: Literal["full", "mixed", "none"] = "none"
    credit: str = "none"  # how the page says so: byline, dateline, signoff, structured, with, self; none: it does not
    event: str = ""
    language: str = ""
    published: str = ""  # ISO 8601, UTC
    changed: tuple[str, ...] = ()  # when its headline or text became another one under the same URL, ISO 8601, UTC
    expect: tuple[str, ...] = ("article",)  # "article", or the reasons any of which is right; nothing: "nothing"


def tell(world: World) -> Iterator[Truth]:
    """Yield the truth of every URL, house by house."""
    for place, shelf in enumerate(world.shelves):
        house = world.cast.houses[place]
        for feed, form in zip(house.title.feeds, house.forms, strict=True):
            if form in FEED_REASONS:
                expect = tuple(map(str, FEED_REASONS[form]))
                yield Truth(url=feed.url, title=house.title.key, kind="dirt", story="", language=house.title.language, expect=expect)
        for piece in shelf:
            yield _oddity(world, piece) if piece.kind == "dirt" else _truth(world, piece)


def write(world: World, path: Path) -> None:
    """Write the truth as JSON lines."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(truth), ensure_ascii=False) + "\n" for truth in tell(world))


def read(path: Path) -> Iterator[Truth]:
    """Yield the truth from JSON lines."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
            yield Truth(**fields)


def _truth(world: World, piece: Piece) -> Truth:
    draft, title = compose(world, piece, world.end), world.cast.houses[piece.house].title
    wire = world.desk.wire(piece.source) if piece.source and piece.source.kind == "wire" else None
    own = world.desk.own(piece.source) if piece.source and wire is None else None
    event = world.dispatches[piece.source].event if wire and piece.source else own.event if own else ""
    if own and own.event and piece.source and piece.source.kind == "own" and piece.source.variant:
        event = f"{event}~{piece.source.variant}"
    return Truth(
        url=piece.url,
        title=title.key,
        kind=piece.kind,
        story=story(piece.source) if piece.source else f"roundup:{piece.url}",
        also=tuple(map(story, piece.also)),
        edit=draft.edits,
        agency=wire.agency if wire else None,
        agencies=_agencies(world, piece.also),
        extent=_extent(draft.edits, draft.credit) if wire else "none",
        credit=draft.credit,
        event=event,
        language=title.language,
        published=piece.published.isoformat(),
        changed=tuple(_changed(world, piece)),
    )


def _changed(world: World, piece: Piece) -> Iterator[str]:
    """Yield the moments of the changes that a reader sees: the cut paragraph of a trimmed copy cannot be corrected."""
    before = compose(world, piece, piece.published)
    for at, _ in sorted(piece.changes):
        after = compose(world, piece, at)
        if (after.headline, after.paragraphs) != (before.headline, before.paragraphs):
            yield at.isoformat()
        before = after


def _agencies(world: World, sources: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sorted({world.desk.wire(source).agency for source in sources}))


def _extent(edits: tuple[str, ...], credit: str) -> Literal["full", "mixed"]:
    return "mixed" if credit == "with" or {"local", "merged"} & set(edits) else "full"


def _oddity(world: World, piece: Piece) -> Truth:
    title = world.cast.houses[piece.house].title
    return Truth(
        url=piece.url,
        title=title.key,
        kind="dirt",
        story="",
        edit=(piece.dirt,),
        language=title.language,
        published=piece.published.isoformat(),
        expect=tuple(map(str, BY_NAME[piece.dirt].reasons)),
    )
