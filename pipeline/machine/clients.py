"""An address -> psql on it, in place of this process."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, NoReturn

from psycopg import pq

from pipeline.machine import binaries

if TYPE_CHECKING:
    from collections.abc import Sequence


def psql(url: str, arguments: Sequence[str], *, embedded: bool) -> NoReturn:
    """Hand over to psql. All goes by the environment: a command line can be read by everybody, and `-d other` stays possible."""
    options = [option for option in pq.Conninfo.parse(url.encode()) if option.envvar and option.val is not None]
    environment = os.environ | {
        option.envvar.decode(): option.val.decode() for option in options if option.envvar and option.val is not None
    }
    program = _program(embedded=embedded)
    os.execve(program, [program, *arguments], environment)  # noqa: S606  hands over


def _program(*, embedded: bool) -> str:
    """Return the system's psql where it knows our server: the package's own has no line editing and no TLS."""
    ours = str(binaries.folder(None) / "psql")
    system = shutil.which("psql")
    if system is None:
        return ours
    said = subprocess.run([system, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)", said)
    new_enough = found and int(found[1]) >= int(binaries.version().partition(".")[0])
    return system if new_enough or not embedded else ours
