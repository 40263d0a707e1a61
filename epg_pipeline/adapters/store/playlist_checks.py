"""When each provider's playlist was looked at, and which changes were found.

Belongs here: the rows of `playlist_checks`. Does not: looking (flows/playlist_polling.py), the playlists
(provider_rows.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003  the fields of the dataclass are inspected at run time
from typing import TYPE_CHECKING

from psycopg.rows import class_row

from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.config.provider_settings import ProviderSettings

if TYPE_CHECKING:
    from epg_pipeline.adapters.store.connections import Connections

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


class PlaylistChecks:
    """The record of looks at playlists. Every method is one transaction."""

    def __init__(self, connections: Connections) -> None:
        """Nothing is read yet."""
        self._connections = connections

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

    def note(self, slug: str, now: datetime, problem: str = "") -> None:
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
