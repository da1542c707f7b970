"""Claims of a page + Rules -> Credits: which agencies its text is from, by which evidence, how sure, the surest first.

Each place has its own trust. What names an agency only in passing never gets here (photo credits, related boxes) or counts for
nothing (a citation in the text); what an agency says of itself in the text counts where nobody signs for it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pipeline.articles import witnesses
from pipeline.articles.rules import Policy, Rules, compile_rules
from pipeline.records import Credit
from pipeline.text import clean

if TYPE_CHECKING:
    from pipeline.articles.witnesses import Testimony
    from pipeline.records import Claims

__all__ = ["Policy", "Rules", "compile_rules", "find"]

SHOWN = 120  # characters of evidence kept
YIELDING = frozenset({"copyright", "self_reference", "domain"})  # methods that say nothing once another agency signs for the text


def find(claims: Claims, rules: Rules) -> tuple[Credit, ...]:
    """Return whose text it is, the surest first; empty where nothing says that it is an agency's."""
    heard = list(witnesses.hear(claims, rules))
    signing = {one.agency for one in heard if one.trust >= rules.policy.strong and one.method not in YIELDING}
    kept: defaultdict[str, list[Testimony]] = defaultdict(list)
    for one in heard:
        if one.method not in YIELDING or not signing - {one.agency}:
            kept[one.agency].append(one)
    weighed = (_weighed(agency, testimonies) for agency, testimonies in kept.items())
    sure = [credit for credit in weighed if credit.confidence >= rules.policy.enough]
    return tuple(sorted(sure, key=lambda credit: (-credit.confidence, credit.method, credit.agency)))


def _weighed(agency: str, heard: list[Testimony]) -> Credit:
    """Return one agency's credit: the surest evidence is shown, each further method takes from the doubt."""
    order = sorted(heard, key=lambda one: (-one.trust, one.extent == "full", one.method, one.words))
    surest = order[0]
    telling = next((one for one in order if not one.bare), surest)
    doubt = 1.0
    for trust in {one.method: one.trust for one in reversed(order)}.values():
        doubt *= 1 - trust
    confidence = round(min(0.99, 1 - doubt), 3)
    return Credit(agency=agency, extent=telling.extent, method=surest.method, evidence=clean(surest.words, SHOWN), confidence=confidence)
