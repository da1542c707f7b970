"""A title's habit, a headline and a number -> the URL of a piece."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.newsstand.cast import House

_LONGEST = 60  # of a slug


def address(house: House, *, headline: str, section: str, number: int, published: datetime) -> str:
    """Return an address of the house's form, on its www host."""
    slug = _slug(headline)
    match house.habits.address:
        case "dated":
            path = f"/{published:%Y/%m/%d}/{slug}-{number}"
        case "numbered":
            path = f"/news/{number}-{slug}.html"
        case "section":
            path = f"/{section}/{slug}_{number}/"
        case "query":
            path = f"/article.php?id={number}&section={section}"
        case _:
            path = f"/a/{number:x}{len(slug):x}"
    return f"http://{host(house)}{path}"


def host(house: House) -> str:
    return f"www.{house.title.domains[0]}"


def _slug(headline: str) -> str:
    plain = unicodedata.normalize("NFKD", headline.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:_LONGEST].rstrip("-")
