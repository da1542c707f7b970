"""The breadcrumbs that a page gives in JSON-LD (schema.org BreadcrumbList) -> the section under which the article stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline import urls
from pipeline.text import clean, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 5  # words: no section is called by more; the last crumb may be the headline
_HOME_NAMES = "home homepage start startseite accueil inicio início portada principal hem hjem forside etusivu anasayfa főoldal главная"
_HOME = frozenset(_HOME_NAMES.split())


def section(trail: Mapping[str, Any]) -> str:
    """Return the first crumb behind the front page that leads somewhere."""
    items = trail.get("itemListElement")
    crumbs = [(_name(one), _address(one)) for one in (items if isinstance(items, list) else []) if isinstance(one, dict)]
    found = (name for name, address in crumbs if address and not _is_front(name, address) and 0 < len(name.split()) <= LONGEST)
    return next(found, "")


def _name(crumb: dict[str, Any]) -> str:
    item = crumb.get("item")
    name = crumb.get("name") or (item.get("name") if isinstance(item, dict) else "")
    return plain(name) if isinstance(name, str) else ""


def _address(crumb: dict[str, Any]) -> str:
    item = crumb.get("item")
    address = (item.get("@id") or item.get("url")) if isinstance(item, dict) else item
    return clean(address) if isinstance(address, str) else ""


def _is_front(name: str, address: str) -> bool:
    return name.lower() in _HOME or ("//" in address and urls.is_home(address))
