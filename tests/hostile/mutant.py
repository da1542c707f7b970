"""A guard's name -> this process without it: its modules are changed as they are imported. Run as a module or as a plugin of pytest.

python -m hostile.mutant GUARD DATABASE FOLDER    plays the guard's cases; exit code 2 if one fails, 0 if nobody has noticed
WIREDESK_MUTANT=GUARD python -m pytest -p hostile.mutant TESTS
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hostile.mutations import MUTATIONS, ROOT, mutated, named

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from hostile.mutations import Edit

GUARD = "WIREDESK_MUTANT"
NOTICED = 2
_read_bytes = Path.read_bytes


class _Loader(importlib.machinery.SourceFileLoader):
    edits: tuple[Edit, ...] = ()

    def get_code(self, fullname: str) -> Any:
        path = Path(self.get_filename(fullname))
        text = mutated(self.edits, str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
        return compile(text, str(path), "exec")


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, edits: tuple[Edit, ...]) -> None:
        self._edits = edits

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> Any:
        file = f"{name.replace('.', '/')}.py"
        if all(file != edited for edited, _, _ in self._edits):
            return None
        found = importlib.machinery.PathFinder.find_spec(name, path, target)
        if found is None or found.origin is None:
            return None
        loader = _Loader(name, found.origin)
        loader.edits = self._edits
        return importlib.util.spec_from_file_location(name, found.origin, loader=loader)


def install(guard: str) -> None:
    """Switch a guard off for all that is imported and read from now on."""
    edits = named(guard).edits
    late = [file for file, _, _ in edits if file.removesuffix(".py").replace("/", ".") in sys.modules]
    assert not late, f"imported already: {late}"
    sys.meta_path.insert(0, _Finder(edits))

    def read_bytes(path: Path) -> bytes:
        found = _read_bytes(path)
        file = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else ""
        return mutated(edits, file, found.decode()).encode() if file.endswith(".sql") else found

    Path.read_bytes = read_bytes  # type: ignore[method-assign]  # sources are changed as they are read


def prepare(guard: str, agencies: tuple[Any, ...], seed: int) -> None:
    """Prepare a child: without the guard, too."""
    if guard:
        install(guard)
    from pipeline import inside

    inside.prepare(agencies, seed)


def main(guard: str, database: str, folder: str) -> int:
    """Play what a guard is for without it, or with "" all that any guard is for, with all of them."""
    if guard:
        install(guard)
    from hostile import suite, world

    wanted = {name for mutation in MUTATIONS for name in mutation.cases if guard in {"", mutation.guard}}
    cases = [case for case in suite.CASES if case.name in wanted]
    try:
        played = world.play(cases, database, Path(folder), mutation=guard)
    except Exception:  # noqa: BLE001  a run that fails has noticed
        traceback.print_exc()
        return NOTICED
    wrong = {case.name: world.wrong(case, played.facts[case.name]) for case in cases}
    noticed = {name: found for name, found in wrong.items() if found}
    sys.stdout.write("\n".join((*(f"{name}: {found}"[:300] for name, found in noticed.items()), f"touched: {len(played.touched)}\n")))
    return NOTICED if noticed or played.touched else 0


if os.environ.get(GUARD):
    install(os.environ[GUARD])
if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
