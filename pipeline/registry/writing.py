"""A Title -> its block as the registry has it. What is not known is empty and marked TODO; `titles check` takes no empty field."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipeline.registry.codes import KINDS

if TYPE_CHECKING:
    from pipeline.records import Feed, Title

TODO = {
    "name": "what it is called",
    "owner": "who owns it",
    "country": "two letters of ISO 3166-1",
    "language": "two letters of ISO 639-1",
    "kind": f"one of {', '.join(sorted(KINDS))}",
    "domains": "where its articles are",
}


def block(title: Title) -> str:
    """Return the block, its feeds a line each."""
    lines = ["[[title]]"]
    for field in ("key", "name", "owner", "country", "language", "kind", "domains"):
        said = getattr(title, field)
        lines.append(f"{field} = {value(said)}" + ("" if said else f"  # TODO: {TODO.get(field, 'choose one')}"))
    lines += [f"agency = {value(title.agency)}"] if title.agency else []
    lines += [f"weight = {title.weight}"] if title.weight else []
    lines += ["feeds = [", *(f"  {feed(one)}," for one in title.feeds), "]", ""]
    return "\n".join(lines)


def feed(one: Feed) -> str:
    """Return a feed as it stands in a title's list."""
    return value({"url": one.url, "kind": None if one.kind == "feed" else one.kind, "section": one.section or None})


def value(said: Any) -> str:
    """Return a value as TOML. JSON's strings, numbers and lists are TOML's, but for the one character that TOML wants escaped."""
    if isinstance(said, dict):
        inside = ", ".join(f"{name} = {value(part)}" for name, part in said.items() if part is not None)
        return f"{{ {inside} }}"
    if isinstance(said, list | tuple):
        return f"[{', '.join(map(value, said))}]"
    return json.dumps(said, ensure_ascii=False).replace("\x7f", "\\u007f")
