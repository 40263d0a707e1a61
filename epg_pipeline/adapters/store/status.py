"""How the installation stands, as the record tells it.

Belongs here: reading providers with their latest fetch, guide and match rates, what was set aside, failed uploads, and
what Dagster's own tables tell of runs, of what it does by itself, and of its daemon. Does not: what is a problem and
how to mend it (status.py).
"""

from dataclasses import dataclass
from datetime import date, datetime

import psycopg

from epg_pipeline.adapters.store.connections import SubStore, in_transaction
from epg_pipeline.adapters.store.frames import read_rows
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.domain.guide.checks import FEWEST_EVENTS, WEEKS


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
class GuideMade:
    """A current guide that was published with new content."""

    slug: str
    day: date
    published_at: datetime
    channels: int
    programmes: int


class Status(SubStore):
    """How the installation stands."""

    @in_transaction
    def provider_states(self, connection: psycopg.Connection, now: datetime) -> list[ProviderState]:
        """Every provider by name. Its `rate_before` is over the telling ones of the days before its day of `now`."""
        values = {"now": now, "days": 7 * WEEKS, "fewest_events": FEWEST_EVENTS}
        return read_rows(connection, query("provider_states"), values, ProviderState)

    @in_transaction
    def set_aside_since(self, connection: psycopg.Connection, since: datetime) -> list[SetAside]:
        """What went into quarantine from a moment on."""
        return read_rows(connection, query("quarantined_since"), {"since": since}, SetAside)

    @in_transaction
    def failed_uploads(self, connection: psycopg.Connection) -> list[FailedUploads]:
        """Which providers' files are still to arrive."""
        statement = (
            "SELECT p.slug, count(*) AS files, min(u.reason) AS reason FROM uploads AS u "
            "JOIN providers AS p ON p.id = u.provider_id "
            "WHERE u.status = 'failed' AND p.record_status = 'active' GROUP BY p.slug ORDER BY p.slug"
        )
        return read_rows(connection, statement, {}, FailedUploads)

    @in_transaction
    def latest_guides(self, connection: psycopg.Connection, limit: int) -> list[GuideMade]:
        """The current guides that were published last, newest first, whoever published them."""
        statement = (
            "SELECT p.slug, u.day, u.published_at, u.channel_count AS channels, u.programme_count AS programmes "
            "FROM publications AS u JOIN providers AS p ON p.id = u.provider_id "
            "WHERE p.record_status = 'active' AND u.path = p.slug || '/guide.xml' ORDER BY u.id DESC LIMIT %(limit)s"
        )
        return read_rows(connection, statement, {"limit": limit}, GuideMade)
