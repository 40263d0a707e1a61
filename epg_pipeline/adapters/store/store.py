"""The store: everything the pipeline records, in PostgreSQL.

Belongs here: the one object that holds the sub-stores, how it is opened, and its locks. Does not belong: SQL
(`sql/queries`), the subjects (one module each beside this one), the server (embedded_postgres). Every save is one
transaction: killed in the middle it leaves what was there, and done again it gives what an undisturbed run gives.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date
from typing import Self

from epg_pipeline.adapters.embedded_postgres.server import Lease
from epg_pipeline.adapters.store.connections import (
    Connections,
    DatabaseParts,
    checked_conninfo,
    dagster_parts,
    hold_lock,
    parts_of,
)
from epg_pipeline.adapters.store.events import Events
from epg_pipeline.adapters.store.incidents import Incidents
from epg_pipeline.adapters.store.migrations import migrate
from epg_pipeline.adapters.store.overrides import Overrides
from epg_pipeline.adapters.store.playlists import Playlists
from epg_pipeline.adapters.store.programmes import Decisions, Programmes
from epg_pipeline.adapters.store.providers import Provider, Providers
from epg_pipeline.adapters.store.publications import Publications
from epg_pipeline.adapters.store.quarantine import Quarantine
from epg_pipeline.adapters.store.rematches import Rematches
from epg_pipeline.adapters.store.sealing import Seal
from epg_pipeline.adapters.store.slots import Slots
from epg_pipeline.adapters.store.snapshots import SnapshotFiles
from epg_pipeline.adapters.store.sql_files import MIGRATIONS
from epg_pipeline.adapters.store.status import Status
from epg_pipeline.adapters.store.teams import Teams
from epg_pipeline.adapters.store.uploads import Uploads
from epg_pipeline.errors import StoreError
from epg_pipeline.settings import Settings, library_folders


def open_store(settings: Settings) -> Store:
    """The store of an installation, its tables up to date; starts the embedded server unless a database is named.

    Close it, or use it as a context manager: the embedded server stops with its last user. StoreError says what is
    wrong and what to do.
    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StoreError(
            f"{settings.home} can't be made ({fault.strerror}). Name another folder in EPG_HOME."
        ) from None
    text = settings.secret_key_text
    seal = Seal(text) if text else Seal.from_file(settings.secret_key)
    snapshots = SnapshotFiles(settings.home / "snapshots", seal)
    if settings.database_url:
        store = Store(settings.database_url, seal, snapshots)
    else:
        from epg_pipeline.adapters.embedded_postgres.server import (
            lease_server,  # needs a POSIX system; another database does not
        )

        lease = lease_server(settings.home, settings.postgres_bin, library_folders())
        store = Store(lease.address.conninfo(), seal, snapshots, lease)
    with contextlib.ExitStack() as undo:
        undo.callback(store.close)
        migrate(store.connections, MIGRATIONS)
        undo.pop_all()
    return store


class Store:
    """The record of all providers. Frames follow the contracts of the domain; threads may share one store."""

    def __init__(self, dsn: str, seal: Seal, snapshots: SnapshotFiles, lease: Lease | None = None) -> None:
        """Nothing is opened yet, and the tables are taken to be there: see `open_store`."""
        self._dsn = checked_conninfo(dsn)
        self.connections = Connections(self._dsn)
        self._lease = lease
        self.providers = Providers(self.connections, seal)
        self.playlists = Playlists(self.connections, snapshots)
        self.slots = Slots(self.connections, seal)
        self.events = Events(self.connections)
        self.rematches = Rematches(self.connections)
        self.decisions = Decisions(self.connections)
        self.programmes = Programmes(self.connections)
        self.teams = Teams(self.connections)
        self.overrides = Overrides(self.connections)
        self.quarantine = Quarantine(self.connections)
        self.publications = Publications(self.connections)
        self.uploads = Uploads(self.connections)
        self.incidents = Incidents(self.connections)
        self.status = Status(self.connections)

    def close(self) -> None:
        """Close all connections and let the embedded server go. Harmless when repeated."""
        self.connections.close()
        if self._lease is not None:
            self._lease.release()

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def dagster_database(self) -> DatabaseParts:
        """Where Dagster keeps its tables: a separate database on the embedded server, else a schema beside ours."""
        if self._lease is not None:
            from epg_pipeline.adapters.embedded_postgres.server import DAGSTER_DATABASE

            return parts_of(self._lease.address.conninfo(DAGSTER_DATABASE))
        return dagster_parts(self._dsn)

    def keep_server_running(self) -> None:
        """Keep the embedded server running without users, until `stop_server`; does nothing for another database."""
        if self._lease is not None:
            self._lease.keep_running()

    def revive_server(self) -> bool:
        """Start the embedded server again if it died; says whether it had. StoreError when it can't be."""
        return self._lease is not None and self._lease.revive()

    @contextlib.contextmanager
    def lock(self, provider: Provider, part: date | str) -> Iterator[None]:
        """Hold the lock of a provider's day or of another part of it, as `exclusively`."""
        with self.exclusively(f"provider day {provider.id} {part}"):
            yield

    @contextlib.contextmanager
    def exclusively(self, work: str) -> Iterator[None]:
        """Hold the lock of some work among all processes; others wait. A thread must not take it twice.

        The lock is held by an open transaction on a separate connection, so it also works through a pooler; it ends
        with the process that has it.
        """
        with self.connections.transaction() as connection:
            connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            hold_lock(connection, work)
            yield
