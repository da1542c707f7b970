"""The schema's tables and foreign keys -> docs/tables.svg, a picture of the facts: what refers to what.

A table stands one column to the right of the last of those that it refers to; what refers back to the right (an article's newest version)
is not drawn, nor are kept figures, which have no foreign keys.
"""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING

from pipeline.store.queries import dicts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from psycopg import Connection

LINE, WIDTH, GAP, ACROSS = 15, 178, 18, 92  # pixels: a line, a box, between boxes below and beside each other
MOST = 9  # columns of a table that are named
STYLE = (
    "text{font:11px Menlo,Consolas,monospace;fill:#24292f}.h{font-weight:bold;fill:#fff}.k{font-weight:bold}.m{fill:#6e7781}"
    "rect{fill:#fff;stroke:#8c959f}.t{fill:#0b5c7a;stroke:#0b5c7a}path{fill:none;stroke:#b35900;stroke-width:1.2;opacity:.75}.bg{stroke:none}"
)
Place = tuple[int, int, int]  # left, top, height


def svg(connection: Connection) -> str:
    """Return the picture."""
    links = [(row["child"], row["parent"]) for row in dicts(connection, "dictionary.references")]
    columns = defaultdict(list)
    for column in dicts(connection, "dictionary.columns"):
        if column["schema"] == "core":
            columns[column["relation"]].append((column["name"], column["key"]))
    drawn = {name: columns[name] for name in sorted({name for link in links for name in link})}
    places = _places(drawn, [(child, parent) for child, parent in links if child != parent])
    right = max(left for left, _, _ in places.values()) + WIDTH + GAP
    bottom = max(top + height for _, top, height in places.values()) + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right} {bottom}" width="{right}" height="{bottom}" role="img">',
        f"<title>Tables of schema core and what they refer to</title><style>{STYLE}</style>",
        f'<rect class="bg" width="{right}" height="{bottom}"/>',
        *(_arrow(places[child], places[parent]) for child, parent in links if places[parent][0] < places[child][0]),
    ]
    for name, named in drawn.items():
        parts.extend(_box(name, named, places[name]))
    return "\n".join([*parts, "</svg>\n"])


def _places(drawn: Mapping[str, Sequence[tuple[str, bool]]], links: Sequence[tuple[str, str]]) -> dict[str, Place]:
    depth = dict.fromkeys(drawn, 0)
    for _ in range(4):  # deep enough for ours, and an end where two refer to each other
        for child, parent in links:
            if (parent, child) not in links or child > parent:
                depth[child] = max(depth[child], min(depth[parent] + 1, 4))
    places: dict[str, Place] = {}
    for column in range(max(depth.values()) + 1):
        top = GAP
        members = [name for name in drawn if depth[name] == column]
        for name in sorted(members, key=lambda name: (_middle(name, links, places), name)):
            height = (min(len(drawn[name]), MOST) + (len(drawn[name]) > MOST) + 1) * LINE + 8
            places[name] = (GAP + column * (WIDTH + ACROSS), top, height)
            top += height + GAP
    return places


def _middle(name: str, links: Sequence[tuple[str, str]], places: Mapping[str, Place]) -> float:
    """Return where the tables that it refers to stand: it is put at their height, so that few arrows cross."""
    tops = [places[parent][1] for child, parent in links if child == name and parent in places]
    return sum(tops) / len(tops) if tops else 0.0


def _arrow(child: Place, parent: Place) -> str:
    x, y = child[0], child[1] + LINE // 2 + 2
    to, at = parent[0] + WIDTH, parent[1] + LINE // 2 + 2
    return f'<path d="M{x} {y}C{x - 50} {y} {to + 50} {at} {to} {at}m5 -3l-5 3l5 3"/>'


def _box(name: str, columns: Sequence[tuple[str, bool]], place: Place) -> Iterator[str]:
    left, top, height = place
    yield f'<rect x="{left}" y="{top}" width="{WIDTH}" height="{height}" rx="3"/>'
    yield f'<rect class="t" x="{left}" y="{top}" width="{WIDTH}" height="{LINE + 4}" rx="3"/>'
    yield f'<text class="h" x="{left + 7}" y="{top + LINE - 2}">{escape(name)}</text>'
    for number, (column, key) in enumerate(columns[:MOST], 2):
        yield f'<text{" class=" + chr(34) + "k" + chr(34) if key else ""} x="{left + 7}" y="{top + number * LINE}">{escape(column)}</text>'
    if len(columns) > MOST:
        yield f'<text class="m" x="{left + 7}" y="{top + (MOST + 2) * LINE}">{len(columns) - MOST} more</text>'
