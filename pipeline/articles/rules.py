"""Agencies of the registry -> Rules: all that telling an agency's text needs, made once and handed to every process that extracts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.articles.names import Name, Names, compile_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipeline.records import Agency


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How far each kind of evidence is trusted, 0..1. Measured in benchmarks/credits.py."""

    trust: Mapping[str, float] = field(
        default_factory=lambda: {
            "dateline": 0.97,
            "byline": 0.95,
            "domain": 0.95,
            "json_ld": 0.93,
            "source_line": 0.93,
            "meta": 0.9,
            "signoff": 0.9,
            "feed": 0.88,
            "copyright": 0.75,
        }
    )
    itself: Mapping[str, float] = field(default_factory=lambda: {"writers": 0.9, "tally": 0.7, "staff": 0.6, "told": 0.55})
    signed_by_a_person: float = 0.7  # factor: a reporter may cite an agency
    strong: float = 0.85  # such evidence for another agency makes weaker methods a citation
    enough: float = 0.5  # a credit below this is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Agencies, compiled."""

    names: Names
    marks: Mapping[str, Name]  # literal sign-offs
    cased: tuple[Name, ...]  # what a text may call an agency, letter by letter
    domains: Mapping[str, str]  # to the agency's key
    policy: Policy = field(default_factory=Policy)


def compile_rules(agencies: Iterable[Agency], policy: Policy | None = None) -> Rules:
    """Return the agencies in the form that `find` needs."""
    agencies = sorted(agencies, key=lambda agency: agency.key)
    names = compile_names(agencies)
    return Rules(
        names=names,
        marks={mark: Name(agency=agency.key, text=mark) for agency in agencies for mark in agency.signoffs},
        cased=tuple(
            Name(agency=agency.key, text=text, ambiguous=text in agency.ambiguous, languages=agency.languages)
            for agency in agencies
            for text in dict.fromkeys((agency.name, *agency.aliases, *agency.ambiguous))
        ),
        domains={domain: agency.key for agency in agencies for domain in agency.domains},
        policy=policy or Policy(),
    )
