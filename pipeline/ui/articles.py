"""An address, or words of a headline -> the life of the article, or why there is none."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request  # noqa: TC002  FastAPI reads it
from starlette.responses import HTMLResponse, RedirectResponse

from pipeline import urls
from pipeline.reasons import MEANING
from pipeline.store import dicts
from pipeline.ui import asked
from pipeline.ui.pages import page, reading

if TYPE_CHECKING:
    from pipeline.store import Connection

routes = APIRouter()
LISTED = 30
FEWEST = 3  # letters to look for
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(//.*|\S*)", re.IGNORECASE)
_BARE = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?/\S*")  # an address without its scheme
READ_BY = {  # method of core.article_version -> in words
    "dense": "found on its page where the paragraphs stand closest together",
    "json-ld": "found on its page by what the page says of itself to machines (JSON-LD)",
    "script-data": "found on its page among the data of its scripts",
    "feed": "taken from the feed, which has all of it",
    "trafilatura": "found on its page by trafilatura",
    "trafilatura-fast": "found on its page by trafilatura",
    "trafilatura-precision": "found on its page by trafilatura",
}


@routes.get("/article", response_model=None)
def article(request: Request) -> HTMLResponse | RedirectResponse:
    said = asked.word(request, "url")
    if said and not _SCHEME.fullmatch(said) and not _BARE.fullmatch(said):
        return _named(request, said)
    told: dict[str, Any] = {"said": said, "one": None, "sightings": [], "refusals": [], "titles": [], "mistake": ""}
    told |= {"host": "", "now": None}
    whole = f"https://{said}" if _BARE.fullmatch(said) else said
    try:
        address, key, host = urls.plain(whole), urls.key(whole), urls.host(whole)
    except ValueError:
        told["mistake"] = "That is no http or https address." if said else ""
    else:
        with reading(request) as edges:
            told |= {"now": edges.now(), "host": host}
            told |= _known(edges.connection, (whole, address), key, host)
    return page(request, "article.html", meaning=_meanings(), read_by=READ_BY, **told)


def _named(request: Request, said: str) -> HTMLResponse | RedirectResponse:
    """Return the articles whose headline has these words; the only one itself, if it has an address."""
    words = _words(said)
    enough = sum(map(str.isalnum, said)) >= FEWEST
    with reading(request) as edges:
        now = edges.now()
        rows = dicts(edges.connection, "ui.lookup_words", **_wanted(words), limit=LISTED + 1) if enough else []
    if len(rows) == 1 and rows[0]["url"]:
        return RedirectResponse(f"{request.scope.get('root_path', '')}/article?{urlencode({'url': rows[0]['url']})}", 303)
    return page(request, "named.html", now=now, said=said, enough=enough, rows=rows[:LISTED], more=len(rows) > LISTED, meaning=_meanings())


def _words(said: str) -> list[str]:
    """Return the words of what was typed, each once: letters with their marks and digits, whatever stands between them."""
    plain = unicodedata.normalize("NFC", said)
    return list(dict.fromkeys("".join(sign if sign.isalnum() or unicodedata.category(sign)[0] == "M" else " " for sign in plain).split()))


def _wanted(words: list[str]) -> dict[str, Any]:
    """Return what finds them: a word may be part of a longer one, but one or two letters or digits stand alone ("10" is not in "2010")."""
    alone = "(^|[^[:alnum:]]){}([^[:alnum:]]|$)"
    likes = [f"%{word}%" for word in sorted(words, key=len, reverse=True)]
    first, second, third = [*likes, "%", "%", "%"][:3]
    patterns = [alone.format(word) if word.isascii() and len(word) < FEWEST else word for word in words]
    return {"words": patterns, "said": " ".join(words), "first": first, "second": second, "third": third}


def _meanings() -> dict[str, tuple[str, str]]:
    return {reason.value: words for reason, words in MEANING.items()}


def _known(connection: Connection, addresses: tuple[str, str], key: bytes, host: str) -> dict[str, Any]:
    found = dicts(connection, "ui.lookup", url_key=key)
    one = found[0] if found else None
    name = host.partition(":")[0]
    domains = [name.split(".", cut)[-1] for cut in range(name.count("."))]
    return {
        "one": one,
        "sightings": dicts(connection, "ui.lookup_sightings", article_id=one["article_id"]) if one else [],
        "refusals": dicts(connection, "ui.lookup_refusals", article_id=one["article_id"] if one else None, urls=list(addresses)),
        "titles": [] if one else dicts(connection, "ui.lookup_title", domains=domains),
    }
