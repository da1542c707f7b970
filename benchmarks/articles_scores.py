"""An article and what is known of its page -> scores by field: 1 or 0, or a share. Gold that does not say something scores nothing.

F1 is of word bags, as in the guide's baseline; soft hyphens and the like are taken out of gold and of every contender's text alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dateutil import parser as dates

from pipeline.articles.body import key
from pipeline.text import printable

if TYPE_CHECKING:
    from pipeline.records import Article

LONG = 30  # characters of a caption, from which it is none by chance
READ = 0.9  # F1 from which a text was read whole
_TYPE = str.maketrans(dict.fromkeys("‘’‚‛′`´", "'") | dict.fromkeys("“”„‟«»‹›″", '"') | dict.fromkeys("‐‑‒–—―−", "-"))
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]|[^\W_]+")


def f1(found: str, gold: str) -> float:
    left, right = (Counter(_WORD.findall(printable(text).lower())) for text in (found, gold))
    return 2 * (left & right).total() / max(1, left.total() + right.total())


def text(name: str, found: str, gold: dict[str, Any]) -> dict[str, float]:
    """Score a contender's text."""
    if not gold.get("body"):
        return {}
    score = f1(found, gold["body"])
    lead = key(printable(gold["body"].strip()))[:40]
    scores = {f"{name} f1": score, f"{name} under .8": score < 0.8, f"{name} lead kept": lead in key(printable(found))}
    if captions := _captions(gold):
        scores[f"{name} captions leaked"] = any(key(caption) in key(found) for caption in captions)
    return scores


def facts(article: Article, gold: dict[str, Any]) -> dict[str, float]:
    """Score what is said of an article beside its text."""
    found: dict[str, float] = {}
    if gold.get("title"):
        found["title exact"] = typeset(article.headline) == typeset(gold["title"])
    if gold.get("authors"):
        found["authors exact"] = {*map(key, article.authors)} == {*map(key, gold["authors"])}
    if (said := gold.get("date")) and said != "NaT":
        found |= _times(article, dates.parse(said))
    if gold.get("body") and f1(article.text, gold["body"]) >= READ and len(gold["body"].split()) >= 150:
        found["access: whole text is full"] = article.access == "full"
    return found | _images(article, gold)


def typeset(headline: str) -> str:
    """Return a headline without case and without what only setting differs in: quotes, dashes, spaces, wide forms. Other signs count."""
    return " ".join(unicodedata.normalize("NFKC", printable(headline)).casefold().translate(_TYPE).split())


def _captions(gold: dict[str, Any]) -> list[str]:
    body = key(gold.get("body") or "")
    said = [image.get("caption") or "" for image in gold.get("images") or []]
    return [caption for caption in said if len(caption) > LONG and key(caption) not in body]


def _images(article: Article, gold: dict[str, Any]) -> dict[str, float]:
    """Score captions and credits: recall over those that the gold has; precision over ours, on pages whose gold has any."""
    images = gold.get("images") or []
    captions = [key(caption) for image in images if (caption := image.get("caption") or "") and len(caption) > LONG]
    every = [key(f"{image.get('caption') or ''} {image.get('description') or ''}") for image in images]
    credited = [key(name) for image in images for name in image.get("authors") or [] if len(key(name)) > 1]
    ours = [key(image.caption) for image in article.images if len(image.caption) > LONG]
    named = [key(image.credit) for image in article.images if image.credit]
    scores: dict[str, float] = {}
    if captions:
        scores["captions recall"] = sum(any(_same(one, other) for other in ours) for one in captions) / len(captions)
        if ours:
            scores["captions precision"] = sum(any(_same(one, other) for other in every) for one in ours) / len(ours)
    if credited:
        scores["credits recall"] = sum(any(one in other or other in one for other in named) for one in credited) / len(credited)
        if named:
            known = [*credited, *every]
            scores["credits precision"] = sum(any(one in other or other in one for other in known if other) for one in named) / len(named)
    return scores


def _same(one: str, other: str) -> bool:
    return bool(one and other) and (one[:60] in other or other in one)


def _times(article: Article, gold: datetime) -> dict[str, float]:
    """Judge a time: gold without a zone is right in any zone, gold of midnight sharp is a day."""
    if article.published is None:
        return {"day": 0, "instant within 60 s": 0}
    apart = (article.published.at - (gold if gold.tzinfo else gold.replace(tzinfo=UTC))).total_seconds()
    clock = bool(gold.hour or gold.minute or gold.second)
    day = article.published.at.date() == (gold.astimezone(UTC) if gold.tzinfo and clock else gold).date()
    if not gold.tzinfo:
        apart = min(apart % 900, -apart % 900) if abs(apart) <= 14 * 3600 else apart
    exact = article.published.precision != "day" and abs(apart) <= 60
    scores: dict[str, float] = {"day": day or exact}
    if clock:
        scores["instant within 60 s"] = exact
    return scores
