"""What Dagster's own tables say of its runs, of what it does by itself, and of its daemon.

Belongs here: reading those tables by SQL. It is done so because loading Dagster's code takes seconds, and `epg status`
must answer at once; the price is that an upgrade may change the tables, so every function gives None or nothing when
they are not as known.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

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
    """Something Dagster does by itself, and whether it is switched on: `cron` in UTC, None for a sensor."""

    name: str
    cron: str | None
    is_on: bool


def latest_runs(database: DatabaseParts, limit: int) -> list[Run] | None:
    """The newest run of each of Dagster's jobs, newest first, from its tables: its own code takes seconds to load.

    None when its tables are not there (it never ran here) or are not as known.
    """
    rows = _of_dagster(database, query("latest_runs"), {"limit": limit})
    return rows and [
        Run(job, partition, status, created.replace(tzinfo=UTC), _instant(started), _instant(ended))
        for job, partition, status, created, started, ended in rows
    ]


def automations(database: DatabaseParts) -> list[Automation] | None:
    """What Dagster does by itself, schedules first, each by name; None as for `latest_runs`."""
    rows = _of_dagster(database, query("automations"), {})
    return rows and [Automation(*row) for row in rows]


def heartbeats(database: DatabaseParts) -> dict[str, datetime]:
    """When each part of Dagster's daemon last gave a sign of life, as far as its tables can be read."""
    rows = _of_dagster(database, query("heartbeats"), {}) or []
    return {part: datetime.fromtimestamp(seconds, UTC) for part, seconds in rows}


def _of_dagster(database: DatabaseParts, text: str, values: dict[str, int]) -> list[Any] | None:
    conninfo = make_conninfo(
        "",
        host=database.host,
        port=database.port,
        user=database.user,
        password=database.password,
        dbname=database.dbname,
        **database.params,
    )
    try:
        with psycopg.connect(conninfo, autocommit=True, prepare_threshold=None) as connection:
            return connection.execute(text.encode(), values).fetchall()
    except psycopg.Error:
        return None


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
