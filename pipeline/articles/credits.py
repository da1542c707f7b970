"""Claims of a page + Rules -> Credits: which agencies its text is from, by which evidence, how sure, the surest first.

Each place has its own trust. What names an agency only in passing never gets here (photo credits, related boxes) or counts for
nothing (a citation in the text); what an agency says of itself in the text counts where nobody signs for it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.articles import evidence, namings
from pipeline.articles.names import Name, Names, compile_names, fold
from pipeline.records import Credit
from pipeline.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipeline.records import Agency, Claims, Extent

SHOWN = 120  # characters of evidence kept
SHORT = 130  # characters of a paragraph that may be a line about the text and not a part of it


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
    tally: float = 0.7
    staff: float = 0.6
    told: float = 0.55
    signed_by_a_person: float = 0.7  # factor: a reporter may cite an agency
    strong: float = 0.85  # such evidence for another agency makes weaker methods a citation
    enough: float = 0.5  # a credit below this is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Agencies, compiled: made once and handed to every process that extracts."""

    names: Names
    marks: Mapping[str, Name]  # literal sign-offs
    cased: tuple[Name, ...]  # what a text may call an agency: no ambiguous name
    domains: Mapping[str, str]  # to the agency's key
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    agency: str
    extent: Extent
    method: str
    words: str
    trust: float


def compile_rules(agencies: Iterable[Agency], policy: Policy | None = None) -> Rules:
    """Return the agencies in the form that `find` needs."""
    agencies = sorted(agencies, key=lambda agency: agency.key)
    names = compile_names(agencies)
    return Rules(
        names=names,
        marks={mark: Name(agency=agency.key, text=mark) for agency in agencies for mark in agency.signoffs},
        cased=tuple(Name(agency=agency.key, text=text) for agency in agencies for text in dict.fromkeys((agency.name, *agency.aliases))),
        domains={domain: agency.key for agency in agencies for domain in agency.domains},
        policy=policy or Policy(),
    )


def find(claims: Claims, rules: Rules) -> tuple[Credit, ...]:
    """Return whose text it is, the surest first; empty where nothing says that it is an agency's."""
    paragraphs = [paragraph for paragraph in claims.text.split("\n\n") if paragraph]
    found = [*_domain(claims, rules), *_named(claims, rules), *_lines(claims, paragraphs, rules), *_text(claims, paragraphs, rules)]
    strong = {one.agency for one in found if one.trust >= rules.policy.strong and one.method != "domain"}
    kept: defaultdict[str, list[_Evidence]] = defaultdict(list)
    for one in [*found, *_self(claims, rules)]:
        weak = one.method in {"copyright", "self_reference", "domain"}
        if not (weak and strong - {one.agency}):
            kept[one.agency].append(one)
    credits_ = [_credit(agency, evidence_) for agency, evidence_ in kept.items()]
    sure = [credit for credit in credits_ if credit.confidence >= rules.policy.enough]
    return tuple(sorted(sure, key=lambda credit: (-credit.confidence, credit.method, credit.agency)))


def _credit(agency: str, found: list[_Evidence]) -> Credit:
    """Weigh the evidence for one agency: each doubts what the others leave."""
    surest = min(found, key=lambda one: (-one.trust, one.extent == "full", one.method, one.words))
    doubt = 1.0
    for trust in {one.method: one.trust for one in sorted(found, key=lambda one: one.trust)}.values():
        doubt *= 1 - trust
    confidence = round(min(0.99, 1 - doubt), 3)
    return Credit(agency=agency, extent=surest.extent, method=surest.method, evidence=clean(surest.words, SHOWN), confidence=confidence)


def _domain(claims: Claims, rules: Rules) -> Iterator[_Evidence]:
    labels = claims.host.lower().split(".")
    for place in range(len(labels) - 1):
        if agency := rules.domains.get(".".join(labels[place:])):
            yield _Evidence(agency=agency, extent="full", method="domain", words=claims.host, trust=rules.policy.trust["domain"])
            return


def _named(claims: Claims, rules: Rules) -> Iterator[_Evidence]:
    """Read the places that are there to say who wrote it."""
    for method, said in (("byline", claims.bylines), ("json_ld", claims.structured), ("meta", claims.meta), ("feed", claims.feed)):
        read = [(words, namings.read(words, rules.names)) for words in said]
        people = any(part.kind == "person" for _, naming in read for part in naming.parts)
        for words, naming in read:
            for name, extent in namings.extents(naming):
                if not _counts(name, naming, claims):
                    continue
                beside = method == "json_ld" and people and all(part.kind == "agency" for part in naming.parts)
                kind = "copyright" if naming.copyright else "source_line" if naming.labelled and method == "byline" else method
                trust = rules.policy.trust[kind]
                yield _Evidence(agency=name.agency, extent="mixed" if beside else extent, method=kind, words=words, trust=trust)


def _lines(claims: Claims, paragraphs: list[str], rules: Rules) -> Iterator[_Evidence]:
    """Read short lines around the text, and those that stayed in it: every word must be of a credit."""
    for bare, lines in (("byline", claims.lines), ("byline", paragraphs[:2]), ("signoff", paragraphs[2:][-evidence.TAIL :])):
        for words in lines:
            if len(words) > SHORT:
                continue
            naming = namings.read(words, rules.names)
            kinds = {part.kind for part in naming.parts}
            explained = naming.labelled or naming.partial
            if not explained and ("other" in kinds or ("person" in kinds and not naming.signed)):
                continue
            method = "copyright" if naming.copyright else "source_line" if explained else bare
            for name, extent in namings.extents(naming):
                if _counts(name, naming, claims, line=True):
                    yield _Evidence(agency=name.agency, extent=extent, method=method, words=words, trust=rules.policy.trust[method])


def _text(claims: Claims, paragraphs: list[str], rules: Rules) -> Iterator[_Evidence]:
    for method, found in (
        ("dateline", evidence.datelines(paragraphs, rules.names)),
        ("signoff", evidence.signoffs(paragraphs, rules.names, rules.marks)),
    ):
        for one in found:
            if not one.name.ambiguous or claims.language in one.name.languages:
                trust = rules.policy.trust[method]
                yield _Evidence(agency=one.name.agency, extent=one.extent, method=method, words=one.words, trust=trust)


def _self(claims: Claims, rules: Rules) -> Iterator[_Evidence]:
    """Read what an agency says of itself. A text that quotes two agencies so is a report of the title's own."""
    said = list(evidence.self_references(claims.text, rules.cased))
    if len(said) != 1:
        return
    signed = any(
        part.kind == "person"
        for words in (*claims.bylines, *claims.structured, *claims.meta, *claims.feed)
        for part in namings.read(words, rules.names).parts
    )
    policy = rules.policy
    doubt = 1.0
    for kind in said[0].kinds:
        doubt *= 1 - {"tally": policy.tally, "staff": policy.staff, "told": policy.told}[kind]
    trust = (1 - doubt) * (policy.signed_by_a_person if signed else 1)
    yield _Evidence(agency=said[0].agency, extent="full", method="self_reference", words=said[0].words, trust=trust)


def _counts(name: Name, naming: namings.Naming, claims: Claims, *, line: bool = False) -> bool:
    """Say whether a name means the agency here: an ambiguous one only where nothing else can be meant."""
    if not name.ambiguous:
        return True
    labels = claims.host.lower().split(".")
    if fold(name.text) in labels:
        return False  # the title's own name
    strict = all(part.kind in {"agency", "initials"} or part.join == "via" for part in naming.parts[1:]) and (
        naming.parts[0].kind in {"agency", "initials"} or naming.parts[-1].join == "via"
    )
    at_home = claims.language in name.languages[:1] or (claims.language in name.languages and claims.language != "en")
    if line:
        return at_home and (strict or naming.labelled)
    return strict or (at_home and naming.labelled)
