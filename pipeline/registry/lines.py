"""TOML text -> on which line each block, field and value stands; tomllib does not say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

_FIELD = re.compile(r"\s*[A-Za-z0-9_-]+\s*=")
_HEAD = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(?:#.*)?")


@dataclass(frozen=True, slots=True)
class Lines:
    """One file's lines, and where each `[[table]]` of it begins."""

    text: tuple[str, ...]
    starts: tuple[tuple[str, int], ...]  # (table's name, line number from 1)

    def block(self, table: str, number: int) -> int:
        """Return the line on which the `number`-th (from 0) block of a table begins."""
        of_table = [line for name, line in self.starts if name == table]
        return of_table[number] if number < len(of_table) else 1

    def mention(self, word: str) -> int:
        """Return the first line that begins with a word, as a field or a table."""
        pattern = re.compile(rf"\s*\[*\s*[\"']?{re.escape(word)}\b")
        return next((number for number, line in enumerate(self.text, start=1) if pattern.match(line)), 1)

    def field(self, block: int, field: str) -> int:
        """Return the line of a field inside the block that begins at a line, or the block's own line."""
        pattern = re.compile(rf"\s*[\"']?{re.escape(field)}[\"']?\s*=")
        return next((number for number in self._of(block) if pattern.match(self.text[number - 1])), block)

    def item(self, block: int, field: str, number: int) -> int:
        """Return the line of the `number`-th (from 0) inline table or string of a field's list, written one per line or all on one."""
        start = self.field(block, field)
        inside = takewhile(lambda n: n == start or not _FIELD.match(self.text[n - 1]), range(start, self._of(block).stop))
        opened = [n for n in inside if re.match(r"\s*(?:\{|\"|')", self.text[n - 1])]
        return opened[number] if number < len(opened) else start

    def _of(self, block: int) -> range:
        end = min((line for _, line in self.starts if line > block), default=len(self.text) + 1)
        return range(block, end)


def scan(text: str) -> Lines:
    lines = tuple(text.splitlines())
    heads = ((number, _HEAD.fullmatch(line)) for number, line in enumerate(lines, start=1))
    return Lines(lines, tuple((head[1], number) for number, head in heads if head))
