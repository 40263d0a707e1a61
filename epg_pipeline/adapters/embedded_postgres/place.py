"""Where the embedded server keeps itself on disk, and whether it is running there.

Belongs here: the folder, its files, the locks on them, and the process that postmaster.pid names. Does not belong:
starting, stopping or connecting to the server (server.py).
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from epg_pipeline.adapters.embedded_postgres.binaries import Account, server_account, shared_place
from epg_pipeline.errors import StoreError

# No process can have this number, on any system; PostgreSQL takes a lock file that names it for a dead server's.
NOBODYS_PID = 2**31 - 1


class ServerPlace:
    """The folder of one embedded server: its data, and beside them what says how to reach it and who uses it."""

    def __init__(self, base: Path, bin_folder: Path | None = None, libraries: Mapping[str, str] | None = None) -> None:
        """`bin_folder` has other programs than the wheel's, `libraries` are variables that name library folders."""
        self.base, self.bin_folder, self.libraries = base, bin_folder, libraries or {}
        self.data = base / "data"  # PostgreSQL's own directory; exists only once it is complete
        self.postmaster_pid = self.data / "postmaster.pid"  # PostgreSQL's own lock file
        self.lock = base / "lock"  # held while someone starts or stops the server
        self.lease = base / "lease"  # held, shared, by every user of the server; the kernel frees it when a user dies
        self.password = base / "password"  # readable by its owner alone
        self.port = base / "port"  # the last one: taken again if it is free, so that an exported address stays valid
        self.pinned = base / "pinned"  # exists while the server is to stay up without users
        self.log = base / "server.log"

    def account(self) -> Account:
        """Who runs the server: the owner of the data once there are any, so that a home may change hands to root."""
        if os.geteuid() == 0 and self.data.is_dir() and (owner := self.data.stat()).st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
        return server_account()


@dataclass(frozen=True)
class Postmaster:
    """A running server, from its lock file: process, port, and whether it takes connections yet."""

    pid: int
    port: int
    is_ready: bool


def server_place(home: Path, bin_folder: Path | None = None, libraries: Mapping[str, str] | None = None) -> ServerPlace:
    """The server's folder of this home, made on first use.

    It lies in the home; if root's server account can't enter that, under /var/lib/epg-pipeline with a random name that
    a marker in the home records: a new home never meets the data of an old one. StoreError when that folder is gone.
    """
    folder = home / "postgres"
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / "place"
    with contextlib.suppress(FileExistsError):
        if not marker.exists():
            _choose_place(folder, marker)
    base = folder / marker.read_text().strip()
    if not base.is_dir():
        raise StoreError(
            f"The database of {home} was kept in {base}, which is gone. Restore that folder, or remove {marker} "
            "to begin with an empty database."
        )
    return ServerPlace(base, bin_folder, libraries)


def _choose_place(folder: Path, marker: Path) -> None:
    """Make the base folder, then record it in one step: of two processes at once the second one's place is dropped."""
    account = server_account()
    # The server's account has to pass through the folder to its data; nobody can list it.
    folder.chmod(0o700 if account.uid is None else 0o711)
    inside = account.reaches(folder)
    outside = folder if inside else shared_place() / secrets.token_hex(8)
    if not inside:
        outside.mkdir()
        outside.chmod(0o711)
    draft = folder / f"place.{secrets.token_hex(4)}"
    draft.write_text("." if inside else str(outside))
    try:
        marker.hardlink_to(draft)
    except FileExistsError:
        if not inside:
            shutil.rmtree(outside)
        raise
    finally:
        draft.unlink()


@contextlib.contextmanager
def exclusively(path: Path) -> Iterator[None]:
    """Alone among all processes; waits for whoever holds the lock. The kernel frees it when its holder dies."""
    handle = open_lock(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def open_lock(path: Path) -> int:
    """A handle of a lock file that no child process inherits. StoreError when it belongs to somebody else."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        owner = path.stat().st_uid
        raise StoreError(
            f"{path} belongs to user {owner}: this home was made by another user. Run as that user, or name another "
            "home in EPG_HOME."
        ) from None


def running_postmaster(place: ServerPlace) -> Postmaster | None:
    """The server of this place if it runs; a lock file that names a dead or a strange process counts for nothing."""
    try:
        lines = place.postmaster_pid.read_text().splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return None
    if not _is_server(pid, place.data):
        return None
    # The file grows while the server starts: process, folder, time, port, socket folder, address, shared memory, state.
    port, state = [*lines[3:4], "0"][0], "".join(lines[7:8])
    return Postmaster(pid, int(port), "ready" in state)


def disown_stale_pid(place: ServerPlace) -> None:
    """Keep a stranger's process from passing for our server, without touching it.

    PostgreSQL refuses to start while the process in its lock file lives, whoever that is. Only the number is replaced:
    the rest lets the new server notice backends that outlived the old one.
    """
    if running_postmaster(place) is not None or not place.postmaster_pid.exists():
        return
    lines = place.postmaster_pid.read_text().splitlines()
    place.postmaster_pid.write_text("\n".join([str(NOBODYS_PID), *lines[1:], ""]) if lines else "")
    if not lines:
        place.postmaster_pid.unlink()  # killed while it was written: PostgreSQL calls an empty one an error


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that is dead but not yet collected by its parent does not."""
    return bool(_command_line(pid))


def _is_server(pid: int, data: Path) -> bool:
    command = _command_line(pid)
    program = Path(command[0]).name if command else ""
    return program.startswith("postgres") and any(_same(word, data) for word in command[1:])


def _same(word: str, data: Path) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return word == str(data) or (word.startswith("/") and Path(word).samefile(data))
    return False


def _command_line(pid: int) -> list[str]:
    """The words of the process's command line; empty when it does not run."""
    if Path("/proc/self/cmdline").exists():
        try:
            return [word for word in Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0") if word]
        except OSError:
            return []
    listed = subprocess.run(["ps", "-p", str(pid), "-o", "stat=,command="], capture_output=True, text=True, check=False)
    state, *words = listed.stdout.split() or ["Z"]
    return [] if state.startswith("Z") else words
