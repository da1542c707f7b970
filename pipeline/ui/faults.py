"""What went wrong -> a page that says so in words, and what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.machine import place
from pipeline.ui.pages import page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from pipeline.errors import DecisionError

SAID = {
    401: ("You are not logged in.", "Log in to Airflow, then come back."),
    403: (
        "This is not for you.",
        "The page stood open for long, or your login may not do this. Load the page again, or ask who runs Airflow.",
    ),
    404: ("Not here.", "It may have been pruned, or merged into another. The look-up above finds any address."),
    405: ("Not that way.", "Use the buttons of the page."),
}


_COMMANDS = re.compile(r"\./wiredesk|\bmart\.|\bops\.")  # what a hint is about that does not help on a page


def in_words(error: DecisionError) -> str:
    """Return why a person's word was not taken, in whole sentences; what to type at a command line is left out."""
    hint = "Take that back first, on its story’s page, if it is wrong." if error.hint.startswith("Withdraw") else error.hint
    said = [str(error)] if not hint or _COMMANDS.search(hint) else [str(error), hint]
    return " ".join(f"{_begun(one).rstrip('.')}." for one in said)


def _begun(sentence: str) -> str:
    return sentence if "://" in sentence.partition(" ")[0] else sentence[:1].upper() + sentence[1:]


def refused(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    title, hint = SAID.get(status, ("That could not be done.", "Go back and try again."))
    detail = str(getattr(error, "detail", ""))
    return page(request, "fault.html", status=status, title=title, detail="" if status == 401 else detail, hint=hint, back=_back(request))  # noqa: PLR2004  its name


def _back(request: Request) -> str:
    """Return the page of ours whose button was pressed, as the browser names it; the first one, where it does not."""
    root, came = request.scope.get("root_path", ""), urlsplit(request.headers.get("referer", ""))
    if request.method != "POST":
        return ""
    known = came.path.startswith(f"{root}/") and not came.path.startswith("//")
    return came.path + (f"?{came.query}" if came.query else "") if known else f"{root}/"


def no_database(request: Request, error: Exception) -> Response:
    hint = getattr(error, "hint", "") or "Run `./wiredesk doctor`."
    return page(
        request,
        "fault.html",
        status=503,
        title="The database does not answer.",
        detail=str(error),
        hint=place.told(hint, request.app.state.house.settings),
        anchor="the-database-does-not-answer",
    )


def no_answer(request: Request, error: Exception) -> Response:
    detail = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
    hint = "Try again in a minute. If it stays: was the schema brought up to date (`./wiredesk migrate`)?"
    hint = place.told(hint, request.app.state.house.settings)
    return page(request, "fault.html", status=503, title="The database did not answer as it should.", detail=detail, hint=hint)
