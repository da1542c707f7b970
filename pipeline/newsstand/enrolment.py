"""Titles and agencies -> a registry folder, so that the product reads the newsstand like any registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.registry.writing import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pipeline.records import Agency, Title


def enrol(folder: Path, titles: Iterable[Title], agencies: Iterable[Agency] | str) -> None:
    """Write `agencies.toml` (records, or the text of another registry's) and `titles/<country>.toml`."""
    (folder / "titles").mkdir(parents=True, exist_ok=True)
    text = agencies if isinstance(agencies, str) else "\n".join(_block("agency", _agency(agency)) for agency in agencies)
    (folder / "agencies.toml").write_text(text, encoding="utf-8")
    countries: dict[str, list[str]] = {}
    for title in titles:
        countries.setdefault(title.country, []).append(_block("title", _title(title)))
    for country, blocks in countries.items():
        (folder / "titles" / f"{country}.toml").write_text("\n".join(blocks), encoding="utf-8")


def _title(title: Title) -> dict[str, Any]:
    block: dict[str, Any] = {
        name: getattr(title, name) for name in ("key", "name", "owner", "country", "language", "kind", "domains", "agency", "weight")
    }
    feeds = [{"url": feed.url, "kind": feed.kind, "section": feed.section} for feed in title.feeds]
    return block | {"feeds": feeds}


def _agency(agency: Agency) -> dict[str, Any]:
    block: dict[str, Any] = {
        name: getattr(agency, name) for name in ("key", "name", "aliases", "languages", "country", "domains", "signoffs")
    }
    example = {"text": "The bridge will open on Friday, the council said.", "byline": agency.name, "expect": "full"}
    return block | {"examples": agency.examples or [example]}


def _block(name: str, fields: Mapping[str, Any]) -> str:
    lines = [f"{field} = {value(said)}" for field, said in fields.items() if said is not None]
    return "\n".join((f"[[{name}]]", *lines, ""))
