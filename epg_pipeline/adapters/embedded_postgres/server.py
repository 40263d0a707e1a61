"""The embedded PostgreSQL server: started when first asked for, shared by all who ask, stopped by the last to leave.

Belongs here: making, starting, stopping and leasing the server of one home. Does not belong: tables, queries
(store/), where programs and files are (binaries.py, place.py).
"""

import atexit
import contextlib
import fcntl
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

import psycopg
from psycopg.conninfo import make_conninfo

from epg_pipeline.adapters.embedded_postgres.binaries import Account, server_programs
from epg_pipeline.adapters.embedded_postgres.place import (
    ServerPlace,
    disown_stale_pid,
    exclusively,
    is_alive,
    open_lock,
    running_postmaster,
    server_place,
)
from epg_pipeline.errors import StoreError

HOST = "127.0.0.1"
USER = "epg"
DATABASE = "epg"
DAGSTER_DATABASE = "dagster"  # beside ours
START_TIMEOUT = 60.0  # seconds for a start; replaying the log after a crash is most of it

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "100",  # Dagster's web server, daemon and runs each open several
    "shared_buffers": "32MB",  # the whole record of a provider's season is smaller than this
    "fsync": "on",
    "synchronous_commit": "on",  # our few large transactions are the truth; see _ensure_databases for Dagster's
    "wal_level": "minimal",  # nobody replicates from here
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "jit": "off",  # compiling costs more than our short queries take
    "max_parallel_workers_per_gather": "0",  # parallel workers need shared memory that containers are short of
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    # Statements and their values stay out of the log file.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True)
class ServerAddress:
    """How to reach a server; the password does not show in its repr."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)

    def conninfo(self, database: str = DATABASE) -> str:
        """The connection string of one of its databases. It carries the password: never print it."""
        # Loopback needs neither SSL nor GSS; what PGSSLMODE of the environment says is about another server.
        options: dict[str, str | int] = {"sslmode": "disable", "gssencmode": "disable", "connect_timeout": 10}
        return make_conninfo("", **{**asdict(self), "dbname": database, **options})


class Lease:
    """The right to use the server of a home until `release`; also given up when the process ends, however it ends."""

    def __init__(self, place: ServerPlace, address: ServerAddress, handle: int) -> None:
        """`handle` holds the place's lease file."""
        self.address = address
        self._place = place
        self._handle: int | None = handle
        # For those who forget. At the exit, not when collected: that may be while this thread is taking another lease.
        atexit.register(self.release)

    def release(self) -> None:
        """Give the lease up; the last to do so stops the server, unless it is kept running. Harmless when repeated."""
        handle, self._handle = self._handle, None
        if handle is not None:
            atexit.unregister(self.release)
            _leave(self._place, handle)

    def keep_running(self) -> None:
        """Have the server stay up without users, for programs that are given only its address; see `stop_server`."""
        self._place.pinned.touch()

    def revive(self) -> bool:
        """Start the server again if it died, at the address that others use; says whether it had died.

        StoreError when another program has taken its port since, or it does not start.
        """
        if running_postmaster(self._place) is not None:
            return False
        with exclusively(self._place.lock):
            port = _await_ready(self._place) or _start(self._place)
        if port != self.address.port:
            raise StoreError(
                f"The database died, and port {self.address.port} was taken since. Start again what used it."
            )
        return True

    def __enter__(self) -> Self:
        """The lease itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Release it."""
        self.release()


def lease_server(home: Path, bin_folder: Path | None = None, libraries: Mapping[str, str] | None = None) -> Lease:
    """Use the embedded server of this home: made if there is none, started unless it runs, its databases present.

    However many processes ask, there is one server. Heals what a crash left behind. StoreError says what is in the way.
    """
    place = server_place(home, bin_folder, libraries)
    with exclusively(place.lock):
        address = _address(place, _await_ready(place) or _start(place))
        _ensure_databases(address)
        handle = open_lock(place.lease)
        fcntl.flock(handle, fcntl.LOCK_SH)
    return Lease(place, address, handle)


def stop_server(home: Path) -> bool:
    """Let the server go: stop it now if nobody uses it, else when the last user leaves. Says whether it is stopped."""
    place = server_place(home)
    with exclusively(place.lock):
        place.pinned.unlink(missing_ok=True)
        return _stop_if_unused(place)


def _leave(place: ServerPlace, handle: int) -> None:
    with exclusively(place.lock):
        os.close(handle)
        _stop_if_unused(place)


def _stop_if_unused(place: ServerPlace) -> bool:
    """Under the place's lock, so that nobody can begin to use the server meanwhile."""
    if place.pinned.exists():
        return False
    handle = open_lock(place.lease)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    _stop(place)
    return True


def _stop(place: ServerPlace) -> None:
    """A fast shutdown: sessions are ended, the data written. Unanswered, the hard way, which loses nothing either."""
    server = running_postmaster(place)
    if server is None:
        return
    for how, patience in ((signal.SIGINT, START_TIMEOUT), (signal.SIGQUIT, 10.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(server.pid, how)
        if _within(patience, lambda: not is_alive(server.pid)):
            return


def _address(place: ServerPlace, port: int) -> ServerAddress:
    return ServerAddress(HOST, port, USER, place.password.read_text().strip())


def _await_ready(place: ServerPlace) -> int | None:
    """The port of the running server, once it takes connections; None if none runs, or it is shutting down."""
    server = running_postmaster(place)
    if server is None:
        return None
    settled = _within(START_TIMEOUT, lambda: (now := running_postmaster(place)) is None or now.is_ready)
    now = running_postmaster(place)
    if now is not None and not settled:
        raise StoreError(f"The embedded server (process {now.pid}) does not get ready. Look into {place.log}.")
    return now.port if now is not None else None


def _start(place: ServerPlace) -> int:
    """Start the server of this place and give its port; the data are made first if there are none."""
    account = place.account()
    programs = server_programs(account, place.bin_folder)
    for leftover in place.base.glob("making-*"):
        shutil.rmtree(leftover, ignore_errors=True)  # of a process that was killed; its initdb may still be running
    if not place.data.is_dir():
        _make_data(place, account, programs)
    _check_version(place, programs)
    disown_stale_pid(place)
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        port = _free_port(place)
        logged = _launch(place, account, programs, port)
        if logged is None:
            place.port.write_text(str(port))
            return port
        # Another program may have taken the port since we looked; backends may outlive a killed server by a moment.
        is_taken, is_left = "could not create any TCP/IP sockets" in logged, "shared memory block" in logged
        if not (is_taken or is_left) or time.monotonic() > deadline:
            raise StoreError(f"The embedded server does not start; {place.log} ends with:\n{logged}")
        if is_taken:
            place.port.unlink(missing_ok=True)
        time.sleep(0.1)


def _launch(place: ServerPlace, account: Account, programs: Path, port: int) -> str | None:
    """Start the process and wait until it takes connections; what it logged if it ended instead."""
    begin = place.log.stat().st_size if place.log.exists() else 0
    command = [str(programs / "postgres"), "-D", str(place.data), "-p", str(port), *_statistics(programs)]
    pid = _spawn(place, account, command)

    def is_ready() -> bool:
        server = running_postmaster(place)
        return server is not None and server.pid == pid and server.is_ready

    _within(START_TIMEOUT, lambda: is_ready() or not is_alive(pid))
    if is_ready():
        return None
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGQUIT)
    return place.log.read_bytes()[begin:][-2000:].decode(errors="replace").strip()


def _statistics(programs: Path) -> list[str]:
    """Options that have the server count its queries' times, for the view slowest_queries; none where it can't."""
    root = programs.parent
    # A server does not start when a library it is to load is missing.
    found = any(next(root.glob(f"{lib}/pg_stat_statements.*"), None) for lib in ("lib", "lib/postgresql"))
    return ["-c", "shared_preload_libraries=pg_stat_statements", "-c", "pg_stat_statements.max=1000"] if found else []


def _spawn(place: ServerPlace, account: Account, command: list[str]) -> int:
    """The number of the new process, which outlives us and is never our zombie: a shell starts it and ends at once."""
    settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    with place.log.open("ab") as log:
        shell = ["/bin/sh", "-c", '"$@" </dev/null >&2 & echo $!', "sh"]
        started = account.run([*shell, *command, *settings], _environment(place), log)
    return int(started.stdout)


def _make_data(place: ServerPlace, account: Account, programs: Path) -> None:
    """Make the data under a passing name and rename them when complete: a kill in between leaves nothing half made."""
    _make_password(place)
    making = place.base / f"making-{secrets.token_hex(4)}"
    making.mkdir(mode=0o700)
    account.hand_over(making)
    password = making / "password"
    password.write_text(place.password.read_text())
    password.chmod(0o600)
    account.hand_over(password)
    command = [
        str(programs / "initdb"),
        f"--pgdata={making / 'data'}",
        f"--username={USER}",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",  # sorts as Polars does, on every system
        "--no-instructions",
        *_quick_logins(programs),
    ]
    made = account.run(command, _environment(place))
    if made.returncode != 0:
        shutil.rmtree(making, ignore_errors=True)
        raise StoreError(f"The embedded database could not be made in {place.base}:\n{made.stderr.strip()[-2000:]}")
    (making / "data").rename(place.data)
    shutil.rmtree(making)


def _quick_logins(programs: Path) -> list[str]:
    """Options of initdb: rounds of hashing protect a password that can be guessed, and each login pays for them.

    Ours is long and random; and Dagster logs in for each event it records, two thirds of which went into 4096 rounds.
    """
    return ["--set=scram_iterations=1"] if int(_major_version(programs) or 0) >= 16 else []  # noqa: PLR2004


def _make_password(place: ServerPlace) -> None:
    if place.password.exists():
        return
    draft = place.password.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(24))
    draft.rename(place.password)


def _check_version(place: ServerPlace, programs: Path) -> None:
    if not place.password.exists():
        raise StoreError(
            f"{place.password} is missing, without it the embedded server lets nobody in. Restore it from a backup."
        )
    written = (place.data / "PG_VERSION").read_text().strip()
    runs = _major_version(programs) or written
    if runs != written:
        raise StoreError(
            f"The data in {place.data} were written by PostgreSQL {written}, {programs} has {runs}. "
            f"Name the bin folder of a PostgreSQL {written} in EPG_PG_BIN."
        )


def _major_version(programs: Path) -> str:
    """Such as "18"; "" if they don't say."""
    ran = subprocess.run([str(programs / "postgres"), "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"postgres \(PostgreSQL\) (\d+)", ran.stdout)
    return found[1] if found else ""


def _free_port(place: ServerPlace) -> int:
    """The port used last if it is free, else any."""
    last = place.port.read_text().strip() if place.port.exists() else ""
    for wanted in ([int(last)] if last.isdigit() else []) + [0]:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as PostgreSQL itself will
            probe.bind((HOST, wanted))
            return int(probe.getsockname()[1])
    raise StoreError(f"No free port on {HOST}.")


def _ensure_databases(address: ServerAddress) -> None:
    """Make our database and Dagster's unless they are there."""
    with psycopg.connect(address.conninfo("postgres"), autocommit=True) as connection:
        there = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        if DATABASE not in there:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        if DAGSTER_DATABASE not in there:
            connection.execute(f"CREATE DATABASE {DAGSTER_DATABASE}")
            # Hundreds of tiny commits a run: a power cut may cost the last half second of its log, never its soundness.
            connection.execute(f"ALTER DATABASE {DAGSTER_DATABASE} SET synchronous_commit = off")


def _environment(place: ServerPlace) -> dict[str, str]:
    """What the server's programs get to see: none of PostgreSQL's own variables, which mean another server."""
    return {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath, **place.libraries}


def _within(patience: float, is_so: Callable[[], bool]) -> bool:
    """Whether it becomes so in time; looks often, because a warm start takes a tenth of a second."""
    deadline = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True
