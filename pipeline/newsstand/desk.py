"""Source -> the text as it left its author: a wire or report in its variant, a template with its slots filled."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.newsstand.texts import Own
from pipeline.newsstand.variants import Variant, collect

if TYPE_CHECKING:
    from pipeline.newsstand.cast import Cast
    from pipeline.newsstand.plan import Source
    from pipeline.newsstand.texts import Local, Template, Texts, Wire

_SLOT = re.compile(r"\{(n|name|place)(\d+)\}")
_KEPT = 8192  # texts in memory, about 4 kB each; a varied one costs about a millisecond to tell again
_VARIANTS = 128  # exchanges of words in memory


class Desk:
    """Knows every text; makes variants and fillings when asked, and keeps the latest."""

    def __init__(self, texts: Texts, cast: Cast) -> None:
        self.texts = texts
        self._cast = cast
        self._wires = {wire.slug: wire for wire in texts.wires}
        self._owns = {own.slug: own for own in texts.owns}
        self._templates = {template.slug: template for template in texts.templates}
        self._vocabulary = collect(texts)
        self._variant = lru_cache(_VARIANTS)(self._make_variant)
        self.wire = lru_cache(_KEPT)(self._make_wire)
        self.own = lru_cache(_KEPT)(self._make_own)

    def locals(self, language: str, section: str) -> list[Local]:
        """Return the paragraphs that fit, those of the section if there are any."""
        fitting = [local for local in self.texts.locals if local.language == language]
        return [local for local in fitting if local.section == section] or fitting

    def headline(self, source: Source) -> str:
        return self.wire(source).headline if source.kind == "wire" else self.own(source).headline

    def _make_variant(self, language: str, number: int) -> Variant:
        return Variant(self._vocabulary[language], number)

    def _make_wire(self, source: Source) -> Wire:
        wire = self._wires[source.slug]
        if source.variant:
            wire = self._variant(wire.language, source.variant).tell(wire)
        name = self._cast.short[wire.agency]
        return replace(
            wire,
            paragraphs=_named(wire.paragraphs, name),
            update=wire.update and replace(wire.update, lead=_named(wire.update.lead, name)),
        )

    def _make_own(self, source: Source) -> Own:
        if source.kind == "template":
            return self._fill(self._templates[source.slug], source.variant)
        own = self._owns[source.slug]
        return self._variant(own.language, source.variant).tell(own) if source.variant else own

    def _fill(self, template: Template, number: int) -> Own:
        rng = random.Random(f"{template.slug}/{number}")
        names = self._cast.names[template.language]
        slots: dict[str, str] = {}

        def slot(match: re.Match[str]) -> str:
            if match[0] not in slots:
                slots[match[0]] = {
                    "n": lambda: str(rng.randint(2, 98)),
                    "name": lambda: f"{rng.choice(names['first'])} {rng.choice(names['last'])}",
                    "place": lambda: str(rng.choice(names["places"])),
                }[match[1]]()
            return slots[match[0]]

        return Own(
            slug=template.slug,
            language=template.language,
            section=template.section,
            headline=_SLOT.sub(slot, template.headline),
            paragraphs=tuple(_SLOT.sub(slot, paragraph) for paragraph in template.paragraphs),
        )


def _named(paragraphs: tuple[str, ...], agency: str) -> tuple[str, ...]:
    return tuple(paragraph.replace("{agency}", agency) for paragraph in paragraphs)
