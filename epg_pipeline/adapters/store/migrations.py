"""The tables' versions: `sql/migrations/NNNN_name.sql`, each applied once, in order, never changed afterwards.

Belongs here: finding what is due, applying it, refusing what can't be right. Does not: any table but its own ledger.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg import errors

from epg_pipeline.adapters.store.connections import Connections
from epg_pipeline.errors import StoreError

FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
LOCK = 0x45504700  # one number for all who migrate: "EPG"
LEDGER = """
CREATE TABLE IF NOT EXISTS epg_migrations (
    version    integer PRIMARY KEY,
    name       text NOT NULL,
    sha256     text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


@dataclass(frozen=True)
class Migration:
    """One file: its number, its name, its text and the hash of that."""

    version: int
    name: str
    sql: str
    sha256: str


def migrate(connections: Connections, folder: Path) -> list[str]:
    """Bring the database up to the files; the names of those applied now, none when it was up to date.

    Processes that migrate at once wait for each other. Each file is one transaction: a failing one leaves those before
    it in place. StoreError on a changed, missing or unknown migration.
    """
    files = read_migrations(folder)
    if not _due(files, _applied(connections)):
        return []  # without a lock or a write: this is every start but the first
    done = []
    for migration in files:
        with connections.transaction() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            connection.execute(LEDGER)
            if migration in _due(files, _ledger(connection)):
                _apply(connection, migration)
                done.append(migration.name)
    return done


def read_migrations(folder: Path) -> list[Migration]:
    """The files in order. StoreError on a name that is none, a gap, or a number given twice."""
    files = sorted(folder.glob("*.sql"))
    if not files:
        raise StoreError(f"{folder} holds no migrations: the installation is incomplete. Install the package again.")
    migrations = [_read(file) for file in files]
    for expected, migration in enumerate(migrations, start=1):
        if migration.version != expected:
            raise StoreError(
                f"{folder}: {migration.name} stands where number {expected:04} should. Number the files without gaps."
            )
    return migrations


def _read(file: Path) -> Migration:
    named = FILE_NAME.fullmatch(file.name)
    if named is None:
        raise StoreError(f"{file}: a migration is named NNNN_what_it_does.sql.")
    # A checkout with Windows line ends is the same migration.
    sql = file.read_bytes().replace(b"\r\n", b"\n")
    return Migration(int(named[1]), file.name, sql.decode(), sha256(sql).hexdigest())


def _applied(connections: Connections) -> dict[int, tuple[str, str]]:
    with connections.transaction() as connection:
        try:
            with connection.transaction():
                return _ledger(connection)
        except errors.UndefinedTable:
            return {}


def _ledger(connection: psycopg.Connection) -> dict[int, tuple[str, str]]:
    rows = connection.execute("SELECT version, name, sha256 FROM epg_migrations").fetchall()
    return {version: (name, digest) for version, name, digest in rows}


def _due(files: list[Migration], applied: dict[int, tuple[str, str]]) -> list[Migration]:
    """The files still to apply; StoreError when what was applied is not what the files say."""
    newer = [name for version, (name, _) in sorted(applied.items()) if version > len(files)]
    if newer:
        raise StoreError(
            f"The database was brought up by a newer epg-pipeline ({newer[-1]}). Install that version or a later one."
        )
    for migration in files:
        name, digest = applied.get(migration.version, (migration.name, migration.sha256))
        if (name, digest) != (migration.name, migration.sha256):
            raise StoreError(
                f"{migration.name} was changed after it was applied (as {name}). Restore the file as it was, and put "
                "the change into a new migration."
            )
    due = [migration for migration in files if migration.version not in applied]
    if due and any(version > due[0].version for version in applied):
        raise StoreError(
            f"The database's record of migrations lacks {due[0].name}, but has a later one. Restore a backup."
        )
    return due


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    try:
        connection.execute(migration.sql.encode())
    except errors.Error as error:
        if isinstance(error, errors.InsufficientPrivilege | errors.ReadOnlySqlTransaction):
            raise
        raise StoreError(f"{migration.name} failed: {str(error).strip()}. Nothing of it was applied.") from error
    connection.execute(
        "INSERT INTO epg_migrations (version, name, sha256) VALUES (%s, %s, %s)",
        (migration.version, migration.name, migration.sha256),
    )
