"""The markup of a page that shows no text -> the text that its scripts carry for the browser to draw, as a piece of HTML.

Sites that draw their pages in the browser send the article as data: JSON in a script of its own (Next.js, Nuxt), JSON given to a variable,
or the strings of React's stream. In it the text is HTML of several paragraphs, or a list of nodes of which each is one.
"""

from __future__ import annotations

import json
import re
from itertools import chain
from typing import TYPE_CHECKING, Any

from pipeline.articles.body import key
from pipeline.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEAST = 3  # paragraphs: fewer are a teaser, a footer, a biography
LETTERS = 600  # of a text
SOLID = 40  # letters that a text and what the page says of it have in common
WORD = 4  # letters of a word that tells texts apart; half as many in other scripts
ABOUT = 0.4  # share of a headline's words that its text has
MAX_DATA = 2_000_000  # characters of a script that is read
MAX_LINE = 2000  # values of one paragraph's node
MAX_NODES = 200_000  # values of one page's data

_SCRIPT = re.compile(r"<script\b([^>]{0,500})>", re.IGNORECASE)
_PUSHED = re.compile(r'__next_f\.push\(\[1,\s*("(?:[^"\\]|\\.)*")\]\)')
_ROW = re.compile(r"(?:^|\n|(?<=>))[0-9a-f]{1,4}:(?:T[0-9a-f]+,|[A-Z]{1,2}(?=[\[{\"])|(?=[\[{\"]))")
_PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)
_ASSIGNED = re.compile(r"^[\w$.\[\]\"'\s]{1,200}=\s*(?=[\[{])")
_COMMAND = re.compile(r"\{/?[a-z][\w-]{0,30}\}")  # of a site's own template: "{/p}"
_TYPES = frozenset({"paragraph", "p", "text"})
_INSIDE = ("value", "text", "content", "children", "html", "body")


def find(markup: str, *, shown: Sequence[str], description: str, headline: str) -> str:
    """Return the text's HTML; nothing where no data hold one. `shown` are the page's paragraphs, `description` what it says of itself."""
    known = [key(one)[:SOLID] for one in (*shown, description) if len(key(one)) >= SOLID]
    best, most = "", (False, LETTERS)
    for offer in chain.from_iterable(map(_texts, _data(markup))):
        said = key(plain(offer))
        rank = (any(one in said for one in known), len(said))
        if rank > most and (rank[0] or (not shown and _is_about(said, headline))):
            best, most = offer, rank
    return _COMMAND.sub("", best)


def _is_about(said: str, headline: str) -> bool:
    """Say whether a text has the words of a headline, or enough of them."""
    words = [word for word in map(key, headline.split()) if len(word) >= (WORD if word.isascii() else WORD // 2)]
    return sum(word in said for word in words) >= max(1, ABOUT * len(words))


def shown_with(markup: str, text: str) -> str:
    """Return the page as the browser would draw it, more or less: with the text at its end."""
    end = markup.rfind("</body")
    end = len(markup) if end < 0 else end
    return f"{markup[:end]}<article>{text}</article>{markup[end:]}"


def _data(markup: str) -> Iterator[Any]:
    """Yield what the scripts carry, as values or as strings."""
    pushed, place = [], 0
    while (begin := _SCRIPT.search(markup, place)) and (end := markup.find("</script", begin.end())) >= 0:
        place, code = end, markup[begin.end() : end].strip()
        if "__next_f.push" in code[:200]:
            pushed += [_load(one) for one in _PUSHED.findall(code[:MAX_DATA])]
        elif "ld+json" in begin[1].lower() or not LETTERS <= len(code) <= MAX_DATA:
            continue
        elif code[0] in "[{":
            yield _load(code)
        elif assigned := _ASSIGNED.match(code):
            yield _load(code[assigned.end() :], ends=False)
    for row in _ROW.split("".join(one for one in pushed if isinstance(one, str))):
        yield _load(row) if row[:1] in {"[", "{"} else row


def _load(code: str, *, ends: bool = True) -> Any:
    try:
        return json.loads(code) if ends else json.JSONDecoder().raw_decode(code)[0]
    except (ValueError, RecursionError):
        return None


def _texts(data: Any) -> Iterator[str]:
    """Yield every text that a value holds; without recursion, for data may nest as they like."""
    waiting, seen = [data], 0
    while waiting and (seen := seen + 1) < MAX_NODES:
        value = waiting.pop()
        if isinstance(value, str):
            if len(value) >= LETTERS and len(_PARAGRAPH.findall(value)) >= LEAST:
                yield value
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
            lines = [_line(node) for node in value if isinstance(node, dict) and str(node.get("type")).lower() in _TYPES]
            if sum(map(bool, lines)) >= LEAST:
                yield "".join(f"<p>{line}</p>" for line in lines if line)


def _line(node: dict[str, Any]) -> str:
    """Return what one paragraph among such nodes says."""
    waiting: list[Any] = [node]
    said: list[str] = []
    for _ in range(MAX_LINE):
        value = waiting.pop(0) if waiting else None
        if isinstance(value, str):
            said.append(value)
        elif isinstance(value, list):
            waiting = [*value, *waiting]
        elif isinstance(value, dict):
            waiting = [*(value[name] for name in _INSIDE if name in value), *waiting]
    return "".join(said).strip()
