"""Ground truth and what was found -> Score: how well copies were folded, agencies named, and the right things refused."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from pipeline.newsstand.truth import Truth

SHOWN = 5  # examples of each mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Precision, recall and F1, with what they are made of. Nothing to find and nothing found is 1."""

    right: int
    wrong: int
    missed: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How often an article's text was found to be another one, and from when to when its page was looked at (ISO 8601, UTC)."""

    versions: int
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a result compares with the truth. Examples are pairs of URLs, or of a URL and what was said of it."""

    articles: int  # URLs that are articles, published by then
    found: int  # of them, those that were kept
    missing: int  # of them, neither kept nor refused
    refused_articles: int  # of them, refused
    pairs: Rate  # two articles in one story
    ambiguous: int  # pairs left out: one holds a part of the other's story (merged wires, round-ups)
    agencies: Rate  # whose text an article is, over all articles
    credited: Rate  # the same, over articles whose page says it in any way
    refusals: int  # dirt that must be refused
    refusals_met: int  # of it, refused by a right reason
    dirt_kept: int  # of it, kept as an article
    versions: Rate  # articles whose page became another text between two looks at it, and those that have versions
    unknown: int  # found URLs that the truth does not know
    examples: Mapping[str, tuple[tuple[str, str], ...]]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def score(
    truth: Iterable[Truth],
    found: Mapping[str, Hashable],
    agencies: Mapping[str, str | None],
    refused: Mapping[str, str],
    *,
    looks: Mapping[str, Looked] | None = None,
    until: str | None = None,
) -> Score:
    """Compare stories by URL (`found`), agencies and refusals with the truth of what was published up to `until` (ISO 8601, UTC).

    URLs are compared without scheme, fragment and tracking parameters. An entry without a link is refused under its feed's URL.
    """
    rows = {_key(row.url): row for row in truth if until is None or row.published <= until}
    stories = {_key(url): story for url, story in found.items()}
    named = {_key(url): agency for url, agency in agencies.items()}
    reasons = {_key(url): str(reason) for url, reason in refused.items()}
    articles = {key: row for key, row in rows.items() if row.expect == ("article",)}
    kept = [row for key, row in articles.items() if key in stories]
    dirt = {key: row for key, row in rows.items() if key not in articles}
    examples: dict[str, list[tuple[str, str]]] = defaultdict(list)
    pairs, ambiguous = _pairs(kept, stories, examples)
    met = 0
    for key, row in dirt.items():
        if reasons.get(key) in row.expect:
            met += 1
        else:
            examples["refusal"].append((row.url, f"{reasons.get(key)}, not {' or '.join(row.expect)}"))
    lost = [key for key in articles if key not in stories]
    examples["refused_article"] = [(articles[key].url, reasons[key]) for key in lost if key in reasons]
    return Score(
        articles=len(articles),
        found=len(kept),
        missing=sum(key not in reasons for key in lost),
        refused_articles=sum(key in reasons for key in lost),
        pairs=pairs,
        ambiguous=ambiguous,
        agencies=_agencies(kept, named, examples),
        credited=_agencies([row for row in kept if row.agency is None or row.credit != "none"], named, None),
        refusals=len(dirt),
        refusals_met=met,
        dirt_kept=sum(key in stories for key in dirt),
        versions=_versions(kept, {_key(url): look for url, look in (looks or {}).items()}, examples),
        unknown=len(stories.keys() - rows.keys()),
        examples={name: tuple(sorted(some)[:SHOWN]) for name, some in sorted(examples.items()) if some},
    )


def _pairs(kept: Sequence[Truth], stories: Mapping[str, Hashable], examples: dict[str, list[tuple[str, str]]]) -> tuple[Rate, int]:
    """Count pairs over (truth, found) cells, so that 50,000 articles cost no more than their cells; ambiguous ones are taken out."""
    said = {row.url: stories[_key(row.url)] for row in kept}
    together = _couples(Counter(row.story for row in kept))
    joined = _couples(Counter(said.values()))
    right = _couples(Counter((row.story, said[row.url]) for row in kept))
    ambiguous = ambiguous_joined = 0
    tellers: dict[str, list[Truth]] = defaultdict(list)
    for row in kept:
        for story in {row.story, *row.also}:
            tellers[story].append(row)
    seen: set[tuple[str, str]] = set()
    for row in kept:
        for other in (other for story in row.also for other in tellers[story]):
            couple = (min(row.url, other.url), max(row.url, other.url))
            if other.story != row.story and couple not in seen:
                seen.add(couple)
                ambiguous += 1
                ambiguous_joined += said[row.url] == said[other.url]
    _show(kept, said, examples, seen)
    return _rate(right, joined - right - ambiguous_joined, together - right), ambiguous


def _show(
    kept: Sequence[Truth],
    said: Mapping[str, Hashable],
    examples: dict[str, list[tuple[str, str]]],
    ambiguous: set[tuple[str, str]],
) -> None:
    """Collect a few pairs that were wrongly joined, and a few that were missed."""
    by_found: dict[Hashable, list[Truth]] = defaultdict(list)
    by_truth: dict[str, list[Truth]] = defaultdict(list)
    for row in kept:
        by_found[said[row.url]].append(row)
        by_truth[row.story].append(row)
    for group in by_found.values():
        firsts = list({row.story: row for row in group}.values())
        wrong = ((a.url, b.url) for a, b in combinations(firsts, 2))
        examples["wrongly_joined"] += [(a, b) for a, b in wrong if (min(a, b), max(a, b)) not in ambiguous]
    for rows in by_truth.values():
        firsts = list({said[row.url]: row for row in rows}.values())
        examples["missed"] += [(firsts[0].url, other.url) for other in firsts[1:]]


def _agencies(rows: Sequence[Truth], named: Mapping[str, str | None], examples: dict[str, list[tuple[str, str]]] | None) -> Rate:
    """Count a name as right if it is the text's agency, or that of another wire which the page holds."""
    right = wrong = missed = 0
    for row in rows:
        name = named.get(_key(row.url))
        good = name is not None and (name == row.agency or name in row.agencies)
        right += good
        wrong += name is not None and not good
        missed += row.agency is not None and not good
        if examples is not None and not good and (name or row.agency):
            examples["agency"].append((row.url, f"{name}, not {row.agency} ({row.credit})"))
    return _rate(right, wrong, missed)


def _versions(rows: Sequence[Truth], looks: Mapping[str, Looked], examples: dict[str, list[tuple[str, str]]]) -> Rate:
    """Compare which texts changed between two looks with which were found to."""
    couples = Counter[tuple[bool, bool]]()
    for row in rows:
        if look := looks.get(_key(row.url)):
            changed, said = any(look.first < at <= look.last for at in row.changed), look.versions > 1
            couples[changed, said] += 1
            if changed != said:
                examples["versions"].append((row.url, f"{look.versions} versions, changed {', '.join(row.changed) or 'never'}"))
    return _rate(couples[True, True], couples[False, True], couples[True, False])


def _couples(sizes: Counter[Any]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def _rate(right: int, wrong: int, missed: int) -> Rate:
    precision = right / (right + wrong) if right + wrong else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Rate(right=right, wrong=wrong, missed=missed, precision=round(precision, 4), recall=round(recall, 4), f1=round(f1, 4))


def _key(url: str) -> str:
    parts = urlsplit(url)
    query = "&".join(part for part in parts.query.split("&") if part and not part.startswith("utm_"))
    return f"{parts.netloc.removesuffix(':80').removesuffix(':443').lower()}{parts.path.rstrip('/')}{'?' + query if query else ''}"
