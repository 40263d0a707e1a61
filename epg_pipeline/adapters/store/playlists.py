"""The playlists of providers: each as fetched, which is in force, when it was polled, and which changes were found.

Belongs here: the rows of `playlist_snapshots`, `provider_days` and `playlist_checks`, and the snapshots' files. Does
not belong: fetching (adapters/web), polling (flows/playlist_polling.py).
"""

from dataclasses import dataclass
from datetime import date, datetime

import psycopg

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.adapters.store.connections import (
    PLAYLIST_CHANGES_LOCK,
    Connections,
    SubStore,
    hold_lock,
    in_transaction,
)
from epg_pipeline.adapters.store.frames import read_rows
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.snapshots import SnapshotFiles
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.config.provider_settings import ProviderSettings

USUAL_MINUTES: int = ProviderSettings.model_fields["check_minutes"].default


@dataclass(frozen=True)
class PlaylistChange:
    """A playlist that was not there before, in force from a day on; `mark` orders the changes of all providers.

    `failed` says how often its guide has failed: 0 when it is asked for the first time.
    """

    mark: int
    slug: str
    day: date
    content_hash: str
    failed: int


@dataclass(frozen=True)
class Snapshot:
    """One playlist as fetched. `day` is the date it was put in force for, perhaps earlier than the one asked about."""

    id: int
    slug: str
    day: date
    content_hash: str
    fetched_at: datetime
    entry_count: int
    byte_count: int
    etag: str | None
    last_modified: str | None


class Playlists(SubStore):
    """The record of playlists and of polls for changes."""

    def __init__(self, connections: Connections, files: SnapshotFiles) -> None:
        """`files` keeps the bodies, sealed."""
        super().__init__(connections)
        self._files = files

    def save(
        self, provider: Provider, day: date, body: bytes, entry_count: int,
        etag: str | None = None, last_modified: str | None = None,
    ) -> Snapshot:  # fmt: skip
        """Keep a playlist as fetched and put it in force for the day; the same content is kept once."""
        values = {
            "provider": provider.id, "day": day, "hash": self._files.put(provider.slug, body),
            "entry_count": entry_count, "byte_count": len(body), "etag": etag, "last_modified": last_modified,
        }  # fmt: skip
        with self._connections.transaction() as connection:
            connection.execute(query("save_snapshot"), values)
            connection.execute(query("put_snapshot_in_force"), values)
            return read_rows(connection, query("snapshot_in_force"), values, Snapshot)[0]

    @in_transaction
    def in_force(self, connection: psycopg.Connection, provider: Provider, day: date) -> Snapshot | None:
        """The playlist of that day, else of the latest earlier day; None before the first."""
        values = {"provider": provider.id, "day": day}
        return next(iter(read_rows(connection, query("snapshot_in_force"), values, Snapshot)), None)

    def body(self, snapshot: Snapshot) -> bytes:
        """The playlist's bytes as fetched. They carry secrets. StoreError when the file is gone or damaged."""
        return self._files.body(snapshot.slug, snapshot.content_hash)

    def note_fetch(self, provider: Provider, problem: str = "") -> None:
        """The provider's playlist was fetched just now; `problem` says why that failed."""
        self.begin([provider.slug])
        self.note_poll(provider.slug, utc_now(), problem)

    @in_transaction
    def due(self, connection: psycopg.Connection, now: datetime) -> dict[str, datetime | None]:
        """The slugs of active providers whose playlist is due to be polled, with the last poll."""
        return dict(connection.execute(query("playlists_due"), {"minutes": USUAL_MINUTES, "now": now}).fetchall())

    @in_transaction
    def begin(self, connection: psycopg.Connection, slugs: list[str]) -> dict[str, str]:
        """Before polling: the hash of the content that each provider had last, "" where there was none."""
        connection.execute(query("begin_playlist_checks"), {"slugs": slugs})
        return dict(connection.execute(query("last_content_hashes"), {"slugs": slugs}).fetchall())

    @in_transaction
    def note_poll(self, connection: psycopg.Connection, slug: str, now: datetime, problem: str = "") -> None:
        """A provider's playlist was polled; `problem` says why that failed."""
        connection.execute(query("note_poll"), {"slug": slug, "now": now, "problem": problem})

    @in_transaction
    def note_change(self, connection: psycopg.Connection, slug: str, now: datetime, day: date, content: str) -> None:
        """A provider's playlist was polled and has another content (its hash), kept and in force for the day."""
        hold_lock(connection, PLAYLIST_CHANGES_LOCK)
        connection.execute(query("note_change"), {"slug": slug, "now": now, "day": day, "content": content})

    @in_transaction
    def note_guide(
        self, connection: psycopg.Connection, slug: str, day: date, content: str, now: datetime, *, made: bool
    ) -> None:
        """Whether the guide of a change was made; nothing is noted when the playlist has changed again since."""
        values = {"slug": slug, "day": day, "content": content, "now": now, "made": made}
        connection.execute(query("note_guide_of_change"), values)

    @in_transaction
    def changes(self, connection: psycopg.Connection, after: int, limit: int, now: datetime) -> list[PlaylistChange]:
        """The changes of active providers after a mark, oldest first; then those whose guide failed a while ago."""
        values = {"after": after, "limit": limit, "now": now}
        return read_rows(connection, query("changed_playlists"), values, PlaylistChange)
