"""What was published: each guide file with its content, once; and how the names it tells of were decided.

Belongs here: the rows of `publications`, and the figures a summary of them needs. Does not: the files, what became of
them in a bucket (upload_rows.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from epg_pipeline.adapters.store.sql_files import query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from epg_pipeline.adapters.store.connections import Connections
    from epg_pipeline.adapters.store.providers import Provider


@dataclass(frozen=True)
class Publication:
    """One file as published; `programmes_by_day` is what its guide holds, for guide.xml alone."""

    day: date
    path: str
    tier: str
    sha256: str
    byte_count: int
    channel_count: int
    programme_count: int
    programmes_by_day: Mapping[date, int] = field(default_factory=dict)


@dataclass(frozen=True)
class LastPublished:
    """The content that stands at a path, as it was noted."""

    channel_count: int
    programme_count: int
    programmes_by_day: Mapping[date, int]
    published_at: datetime


class Publications:
    """The record of published files; their paths are relative to the folder of all guides."""

    def __init__(self, connections: Connections) -> None:
        """Nothing is read yet."""
        self._connections = connections

    def note(self, provider: Provider, publications: Iterable[Publication]) -> list[bool]:
        """Note published files, except those whose content was noted last at their path; says which were new."""
        written = []
        with self._connections.transaction() as connection:
            for one in publications:  # some twenty files
                by_day = {day.isoformat(): count for day, count in sorted(one.programmes_by_day.items())}
                values = {**vars(one), "provider": provider.id, "programmes_by_day": Jsonb(by_day)}
                written.append(connection.execute(query("record_publication"), values).rowcount == 1)
        return written

    def last(self, provider: Provider, paths: Iterable[str]) -> dict[str, LastPublished]:
        """What was noted last at each of the paths; one that nothing was published at is left out."""
        values = {"provider": provider.id, "paths": list(paths)}
        with self._connections.transaction() as connection:
            rows = connection.execute(query("last_published"), values).fetchall()
        return {
            path: LastPublished(channels, programmes, _by_day(by_day), published_at)
            for path, channels, programmes, by_day, published_at in rows
        }

    def match_counts(self, provider: Provider, day: date) -> dict[str, float | None]:
        """Of the decisions in force on a day: slots, how many of each match_status, and match_rate (0 to 1 or None)."""
        values = {"provider": provider.id, "day": day}
        with self._connections.transaction() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query("match_counts"), values).fetchone() or {}  # an aggregate always has its row


def _by_day(stored: Mapping[str, int]) -> dict[date, int]:
    return {date.fromisoformat(day): count for day, count in stored.items()}
