"""How the installation stands, as the record tells it.

Belongs here: reading providers with their latest fetch, guide and match rates, what was set aside, failed uploads, and
what Dagster's own tables tell of runs, of what it does by itself, and of its daemon. Does not: what is a problem and
how to mend it (status.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import class_row

from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.domain.guide.checks import FEWEST_EVENTS, WEEKS

if TYPE_CHECKING:
    from epg_pipeline.adapters.store.connections import Connections, DatabaseParts


@dataclass(frozen=True)
class ProviderState:
    """A provider as it stands: instants in UTC, rates from 0 to 1, None for what never was.

    A rate is None, too, where there are too few events for it to say anything; `events_today` tells how many.
    """

    slug: str
    name: str
    timezone: str
    tier: str
    status: str
    today: date
    slots: int
    fetched_at: datetime | None
    fetch_problem: str
    changed_at: datetime | None
    published_at: datetime | None
    published_day: date | None
    events_today: int
    rate_today: float | None
    rate_before: float | None


@dataclass(frozen=True)
class SetAside:
    """Rows of a provider's stage that were set aside, with one of them and its reason."""

    slug: str
    stage: str
    rows: int
    name: str
    reason: str


@dataclass(frozen=True)
class FailedUploads:
    """Files of a provider that did not arrive in the bucket, with one reason."""

    slug: str
    files: int
    reason: str


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
class GuideMade:
    """A current guide that was published with new content."""

    slug: str
    day: date
    published_at: datetime
    channels: int
    programmes: int


@dataclass(frozen=True)
class Automation:
    """Something Dagster does by itself, and whether it is switched on: `cron` in UTC, None for a sensor."""

    name: str
    cron: str | None
    is_on: bool


def provider_states(connections: Connections, now: datetime) -> list[ProviderState]:
    """Every provider by name. Its `rate_before` is over the telling ones of the days before its day of `now`."""
    values = {"now": now, "days": 7 * WEEKS, "fewest_events": FEWEST_EVENTS}
    with connections.transaction() as connection, connection.cursor(row_factory=class_row(ProviderState)) as cursor:
        return cursor.execute(query("provider_states"), values).fetchall()


def set_aside_since(connections: Connections, since: datetime) -> list[SetAside]:
    """What went into quarantine from a moment on."""
    with connections.transaction() as connection, connection.cursor(row_factory=class_row(SetAside)) as cursor:
        return cursor.execute(query("quarantined_since"), {"since": since}).fetchall()


def failed_uploads(connections: Connections) -> list[FailedUploads]:
    """Which providers' files are still to arrive."""
    statement = (
        "SELECT p.slug, count(*) AS files, min(u.reason) AS reason FROM uploads AS u "
        "JOIN providers AS p ON p.id = u.provider_id "
        "WHERE u.status = 'failed' AND p.record_status = 'active' GROUP BY p.slug ORDER BY p.slug"
    )
    with connections.transaction() as connection, connection.cursor(row_factory=class_row(FailedUploads)) as cursor:
        return cursor.execute(statement).fetchall()


def latest_guides(connections: Connections, limit: int) -> list[GuideMade]:
    """The current guides that were published last, newest first, whoever published them."""
    statement = (
        "SELECT p.slug, u.day, u.published_at, u.channel_count AS channels, u.programme_count AS programmes "
        "FROM publications AS u JOIN providers AS p ON p.id = u.provider_id "
        "WHERE p.record_status = 'active' AND u.path = p.slug || '/guide.xml' ORDER BY u.id DESC LIMIT %s"
    )
    with connections.transaction() as connection, connection.cursor(row_factory=class_row(GuideMade)) as cursor:
        return cursor.execute(statement, (limit,)).fetchall()


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
