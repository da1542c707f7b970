"""A folder and a name -> a random word that only we can read, made once and remembered."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from pipeline.errors import MachineError

LENGTH = 48  # bytes; 64 characters as text, which is what Airflow's HMAC keys ask for


def secret(folder: Path, name: str, *, value: str | None = None) -> str:
    """Return the secret `name`; the first of several processes to ask decides, with `value` or a random one.

    The file has mode 0600 from its first byte on.
    """
    path = folder / name
    if not path.exists():
        _write_once(path, value or secrets.token_urlsafe(LENGTH))
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise MachineError(str(path), error.strerror or "cannot be read", hint="Its owner must run this command.") from error


def _write_once(path: Path, value: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    except OSError as error:
        raise MachineError(str(path.parent), "cannot be written", hint="Give it back to the user who runs this command.") from error
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(value + "\n")
        os.link(draft, path)  # fails where another process was first
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
