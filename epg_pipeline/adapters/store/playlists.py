"""The playlists of providers: each as fetched, which is in force, when it was polled, and which changes were found.

Belongs here: the rows of `playlist_snapshots`, `provider_days` and `playlist_checks`, and the snapshots' files. Does
not belong: fetching (adapters/web), polling (flows/playlist_polling.py).
"""

from dataclasses import dataclass
from datetime import date, datetime

import psycopg
from psycopg.rows import class_row

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.adapters.store.connections import Connections, SubStore, in_transaction
from epg_pipeline.adapters.store.frames import read_rows
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.snapshots import SnapshotFiles
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.config.provider_settings import ProviderSettings

USUAL_MINUTES: int = ProviderSettings.model_fields["check_minutes"].default
LOCK = "epg playlist changes"  # marks become visible in their order: a reader that remembers one has seen all before it


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
        self,
        provider: Provider,
        day: date,
        body: bytes,
        entry_count: int,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Snapshot:
        """Keep a playlist as fetched and put it in force for the day; the same content is kept once."""
        content_hash = self._files.put(provider.slug, body)
        values = {
            "provider": provider.id,
            "day": day,
            "hash": content_hash,
            "entry_count": entry_count,
            "byte_count": len(body),
            "etag": etag,
            "last_modified": last_modified,
        }
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

    def due(self, now: datetime) -> dict[str, datetime | None]:
        """The slugs of active providers to look at, with the last look; none until one's minutes are over."""
        with self._connections.transaction() as connection:
            rows = connection.execute(query("playlists_due"), {"minutes": USUAL_MINUTES, "now": now})
            return dict(rows.fetchall())

    def begin(self, slugs: list[str]) -> dict[str, str]:
        """Before looking: the hash of the content seen last of each provider, "" where there was none."""
        with self._connections.transaction() as connection:
            connection.execute(query("begin_playlist_checks"), {"slugs": slugs})
            rows = connection.execute(
                "SELECT p.slug, c.content_hash FROM playlist_checks AS c JOIN providers AS p ON p.id = c.provider_id "
                "WHERE p.slug = ANY(%s)",
                (slugs,),
            )
            return dict(rows.fetchall())

    def note_poll(self, slug: str, now: datetime, problem: str = "") -> None:
        """A provider's playlist was asked for; `problem` says why that gave none."""
        with self._connections.transaction() as connection:
            connection.execute(
                "UPDATE playlist_checks AS c SET checked_at = %s, problem = %s "
                "FROM providers AS p WHERE p.id = c.provider_id AND p.slug = %s",
                (now, problem, slug),
            )

    def note_change(self, slug: str, now: datetime, day: date, content_hash: str) -> None:
        """A provider's playlist was asked for and is another one, kept and in force for the day."""
        with self._connections.transaction() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (LOCK,))
            connection.execute(
                "UPDATE playlist_checks AS c SET checked_at = %(now)s, problem = '', changed_day = %(day)s, "
                "content_hash = %(content_hash)s, mark = nextval('marks'), made_at = NULL, failed_at = NULL, "
                "failed = 0 FROM providers AS p WHERE p.id = c.provider_id AND p.slug = %(slug)s",
                {"now": now, "day": day, "content_hash": content_hash, "slug": slug},
            )

    def note_guide(self, slug: str, day: date, content_hash: str, now: datetime, *, made: bool) -> None:
        """What became of the guide of a change; nothing is noted when the list has changed again since."""
        outcome = "made_at = %(now)s, failed_at = NULL" if made else "failed_at = %(now)s, failed = failed + 1"
        with self._connections.transaction() as connection:
            connection.execute(
                f"UPDATE playlist_checks AS c SET {outcome} FROM providers AS p "  # noqa: S608 - one of the two above
                "WHERE p.id = c.provider_id AND p.slug = %(slug)s "
                "AND c.changed_day = %(day)s AND c.content_hash = %(content_hash)s",
                {"slug": slug, "day": day, "content_hash": content_hash, "now": now},
            )

    def changes(self, after: int, limit: int, now: datetime) -> list[PlaylistChange]:
        """The changes of active providers after a mark, oldest first; then those whose guide failed a while ago."""
        values = {"after": after, "limit": limit, "now": now}
        with (
            self._connections.transaction() as connection,
            connection.cursor(row_factory=class_row(PlaylistChange)) as cursor,
        ):
            return cursor.execute(query("changed_playlists"), values).fetchall()
