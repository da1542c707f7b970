"""What a language's names are made of, and chance -> names of titles, of their owners, and the keys that they go by."""

from __future__ import annotations

import random
import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping, Sequence

# Shares
KNOWN_PLACE = 0.5  # of titles; the others are in a place made of syllables
DOUBLE_NAME = 0.7  # of owners


def title(rng: random.Random, names: Mapping[str, Any], masthead: str) -> tuple[str, str]:
    """Return what a title is called, and its city. `masthead` has a slot for the place."""
    city = rng.choice(names["places"]) if rng.random() < KNOWN_PLACE else "".join(rng.choice(part) for part in names["syllables"])
    return masthead.format(place=city), city


def owner(language: str, number: int, names: Mapping[str, Any]) -> str:
    """Return the owner of that number, who is the same for every title of hers."""
    rng = random.Random(f"{language}/owner/{number}")
    return str(rng.choice(names["owners"])).format(name=_surname(rng, names))


def person(rng: random.Random, names: Mapping[str, Any]) -> str:
    return f"{rng.choice(names['first'])} {rng.choice(names['last'])}"


def slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("'", "-")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def owed(shares: Mapping[str, int], known: Counter[str]) -> str:
    """Return what is furthest behind its share: dealt like this, a few have everything in proportion."""
    return max(shares, key=lambda one: shares[one] * (known.total() + 1) / sum(shares.values()) - known[one])


def shuffled(seed: str, some: Sequence[str]) -> list[str]:
    return random.Random(seed).sample(some, len(some))


def _surname(rng: random.Random, names: Mapping[str, Any]) -> str:
    """Return a surname; a second one is joined so that hundreds of owners stay apart."""
    return f"{rng.choice(names['last'])}-{rng.choice(names['last'])}" if rng.random() < DOUBLE_NAME else str(rng.choice(names["last"]))
