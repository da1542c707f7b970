"""Stories of the bundled newsstand and of news/*.toml here, edited as desks do -> documents in seven languages whose story is known.

A corpus of any size for `./wiredesk fold`. Nothing in it was used to choose a policy's numbers. What desks do is
pipeline/newsstand/edits.py; every outlet adds a footer of its own, and templates come back with other numbers in their slots.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.newsstand import edits, texts, variants
from pipeline.newsstand.edits import Draft
from pipeline.newsstand.habits import form_habits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.newsstand.texts import Template, Wire

HERE = Path(__file__).parent / "news"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OUTLETS = 400
PLACES = "Ostraven Limar Dakhet Hallo Brenna Sarelo Corvin Tesk Varno Elmsund Pirrin Oskol Marwick Tolva Quell Rindal Ashmoor".split()  # noqa: SIM905  a list of forty quotes is hard to read
FAMILY = "Odelund Strand Penta Brisk Hale Corbin Vesk Tarn Moreau Lindt Sorel Abara Quist Denby Farrow Iker Jolas Manning".split()  # noqa: SIM905  as above
GIVEN = "Marta Pavel Ilario Ada Jon Petra Silas Noor Edda Tomas Wren Olga Felix Iris Bram Lena Otto Rhea".split()  # noqa: SIM905  as above
FOOTER = "sign up letter morning news support our work readers every day reporters ask write desk contact terms use rights page".split()  # noqa: SIM905  a list of forty quotes is hard to read
_SLOT = re.compile(r"\{(\w+?)\d+\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A document and whose text it is."""

    id: str
    title: str
    language: str
    at: datetime
    headline: str
    text: str
    story: str
    kind: str  # what the desk did, or "template", "alone"


@cache
def _written() -> tuple[tuple[Wire, ...], tuple[Template, ...], dict[str, variants.Vocabulary], dict[str, list[str]]]:
    world, here = texts.read(), texts.read(HERE)
    local: dict[str, list[str]] = {}
    for one in world.locals + here.locals:
        local.setdefault(one.language, []).append(one.paragraph.replace("{city}", "Ostraven"))
    both = replace(world, wires=world.wires + here.wires)
    return both.wires, world.templates + here.templates, variants.collect(both), local


def local_paragraphs(language: str) -> list[str]:
    """Return what desks of the language add to a text."""
    local = _written()[3]
    return local.get(language) or local["es"]


def wires(language: str) -> tuple[list[Wire], variants.Vocabulary]:
    """Return the stories of a language, and the words with which they are told anew."""
    written, _, vocabulary, _ = _written()
    return [wire for wire in written if wire.language == language], vocabulary[language]


def corpus(size: int, seed: int = 1, *, copies: int = 9) -> Iterator[Told]:
    """Yield at least so many documents; stories have up to `copies` copies, one in seven documents is a template's filling."""
    wires, templates, vocabulary, _ = _written()
    rng, made, number = random.Random(f"corpus/{seed}"), 0, 0
    while made < size:
        number += 1
        wire = rng.choice(wires)
        wire = variants.Variant(vocabulary[wire.language], seed * 1_000_003 + number).tell(wire)
        told = list(_copies(wire, f"{wire.slug}~{seed}-{number}", rng, copies))
        told += [_filled(rng.choice(templates), f"tpl~{seed}-{number}-{again}", rng) for again in range(rng.choice((0, 0, 1, 2, 3)))]
        made += len(told)
        yield from told


def _copies(wire: Wire, story: str, rng: random.Random, most: int) -> Iterator[Told]:
    paragraphs = tuple(line.replace("{agency}", "NPA") for line in wire.paragraphs)
    draft = Draft(headline=wire.headline, standfirst="", paragraphs=paragraphs, caption="")
    at = NOON + timedelta(hours=rng.random() * 24 * 20)
    for place, outlet in enumerate(rng.sample(range(OUTLETS), rng.randint(1, most))):
        edited = _edited(draft, wire, rng) if place else draft
        moment = at + timedelta(minutes=rng.lognormvariate(3.2, 1.5) if place else 0)
        yield _told(edited, story, outlet, at=moment, language=wire.language)


def _edited(draft: Draft, wire: Wire, rng: random.Random) -> Draft:
    local = _written()[3].get(wire.language)
    habits = form_habits(rng, wire.language if wire.language in {"en", "fr", "de", "es"} else "es", "plain", "none")
    if rng.random() < 0.4:
        draft = edits.trim(draft, 0.35 + 0.55 * rng.random())
    if rng.random() < 0.2:
        draft = edits.drop(draft, rng.randrange(99))
    if rng.random() < 0.15:
        draft = edits.swap(draft, rng.randrange(99))
    if rng.random() < 0.25 and local:
        draft = edits.insert(draft, (rng.choice(local),), rng.randrange(1, 9), "local")
    if rng.random() < 0.15 and wire.update:
        draft = edits.update(draft, wire.update.headline, wire.update.lead)
    if rng.random() < 0.1 and wire.correction:
        draft = edits.correct(draft, wire.correction["from"], wire.correction["to"])
    if rng.random() < 0.07:
        draft = edits.stub(draft)
    return edits.style(draft, wire.language, habits) if rng.random() < 0.8 else draft


def _filled(template: Template, name: str, rng: random.Random) -> Told:
    """Return a template with its slots filled at random: no two are copies."""
    slots: dict[str, str] = {}

    def fill(slot: re.Match[str]) -> str:
        kind = slot[1]
        value = {"n": str(rng.randint(2, 99)), "place": rng.choice(PLACES)}.get(kind, f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}")
        return slots.setdefault(slot[0], value)

    lines = tuple(_SLOT.sub(fill, line) for line in template.paragraphs)
    draft = Draft(headline=template.headline, standfirst="", paragraphs=lines, caption="", edits=("template",))
    moment = NOON + timedelta(hours=rng.random() * 24 * 20)
    return _told(draft, name, rng.randrange(OUTLETS), at=moment, language=template.language)


def _told(draft: Draft, story: str, outlet: int, *, at: datetime, language: str) -> Told:
    footer = _footer(outlet)
    return Told(
        id=f"{story}@{outlet}", title=f"outlet{outlet}.example", language=language, at=at.replace(microsecond=0), headline=draft.headline,
        text="\n\n".join((*draft.paragraphs, footer) if footer else draft.paragraphs), story=story, kind="+".join(draft.edits) or "whole",
    )  # fmt: skip


@cache
def _footer(outlet: int) -> str:
    """Return what the outlet prints under every text; a third print nothing."""
    rng = random.Random(f"footer/{outlet}")
    if rng.random() < 1 / 3:
        return ""
    return " ".join(rng.choice(FOOTER) for _ in range(rng.randint(12, 45))).capitalize() + "."
