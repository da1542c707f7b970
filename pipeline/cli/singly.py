"""What a single poll, fetch or reading gave -> data to print, or lines for people."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from pipeline.records import Answer, Article, Reading, Refusal
from pipeline.text import clean, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeline.cli.single import Fetched, Polled
    from pipeline.web.asker import Ruling

LONGEST = 300  # characters of what a refusal says
SHOWN = 5  # paragraphs of a text that people are shown


def polled(found: Polled) -> dict[str, Any]:
    """Return what a poll gave. Validators and a new address are those that the next poll would use."""
    answer, reading = found.answer, found.reading
    kept = isinstance(answer, Answer) and (reading is None or (isinstance(reading, Reading) and reading.complete))
    headers: Mapping[str, str] = answer.headers if kept and isinstance(answer, Answer) else {}
    whole = isinstance(answer, Answer) and isinstance(reading, Reading)
    return {
        "url": found.url,
        "at": found.at,
        **_outcome(found.refusal, "read" if reading else "unchanged"),
        **_web(answer),
        "moved_to": answer.moved_to if whole and isinstance(answer, Answer) else None,
        "etag": headers.get("etag"),
        "last_modified": headers.get("last-modified"),
        "robots": _robots(found.robots),
        "title": found.title,
        "domains": found.domains,
        **_reading(reading),
        "next_poll": {
            "at": found.next_poll_at,
            "state": found.rhythm.state,
            "interval_seconds": found.rhythm.interval,
            "failures": found.rhythm.failures,
        },
        "seconds": round(found.seconds, 3),
    }


def fetched(found: Fetched) -> dict[str, Any]:
    """Return what a fetch gave, and the article or the reason why there is none."""
    refusal = found.article if isinstance(found.article, Refusal) else None
    answer = found.answer
    return {
        "url": found.url,
        "at": found.at,
        **_outcome(refusal, "read"),
        **_web(answer),
        "moved_to": answer.moved_to if isinstance(answer, Answer) else None,
        "content_type": answer.headers.get("content-type") if isinstance(answer, Answer) else None,
        "robots": _robots(found.robots),
        "title": found.title,
        "article": None if isinstance(found.article, Refusal) else asdict(found.article),
        "next_try_at": found.next_try_at,
        "seconds": round(found.seconds, 3),
    }


def reading(found: Reading | Refusal) -> dict[str, Any]:
    """Return what a feed says, each entry with all that is known of it."""
    refusal = found if isinstance(found, Refusal) else None
    entries = [asdict(entry) for entry in found.entries] if isinstance(found, Reading) else []
    return _outcome(refusal, "read") | _reading(found) | {"entries": entries}


def show(data: Mapping[str, Any], *, as_json: bool) -> None:
    """Print it as data (times in ISO 8601, spans in seconds, keys in hexadecimal), or for people."""
    written = printable(json.dumps(data, ensure_ascii=False, indent=1, default=_plain))
    if as_json:
        print(written)
        return
    console = Console(highlight=False, soft_wrap=True)
    for line in _lines(json.loads(written)):
        console.print(Text(line))


def _robots(ruling: Ruling | None) -> dict[str, Any] | None:
    return asdict(ruling) | {"allowed": ruling.allowed} if ruling else None


def _outcome(refusal: Refusal | None, otherwise: str) -> dict[str, Any]:
    return {"outcome": f"refused:{refusal.reason}" if refusal else otherwise, "detail": clean(refusal.detail, LONGEST) if refusal else ""}


def _web(answer: Answer | Refusal) -> dict[str, Any]:
    body = answer.body if isinstance(answer, Answer) else b""
    return {"status": answer.status, "final_url": answer.url, "bytes": len(body), "retry_after_seconds": answer.retry_after}


def _reading(found: Reading | Refusal | None) -> dict[str, Any]:
    if not isinstance(found, Reading):
        return {"form": None, "complete": None, "language": None, "seen": 0, "entries": [], "refusals": []}
    return {
        "form": found.form,
        "complete": found.complete,
        "language": found.language,
        "seen": len(found.entries) + len(found.refusals),
        "entries": [{"rank": e.rank, "url": e.url, "headline": e.headline, "published": _moment(e.published)} for e in found.entries],
        "refusals": [{"reason": r.reason, "detail": r.detail, "url": r.url} for r in found.refusals],
    }


def _moment(moment: Any) -> dict[str, Any] | None:
    return asdict(moment) if moment else None


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case bytes():
            return value.hex()
    raise TypeError(f"{type(value).__name__} is no data")


def _lines(data: Mapping[str, Any]) -> Iterator[str]:
    yield f"{data['outcome']}" + (f": {data['detail']}" if data["detail"] else "")
    for name in ("status", "final_url", "moved_to", "bytes", "form", "language", "title", "etag", "last_modified", "seconds"):
        if data.get(name) is not None:
            yield f"  {name:<14}{data[name]}"
    if data.get("robots"):
        yield f"  {'robots':<14}{data['robots']['decision']} by {data['robots']['address']}"
    if "next_poll" in data:
        yield f"  {'next poll':<14}{data['next_poll']['at']}, {data['next_poll']['state']}"
    for entry in data.get("entries", ()):
        yield f"{entry['rank']:>4}  {entry['published']['at'] if entry['published'] else '-':<26} {entry['headline']}\n      {entry['url']}"
    for refusal in data.get("refusals", ()):
        yield f"   ✗  {refusal['reason']}: {refusal['detail']}  {refusal['url'] or ''}".rstrip()
    if data.get("article"):
        yield from article(data["article"])


def dumped(found: Article) -> str:
    return json.dumps(asdict(found), ensure_ascii=False, default=_plain)


def article(article: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines by which an article is shown to people."""
    yield f"\n{article['headline']}\n"
    for name in ("access", "words", "language", "method", "section"):
        yield f"  {name:<14}{article[name]}"
    yield f"  {'authors':<14}{', '.join(article['authors'])}"
    yield f"  {'published':<14}{article['published']['at'] if article['published'] else '-'}"
    for name, label in (("copyright_holder", "copyright"), ("licence", "licence")):
        if article[name]:
            yield f"  {label:<14}{article[name]}"
    for credit in article["credits"]:
        yield f"  {'credit':<14}{credit['agency']}, {credit['extent']}, {credit['confidence']:.2f}: {credit['evidence']}"
    paragraphs = article["text"].split("\n\n")
    yield "\n" + "\n\n".join((*paragraphs[:SHOWN], *(["…"] if len(paragraphs) > SHOWN else [])))
