"""Measure whether texts of one kind (lotteries, appointments, missing people, stars ...) are taken for each other, kind by kind.

    python -m benchmarks.copies_kinds            prints the tables
    python -m benchmarks.copies_kinds --check    and fails where a floor is not held

Kinds are news/kinds/*.toml, in six languages, some with many figures and some with names only. Each is filled forty times, within
twenty days, and copied by up to two other titles. Kinds whose name hashes to an even byte were looked at when rules were written; the
others are reported. Both with the time of each text and without, as corpora without dates have it. Nothing is learnt of any title here.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import sys
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import copies_news, copies_orders, copies_scores
from benchmarks.copies_news import FAMILY, GIVEN, NOON, OUTLETS, PLACES, Told
from pipeline.newsstand import edits, texts
from pipeline.newsstand.edits import Draft
from pipeline.newsstand.habits import form_habits
from pipeline.stories import candidates, matches, partition, signatures

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.newsstand.texts import Template

HERE = Path(__file__).parent / "news" / "kinds"
FILLINGS = 40
FALSE = {"with times": 0.001, "without times": 0.01}  # wrong pairs per text, at most
FOUND = 0.93  # of the copies, at least
_SLOT = re.compile(r"\{([a-z]+)\d+\}")
WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail where a floor is not held")
    parser.add_argument("--all", action="store_true", help="the kinds that were looked at too")
    args = parser.parse_args()
    failed = []
    for name, timed in (("with times", True), ("without times", False)):
        print(f"\n{name + ', wrong pairs of texts':<34}{'strict':>8}{'normal':>8}{'loose':>8}{'texts':>8}   copies found")
        total, texts_in_all, got, of = 0, 0, 0, 0
        for template in texts.read(HERE).templates:
            if looked_at(template) and not args.all:
                continue
            told = list(filled(template))
            wrong, found, true = measured(told, timed=timed)
            print(f"  {template.slug:<32}" + "".join(f"{count:>8}" for count in (*wrong, len(told))) + f"   {found}/{true}")
            total, texts_in_all, got, of = total + wrong[1], texts_in_all + len(told), got + found, of + true
        print(f"  {total} wrong pairs in {texts_in_all:,} texts at normal, {got}/{of} copies found")
        if total > FALSE[name] * texts_in_all or got < FOUND * of:
            failed.append(f"{name}: {total} wrong pairs of {texts_in_all:,} texts, {got}/{of} copies found")
    print("\n" + ("\n".join(f"BELOW ITS FLOOR  {line}" for line in failed) or "every floor is held"))
    return 1 if args.check and failed else 0


def looked_at(template: Template) -> bool:
    return hashlib.sha256(template.slug.encode()).digest()[0] % 2 == 0


def filled(template: Template) -> Iterator[Told]:
    """Yield the template with other words in its slots, many times over, and copies of some fillings as other desks make them.

    Two fillings that happen to be the same are one text.
    """
    rng = random.Random(f"kinds/{template.slug}")
    for number in range(FILLINGS):
        draft = Draft(headline="", standfirst="", paragraphs=_fill(template, rng), caption="", edits=("template",))
        at = NOON + timedelta(days=rng.randrange(20), minutes=rng.randrange(120))
        for place, outlet in enumerate(rng.sample(range(OUTLETS), rng.choice((1, 1, 2, 3)))):
            copy = _edited(draft, template.language, rng) if place else draft
            yield Told(
                id=f"{template.slug}{number}@{outlet}", title=f"outlet{outlet}.example", language=template.language,
                at=at + timedelta(minutes=rng.lognormvariate(3.2, 1.5) if place else 0), headline="",
                text="\n\n".join(copy.paragraphs), story="\n".join(draft.paragraphs), kind="+".join(copy.edits),
            )  # fmt: skip


def _fill(template: Template, rng: random.Random) -> tuple[str, ...]:
    slots: dict[str, str] = {}
    used: set[str] = set()

    def fill(slot: re.Match[str]) -> str:
        if slot[0] not in slots:
            slots[slot[0]] = _word(slot[1], template.language, rng, used)
            used.add(slots[slot[0]])
        return slots[slot[0]]

    return tuple(_SLOT.sub(fill, line) for line in template.paragraphs)


def _word(kind: str, language: str, rng: random.Random, used: set[str]) -> str:
    """Return something for a slot, names not twice in a text."""
    if kind == "n":
        return str(rng.randint(2, 99))
    known = {**WORDS["any"], **WORDS.get(language, {})}
    if kind == "name":
        return f"{rng.choice(known.get('first', GIVEN))} {rng.choice(known.get('last', FAMILY))}"
    return rng.choice([word for word in known[kind] if word not in used] or known[kind]).replace("*", rng.choice(PLACES))


def _edited(draft: Draft, language: str, rng: random.Random) -> Draft:
    if rng.random() < 0.3:
        draft = edits.trim(draft, 0.7)
    if rng.random() < 0.3:
        draft = edits.insert(draft, (rng.choice(copies_news.local_paragraphs(language)),), 9, "local")
    habits = form_habits(rng, language if language in {"en", "fr", "de", "es"} else "es", "plain", "none")
    return edits.style(draft, language, habits)


def measured(told: Sequence[Told], *, timed: bool) -> tuple[list[int], int, int]:
    """Return the wrong pairs at strict, normal and loose; of the true ones those found at normal, and all."""
    signed = {place: signatures.sign(one.text, one.language, seed=7) for place, one in enumerate(told)}
    at = {place: one.at for place, one in enumerate(told)}
    pairs = candidates.pairs({place: signature.sample for place, signature in signed.items()}, policy=candidates.Policy(hot=10_000))
    compared = (
        matches.compare(signed[left], signed[right], pair=(left, right), apart=at[right] - at[left] if timed else None)
        for left, right in sorted(pairs)
    )
    found = [match for match in compared if match]
    copies = copies_orders.copies([{"id": one.id, "text": one.text} for one in told])
    true = copies_scores.true_pairs([one.story for one in told])
    grouped = {level: copies_scores.pairs_of(partition.group(copies, found, level=level)) for level in matches.LEVELS}
    return [len(grouped[level] - true) for level in matches.LEVELS], len(grouped["normal"] & true), len(true)


if __name__ == "__main__":
    sys.exit(main())
