"""Texts whose stories are known -> their candidate pairs, compared, with the plain rule's level and what a score could weigh.

Reads ../shared/data/copies as copies.py does, and invented news. For copies_learned.py.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import copies, copies_kinds, copies_languages, copies_news, copies_scores
from pipeline.newsstand import texts
from pipeline.stories import candidates, matches
from pipeline.stories.signatures import BOILERPLATE, sign
from pipeline.stories.words import NAME, NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.records import Match, Signature

    Pair = tuple[int, int]
    Parts = dict[str, list["Part"]]

EVIDENCE = (
    "told",
    "least share",
    "lead",
    "log longest",
    "differing",
    "brief",
    "not told, brief",
    "log shared",
    "differing, later",
    "not told, far",
)
FACTS = ("facts kept", "facts of the longer kept", "numbers kept", "words kept", "subject kept", "rare kept")
SUBJECT = 12  # words in which a brief names what it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Compared texts whose stories are known."""

    docs: Sequence[Mapping[str, Any]]
    found: Sequence[Match]  # each with the level that the plain rule gives
    features: np.ndarray
    hours: np.ndarray
    true: set[Pair]
    ignored: set[Pair]


def read(
    docs: Sequence[Mapping[str, Any]], signed: Mapping[int, Signature], pairs: Iterable[Pair], true: set[Pair],
    *, at: Mapping[int, datetime] | None = None, ignored: Iterable[Pair] = (),
) -> Part:  # fmt: skip
    held = Counter(token for signature in signed.values() for token in set(signature.tokens))
    weight = {token: math.log(len(signed) / times) for token, times in held.items()}
    said = {article: _said(signature) for article, signature in signed.items()}
    found, rows, hours = [], [], []
    for left, right in sorted(pairs):
        apart = at[right] - at[left] if at else None
        if match := matches.measure(signed[left], signed[right], pair=(left, right)):
            hours.append(abs(apart.total_seconds()) / 3600 if apart else 0.0)
            found.append(replace(match, level=matches.judge(match, apart=apart)))
            rows.append(_evidence(match, hours[-1]) + _facts(match, said, weight))
    return Part(docs=docs, found=found, features=np.array(rows), hours=np.array(hours), true=true, ignored=set(ignored))


def _evidence(match: Match, hours: float) -> list[float]:
    brief = min(match.left_words, match.right_words) < matches.Policy().brief
    later, far = hours > 12, hours > 47
    least, missing = min(match.left_in_right, match.right_in_left), 1 - match.told
    return [match.told, least, match.lead, math.log(match.longest), match.differing, brief, brief * missing, math.log1p(match.shared),
            later * match.differing, far * missing]  # fmt: skip


def _facts(match: Match, said: Mapping[int, Said], weight: Mapping[int, float]) -> list[float]:
    """Return what of the shorter text's numbers, names, words and rare words stands anywhere in the other."""
    short, long = said[match.left], said[match.right]
    if match.left_words > match.right_words:
        short, long = long, short
    subject = max(_kept(short.subjects, long.words), _kept(long.subjects, short.words)) if short.subjects and long.subjects else 1.0
    rare = sum(weight[token] for token in short.words & long.words) / (sum(weight[token] for token in short.words) or 1.0)
    facts = _kept(short.facts, long.words), _kept(long.facts, short.words), _kept(short.numbers, long.words)
    return [*facts, _kept(short.words, long.words), subject, rare]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The different words of a text that are no boilerplate."""

    words: frozenset[int]
    numbers: frozenset[int]
    facts: frozenset[int]  # numbers and names
    subjects: frozenset[int]  # names in its beginning


def _said(signature: Signature) -> Said:
    told = [(token, flag) for token, flag in zip(signature.tokens, signature.flags, strict=True) if not flag & BOILERPLATE]
    return Said(
        words=frozenset(token for token, _ in told),
        numbers=frozenset(token for token, flag in told if flag & NUMBER),
        facts=frozenset(token for token, flag in told if flag & (NUMBER | NAME)),
        subjects=frozenset(token for token, flag in told[:SUBJECT] if flag & NAME),
    )


def _kept(some: frozenset[int], others: frozenset[int]) -> float:
    return len(some & others) / len(some) if some else 1.0


def agency() -> tuple[Part, Part]:
    docs = copies.read("reuters_items")
    at = {doc["id"]: datetime.strptime(doc["date"].strip().split(".")[0].title(), "%d-%b-%Y %H:%M:%S").replace(tzinfo=UTC) for doc in docs}
    docs.sort(key=lambda doc: (at[doc["id"]], doc["id"]))
    listed = copies.read("reuters_pairs")

    def half(some: Sequence[Mapping[str, Any]]) -> Part:
        place = {doc["id"]: here for here, doc in enumerate(some)}
        labels: dict[str, set[Pair]] = defaultdict(set)
        for pair in listed:
            if pair["a"] in place and pair["b"] in place:
                left, right = sorted((place[pair["a"]], place[pair["b"]]))
                labels[pair["label"]].add((left, right))
        times = {here: at[doc["id"]] for here, doc in enumerate(some)}
        signed = {here: sign(doc["text"], "en", seed=copies.SEED) for here, doc in enumerate(some)}
        pairs = candidates.pairs({here: signature.sample for here, signature in signed.items()}, times)
        return read(some, signed, pairs, labels["same"], at=times, ignored=labels["ignore"])

    return half(docs[: len(docs) // 2]), half(docs[len(docs) // 2 :])


def editorial(*, odd: bool) -> Part:
    docs = [doc for doc in copies.read("editorial_edits") if copies.odd(doc) == odd]
    measured = copies.measure(docs)
    return read(docs, measured.signed, measured.candidates, copies_scores.true_pairs([doc["cluster"] for doc in docs]))


def real() -> Part:
    docs = copies.read("real_copies_docs")
    place = {doc["id"]: here for here, doc in enumerate(docs)}
    labels = {(min(pair), max(pair)): label for *pair, label in ((place[one["a"]], place[one["b"]], one["label"])
              for one in copies.read("real_copies_pairs"))}  # fmt: skip
    return read(docs, copies.measure(docs).signed, labels, {pair for pair, label in labels.items() if label == "same_wire"})


def told(some: Sequence[copies_news.Told], *, kind: bool) -> Part:
    """Return invented news; of one kind nothing is learnt of any title, and every pair is compared, as in copies_kinds.py."""
    signed = {here: sign(one.text, one.language, seed=7) for here, one in enumerate(some)} if kind else copies_languages.sign(some)
    at = {here: one.at for here, one in enumerate(some)}
    samples = {here: signature.sample for here, signature in signed.items()}
    pairs = candidates.pairs(samples, policy=candidates.Policy(hot=10_000)) if kind else candidates.pairs(samples, at)
    docs = [{"id": one.id, "text": one.text} for one in some]
    return read(docs, signed, pairs, copies_scores.true_pairs([one.story for one in some]), at=at)


def invented(seed: int, *, looked_at: bool) -> Parts:
    kinds = [
        told(list(copies_kinds.filled(one)), kind=True)
        for one in texts.read(copies_kinds.HERE).templates
        if copies_kinds.looked_at(one) == looked_at
    ]
    world = list(copies_news.corpus(copies_languages.SIZE, seed))
    return {
        "kinds": kinds,
        **{language: [told([one for one in world if one.language == language], kind=False)] for language in copies_languages.LANGUAGES},
    }


def everything(fitted: int, reported: int) -> tuple[Parts, Parts]:
    """Return what to fit to and what to report; the numbers are the seeds of their invented worlds."""
    earlier, later = agency()
    return (
        {"agency": [earlier], "editorial": [editorial(odd=False)], **invented(fitted, looked_at=True)},
        {"agency": [later], "editorial": [editorial(odd=True)], "real": [real()], **invented(reported, looked_at=False)},
    )
