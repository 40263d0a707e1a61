"""What was published: each guide file with its content, once.

Belongs here: the rows of `publications`. Does not belong: the files (delivery/guide_files.py), their uploads
(uploads.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from psycopg.types.json import Jsonb

from epg_pipeline.adapters.store.connections import SubStore
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.sql_files import query


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


class Publications(SubStore):
    """The record of published files; their paths are relative to the folder of all guides."""

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


def _by_day(stored: Mapping[str, int]) -> dict[date, int]:
    return {date.fromisoformat(day): count for day, count in stored.items()}
