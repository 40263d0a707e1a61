"""What Dagster's own tables say of its runs, of its schedules and sensors, and of its daemon.

Belongs here: reading those tables by SQL. Loading Dagster's code takes seconds, and `epg status` must answer at once;
the price is that an upgrade may change the tables, so every function returns None or nothing when they are unknown.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from epg_pipeline.adapters.store.connections import DatabaseParts
from epg_pipeline.adapters.store.sql_files import query


@dataclass(frozen=True)
class Run:
    """One run of Dagster: what it did, its partition or range of them, and how it went. Instants in UTC."""

    job: str
    partition: str
    status: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Automation:
    """A schedule or sensor, and whether it is switched on: `cron` in UTC, None for a sensor."""

    name: str
    cron: str | None
    is_on: bool


def latest_runs(database: DatabaseParts, limit: int) -> list[Run] | None:
    """The newest run of each of Dagster's jobs, newest first, from its tables: its own code takes seconds to load.

    None when its tables do not exist (it never ran here) or are unknown.
    """
    rows = _read(database, query("latest_runs"), {"limit": limit})
    return rows and [
        Run(job, partition, status, created.replace(tzinfo=UTC), _instant(started), _instant(ended))
        for job, partition, status, created, started, ended in rows
    ]


def automations(database: DatabaseParts) -> list[Automation] | None:
    """Schedules, then sensors, each by name; None as for `latest_runs`."""
    rows = _read(database, query("automations"), {})
    return rows and [Automation(*row) for row in rows]


def heartbeats(database: DatabaseParts) -> dict[str, datetime]:
    """The last heartbeat of each part of Dagster's daemon, as far as its tables can be read."""
    rows = _read(database, query("heartbeats"), {}) or []
    return {part: datetime.fromtimestamp(seconds, UTC) for part, seconds in rows}


def _read(database: DatabaseParts, text: str, values: dict[str, int]) -> list[Any] | None:
    parts = asdict(database)
    try:
        with psycopg.connect(**parts.pop("params"), **parts, autocommit=True, prepare_threshold=None) as connection:
            return connection.execute(text.encode(), values).fetchall()
    except psycopg.Error:
        return None


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
