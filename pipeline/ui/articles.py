"""An address -> the life of the article, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.requests import Request  # noqa: TC002  FastAPI reads it
from starlette.responses import HTMLResponse  # noqa: TC002  likewise

from pipeline import urls
from pipeline.reasons import MEANING
from pipeline.store import dicts
from pipeline.ui import asked
from pipeline.ui.pages import page, reading

if TYPE_CHECKING:
    from pipeline.store import Connection

routes = APIRouter()


@routes.get("/article", response_model=None)
def article(request: Request) -> HTMLResponse:
    said = asked.word(request, "url")
    told: dict[str, Any] = {"said": said, "one": None, "sightings": [], "refusals": [], "titles": [], "mistake": ""}
    told |= {"host": "", "now": None}
    try:
        address, key, host = urls.plain(said), urls.key(said), urls.host(said)
    except ValueError:
        told["mistake"] = "That is no http or https address." if said else ""
    else:
        with reading(request) as edges:
            told |= {"now": edges.now(), "host": host}
            told |= _known(edges.connection, (said, address), key, host)
    return page(request, "article.html", meaning={reason.value: words for reason, words in MEANING.items()}, **told)


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
