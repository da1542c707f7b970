"""Claims of a page -> what each of its places says of whose text it is, and how far that is trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.articles import evidence, namings
from pipeline.articles.names import Name, fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.articles.rules import Rules
    from pipeline.records import Claims, Extent

SHORT = 180  # characters of a paragraph that may be a line about the text and not a part of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """What one place says of one agency."""

    agency: str
    extent: Extent
    method: str
    words: str
    trust: float  # 0..1
    bare: bool = True  # the agency is named and nothing else: says nothing of the extent


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A string, as it was read, and where it stood."""

    words: str
    naming: namings.Naming
    method: str
    shared: bool  # beside the name of somebody else
    shown: bool = True  # on the page, where an agency's letters may be anything
    initials: bool = False  # in the text, where bare letters are those of whoever wrote it


def hear(claims: Claims, rules: Rules) -> Iterator[Testimony]:
    """Yield what every place says."""
    paragraphs = [paragraph for paragraph in claims.text.split("\n\n") if paragraph]
    yield from _domain(claims, rules)
    yield from _named(claims, rules)
    yield from _lines(claims, paragraphs, rules)
    yield from _text(claims, paragraphs, rules)
    yield from _self(claims, rules)


def _domain(claims: Claims, rules: Rules) -> Iterator[Testimony]:
    labels = claims.host.lower().split(".")
    for place in range(len(labels) - 1):
        if agency := rules.domains.get(".".join(labels[place:])):
            yield Testimony(agency=agency, extent="full", method="domain", words=claims.host, trust=rules.policy.trust["domain"])
            return


def _named(claims: Claims, rules: Rules) -> Iterator[Testimony]:
    """Read the places that are there to say who wrote it."""
    for place, said in (("byline", claims.bylines), ("json_ld", claims.structured), ("meta", claims.meta), ("feed", claims.feed)):
        for words in said:
            naming = namings.read(words, rules.names)
            method = "copyright" if naming.copyright else "source_line" if naming.labelled and place == "byline" else place
            beside = place == "json_ld" or method == "source_line"  # a list of authors; a line under somebody's name
            shared = beside and _signed(claims, rules, place)
            yield from _of(_Said(words=words, naming=naming, method=method, shared=shared, shown=place == "byline"), claims, rules)


def _lines(claims: Claims, paragraphs: Sequence[str], rules: Rules) -> Iterator[Testimony]:
    """Read short lines around the text, and those that stayed in it: every word must be of a credit."""
    for bare, lines in (("byline", claims.lines), ("byline", paragraphs[:2]), ("signoff", paragraphs[2:][-evidence.TAIL :])):
        for words in (line for line in lines if len(line) <= SHORT):
            naming = namings.read(words, rules.names)
            kinds = {part.kind for part in naming.parts}
            explained = naming.labelled or naming.partial
            if not explained and ("other" in kinds or ("person" in kinds and not naming.signed)):
                continue
            method = "copyright" if naming.copyright else "source_line" if explained else bare
            initials = lines is not claims.lines and not explained and words[0] not in "([/©"
            shared = method == "source_line" and _signed(claims, rules)
            yield from _of(_Said(words=words, naming=naming, method=method, shared=shared, initials=initials), claims, rules)


def _of(said: _Said, claims: Claims, rules: Rules) -> Iterator[Testimony]:
    """Yield a testimony for each agency that a string names and that may be meant."""
    naming = said.naming
    for name, extent in namings.extents(naming):
        if _counts(name, said, claims):
            yield Testimony(
                agency=name.agency,
                extent="mixed" if said.shared else extent,
                method=said.method,
                words=said.words,
                trust=rules.policy.trust[said.method],
                bare=len(naming.parts) == 1 and extent == "full" and not naming.parts[0].led and not said.shared,
            )


def _text(claims: Claims, paragraphs: Sequence[str], rules: Rules) -> Iterator[Testimony]:
    for method, found in (
        ("dateline", evidence.datelines(paragraphs, rules.names)),
        ("signoff", evidence.signoffs(paragraphs, rules.names, rules.marks)),
    ):
        for one in found:
            if not one.name.ambiguous or claims.language in one.name.languages:
                yield Testimony(
                    agency=one.name.agency,
                    extent=one.extent,
                    method=method,
                    words=one.words,
                    trust=rules.policy.trust[method],
                    bare=method == "signoff" and one.extent == "full",
                )


def _self(claims: Claims, rules: Rules) -> Iterator[Testimony]:
    """Read what an agency says of itself. A text that quotes two agencies so is a report of the title's own."""
    names = [name for name in rules.cased if not name.ambiguous or claims.language in name.languages[:1]]
    said = list(evidence.self_references(claims.text, names))
    if len(said) != 1:
        return
    signed = _signed(claims, rules)
    policy = rules.policy
    doubt = 1.0
    for kind in said[0].kinds:
        doubt *= 1 - policy.itself[kind]
    trust = (1 - doubt) * (policy.signed_by_a_person if signed else 1)
    yield Testimony(agency=said[0].agency, extent="full", method="self_reference", words=said[0].words, trust=trust)


def _signed(claims: Claims, rules: Rules, place: str = "") -> bool:
    """Say whether somebody of no agency signs for the text, in one place or in any; the title's own name is nobody."""
    letters = _letters(claims.host)
    said = claims.structured if place == "json_ld" else (*claims.bylines, *claims.structured, *claims.meta, *claims.feed)
    for words in said:
        naming = namings.read(words, rules.names)
        kinds = {part.kind for part in naming.parts}
        people = (part for part in naming.parts if part.kind == "person" and _letters(part.text) not in letters)
        if "agency" not in kinds and (any(people) or (naming.signed and "initials" in kinds)):
            return True
    return False


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalpha())


def _counts(name: Name, said: _Said, claims: Claims) -> bool:
    """Say whether a name means the agency here: an ambiguous one only where nothing else can be meant."""
    if not name.ambiguous:
        return True
    if said.initials or fold(name.text) in claims.host.lower().split("."):
        return False  # nor is the title's own name an agency's
    parts = said.naming.parts
    if any(part.name and not part.name.ambiguous for part in parts):
        return True  # "APA/dpa"
    via = parts[-1].join == "via"
    strict = via or all(part.kind in {"agency", "initials"} for part in parts)
    at_home = claims.language in name.languages[:1] or (claims.language in name.languages and claims.language != "en")
    thanked = any(part.name == name and (part.join == "with" or (part.join in {"/", "and"} and claims.language != "en")) for part in parts)
    return (strict and (at_home or not said.shown)) or (at_home and (said.naming.labelled or thanked))
